"""Recalls as rows: made in the commit that ended a ground, listed, confirmed, and told in time."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from gateway.console.recalls import recall_tables
from gateway.paging import Page
from gateway.refusals import InvalidRequestError, NotFoundError
from gateway.services.recall_state import Stand, list_recalls, overdue_by_recipient
from gateway.services.terugroepingen import confirm_terugroeping, disclose_terugroepingen
from gateway.worker import count_overdue
from privacy.errors import SystemRefusalError
from privacy.store import tables
from privacy.store.door import shut
from privacy.store.engine import reading, writing
from privacy.store.terugroepingen import terugroeping
from schemas.terms import Doel
from tests.builders import DOELEN, PARTNERS, a_consent, a_samenvatting, an_item, people
from tests.world import World, ketenpartner

EVERY = sorted(Doel)
LAPSED = datetime(2090, 1, 1, tzinfo=UTC)


def page_of(
    world: World, partner: str, na: str | None = None, limiet: int = 100, **more: bool
) -> dict[str, Any]:
    caller, only_open = ketenpartner(partner, ()), more.get("only_open", False)
    answer = disclose_terugroepingen(world.parts, caller, Page(na, limiet), only_open=only_open)
    return json.loads(answer.body)["terugroepingen"]


def listed(world: World, partner: str, **more: bool) -> list[dict[str, Any]]:
    return page_of(world, partner, **more)["items"]


def confirm(world: World, partner: str, recall: dict[str, Any]) -> dict[str, Any]:
    return confirm_terugroeping(world.parts, ketenpartner(partner), UUID(recall["terugroepingId"]))


def in_feed(world: World, partner: str) -> list[dict[str, Any]]:
    return [item for item in world.feed(partner) if item["soort"] == "terugroeping"]


def push_what_may(world: World, item: dict[str, Any]) -> str:
    """Deliver an item without the fields that nobody is allowed any more, as a node does."""
    [refused] = world.push(item, proef=True)
    gone = {each["veld"] for each in refused["problemen"]}
    left = {name: value for name, value in item["samenvatting"].items() if name not in gone}
    return world.casus(item | {"samenvatting": left})[0]


@pytest.fixture
def consent() -> dict[str, Any]:
    return a_consent()


@pytest.fixture
def known(world: World, consent) -> str:
    """One casus that IND and AVIM have had, and DT&V has not."""
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    for partner in ("IND", "AVIM"):
        world.feed(partner)
    return casus


def test_whoever_had_the_casus_is_owed_a_recall_from_the_commit_on_and_nobody_else(
    world, consent, known
):
    world.withdraw(consent)

    assert [len(listed(world, each)) for each in PARTNERS] == [1, 0, 1]
    [recall] = listed(world, "IND")
    assert recall["doelen"] == EVERY
    assert recall["uiterlijk"] == "2020-04-15"
    assert recall["bevestigdOp"] is None


def test_the_list_and_the_feed_tell_the_same_recalls(world, consent, known):
    world.withdraw(consent, ontvangers=["IND"], doelen=["casusoverleg"])
    world.withdraw(consent, ontvangers=["AVIM"])
    world.withdraw(consent)

    for partner in PARTNERS:
        assert in_feed(world, partner) == [
            {name: value for name, value in each.items() if name != "bevestigdOp"}
            for each in listed(world, partner)
        ]


def test_every_way_in_which_a_ground_ends_owes_a_recall(world):
    consents = [a_consent(laatsteDag="2020-04-02") for _ in range(2)]
    items = [
        an_item(samenvatting=a_samenvatting(vNummer=f"{at:010d}"), toestemmingen=[each])
        for at, each in enumerate(consents)
    ]
    casus, _other = world.casus(*items)
    world.feed("IND")

    later = "2020-04-01T10:00:00Z"
    world.casus({"standVan": later, "toestemmingen": [], "casusId": casus})
    assert len(listed(world, "IND")) == 1  # it stands in the register no longer
    world.go_to(date(2020, 4, 3))
    assert len(listed(world, "IND")) == 2  # it expired by itself, and nobody read the feed


def test_a_purpose_that_ended_is_recalled_alone_and_the_rest_goes_on(world, consent, known):
    end = world.cursor("IND")

    world.withdraw(consent, doelen=["casusoverleg"])

    [recall] = world.feed("IND", end)
    assert recall["doelen"] == ["casusoverleg"]
    later = a_samenvatting(lijn="2")
    push_what_may(
        world,
        an_item(standVan="2020-04-01T11:00:00Z", samenvatting=later, toestemmingen=[consent]),
    )
    assert world.told("IND", end) == ["terugroeping", "doorstroom"]


def test_a_recall_of_one_purpose_stands_before_what_else_its_row_tells(world, consent):
    overleg = a_consent(doelen=["casusoverleg"])
    casus = push_what_may(world, an_item(toestemmingen=[overleg]))
    frozen = world.frozen(casus)
    assert len(world.pack("IND", frozen)) == 1
    end = world.cursor("IND")

    feed_only = a_consent(doelen=["aanmelding", "mutaties"])
    world.push(an_item(standVan="2020-04-01T11:00:00Z", toestemmingen=[feed_only]))

    assert world.told("IND", end) == ["terugroeping", "aanmelding", "instroom"]
    one_by_one = [item["soort"] for item in world.feed("IND", end, limiet=1)]
    assert one_by_one == ["terugroeping", "aanmelding", "instroom"]


def test_a_recall_is_listed_where_the_feed_cannot_answer(world, consent, known):
    world.withdraw(consent)
    with writing(world.parts.engine) as tx:
        shut(tx, world.now)
    world.now = LAPSED

    with pytest.raises(SystemRefusalError):
        world.feed("IND")
    [recall] = listed(world, "IND")
    assert confirm(world, "IND", recall)["bevestigdOp"] == "2090-01-01T00:00:00.000Z"


def test_a_consent_that_expires_under_a_lapsed_policy_is_recalled_all_the_same(world):
    world.casus(an_item(toestemmingen=[a_consent(laatsteDag="2020-04-02")]))
    world.feed("IND")
    world.go_to(date(2020, 4, 3))
    world.now = LAPSED

    assert len(listed(world, "IND")) == 1


def test_a_recall_outlives_the_keys_of_its_casus(world, consent, known):
    before = world.feed("IND")[0]["casusreferentie"]
    world.withdraw(consent)
    with writing(world.parts.engine) as tx:
        tx.execute(update(tables.casus).values(inhoud_sleutel=None, spoor_sleutel=None))

    [recall] = listed(world, "IND")
    confirm(world, "IND", recall)

    assert recall["casusreferentie"] == before
    assert listed(world, "IND", only_open=True) == []


def test_a_recall_is_confirmed_once_and_the_first_moment_stays(world, consent, known):
    world.withdraw(consent)
    [recall] = listed(world, "IND")

    first = confirm(world, "IND", recall)
    world.now += timedelta(days=1)
    again = confirm(world, "IND", recall)

    assert first == again == {**recall, "bevestigdOp": "2026-05-04T09:30:00.000Z"}
    assert listed(world, "IND") == [first]
    assert listed(world, "IND", only_open=True) == []
    confirmed = [each for each in world.entries() if each["soort"] == "terugroeping_bevestigd"]
    assert [(each["ontvanger"], each["organisatie"]) for each in confirmed] == [("IND", "IND")]
    assert world.log_is_sound()


def test_another_recall_than_ones_own_is_as_one_that_is_not_there(world, consent, known):
    world.withdraw(consent)
    [recall] = listed(world, "IND")

    for partner, name in (("AVIM", recall["terugroepingId"]), ("IND", str(UUID(int=4)))):
        with pytest.raises(NotFoundError):
            confirm(world, partner, {"terugroepingId": name})
    assert listed(world, "IND") == [recall]


def test_pages_of_the_list_hold_each_recall_once_and_a_cursor_is_of_one_list(world):
    consents = [a_consent() for _ in range(5)]
    world.casus(
        *(
            each | {"toestemmingen": [consent]}
            for each, consent in zip(people(5), consents, strict=True)
        )
    )
    world.feed("IND")
    for consent in consents:
        world.withdraw(consent)

    first = page_of(world, "IND", limiet=2)
    second = page_of(world, "IND", first["volgende"], limiet=2)
    third = page_of(world, "IND", second["volgende"], limiet=2)

    found = [each["terugroepingId"] for page in (first, second, third) for each in page["items"]]
    assert len(set(found)) == len(found) == 5
    assert [page["meer"] for page in (first, second, third)] == [True, True, False]
    assert third["volgende"] is None
    for partner, only_open in (("AVIM", False), ("IND", True)):
        with pytest.raises(InvalidRequestError):
            page_of(world, partner, first["volgende"], only_open=only_open)


def test_the_list_goes_through_the_gate_with_an_entry_for_each_recall(world, consent, known):
    world.withdraw(consent)
    before = len(world.entries())

    listed(world, "IND")

    told, page = world.entries()[before:]
    assert (told["soort"], told["grondslag"]) == ("verstrekking", "wettelijk")
    assert "velden" not in told
    assert (page["soort"], page["onderdelen"]) == ("pagina", 1)


def test_the_officer_sees_the_open_recall_of_a_partner_that_left(world, consent, known):
    world.withdraw(consent)
    settings = world.parts.settings
    staying = tuple(each for each in settings.ketenpartners if each.code != "IND")
    world.parts = replace(world.parts, settings=replace(settings, ketenpartners=staying))

    found = {each.ontvanger: each for each in list_recalls(world.parts)}

    assert {code: each.deelnemer for code, each in found.items()} == {"IND": False, "AVIM": True}
    assert {each.stand for each in found.values()} == {Stand.OPEN}


def test_overdue_recalls_are_counted_once_a_day_and_confirmed_ones_are_not(
    world, consent, known, caplog
):
    world.withdraw(consent)
    world.go_to(date(2020, 4, 15))
    count_overdue(world.parts)
    assert "terugroepingen_te_laat" not in caplog.messages
    world.go_to(date(2020, 4, 16))
    [recall] = listed(world, "AVIM")
    confirm(world, "AVIM", recall)

    count_overdue(world.parts)

    [line] = [each for each in caplog.records if each.msg == "terugroepingen_te_laat"]
    assert line.sleutels == {"ontvanger": "IND", "aantal": 1}
    with reading(world.parts.engine) as tx:
        assert overdue_by_recipient(tx, world.day) == {"IND": 1}
    assert {each.stand for each in list_recalls(world.parts)} == {Stand.TE_LAAT, Stand.BEVESTIGD}


def test_who_is_told_only_later_is_owed_nothing_for_what_ended_before(world, consent):
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    world.withdraw(consent)
    world.give(casus, a_consent(eersteDag="2020-04-01", doelen=list(DOELEN)))
    world.pass_days(1)

    world.feed("IND")

    assert listed(world, "IND") == []
    with reading(world.parts.engine) as tx:
        assert tx.execute(select(terugroeping.c.id)).all() == []


def test_the_console_tells_of_recalls_without_a_person(world, consent, known):
    world.withdraw(consent, ontvangers=["IND"], doelen=["casusoverleg"])
    world.withdraw(consent)
    [first, *_] = listed(world, "IND")
    confirm(world, "IND", first)
    world.go_to(date(2020, 4, 16))

    late, still_open, done = recall_tables(world.parts)

    assert [len(each.rijen) for each in (late, still_open, done)] == [2, 0, 1]
    shown = [cell.tekst for table in (late, done) for row in table.rijen for cell in row]
    assert {"IND", "AVIM", "alle doelen", "casusoverleg", "15-4-2020", "te laat"} <= set(shown)
    for value in a_samenvatting().values():
        assert value is None or len(value) < 4 or value not in shown
