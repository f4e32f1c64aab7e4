"""Numbers of the log that somebody keeps elsewhere: after a restore no recall is passed over."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gateway.copy_place import copy_of
from gateway.paging import Page
from gateway.parties import Ketenpartner, Levering
from gateway.services.bezorging import Afloop, deliver
from gateway.services.herstel import reconcile, report_restored
from gateway.services.mutaties import disclose_page
from gateway.services.recall_page import disclose_recalls
from gateway.services.terugroepingen import disclose_terugroepingen
from privacy.restore import Looked, look
from privacy.store.engine import make_engine, reading
from privacy.store.herstel import herstel
from privacy.store.verloren import logvork
from tests.builders import a_consent
from tests.integration.backups import Restorable
from tests.integration.delivering import receiving
from tests.integration.racing import at_once
from tests.integration.test_bezorging import IMPATIENT
from tests.integration.test_restore import item, lines
from tests.world import ketenpartner

IND = ketenpartner("IND")


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[Restorable]:
    made = Restorable(tmp_path, database_url)
    yield made
    made.close()


def recalls(world: Restorable, na: str | None = None, limiet: int = 100) -> dict[str, Any]:
    page = disclose_terugroepingen(world.parts, IND, Page(na, limiet), only_open=False)
    return json.loads(page.body)["terugroepingen"]


def people(world: Restorable, first: int, count: int) -> list[dict[str, Any]]:
    """Consents of people that were delivered, and that IND got."""
    consents = [a_consent() for _ in range(count)]
    world.casus(*(item(f"{first + at:010d}", each) for at, each in enumerate(consents)))
    world.feed("IND")
    return consents


def without_any_copy(world: Restorable, kept: str) -> None:
    """Restored, and nobody knows any more what was in the log after the backup."""
    world.restore(kept)
    report_restored(world.parts)
    reconcile(world.parts, None, give_up_rest=True)


def test_a_cursor_of_the_list_of_recalls_is_set_back_and_passes_no_recall_over(world):
    world.without_copy()
    first, second, third = people(world, 1, 3)
    world.withdraw(first)
    kept = world.backup()
    for extra in people(world, 20, 6):
        world.withdraw(extra)
    told = recalls(world, limiet=6)
    assert told["meer"]
    without_any_copy(world, kept)
    world.withdraw(second)
    world.withdraw(third)

    left = recalls(world, told["volgende"])

    known = {each["terugroepingId"] for each in told["items"]}
    assert len([each for each in left["items"] if each["terugroepingId"] not in known]) == 2
    everything = {each["terugroepingId"] for each in recalls(world)["items"]}
    assert {each["terugroepingId"] for each in left["items"]} <= everything
    assert len(everything) == 3


def test_a_cursor_of_after_the_restore_goes_on_where_it_was(world):
    world.without_copy()
    consents = people(world, 1, 4)
    kept = world.backup()
    people(world, 20, 1)
    without_any_copy(world, kept)
    for each in consents:
        world.withdraw(each)

    begin = recalls(world, limiet=2)
    rest = recalls(world, begin["volgende"])

    assert len(begin["items"]) == len(rest["items"]) == 2
    assert not rest["meer"]
    ids = [each["terugroepingId"] for each in (*begin["items"], *rest["items"])]
    assert len(set(ids)) == 4


def test_a_cursor_that_a_page_of_recalls_brought_says_after_which_restore_it_was_told(world):
    world.without_copy()
    [before] = people(world, 1, 1)
    kept = world.backup()
    people(world, 20, 3)
    without_any_copy(world, kept)
    world.push(item("0000000001", before))
    world.speak()
    position = 16 * len(lines(world)) - 1
    world.withdraw(before)
    brought = disclose_recalls(world.parts, IND, position, -1, 10)
    cursor = json.loads(brought.disclosure.body)["mutaties"]["volgende"]

    page = json.loads(disclose_page(world.parts, IND, cursor, 10).body)["mutaties"]

    # Not set back to the restore: of before this cursor nothing is told again.
    assert [each["soort"] for each in page["items"]] == ["terugroeping"]


# A partner that does not pull: how far it is stands in the database itself


def test_who_is_brought_the_feed_gets_every_recall_before_and_after_the_door_opens(world):
    consents = people(world, 1, 3)
    with receiving() as receiver:
        partner = Ketenpartner("IND", "IND", Levering.BEZORGEN, url=receiver.url)
        deliver(world.parts, partner, IMPATIENT)
        kept = world.backup()
        for each in people(world, 20, 5):
            world.withdraw(each)
            deliver(world.parts, partner, IMPATIENT)
        world.withdraw(consents[0])
        deliver(world.parts, partner, IMPATIENT)
        world.copy_log()
        world.restore(kept)
        receiver.bodies.clear()

        shut = deliver(world.parts, partner, IMPATIENT)
        world.withdraw(consents[1])
        again = deliver(world.parts, partner, IMPATIENT)
        brought = [each["soort"] for each in receiver.items]
        world.push(*(item(f"{at:010d}", each) for at, each in enumerate(consents, 1)))
        world.speak()
        receiver.bodies.clear()
        opened = deliver(world.parts, partner, IMPATIENT)

    assert (shut.afloop, again.afloop) == (Afloop.MISLUKT, Afloop.MISLUKT)
    assert brought == ["terugroeping", "terugroeping"]
    assert opened.afloop is Afloop.BEZORGD
    told = receiver.items
    assert [each["soort"] for each in told].count("terugroeping") == 2


# Who finds it


@pytest.mark.parametrize("forked", [False, True])
def test_processes_that_find_it_at_once_find_one_restore(world, forked):
    consent = a_consent()
    world.casus(item("0000000001", consent))
    kept = world.backup()
    world.withdraw(consent)
    world.copy_log()
    expected = lines(world)
    world.put_back(kept)
    if forked:
        settings = world.parts.settings
        world.without_copy()
        world.start()
        world.casus(item("0000000002", a_consent()))
        world.parts = replace(world.parts, settings=settings)
        expected = lines(world)

    found = look_at_once(world, 4)

    assert [each.found for each in found].count(True) == 1
    assert len({each.herstel.id for each in found if each.herstel}) == 1
    with reading(world.parts.engine) as tx:
        assert len(tx.execute(select(herstel)).all()) == 1
        assert bool(tx.execute(select(logvork)).all()) == forked
    # And one entry that says so.
    assert lines(world)[:-1] == expected
    assert world.log_is_sound()
    world.start()
    world.push(item("0000000001", consent))
    world.speak()
    assert world.herstel is None
    assert "aanmelding" not in world.told("IND")


def look_at_once(world: Restorable, processes: int) -> list[Looked]:
    settings, keys = world.parts.settings, world.parts.keys
    engines = [make_engine(settings.database) for _ in range(processes)]
    try:
        return at_once(
            *(partial(look, each, copy_of(settings, keys), world.now) for each in engines)
        )
    finally:
        for each in engines:
            each.dispose()
