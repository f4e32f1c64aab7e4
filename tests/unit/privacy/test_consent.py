"""A statement stands from 1 March through 30 April 2020, for IND and casusoverleg."""

from datetime import date

import pytest

from privacy.consent import MOST_NAMED, Weigering, covering, names_of, nearest_miss
from privacy.consent_events import Gebeurtenis, state_of, states_of
from schemas.terms import Doel
from tests.unit.privacy.examples import a_statement, an_event, new_id

WITHDRAWN = Gebeurtenis.INGETROKKEN
BOTH = frozenset({"IND", "AVIM"})

CASES = [
    pytest.param({}, date(2020, 2, 29), Weigering.NOG_NIET, id="the day before the first"),
    pytest.param({}, date(2020, 3, 1), None, id="the first day"),
    pytest.param({}, date(2020, 4, 30), None, id="the last day"),
    pytest.param({}, date(2020, 5, 1), Weigering.VERLOPEN, id="the day after the last"),
    pytest.param(
        {"ingetrokken_op": date(2020, 4, 10)},
        date(2020, 4, 9),
        None,
        id="the day before its withdrawal",
    ),
    pytest.param(
        {"ingetrokken_op": date(2020, 4, 10)},
        date(2020, 4, 10),
        Weigering.INGETROKKEN,
        id="the day of its withdrawal",
    ),
    pytest.param(
        {"ingetrokken_op": date(2020, 2, 1)},
        date(2020, 3, 1),
        Weigering.INGETROKKEN,
        id="withdrawn before it began",
    ),
    pytest.param(
        {"ontvangers": frozenset({"AVIM"})},
        date(2020, 4, 1),
        Weigering.ANDERE_ONTVANGER,
        id="for another recipient",
    ),
    pytest.param(
        {
            "ontvangers": frozenset({"AVIM"}),
            "uitgezonderd": frozenset({("IND", Doel.CASUSOVERLEG)}),
        },
        date(2020, 4, 1),
        Weigering.INGETROKKEN,
        id="withdrawn for this recipient",
    ),
    pytest.param(
        {"doelen": frozenset({Doel.MRT})},
        date(2020, 4, 1),
        Weigering.ANDER_DOEL,
        id="for another purpose",
    ),
    pytest.param({"laatste_dag": date(2020, 3, 1)}, date(2020, 3, 1), None, id="its only day"),
]


@pytest.mark.parametrize(("differs", "day", "why"), CASES)
def test_a_statement_covers_or_says_why_not(differs, day, why):
    statement = a_statement(**differs)

    assert statement.miss("IND", Doel.CASUSOVERLEG, day) is why


@pytest.mark.parametrize(("differs", "day", "why"), CASES)
def test_whether_a_statement_holds_on_a_day_agrees_with_whom_it_covers(differs, day, why):
    statement = a_statement(**differs)
    [purpose] = statement.doelen

    covered = {r for r in BOTH if statement.miss(r, purpose, day) is None}

    assert bool(covered) == statement.holds_on(day)


def test_any_one_statement_that_covers_is_enough():
    over = a_statement(laatste_dag=date(2020, 3, 2))
    good = a_statement(toestemming_id=new_id())

    assert covering([over, good], "IND", Doel.CASUSOVERLEG, date(2020, 4, 1)) == (good,)


@pytest.mark.parametrize(
    ("differ", "why"),
    [
        pytest.param([], Weigering.GEEN_TOESTEMMING, id="no statement"),
        pytest.param(
            [{"ontvangers": frozenset({"AVIM"})}, {"doelen": frozenset({Doel.MRT})}],
            Weigering.ANDER_DOEL,
            id="the purpose is nearer than the recipient",
        ),
        pytest.param(
            [{"laatste_dag": date(2020, 3, 2)}, {"ingetrokken_op": date(2020, 3, 2)}],
            Weigering.INGETROKKEN,
            id="withdrawn is nearer than over",
        ),
    ],
)
def test_of_several_that_miss_the_nearest_is_told(differ, why):
    statements = [a_statement(toestemming_id=new_id(), **differs) for differs in differ]

    assert nearest_miss(statements, "IND", Doel.CASUSOVERLEG, date(2020, 4, 1)) is why


# Events


def test_the_last_that_was_delivered_holds():
    events = [an_event(1), an_event(2, Gebeurtenis.GEWIJZIGD, laatste_dag=date(2021, 1, 1))]

    assert state_of(events) == events[1].statement


def test_a_withdrawal_for_one_recipient_leaves_the_others():
    held = state_of(
        [
            an_event(1, ontvangers=BOTH),
            an_event(2, WITHDRAWN, ontvangers=frozenset({"IND"}), ingetrokken_op=date(2020, 4, 1)),
        ]
    )

    assert held.ontvangers == {"AVIM"}
    assert {recipient for recipient, _ in held.uitgezonderd} == {"IND"}
    assert held.ingetrokken_op is None


def test_withdrawn_for_each_recipient_is_withdrawn():
    held = state_of(
        [
            an_event(1, ontvangers=BOTH),
            an_event(2, WITHDRAWN, ontvangers=frozenset({"IND"}), ingetrokken_op=date(2020, 4, 1)),
            an_event(3, WITHDRAWN, ontvangers=frozenset({"AVIM"}), ingetrokken_op=date(2020, 4, 3)),
        ]
    )

    assert held.ingetrokken_op == date(2020, 4, 1)
    assert not held.holds_on(date(2020, 4, 3))


@pytest.mark.parametrize(
    "later",
    [
        pytest.param({}, id="as it was"),
        pytest.param({"laatste_dag": date(2030, 1, 1)}, id="for longer"),
        pytest.param({"ontvangers": BOTH}, id="for more recipients"),
    ],
)
def test_what_was_withdrawn_is_not_brought_back_by_a_delivery(later):
    held = state_of(
        [
            an_event(1),
            an_event(2, WITHDRAWN, ingetrokken_op=date(2020, 4, 1)),
            an_event(3, Gebeurtenis.GEWIJZIGD, **later),
        ]
    )

    assert held.miss("IND", Doel.CASUSOVERLEG, date(2020, 4, 2)) is Weigering.INGETROKKEN


def test_what_fell_away_can_be_delivered_again():
    events = [
        an_event(1),
        an_event(2, Gebeurtenis.VERVALLEN, ingetrokken_op=date(2020, 4, 1)),
        an_event(3, Gebeurtenis.GEWIJZIGD),
    ]

    assert not state_of(events[:2]).holds_on(date(2020, 4, 1))
    assert state_of(events).holds_on(date(2020, 4, 1))


def test_what_holds_has_the_version_of_its_last_event():
    events = [an_event(1, ontvangers=BOTH), an_event(2, WITHDRAWN, ontvangers=frozenset({"IND"}))]

    assert state_of(events).versie == 2


def test_statements_are_folded_apart_and_in_the_order_of_the_log():
    other = new_id()
    events = [
        an_event(3, Gebeurtenis.GEWIJZIGD, laatste_dag=date(2021, 1, 1)),
        an_event(2, toestemming_id=other),
        an_event(1),
    ]

    held = {each.toestemming_id: each.versie for each in states_of(events)}

    assert held == {other: 2, events[0].statement.toestemming_id: 3}


def test_the_log_names_no_more_statements_than_an_entry_has_room_for():
    statements = [a_statement(toestemming_id=new_id()) for _ in range(100)]

    assert names_of(statements[:2])[1] == f"{statements[1].toestemming_id}:1"
    assert len(names_of(statements)) == MOST_NAMED
