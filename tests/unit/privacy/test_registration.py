"""What one delivery makes of a casus, without a database: `Casus` lives through its plans."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest

from privacy._unseal import open_sealed
from privacy.consent_changes import consents_text, details_table, next_version, still_given
from privacy.consent_events import Event, Gebeurtenis, states_of
from privacy.dossier import Dossier, coverage
from privacy.keys import KeyRing
from privacy.plan import DeliveredStatement, Delivery, NewEvent, Plan, Situation
from privacy.registration import is_repeat, plan_known, plan_lapse, plan_new, plan_withdrawal
from privacy.sealed import Sealed
from schemas.terms import Doel
from tests.unit.privacy.examples import DAY, STATEMENT, a_label, a_record, a_statement, new_id

PARTNERS = frozenset({"IND", "AVIM"})
FEED = frozenset({Doel.AANMELDING, Doel.MUTATIES})
READ = datetime(2020, 4, 1, 8, tzinfo=UTC)
OTHER = new_id()


def given(details: bytes = b"{}", **statement) -> DeliveredStatement:
    return DeliveredStatement(a_statement(**({"doelen": FEED} | statement)), details)


def a_delivery(
    *statements: DeliveredStatement, sealed: Sealed | None = None, minutes: int = 0
) -> Delivery:
    moment = READ + timedelta(minutes=minutes)
    return Delivery(moment, sealed, statements, consents_text(statements))


class Casus:
    """One casus, as rows would keep it."""

    def __init__(self, ring: KeyRing) -> None:
        self.ring = ring
        self.dossier: Dossier | None = None
        self.stand: Sealed | None = None
        self.number = 0

    def at(self, day: date = DAY) -> Situation:
        return Situation(day, PARTNERS, self.stand)

    def deliver(self, delivery: Delivery, day: date = DAY) -> Plan:
        if self.dossier is None:
            return self.keep(plan_new(self.ring, delivery, a_label(), self.at(day)))
        return self.keep(plan_known(self.dossier, delivery, self.at(day)))

    def keep(self, plan: Plan) -> Plan:
        if plan.resultaat == "verouderd":
            return plan
        self.number += 1
        events = tuple(self._stored(plan, each) for each in plan.events)
        before = self.dossier.events if self.dossier else ()
        stored = before if plan.resultaat == "ongewijzigd" else (*before, *events)
        gedekt = {
            name: {doel: plan.gedekt.get(name, {}).get(doel, self.number) for doel in doelen}
            for name, doelen in plan.ground.gedekt.items()
        }
        if plan.stand is not None:
            self.stand = plan.stand
        self.dossier = Dossier(
            label=plan.label,
            keys=plan.keys,
            statements=states_of(stored),
            events=stored,
            stand_nummer=1,
            stand_van=plan.stand_van,
            vingerafdruk=plan.vingerafdruk,
            gedekt=gedekt if plan.writes or self.dossier is None else self.dossier.gedekt,
        )
        return plan

    def _stored(self, plan: Plan, new: NewEvent) -> Event:
        event, statement = new.event, new.event.statement
        table = details_table(statement.toestemming_id)
        blob = plan.keys.encrypt_spoor(new.details, table, statement.versie)
        return replace(event, nummer=self.number, bijzonderheden=blob)

    @property
    def state(self) -> tuple:
        """What holds: the summary, and what was delivered of the consents."""
        assert self.dossier is not None
        live = sorted(
            (str(each.toestemming_id), sorted(each.ontvangers), each.laatste_dag)
            for each in self.dossier.statements
            if each.ingetrokken_op is None
        )
        return dict(open_sealed(self.stand)), live, self.dossier.stand_van


@pytest.fixture
def ring(tmp_path) -> KeyRing:
    return KeyRing.create(tmp_path / "sleutels")


@pytest.fixture
def casus(ring) -> Casus:
    made = Casus(ring)
    made.deliver(a_delivery(given(), sealed=a_record(lijn="1")))
    return made


def test_a_new_casus_begins_for_each_known_recipient_and_until_the_first_last_day(ring):
    plan = Casus(ring).deliver(
        a_delivery(
            given(ontvangers=frozenset({"IND", "COA"})),
            given(toestemming_id=OTHER, ontvangers=PARTNERS, laatste_dag=date(2020, 12, 1)),
            sealed=a_record(),
        )
    )

    assert set(plan.ground.begonnen) == PARTNERS
    assert plan.ground.beeindigd == ()
    assert plan.ground.gedekt_tot == date(2020, 12, 1)


def test_the_same_again_is_unchanged_and_known_before_anything_is_read(casus):
    again = a_delivery(given(), sealed=a_record(lijn="1"), minutes=5)

    assert is_repeat(casus.dossier, again)
    assert casus.deliver(again).resultaat == "ongewijzigd"
    assert casus.dossier.stand_van == again.stand_van


@pytest.mark.parametrize(
    ("delivery", "resultaat"),
    [
        pytest.param(
            a_delivery(given(), sealed=a_record(lijn="2"), minutes=-1), "verouderd", id="older"
        ),
        pytest.param(
            a_delivery(given(), sealed=a_record(lijn="2"), minutes=1), "aangenomen", id="newer"
        ),
        pytest.param(
            a_delivery(given(b'{"taal":"fa"}'), sealed=a_record(lijn="1"), minutes=1),
            "aangenomen",
            id="another language of the same statement",
        ),
    ],
)
def test_what_is_different_counts_where_it_is_newer(casus, delivery, resultaat):
    assert casus.deliver(delivery).resultaat == resultaat


ONE, TWO = a_record(lijn="1"), a_record(lijn="2")
LATE = given(toestemming_id=OTHER, laatste_dag=date(2020, 5, 30))
OF_ONE_MOMENT = (
    a_delivery(given(), sealed=ONE),
    a_delivery(given(), LATE, sealed=ONE),
    a_delivery(given(b'{"taal":"fa"}'), sealed=ONE),
    a_delivery(LATE, sealed=TWO),
    a_delivery(given()),
)


@pytest.mark.parametrize("extra", range(len(OF_ONE_MOMENT)))
def test_of_one_moment_the_same_state_wins_in_any_order(ring, extra):
    before = a_delivery(given(toestemming_id=new_id()), sealed=a_record(lijn=None), minutes=-9)
    states = []

    for order in permutations([d for at, d in enumerate(OF_ONE_MOMENT) if at != extra]):
        casus = Casus(ring)
        for delivery in (before, *order):
            casus.deliver(delivery)
        states.append(casus.state)

    assert all(state == states[0] for state in states)


def test_a_statement_that_is_no_longer_delivered_falls_away_and_can_come_back(casus):
    gone = casus.deliver(a_delivery(minutes=1))
    back = casus.deliver(a_delivery(given(), minutes=2))

    assert [each.event.soort for each in gone.events] == [Gebeurtenis.VERVALLEN]
    assert (gone.ground.beeindigd, gone.ground.begonnen) == (("IND",), ())
    assert [each.event.soort for each in back.events] == [Gebeurtenis.GEWIJZIGD]
    assert (back.ground.beeindigd, back.ground.begonnen) == ((), ("IND",))


def test_one_more_recipient_begins_and_the_other_goes_on(casus):
    plan = casus.deliver(a_delivery(given(ontvangers=PARTNERS), minutes=1))

    assert plan.ground.begonnen == ("AVIM",)
    assert casus.dossier.gedekt["IND"] == dict.fromkeys(FEED, 1)
    assert casus.dossier.gedekt["AVIM"] == dict.fromkeys(FEED, 2)


def test_a_purpose_of_the_feed_begins_by_itself(ring):
    casus = Casus(ring)
    casus.deliver(a_delivery(given(doelen=frozenset({Doel.AANMELDING})), sealed=ONE))

    plan = casus.deliver(a_delivery(given(), minutes=1))

    assert plan.ground.begonnen == ("IND",)
    assert casus.dossier.gedekt["IND"] == {Doel.AANMELDING: 1, Doel.MUTATIES: 2}


def test_a_purpose_that_is_not_of_the_feed_begins_nothing_there(casus):
    wider = given(doelen=FEED | {Doel.MRT})

    assert casus.deliver(a_delivery(wider, minutes=1)).ground.begonnen == ()


def test_ground_that_ended_with_the_day_is_found_on_that_day(casus):
    plan = plan_lapse(casus.dossier, casus.at(date(2020, 5, 1)))

    assert plan.ground.beeindigd == ("IND",)
    assert plan.ground.gedekt_tot is None
    assert plan_lapse(casus.dossier, casus.at(date(2020, 4, 30))).ground.beeindigd == ()


@pytest.fixture
def withdrawn(casus) -> Casus:
    version = next_version(casus.dossier.events, STATEMENT)
    statement = a_statement(versie=version, doelen=FEED, ingetrokken_op=DAY)
    event = Event(Gebeurtenis.INGETROKKEN, casus.number + 1, statement)
    casus.keep(plan_withdrawal(casus.dossier, NewEvent(event, b"{}"), casus.at()))
    return casus


def test_a_withdrawal_ends_the_ground_at_once(withdrawn):
    assert withdrawn.dossier.gedekt == {}
    assert withdrawn.state[1] == []


def test_no_delivery_brings_back_what_was_withdrawn(withdrawn):
    again = a_delivery(given(laatste_dag=date(2030, 1, 1)), sealed=ONE, minutes=1)

    assert withdrawn.deliver(again).ground.gedekt == {}
    assert [each.holds_on(DAY) for each in still_given(withdrawn.dossier, again)] == [False]


def test_no_two_events_of_a_statement_have_one_version(withdrawn):
    withdrawn.deliver(a_delivery(given(b'{"taal":"fa"}'), minutes=1))
    withdrawn.deliver(a_delivery(minutes=2))

    versions = [event.statement.versie for event in withdrawn.dossier.events]
    assert versions == [1, 2, 3, 4]


def test_coverage_is_of_known_recipients_and_of_the_day():
    statements = [
        a_statement(ontvangers=frozenset({"IND", "COA"}), doelen=FEED),
        a_statement(toestemming_id=OTHER, laatste_dag=date(2020, 3, 2), doelen={Doel.MRT}),
    ]

    assert coverage(statements, PARTNERS, DAY) == ({"IND": sorted(FEED)}, date(2020, 4, 30))
    assert coverage(statements, PARTNERS, date(2021, 1, 1)) == ({}, None)
