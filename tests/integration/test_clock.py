"""A clock that jumps a year ahead, and back: little is destroyed, and that is said aloud."""

import logging
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from gateway.services.bewaren import keep_terms
from gateway.services.klok import Klokwacht, day_to_judge_by, is_clock_sure
from gateway.store import idempotentie
from gateway.store.withdrawn_tokens import ingetrokken_token, withdraw_token
from gateway.worker import Worker
from privacy.store import tables
from privacy.store.engine import reading, writing
from tests.builders import a_consent, an_item, people
from tests.world import FIRST_DAY, TRACE, World

NEXT_YEAR = FIRST_DAY + timedelta(days=365)


def days(count: int) -> date:
    return FIRST_DAY + timedelta(days=count)


def contents(world: World) -> int:
    """Of how many casussen there is content."""
    with reading(world.parts.engine) as tx:
        query = select(tables.casus.c.id).where(tables.casus.c.inhoud_sleutel.is_not(None))
        return len(tx.execute(query).all())


def ending_after(*counts: int) -> list[dict[str, object]]:
    """Items whose one consent is over after so many days."""
    items = people(len(counts))
    for item, count in zip(items, counts, strict=True):
        item["toestemmingen"] = [a_consent(laatsteDag=days(count).isoformat())]
    return items


def run(world: World) -> date:
    done = keep_terms(world.parts, TRACE)
    assert done is not None
    return done.dag


def test_a_jump_of_a_year_destroys_three_days_worth_however_often_the_worker_starts(
    world: World, caplog
):
    world.casus(*ending_after(1, 2, 20, 200))
    run(world)
    world.go_to(NEXT_YEAR)

    told = [run(world) for _ in range(4)]
    by_feed = [world.told(name) for name in ("IND", "AVIM")]

    assert set(told) == {days(3)}
    assert contents(world) == 2
    assert by_feed == [[], []], "by the clock no consent holds any more, and nobody is recalled"
    kinds = [entry["soort"] for entry in world.entries()]
    assert (kinds.count("klok_sprong"), kinds.count("inhoud_vernietigd")) == (1, 2)
    said = [each for each in caplog.records if each.msg == "klok_sprong"]
    assert [each.sleutels["aantal"] for each in said] == [362] * 4
    assert {each.levelno for each in said} == {logging.ERROR}


def test_who_only_reads_a_feed_by_a_clock_that_jumped_ends_nothing(world: World):
    """Also in the first minutes, before anybody noted the new day."""
    consent = a_consent()
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    run(world)
    at = world.cursor("AVIM")
    world.go_to(NEXT_YEAR)

    jumped = world.told("AVIM", at)
    world.go_to(FIRST_DAY)

    assert (jumped, world.told("AVIM", at)) == ([], [])
    assert contents(world) == 1
    assert len(world.pack("AVIM", world.frozen(casus))) == 1


def test_a_clock_that_is_put_right_makes_whole_what_was_judged_by_it(world: World):
    """Delivered meanwhile: by that clock the consent was over, and it is not."""
    consent = a_consent()
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    run(world)
    world.go_to(NEXT_YEAR)
    run(world)
    deliver_longer(world, casus, consent)
    world.go_to(days(1))

    run(world)

    assert contents(world) == 1
    assert len(world.pack("AVIM", world.frozen(casus))) == 1
    assert run(world) == days(1)


def deliver_longer(world: World, casus: str, consent: dict[str, Any]) -> None:
    """By the clock that is a year ahead this consent is over as well."""
    longer = a_consent(toestemmingId=consent["toestemmingId"], laatsteDag="2021-01-31")
    meanwhile = an_item(casusId=casus, samenvatting=None, toestemmingen=[longer])
    world.push(meanwhile | {"standVan": "2020-04-01T09:00:00Z"})


@pytest.mark.parametrize("wrong_for", [0, 5, 40])
def test_a_clock_that_was_wrong_for_days_is_put_right_at_once_or_by_who_says_so(
    embedded: World, wrong_for: int
):
    """A long weekend ahead, it is trusted further than the day that it really is."""
    world, consent = embedded, a_consent(laatsteDag="2021-01-30")
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    run(world)
    for count in range(wrong_for + 1):
        world.go_to(NEXT_YEAR + timedelta(days=count))
        run(world)
    deliver_longer(world, casus, consent)
    world.go_to(days(wrong_for))

    keep_terms(world.parts, TRACE, is_sure=wrong_for != 5)

    with reading(world.parts.engine) as tx:
        until = tx.execute(select(tables.casus.c.gedekt_tot)).scalars().all()
    assert [each for each in until if each is not None and each < date(2021, 1, 30)] == []
    assert None not in until, "what was judged by a day that never was is looked at anew"
    assert run(world) == days(wrong_for)


