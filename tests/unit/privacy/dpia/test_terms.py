"""Terms are read from words, or not at all; and one is within another only where that is sure."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.dpia.terms import Duur, Termijn, iso_duration, read_term

YEAR, TWO_YEARS, HALF_YEAR = Duur(12, 0), Duur(24, 0), Duur(6, 0)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("1 jaar", Termijn(YEAR, "verstrekking")),
        ("1 jaar na uitstroom", Termijn(YEAR, "uitstroom")),
        ("2 jaar na de laatste bespreking", Termijn(TWO_YEARS, "laatste_bespreking")),
        ("6 maanden na de verstrekking", Termijn(HALF_YEAR, "verstrekking")),
        ("1 jaar en 6 maanden na uitstroom", Termijn(Duur(18, 0), "uitstroom")),
        ("3 weken", Termijn(Duur(0, 21), "verstrekking")),
        ("90 dagen na uitstroom.", Termijn(Duur(0, 90), "uitstroom")),
        ("P1Y", Termijn(YEAR, "verstrekking")),
        ("P1Y na uitstroom", Termijn(YEAR, "uitstroom")),
        ("  1  JAAR na  de Uitstroom ", Termijn(YEAR, "uitstroom")),
    ],
)
def test_a_term_in_words_is_read(words, expected):
    assert read_term(words) == expected


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Aantal jaren",
        "zolang het nodig is",
        "jaar",
        "1 jaar na het vertrek",
        "1 jaar voor uitstroom",
        "hoogstens 1 jaar",
        "1 jaar, tenzij bezwaar",
        "1 of 2 jaar",
        "1 jaar en 2 jaar",
        "1,5 jaar",
        "-1 jaar",
        "12345 jaar",
        "P1D1Y",
        "PT1H",
        "P",
        "1 jaar na uitstroom of na de laatste bespreking",
        "x" * 20_000,
    ],
)
def test_what_is_no_term_for_certain_is_none(words):
    assert read_term(words) is None


@pytest.mark.parametrize(
    ("asked", "allowed", "within"),
    [
        ("P1Y", "P1Y", True),
        ("P12M", "P1Y", True),
        ("P52W", "P1Y", True),
        ("P365D", "P1Y", True),
        ("P366D", "P1Y", False),
        ("P53W", "P1Y", False),
        ("P13M", "P1Y", False),
        ("P28D", "P1M", True),
        ("P30D", "P1M", False),
        ("P1M", "P30D", False),
        ("P1M", "P31D", True),
        ("P1Y", "P365D", False),
        ("P1Y", "P366D", True),
        ("P1Y1D", "P1Y", False),
        ("P0D", "P1Y", True),
    ],
)
def test_a_term_is_within_another_only_where_that_is_sure(asked, allowed, within):
    one, other = iso_duration(asked), iso_duration(allowed)

    assert one is not None
    assert other is not None
    assert one.is_within(other) is within


def _after(day: date, duration: Duur) -> date:
    years, month = divmod(day.year * 12 + day.month - 1 + duration.months, 12)
    last = monthrange(years, month + 1)[1]
    return date(years, month + 1, min(day.day, last)) + timedelta(days=duration.days)


DURATIONS = st.builds(Duur, st.integers(0, 60), st.integers(0, 800))


@given(DURATIONS, DURATIONS, st.dates(date(2019, 1, 1), date(2040, 12, 31)))
def test_a_term_that_is_within_another_never_ends_later(one, other, day):
    if one.is_within(other):
        assert _after(day, one) <= _after(day, other)


@given(DURATIONS)
def test_a_length_written_in_iso_is_read_back(duration):
    assert iso_duration(duration.iso) == duration
