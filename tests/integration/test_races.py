"""Two at once, on PostgreSQL: whoever is second finds what the first committed (statement 32)."""

import os
import random
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import bindparam, select

from gateway.parties import Ketenpartner, Levering
from gateway.services.bezorging import Afloop, deliver
from gateway.services.mutaties import disclose_page
from gateway.services.pakketten import disclose_pakket
from gateway.wiring import Parts
from privacy.disclosure import Disclosure
from privacy.store import tables
from privacy.store.engine import loser_tries_again, writing
from tests.builders import a_consent, a_samenvatting, an_item, people
from tests.integration.delivering import receiving
from tests.integration.racing import (
    Evidence,
    Known,
    at_once,
    deliver_people,
    measure,
    second_gateway,
    some_time,
    withdrawals,
)
from tests.schema import create_schema
from tests.world import World, ketenpartner

#: In CI everything from the start several times: each time other moments meet.
RUNS = range(5 if "CI" in os.environ else 1)
_HOLD = select(tables.casus.c.id).where(tables.casus.c.id == bindparam("wanted")).with_for_update()


@pytest.fixture
def world(postgres_url: str, tmp_path: Path) -> Iterator[World]:
    create_schema(postgres_url)
    made = World(tmp_path, postgres_url)
    yield made
    made.close()


@pytest.fixture
def other(world: World, postgres_url: str) -> Iterator[Parts]:
    """Another replica of the same gateway."""
    made = second_gateway(world.parts, postgres_url)
    yield made
    made.engine.dispose()


@pytest.mark.parametrize("run", RUNS)
def test_statement_32_a_pack_of_300_was_committed_before_a_withdrawal_or_is_without_the_casus(
    world, other, run
):
    """On PostgreSQL, 208 withdrawals: sixteen in each round, one of them twice, and two packs."""
    outcomes = race_packs(world, [world.parts, other], rounds=13, most=16)

    assert sum(outcomes.values()) >= 2 * 200
    assert set(outcomes) == {True, False}


@pytest.mark.parametrize("run", RUNS)
def test_statement_32_the_same_on_sqlite(embedded, run):
    other = second_gateway(embedded.parts, str(embedded.parts.engine.url))

    outcomes = race_packs(embedded, [embedded.parts, other], rounds=8, most=6)

    other.engine.dispose()
    assert set(outcomes) == {True, False}


def race_packs(world: World, gateways: list[Parts], *, rounds: int, most: int) -> Counter[bool]:
    """Whether each withdrawn casus was in each pack that ran beside its withdrawal."""
    known = deliver_people(world, 300)
    overleg = world.frozen(*(str(each.casus) for each in known))

    def pack(parts: Parts, partner: str) -> Disclosure:
        return disclose_pakket(parts, ketenpartner(partner), overleg)

    # Once before: what a process does the first time takes longer than what follows.
    pack(gateways[0], "AVIM")
    lasts = measure(lambda: pack(gateways[0], "AVIM"))
    left = random.sample(known, len(known))
    ran: list[tuple[list[Known], dict[str, bytes]]] = []
    for _ in range(rounds):
        chosen, left = left[:most], left[most:]
        made = at_once(
            some_time(lambda: pack(gateways[0], "AVIM"), lasts),
            some_time(lambda: pack(gateways[1], "IND"), lasts),
            *withdrawals(gateways, chosen, 2 * lasts),
        )
        ran.append((chosen, {"AVIM": made[0].body, "IND": made[1].body}))
    return _judged(world, ran)


def _judged(world: World, ran: list[tuple[list[Known], dict[str, bytes]]]) -> Counter[bool]:
    evidence = Evidence(world)
    assert world.log_is_sound()
    return Counter(
        evidence.was_there(each, body, partner)
        for chosen, bodies in ran
        for partner, body in bodies.items()
        for each in chosen
    )


def test_statement_32_a_page_of_the_feed_too_was_before_a_withdrawal_or_is_without_the_casus(
    world, other
):
    known = deliver_people(world, 120)

    def page(parts: Parts, partner: str) -> Disclosure:
        return disclose_page(parts, ketenpartner(partner), None, 500)

    page(world.parts, "AVIM")
    lasts = measure(lambda: page(world.parts, "AVIM"))
    left, ran = random.sample(known, len(known)), []
    for _ in range(12):
        chosen, left = left[:6], left[6:]
        made = at_once(
            some_time(lambda: page(world.parts, "AVIM"), lasts),
            some_time(lambda: page(other, "IND"), lasts),
            *withdrawals([world.parts, other], chosen, 2 * lasts),
        )
        ran.append((chosen, {"AVIM": made[0].body, "IND": made[1].body}))

    assert set(_judged(world, ran)) == {True, False}


