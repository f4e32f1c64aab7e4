"""What grows beside the tree goes again, by the signer alone, and the log stays sound."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from deploy.controle import controleer
from gateway.commands.logtekenaar import _Round
from gateway.database import upgrade
from gateway.log_trust import trust_of
from gateway.services.bewijzen import show_bewijs, show_controlepunt
from gateway.services.logopruiming import Logopruiming
from gateway.services.toegang import say_term_over
from privacy.log.access import Toegang, Uitkomst, altered, note_access
from privacy.log.access_term import due, say_over
from privacy.log.append import append
from privacy.log.checkpoints import newest
from privacy.log.tables import (
    audithoofd,
    auditregel,
    controlepunt,
    medeondertekening,
    toegangsregel,
)
from privacy.log.thinning import ALL_STAY
from privacy.log.verify import Reden, Verification, verify
from privacy.restore import GATEWAY
from privacy.rights import SIGNER
from privacy.store.engine import make_engine, reading, writing
from tests.integration.meddling import FORGED, Onlookers, lines_of, rewrite
from tests.overseen import Overseen
from tests.unit.privacy.log.examples import entries

TERM = timedelta(days=31 * 24)
SOMEBODY = Toegang("account:1000", "opdracht", "inzage", Uitkomst.GELUKT, "machine:balie")


@pytest.fixture
def world(overseen):
    return overseen


@pytest.fixture
def embedded(sqlite_installed, tmp_path):
    file = tmp_path / "embedded.sqlite"
    file.write_bytes(sqlite_installed.read_bytes())
    made = Overseen(tmp_path, f"sqlite:///{file}", witnesses=2, enough=2)
    yield made
    made.close()


def tidy(world: Overseen, engine=None) -> None:
    Logopruiming(engine or world.parts.engine, world.parts.clock, world.parts.settings)()


def days_of_signing(world: Overseen, days: int, a_day: int = 2) -> dict[int, int]:
    """Some checkpoints a day; which day each size was signed on."""
    signed = {}
    for day in range(days):
        for _ in range(a_day):
            with writing(world.parts.engine) as tx:
                append(tx, entries(2, len(signed)), world.now)
            signed[world.sign().size] = day
            world.wait(hours=1)
        world.wait(hours=24 - a_day)
    return signed


def sizes(world: Overseen) -> list[int]:
    with reading(world.parts.engine) as tx:
        return list(tx.execute(select(controlepunt.c.omvang).order_by("omvang")).scalars())


def somebody_did_something(world: Overseen) -> int:
    with writing(world.parts.engine) as tx:
        return note_access(tx, SOMEBODY, {"organisatie": GATEWAY}, world.now)


def somebody_did_something_by_a_clock_that_is_off(world: Overseen, days: int) -> int:
    world.wait(days=days)
    nummer = somebody_did_something(world)
    world.wait(days=-days)
    return nummer


def kept(world: Overseen) -> list[int]:
    with reading(world.parts.engine) as tx:
        return list(tx.execute(select(toegangsregel.c.nummer).order_by("nummer")).scalars())


def missed(world: Overseen) -> list[int]:
    with reading(world.parts.engine) as tx:
        return list(altered(tx))


def verified(world: Overseen) -> Verification:
    with reading(world.parts.engine) as tx:
        return verify(tx, trust_of(world.parts.settings))


# Checkpoints


def test_of_each_old_day_one_checkpoint_stays_and_everything_can_be_proven(world, tmp_path):
    """Also by a receipt of which the checkpoint is not stored any more, and from any size."""
    look = Onlookers(world, tmp_path)
    signed = days_of_signing(world, 1)
    receipt = look.receipt(0)
    world.wait(hours=1)
    signed |= {size: day + 1 for size, day in days_of_signing(world, 4).items()}
    old = ALL_STAY.days
    last_of_day = {day: max(size for size, at in signed.items() if at == day) for day in range(5)}
    wanted = {size for size, day in signed.items() if day >= 5 - old or size == last_of_day[day]}

    tidy(world)
    tidy(world)

    assert set(sizes(world)) == wanted
    found = verified(world)
    assert found.sound
    assert (found.checkpoints, found.attested) == (len(wanted), max(signed))
    for size in signed:  # also from one that is not stored any more: proofs are of the tree
        assert show_controlepunt(world.parts, size)["omvang"] == max(signed)
        assert show_bewijs(world.parts, size - 1)["omvang"] == max(signed)
    assert (look.outside(receipt), look.witness(), look.signer()) == (controleer.KLOPT, 0, None)


def test_what_was_rewritten_is_found_inside_to_the_day(embedded, tmp_path):
    signed = days_of_signing(embedded, 4)
    tidy(embedded)
    (first, second, *_) = sizes(embedded)
    lines = lines_of(embedded)
    rewrite(embedded, [*lines[:first], FORGED, *lines[first + 1 :]])

    found = verified(embedded)

    assert (signed[first], signed[second]) == (0, 1)
    assert (found.reason, found.between) == (Reden.CONTROLEPUNT, (first, second))


def test_what_witnesses_signed_last_stays_however_long_they_are_silent(embedded):
    """Their last, and the last that enough of them signed: that is what is given out as proof."""
    first, second = embedded.wire.ngos.values()
    by_both = list(days_of_signing(embedded, 1, a_day=1))
    second.away = True
    by_one = list(days_of_signing(embedded, 1, a_day=3))[:1]
    first.away = True
    days_of_signing(embedded, 1, a_day=1)
    with writing(embedded.parts.engine) as tx:
        tx.execute(delete(medeondertekening).where(medeondertekening.c.omvang > by_one[0]))
    embedded.wait(days=30)
    before = show_controlepunt(embedded.parts, None)

    tidy(embedded)

    assert {*by_both, *by_one} <= {*sizes(embedded)}
    assert show_controlepunt(embedded.parts, None) == before
    with reading(embedded.parts.engine) as tx:
        assert newest(tx, trust_of(embedded.parts.settings))[0].size == by_both[0]


def test_a_clock_that_jumps_ahead_leaves_one_of_each_day(embedded):
    days_of_signing(embedded, 3)
    embedded.wait(days=4_000)

    tidy(embedded)

    assert len(sizes(embedded)) == 3


def test_nothing_is_taken_away_while_the_log_is_not_what_was_signed(embedded):
    days_of_signing(embedded, 2)
    embedded.wait(days=9)
    stand = sizes(embedded)
    each = _Round(
        embedded.tekenaar,
        Logopruiming(embedded.parts.engine, embedded.parts.clock, embedded.parts.settings),
    )
    with writing(embedded.parts.engine) as tx:
        tx.execute(update(audithoofd).values(omvang=audithoofd.c.omvang - 1))
    each()
    assert sizes(embedded) == stand

    with writing(embedded.parts.engine) as tx:
        tx.execute(update(audithoofd).values(omvang=audithoofd.c.omvang + 1))
    each()
    assert len(sizes(embedded)) == 2


# The access log


def test_rows_go_at_the_end_of_their_term_and_the_log_says_up_to_where(world):
    """BIO2 8.15.04; BIO-05: and it can still be verified, with all that is left."""
    old = [somebody_did_something(world) for _ in range(3)]
    world.wait(days=300)
    young = [somebody_did_something(world) for _ in range(2)]
    world.wait(days=TERM.days - 299)

    tidy(world)
    assert kept(world) == old + young
    say_term_over(world.parts)
    say_term_over(world.parts)
    assert kept(world) == old + young
    tidy(world)

    assert kept(world) == young
    assert verified(world).sound
    told = [each for each in world.entries() if each["soort"] == "toegang_vervallen"]
    assert [each["tot"] for each in told] == [old[-1]]


def test_rows_of_a_clock_that_was_ahead_hold_up_no_others(world):
    """They stand among the old ones, and their own moment is years away. By a clock that is behind
    nothing young goes either: how old a row is, its place after a checkpoint tells as well."""
    first = somebody_did_something(world)
    ahead = somebody_did_something_by_a_clock_that_is_off(world, 4_000)
    old = [somebody_did_something(world) for _ in range(2)]
    world.wait(days=1)
    world.sign()
    world.wait(days=300)
    behind = somebody_did_something_by_a_clock_that_is_off(world, -4_000)
    young = somebody_did_something(world)
    world.wait(days=TERM.days - 299)

    for _ in range(3):
        say_term_over(world.parts)
        tidy(world)

    assert (first, old) == (ahead - 1, [ahead + 1, ahead + 2])
    assert kept(world) == [ahead, behind, young]
    assert missed(world) == []


@pytest.mark.parametrize(
    "told",
    [b'"tijd":', b'"tijd":"2020-01-01","tot":null}', b'"tijd":"2020-01-01","tot":"9"}', b'"x":1}'],
)
def test_a_line_that_no_writer_of_ours_wrote_excuses_nothing_and_is_no_end_of_checking(
    embedded, told: bytes
):
    row = somebody_did_something(embedded)
    embedded.wait(days=TERM.days + 1)
    say_term_over(embedded.parts)
    forged = b'{"soort":"toegang_vervallen",' + told
    with writing(embedded.parts.engine) as tx:
        tx.execute(update(auditregel).where(auditregel.c.nummer > row).values(regel=forged))
        tx.execute(delete(toegangsregel))

    found = verified(embedded)

    assert (found.reason, found.access) == (Reden.GEWIJZIGD, (row,))


def test_a_row_whose_term_was_not_said_to_be_over_is_missed(world):
    old, other = somebody_did_something(world), somebody_did_something(world)
    world.wait(days=TERM.days + 1)
    young = somebody_did_something(world)
    say_term_over(world.parts)

    with writing(world.parts.engine) as tx:
        tx.execute(delete(toegangsregel))

    assert other > old
    assert missed(world) == [young]
    assert verified(world).access == (young,)


def test_what_is_said_falsely_takes_away_nothing_young_and_excuses_nothing_young(world):
    """Who serves can append it. The signer has its own term, and who checks half a year."""
    rows = [somebody_did_something(world) for _ in range(2)]
    world.wait(days=3)
    with writing(world.parts.engine) as tx:
        say_over(tx, rows[-1], world.now, GATEWAY)

    tidy(world)
    assert kept(world) == rows
    with writing(world.parts.engine) as tx:
        tx.execute(delete(toegangsregel))

    assert missed(world) == rows


def test_after_what_was_said_falsely_rows_still_go_and_none_of_them_is_missed(world):
    first = somebody_did_something(world)
    with writing(world.parts.engine) as tx:
        say_over(tx, 10**6, world.now, GATEWAY)
    world.wait(days=2)
    second = somebody_did_something(world)
    world.wait(days=TERM.days + 1)

    for _ in range(2):
        say_term_over(world.parts)
        tidy(world)

    assert second > first
    assert (kept(world), missed(world)) == ([], [])


def test_a_clock_that_jumps_ahead_costs_a_week_of_rows_at_the_most(world):
    rows = []
    for _ in range(5):
        rows.append(somebody_did_something(world))
        world.wait(days=3)
    world.wait(days=4_000)

    say_term_over(world.parts)
    tidy(world)

    assert kept(world) == rows[3:]
    with reading(world.parts.engine) as tx:
        assert due(tx, world.now - TERM) == rows[-1]


def test_the_signer_needs_no_more_than_its_own_rights_for_it(postgres_url, tmp_path):
    """It sees of the access log the numbers and moments, and of nobody what they did."""
    owner = make_engine(postgres_url)
    upgrade(owner)
    owner.dispose()
    world = Overseen(tmp_path, postgres_url)
    somebody_did_something(world)
    days_of_signing(world, 2)
    world.wait(days=TERM.days + 1)
    say_term_over(world.parts)
    narrow = make_engine(f"{postgres_url}?options=-c%20role%3D{SIGNER}")

    tidy(world, narrow)

    assert (kept(world), len(sizes(world))) == ([], 2)
    assert verified(world).sound
    narrow.dispose()
    world.close()