@pytest.mark.parametrize("way", ["withdrawn", "named no more"])
def test_what_ended_by_a_clock_that_was_ahead_stays_ended_and_is_told_when_it_is_right(
    world: World, way: str
):
    consent = a_consent()
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    overleg, at = world.frozen(casus), world.cursor("AVIM")
    run(world)
    world.go_to(NEXT_YEAR)
    run(world)
    if way == "withdrawn":
        world.withdraw(consent)
    else:
        item = an_item(casusId=casus, samenvatting=None, toestemmingen=[])
        world.push(item | {"standVan": "2020-04-01T09:00:00Z"})
    kept = contents(world)
    world.go_to(days(1))

    run(world)

    assert world.pack("AVIM", overleg) == []
    assert world.told("AVIM", at) == ["terugroeping"]
    assert (kept, contents(world)) == (1, 0)


def test_after_a_standstill_it_catches_up_by_itself_or_at_once_when_told_that_the_clock_is_right(
    world: World,
):
    run(world)
    world.go_to(days(10))
    first = run(world)
    world.pass_days(1)
    second = run(world)
    sure = keep_terms(world.parts, TRACE, is_sure=True)
    world.pass_days(1)

    assert (first, second) == (days(3), days(6))
    assert sure is not None
    assert sure.dag == days(11)
    assert run(world) == days(12)
    kinds = [entry["soort"] for entry in world.entries()]
    assert [each for each in kinds if each.startswith("klok")] == [
        *["klok_sprong"] * 2,
        "klok_bevestigd",
    ]


@pytest.mark.parametrize("behind", [1, 2, 400, 20_000])
def test_a_clock_that_goes_back_is_never_judged_ahead_of_and_needs_nobody_when_it_is_right(
    embedded: World, behind: int
):
    world = embedded
    run(world)
    world.go_to(FIRST_DAY - timedelta(days=min(behind, (FIRST_DAY - date.min).days)))
    back = run(world)
    at_that = world.day
    world.go_to(days(1))

    assert back == at_that
    assert run(world) == days(1)


def test_a_clock_that_goes_to_and_fro_never_gets_further_than_by_one_jump(embedded: World):
    world = embedded
    run(world)
    for _ in range(5):
        world.go_to(NEXT_YEAR)
        assert run(world) == days(3)
        world.go_to(FIRST_DAY)
        assert run(world) == FIRST_DAY


def test_two_machines_around_midnight_say_nothing(embedded: World):
    world, other, note = embedded, Klokwacht(), Klokwacht()
    for day in (FIRST_DAY, days(1), FIRST_DAY, days(1)):
        world.go_to(day)
        (note if day == FIRST_DAY else other)(world.parts)
        assert is_clock_sure(world.parts)

    assert day_to_judge_by(world.parts) == days(1)
    assert world.entries() == []


def test_what_throws_away_or_renews_by_the_clock_alone_waits_until_it_can_be_trusted(
    embedded: World,
):
    world = embedded
    run(world)
    with writing(world.parts.engine) as tx:
        idempotentie.claim(tx, "sndvu-node", "k" * 8, afdruk=b"", now=int(world.now.timestamp()))
        withdraw_token(tx, b"jti", expires=int(world.now.timestamp()) + 60)
    before = state(world)
    world.go_to(NEXT_YEAR)
    world.now += timedelta(days=365)

    for work in Worker._upkeep(SimpleNamespace(_parts=world.parts)):
        work(world.parts)

    assert state(world) == before


def state(world: World) -> tuple[object, ...]:
    """What was used once, the signing keys and the epochs."""
    with reading(world.parts.engine) as tx:
        rows = [
            tx.execute(select(table)).all()
            for table in (idempotentie.idempotentie, ingetrokken_token)
        ]
    files = sorted(path.name for path in world.parts.settings.sleutels.iterdir())
    return rows, [name for name in files if name.endswith((".pem", ".key"))]
