"""Consent as it leaves: the same each time, and less than the register holds."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from gateway.node.statements import as_sent, role_of, toestemming_ids
from schemas.records import Toestemming
from schemas.terms import Doel, Vorm
from schemas.toestemming import toestemming_schema

DAY = date(2020, 4, 1)
SCHEMA = toestemming_schema(DAY, frozenset({"IND", "AVIM"}), frozenset({"2019-1"}))
ONE = Toestemming(
    toestemming_id=UUID(int=1),
    ontvangers=("AVIM", "IND"),
    doelen=(Doel.AANMELDING,),
    eerste_dag=date(2020, 1, 1),
    laatste_dag=date(2021, 1, 1),
    verklaring="2019-1",
    vorm=Vorm.SCHRIFTELIJK,
    taal="pt-BR",
    tolk=False,
)
OTHER = replace(ONE, toestemming_id=UUID(int=2), ingetrokken_op=date(2020, 2, 1))


@pytest.mark.parametrize(
    ("written", "role"),
    [
        ("moeder", "ouder"),
        ("Vader: A. Yilmaz", "ouder"),
        ("Voogd (Nidos)", "voogd"),
        ("curator", "curator"),
        ("mentor", "anders"),
        ("Fatma Yilmaz", "anders"),
        ("ouder of voogd", "anders"),
        (None, None),
    ],
)
def test_a_representative_leaves_as_what_they_are_and_never_by_name(written, role):
    assert role_of(written) == role


def test_the_order_in_a_register_makes_no_difference():
    assert as_sent((ONE, OTHER), SCHEMA).text == as_sent((OTHER, ONE), SCHEMA).text


def test_what_leaves_is_what_the_gateway_reads():
    (wire,) = as_sent((ONE,), SCHEMA).wire

    assert SCHEMA.load(dict(wire)) == replace(ONE, taal="pt")


def test_the_rulebook_sees_the_same_as_the_wire():
    (statement, ended) = as_sent((ONE, OTHER), SCHEMA).statements

    assert statement.holds_on(DAY)
    assert not ended.holds_on(DAY)
    assert statement.ontvangers == {"IND", "AVIM"}


def test_what_the_register_no_longer_has_ends_today_and_not_later_than_it_did():
    now, before = as_sent((), SCHEMA), as_sent((ONE, OTHER), SCHEMA)

    ended = now.ended_on(DAY, before).wire

    assert [each["ingetrokkenOp"] for each in ended] == ["2020-04-01", "2020-02-01"]


def test_what_the_register_still_has_stays_as_it_is():
    both = as_sent((ONE, OTHER), SCHEMA)

    assert both.ended_on(DAY, both) == both


def test_an_id_is_the_same_for_the_same_statement_of_the_same_person_only():
    ids, others = toestemming_ids(b"a" * 32), toestemming_ids(b"b" * 32)
    one = ids("9912846204", "{}")

    assert one == ids("9912846204", "{}")
    assert (
        len({one, ids("9912846205", "{}"), ids("9912846204", "{1}"), others("9912846204", "{}")})
        == 4
    )


def test_a_consent_shows_nothing_of_itself():
    assert "2019-1" not in repr(as_sent((ONE,), SCHEMA))
