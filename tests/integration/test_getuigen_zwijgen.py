"""Without a witness nothing leaves after a while, alike for every question (statement 13)."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, select, update

from gateway.paging import Page
from gateway.services.bewaringstoetsen import answer_toets
from gateway.services.casussen import find_casussen
from gateway.services.terugroepingen import disclose_terugroepingen
from privacy.errors import WitnessSilentError
from privacy.log.tables import controlepunt, medeondertekening
from privacy.store.engine import reading, writing
from tests.builders import a_consent, a_samenvatting, an_item, without_avim
from tests.overseen import Overseen
from tests.world import bronhouder, ketenpartner

TERM = timedelta(hours=4)


@pytest.fixture
def world(overseen):
    return overseen


@pytest.fixture
def make(sqlite_template, tmp_path):
    made = []

    def opened(**how) -> Overseen:
        file = tmp_path / "embedded.sqlite"
        file.write_bytes(sqlite_template.read_bytes())
        made.append(Overseen(tmp_path, f"sqlite:///{file}", **how))
        return made[-1]

    yield opened
    for each in made:
        each.close()


@pytest.fixture
def embedded(make):
    return make()


def is_stopped(world: Overseen) -> bool:
    try:
        world.page("IND")
    except WitnessSilentError:
        return True
    return False


def test_silence_stops_what_leaves_and_a_cosignature_lets_it_go_on_and_both_are_logged(world):
    """Statement 13."""
    world.casus(an_item())
    world.sign()
    world.watch()
    assert not is_stopped(world)

    world.ngo.away = True
    world.wait(hours=4, seconds=1)
    world.sign()
    world.watch()
    assert is_stopped(world)

    world.ngo.away = False
    world.sign()
    assert not is_stopped(world)
    world.watch()
    world.watch()

    told = [each for each in world.kinds() if each.startswith("verstrekken_")]
    assert told == ["verstrekken_gestopt", "verstrekken_hervat"]
    assert world.log_is_sound()


def test_up_to_the_term_everything_leaves_as_ever(world):
    world.casus(an_item())
    world.sign()

    world.wait(hours=4)

    assert not is_stopped(world)
    world.wait(milliseconds=1)
    assert is_stopped(world)


def test_before_the_first_cosignature_nothing_leaves(world):
    world.casus(an_item())

    assert is_stopped(world)
    world.sign()
    assert not is_stopped(world)


def test_several_workers_that_notice_it_say_it_once(world):
    world.casus(an_item())
    for _ in range(3):
        world.watch()
        world.hear_anew()

    assert world.kinds().count("verstrekken_gestopt") == 1


def questions(world: Overseen, overleg: UUID) -> dict[str, Callable[[], object]]:
    known, stranger, own = "0902224584", "0000000001", {"vNummer": "0902224584"}

    def toets(number: str) -> object:
        body = {"vNummer": number}
        return answer_toets(world.parts, ketenpartner("DT&V"), body)

    return {
        "a page": lambda: world.page("IND"),
        "a page of who gets nothing": lambda: world.page("AVIM"),
        "a pack": lambda: world.pack("IND", overleg),
        "the organisation itself": lambda: find_casussen(world.parts, bronhouder("sndvu"), own),
        "about somebody who is known": lambda: toets(known),
        "about somebody who is not": lambda: toets(stranger),
    }


def test_every_question_gets_the_same_answer_whoever_it_is_about(embedded):
    consent = a_consent(ontvangers=["IND", "DT&V"])
    item = an_item(samenvatting=without_avim(a_samenvatting()), toestemmingen=[consent])
    overleg = embedded.frozen(*embedded.casus(item))

    told = set()
    for ask in questions(embedded, overleg).values():
        with pytest.raises(WitnessSilentError) as refused:
            ask()
        told.add(str(refused.value))

    assert len(told) == 1
    assert "verstrekking" not in embedded.kinds()


def test_what_the_law_orders_goes_on_deliveries_withdrawals_and_recalls(embedded):
    """Design 2.5: a cause in the system never stops a withdrawal or a recall."""
    consent = a_consent()
    embedded.casus(an_item(toestemmingen=[consent]))
    embedded.sign()
    embedded.page("IND")
    embedded.wait(hours=5)
    assert is_stopped(embedded)

    embedded.withdraw(consent)
    page = disclose_recalls(embedded)

    assert b"terugroepingId" in page


def disclose_recalls(world: Overseen) -> bytes:
    caller = ketenpartner("IND")
    return disclose_terugroepingen(world.parts, caller, Page(), only_open=False).body


def test_a_clock_that_is_put_back_makes_nothing_last_longer(embedded):
    embedded.casus(an_item())
    embedded.sign()
    assert not is_stopped(embedded)

    embedded.wait(hours=3)
    embedded.now -= timedelta(hours=3)
    assert not is_stopped(embedded)
    embedded.wait(hours=1, seconds=1)

    assert is_stopped(embedded)


def test_a_cosignature_that_lies_ahead_of_the_clock_was_not_heard(embedded):
    """A process that starts after the clock was put back knows of no stopwatch."""
    embedded.casus(an_item())
    embedded.sign()
    embedded.now -= timedelta(minutes=10)
    embedded.hear_anew()

    assert is_stopped(embedded)


def test_a_row_in_the_database_does_not_say_when_a_witness_was_heard_the_witness_does(embedded):
    """Who may write in the database cannot go on disclosing by it."""
    embedded.casus(an_item())
    embedded.sign()
    embedded.wait(hours=5)
    with writing(embedded.parts.engine) as tx:
        tx.execute(update(medeondertekening).values(ontvangen=embedded.now, tijd=embedded.now))
    embedded.hear_anew()

    assert is_stopped(embedded)


def test_a_new_cosignature_of_an_old_checkpoint_does_not_cover_what_came_after_it(embedded):
    """A checkpoint is no secret: whoever asks has it cosigned again, while the log goes its way."""
    embedded.casus(an_item())
    embedded.sign()
    tekenaar = embedded.tekenaar
    told, note = tekenaar.sign()
    embedded.wait(minutes=30)
    assert not is_stopped(embedded)  # and this is an entry that nobody cosigned

    for _ in range(9):
        embedded.wait(minutes=30)
        tekenaar.offering.offer(told, note)
    assert is_stopped(embedded)

    embedded.sign()
    assert not is_stopped(embedded)


def test_a_cosignature_of_somebody_else_counts_for_nothing(make):
    world = make(witnesses=2)
    world.casus(an_item())
    for ngo in world.wire.ngos.values():
        ngo.away = ngo.naam != "getuige-1.example"
    world.sign()
    with writing(world.parts.engine) as tx:
        row = tx.execute(select(medeondertekening)).one()._asdict()
        tx.execute(delete(medeondertekening))
        tx.execute(insert(medeondertekening), {**row, "getuige": "getuige-0.example"})
    world.hear_anew()

    assert is_stopped(world)


def test_where_two_witnesses_are_needed_one_is_not_enough(make):
    world = make(witnesses=2, enough=2)
    world.casus(an_item())
    world.ngo.away = True
    world.sign()
    assert is_stopped(world)

    world.ngo.away = False
    world.sign()
    assert not is_stopped(world)

    # The oldest of those that are needed counts.
    world.wait(hours=3)
    world.ngo.away = True
    world.sign()
    world.wait(hours=1, seconds=1)
    assert is_stopped(world)


def test_where_one_of_two_is_enough_the_other_may_be_away_for_ever(make):
    world = make(witnesses=2, enough=1)
    world.casus(an_item())
    world.ngo.away = True
    for _ in range(3):
        world.sign()
        assert not is_stopped(world)
        world.wait(hours=3)


def test_in_the_demo_silence_stops_nothing_and_is_told(make, caplog):
    world = make(hours=0)
    world.casus(an_item())
    with caplog.at_level("WARNING", logger="lso_gateway"):
        world.watch()

    assert not is_stopped(world)
    assert [each.msg for each in caplog.records] == ["getuigen_niet_gehoord"]
    assert "verstrekken_gestopt" not in world.kinds()


def test_people_are_warned_after_a_quarter_of_an_hour_and_not_every_ten_seconds(embedded, caplog):
    embedded.sign()
    with caplog.at_level("WARNING", logger="lso_gateway"):
        embedded.wait(minutes=15)
        embedded.watch()
        assert caplog.records == []

        embedded.wait(seconds=10)
        for _ in range(80):
            embedded.watch()
            embedded.wait(seconds=10)
        assert [each.msg for each in caplog.records] == ["getuigen_niet_gehoord"]

        embedded.wait(minutes=5)
        embedded.watch()
    assert [each.sleutels["aantal"] for each in caplog.records] == [15, 33]


def test_what_is_known_is_not_read_again_for_every_question(embedded):
    embedded.casus(an_item())
    embedded.sign()
    assert not is_stopped(embedded)
    with writing(embedded.parts.engine) as tx:
        tx.execute(delete(medeondertekening))
        tx.execute(delete(controlepunt))

    assert not is_stopped(embedded)
    embedded.wait(hours=5)
    assert is_stopped(embedded)
    with reading(embedded.parts.engine) as tx:
        assert embedded.parts.hearing.age(tx, embedded.now) is None
