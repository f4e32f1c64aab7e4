"""A recipient that can lay two precisions of one field beside each other is reported."""

from datetime import date, timedelta
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.dpia.findings import Regel
from privacy.dpia.joins import joined, joins
from privacy.precision import SUPPORTED
from schemas.terms import Doel, Precisie
from tests.unit.privacy.dpia.examples import FILES, policy
from tests.unit.privacy.examples import a_policy

GROUPS = ((0, 11), (12, 15), (16, 17), (18, 24), (25, 39), (40, 64), (65, 200))


def reported(field: str, **given_for: Precisie) -> list[tuple[str, str]]:
    fields = {Doel(doel): MappingProxyType({field: how}) for doel, how in given_for.items()}
    found = joins(a_policy("IND", fields))
    assert all(each.regel is Regel.SAMENVOEGEN for each in found)
    return [(each.plaats, each.tekst) for each in found]


def test_a_pseudonym_beside_the_value_itself_is_no_pseudonym():
    [(place, text)] = reported("naam", mutaties=Precisie.PSEUDONIEM, mrt=Precisie.VOLLEDIG)

    assert place == "doelen.mutaties.velden"
    assert "de volledige waarde" in text


@pytest.mark.parametrize(
    ("one", "other", "learned"),
    [
        (Precisie.VOLLEDIG, Precisie.JAAR, "de volledige waarde"),
        (Precisie.MAAND, Precisie.JAAR, "altijd de precisie maand"),
        (Precisie.JAAR, Precisie.JA_NEE, "altijd de precisie jaar"),
        (Precisie.JAAR, Precisie.LEEFTIJDSGROEP, "op den duur de volledige datum"),
        (Precisie.MAAND, Precisie.LEEFTIJDSGROEP, "op den duur de volledige datum"),
    ],
)
def test_two_precisions_of_a_birth_date_are_reported_with_what_they_tell(one, other, learned):
    [(_, text)] = reported("geboortedatum", mutaties=one, mrt=other)

    assert learned in text


def test_an_age_group_alone_is_reported_for_it_can_be_asked_every_day():
    [(_, text)] = reported("geboortedatum", mutaties=Precisie.LEEFTIJDSGROEP)

    assert "op den duur de volledige datum" in text


def test_the_same_precision_for_every_purpose_is_nothing_to_report():
    assert reported("geboortedatum", mutaties=Precisie.JAAR, mrt=Precisie.JAAR) == []


@given(st.data())
def test_whatever_differs_over_the_purposes_is_reported_and_nothing_else(data):
    field = data.draw(st.sampled_from(sorted(SUPPORTED)))
    how = st.sampled_from(sorted(SUPPORTED[field]))
    given_for = data.draw(st.dictionaries(st.sampled_from(list(Doel)), how, min_size=1))

    found = reported(field, **{doel.value: precision for doel, precision in given_for.items()})

    told = set(given_for.values())
    assert bool(found) is (len(told) > 1 or Precisie.LEEFTIJDSGROEP in told)


@given(st.sets(st.sampled_from(sorted(SUPPORTED["geboortedatum"])), min_size=1))
def test_what_is_joined_does_not_hang_on_the_order_of_the_purposes(precisions):
    forth = frozenset(sorted(precisions))
    back = frozenset(sorted(precisions, reverse=True))

    assert joined(forth) == joined(back)


@given(st.dates(date(1962, 1, 1), date(2008, 12, 31)))
def test_an_age_group_that_is_asked_every_day_does_tell_the_birthday(born):
    """Why it is reported: the reason is true, by what an observer could do."""
    day = date(2026, 1, 1)
    before = _group(born, day)
    while _group(born, day) == before:
        day += timedelta(days=1)
    low = next(low for low, high in GROUPS if (low, high) == _group(born, day))
    leap_day = (born.month, born.day) == (2, 29)

    assert day.year - low == born.year
    assert (day.month, day.day) == ((3, 1) if leap_day and day.year % 4 else (born.month, born.day))


def _group(born: date, day: date) -> tuple[int, int]:
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return next((low, high) for low, high in GROUPS if low <= age <= high)


def test_the_shipped_policy_of_avim_joins_a_birth_date_and_the_others_nothing():
    """The MRT gets the year of what the LSO gets in full: the DPIA allows both, and it is told."""
    found = {name: [each.veld for each in joins(policy(name))] for name in FILES}

    assert found == {"IND": [], "DT&V": [], "AVIM": ["geboortedatum"]}