def test_statement_32_a_delivery_too_was_before_a_withdrawal_or_is_without_the_casus(world, other):
    """What was brought before a withdrawal is recalled by what is brought after it."""
    known = deliver_people(world, 150)
    with receiving() as receiver:
        avim = Ketenpartner("AVIM", "AVIM", Levering.BEZORGEN, "0 0 1 1 *", receiver.url)
        chosen = random.sample(known, 24)
        at_once(
            lambda: deliver(other, avim), *withdrawals([world.parts, other], chosen, seconds(world))
        )
        assert deliver(other, avim).afloop is Afloop.BEZORGD

        evidence = Evidence(world)
        brought = {
            each.referenties["AVIM"]
            for each in chosen
            if sum(evidence.was_there(each, body, "AVIM") for body in receiver.bodies)
        }
        assert receiver.dossier(world.parts, "AVIM").recalled == brought
    assert world.log_is_sound()


def seconds(world: World) -> float:
    """About as long as a delivery of a few pages takes here."""
    return 6 * measure(lambda: disclose_page(world.parts, ketenpartner("IND"), None, 100))


def test_the_same_new_v_nummer_pushed_at_once_is_one_casus(world):
    for at in range(5):
        summary = a_samenvatting(vNummer=f"{at:010d}")
        items = [
            an_item(samenvatting=summary, standVan=f"2020-04-01T08:00:0{n}Z") for n in range(4)
        ]

        answers = at_once(*(lambda item=item: world.push(item) for item in items))

        assert len({answer[0]["casusId"] for answer in answers}) == 1
        assert {answer[0]["resultaat"] for answer in answers} <= {"aangenomen", "verouderd"}


def test_one_consent_given_for_two_casussen_at_once_counts_for_one(world):
    for at in range(5):
        consent = a_consent()
        items = [
            an_item(samenvatting=a_samenvatting(vNummer=v), toestemmingen=[consent])
            for v in (f"{2 * at:010d}", f"{2 * at + 1:010d}")
        ]

        answers = at_once(*(lambda item=item: world.push(item) for item in items))

        found = sorted(answer[0]["resultaat"] for answer in answers)
        assert found == ["aangenomen", "geweigerd"]


def test_batches_that_meet_in_opposite_order_all_succeed(world):
    items = people(600)
    world.push(*items)

    def again(n: int) -> list[dict[str, Any]]:
        changed = [
            item | {"standVan": f"2020-04-01T09:00:0{n}Z", "toestemmingen": [a_consent()]}
            for item in items
        ]
        return world.push(*(changed if n % 2 else reversed(changed)))

    answers = at_once(*(lambda n=n: again(n) for n in range(4)))

    found = {each["resultaat"] for answer in answers for each in answer}
    assert found <= {"aangenomen", "verouderd"}
    assert world.log_is_sound()


def test_deliveries_nominations_packs_and_feeds_go_through_each_other(world):
    items = people(120)
    casussen = world.casus(*items)
    frozen = world.frozen(*casussen)
    overleg = world.overleg()

    def deliver() -> None:
        for n in range(3):
            later = f"2020-04-01T09:00:0{n}Z"
            lijn = str(n % 2 + 1)
            world.push(
                *(
                    item
                    | {"standVan": later, "samenvatting": item["samenvatting"] | {"lijn": lijn}}
                    for item in items
                )
            )

    def put() -> None:
        for start in range(0, 120, 20):
            world.put_on_agenda(overleg, *reversed(casussen[start : start + 20]))

    at_once(
        deliver,
        put,
        lambda: [world.pack("IND", frozen) for _ in range(3)],
        lambda: world.feed("AVIM", limiet=50),
    )

    assert len(world.feed("AVIM")) == 240 + 240
    assert world.log_is_sound()


def test_who_loses_a_deadlock_runs_again_and_both_succeed(world):
    one, other = world.casus(*people(2))
    met = threading.Barrier(2)
    runs: list[str] = []

    @loser_tries_again
    def hold(first: str, second: str) -> None:
        runs.append(first)
        with writing(world.parts.engine) as tx:
            tx.execute(_HOLD, {"wanted": UUID(first)})
            if len(runs) <= 2:
                met.wait(10)
            tx.execute(_HOLD, {"wanted": UUID(second)})

    at_once(lambda: hold(one, other), lambda: hold(other, one))

    assert len(runs) == 3
