"""Two at once, on PostgreSQL: whoever is second finds what the first committed."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import bindparam, select

from gateway.services.pakketten import disclose_pakket
from privacy.store import tables
from privacy.store.engine import loser_tries_again, writing
from tests.builders import a_consent, a_samenvatting, an_item, people
from tests.schema import create_schema
from tests.world import World, ketenpartner

_HOLD = select(tables.casus.c.id).where(tables.casus.c.id == bindparam("wanted")).with_for_update()


@pytest.fixture
def world(postgres_url: str, tmp_path: Path) -> Iterator[World]:
    create_schema(postgres_url)
    made = World(tmp_path, postgres_url)
    yield made
    made.close()


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run all from one start; an exception of any is raised."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        start.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return [done.result() for done in [pool.submit(run, work) for work in works]]


def test_a_pack_of_300_was_committed_before_a_withdrawal_or_is_without_the_casus(world):
    consents = [a_consent() for _ in range(300)]
    casussen = world.casus(
        *(
            an_item(samenvatting=a_samenvatting(vNummer=f"{at:010d}"), toestemmingen=[consent])
            for at, consent in enumerate(consents)
        )
    )
    overleg = world.frozen(*casussen)

    for consent in consents[::60]:
        disclosure, _ = at_once(
            lambda: disclose_pakket(world.parts, ketenpartner("AVIM"), overleg),
            lambda consent=consent: world.withdraw(consent),
        )
        numbers = {
            number
            for number, entry in enumerate(world.entries())
            if entry["soort"] == "toestemming_ingetrokken"
            and entry["toestemmingen"][0].startswith(consent["toestemmingId"])
        }
        [withdrawn] = numbers
        v_nummer = f"{consents.index(consent):010d}".encode()
        assert (v_nummer in disclosure.body) == (disclosure.index < withdrawn)
        assert v_nummer not in disclose_pakket(world.parts, ketenpartner("AVIM"), overleg).body

    assert world.log_is_sound()


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
