"""What is amiss with a statement from the day it was given."""

from datetime import date

import pytest

from privacy.consent import GEBREKEN, Weigering
from privacy.consent_validity import gebrek_of, shows_age
from schemas.toestemming import toestemming_schema
from tests.builders import PARTNERS, a_consent

SCHEMA = toestemming_schema(date(2020, 4, 1), frozenset(PARTNERS), frozenset({"2019-1"}))
TALEN = frozenset({"nl", "en"})
ADULT, CHILD = "1987-03-14", "2004-01-02"  # the consent is of 2020-01-01


def gebrek(birth: object = ADULT, talen: frozenset[str] | None = TALEN, **other: object):
    return gebrek_of(SCHEMA.load(a_consent(**other)), talen, birth)


@pytest.mark.parametrize(
    ("taal", "tolk", "talen", "expected"),
    [
        ("fa", False, TALEN, Weigering.TOLK_ONTBREEKT),
        ("fa", True, TALEN, None),
        ("en", False, TALEN, None),
        ("fa", False, None, None),
    ],
)
def test_31_an_interpreter_is_needed_where_staff_do_not_speak_the_language(
    taal, tolk, talen, expected
):
    assert gebrek(talen=talen, taal=taal, tolk=tolk) is expected


@pytest.mark.parametrize("birth", [CHILD, "2004-12-31", "2019-12-31"])
def test_31_who_was_under_sixteen_that_day_needs_a_representative(birth):
    assert gebrek(birth) is Weigering.VERTEGENWOORDIGER_ONTBREEKT
    assert gebrek(birth, vertegenwoordiger="ouder") is None


@pytest.mark.parametrize("birth", ["2004-01-01", ADULT])
def test_who_was_sixteen_that_day_agrees_alone(birth):
    assert gebrek(birth) is None


@pytest.mark.parametrize("birth", ["2010", "2010-05", "ja", "0_15", None, object()])
def test_of_less_than_a_full_birth_date_nothing_is_made(birth):
    assert not shows_age(birth)
    assert gebrek(birth) is None


def test_a_refusal_always_counts():
    assert gebrek(CHILD, besluit="geweigerd", tolk=False) is None


def test_a_missing_representative_is_told_before_a_missing_interpreter():
    assert gebrek(CHILD, tolk=False) is Weigering.VERTEGENWOORDIGER_ONTBREEKT


def test_whatever_is_amiss_is_one_of_the_reasons_of_the_log():
    assert {gebrek(CHILD), gebrek(tolk=False)} == GEBREKEN
