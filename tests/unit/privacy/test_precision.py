from datetime import date
from itertools import product

import pytest

from privacy.filter import filter_fields
from privacy.precision import SUPPORTED, Viewer, coarsen, coarser, finer
from schemas.records import Casussamenvatting, wire_names
from schemas.terms import Precisie, Uitstroomreden
from tests.unit.privacy.examples import DAY, VIEWER

P = Precisie
ALL = tuple(Precisie)


@pytest.mark.parametrize(
    ("precisie", "value", "left"),
    [
        pytest.param(P.VOLLEDIG, "Ngọc", "Ngọc", id="all of it"),
        pytest.param(P.VOLLEDIG, None, None, id="all of nothing"),
        pytest.param(P.MAAND, "1987-03-14", "1987-03", id="month"),
        pytest.param(P.MAAND, "1987", "1987", id="month of a year"),
        pytest.param(P.JAAR, "1987-03-14", "1987", id="year"),
        pytest.param(P.JAAR, "1987-03", "1987", id="year of a month"),
        pytest.param(P.JAAR, None, None, id="year of nothing"),
        pytest.param(P.GROEP, "medisch", "overig", id="health stays out"),
        pytest.param(P.GROEP, "artikel_64", "overig", id="article 64 stays out"),
        pytest.param(P.GROEP, "terugkeer", "terugkeer", id="another reason"),
        pytest.param(P.GROEP, None, None, id="no reason"),
        pytest.param(P.JA_NEE, "1987", "ja", id="there"),
        pytest.param(P.JA_NEE, None, "nee", id="not there"),
        pytest.param(P.LEEFTIJDSGROEP, None, None, id="age of nothing"),
    ],
)
def test_what_is_left_of_a_value(precisie, value, left):
    assert coarsen(precisie, value, VIEWER) == left


# The day is 1 April 2020.
@pytest.mark.parametrize(
    ("birth", "group"),
    [
        pytest.param("2004-04-01", "16-17", id="sixteen today"),
        pytest.param("2004-04-02", "12-15", id="sixteen tomorrow"),
        pytest.param("2004-03", "16-17", id="sixteen, in whichever day of the month"),
        pytest.param("2004-05", "12-15", id="fifteen, in whichever day of the month"),
        pytest.param("2004-04", "onbekend", id="fifteen or sixteen, by the day"),
        pytest.param("2004", "onbekend", id="fifteen or sixteen, by the month"),
        pytest.param("1990", "25-39", id="twenty-nine or thirty"),
        pytest.param("2020", "0-11", id="born this year"),
        pytest.param("2000-02-29", "18-24", id="born on a leap day"),
        pytest.param("1910", "65-200", id="very old"),
    ],
)
def test_an_age_group_is_told_only_where_a_partial_date_leaves_no_doubt(birth, group):
    assert coarsen(P.LEEFTIJDSGROEP, birth, VIEWER) == group


def test_a_pseudonym_is_stable_and_another_for_each_recipient():
    for_ind = coarsen(P.PSEUDONIEM, "0902224584", VIEWER)
    for_avim = coarsen(P.PSEUDONIEM, "0902224584", Viewer("AVIM", DAY, b"sleutel"))

    assert for_ind == coarsen(P.PSEUDONIEM, "0902224584", VIEWER)
    assert for_ind != for_avim
    assert "0902224584" not in (for_ind + for_avim)


@pytest.mark.parametrize("precisie", [p for p in ALL if p is not P.PSEUDONIEM])
@pytest.mark.parametrize("value", ["1987-03-14", "2004-04", "1950", None])
def test_what_was_made_coarse_is_not_made_coarser_by_doing_it_again(precisie, value):
    if precisie is P.GROEP:
        value = value and "medisch"
    once = coarsen(precisie, value, VIEWER)

    assert coarsen(precisie, once, VIEWER) == once


@pytest.mark.parametrize(("one", "other"), list(product(ALL, ALL)))
def test_coarser_and_finer_are_the_meet_and_join_of_one_order(one, other):
    assert coarser(one, other) == coarser(other, one)
    assert finer(one, other) == finer(other, one)
    assert coarser(one, one) == finer(one, one) == one
    assert coarser(one, finer(one, other)) == one
    assert finer(one, coarser(one, other)) == one


@pytest.mark.parametrize("pair", list(product(ALL, ALL)))
def test_coarser_goes_the_same_way_whichever_two_are_taken_first(pair):
    for third in ALL:
        assert coarser(coarser(*pair), third) == coarser(pair[0], coarser(pair[1], third))
        assert finer(finer(*pair), third) == finer(pair[0], finer(pair[1], third))


@pytest.mark.parametrize("field", sorted(SUPPORTED))
def test_of_two_precisions_of_one_field_the_finest_is_one_of_the_two(field):
    """So what two statements let out between them is never more than one of them lets out."""
    for one, other in product(SUPPORTED[field], repeat=2):
        assert finer(one, other) in (one, other)
        assert coarser(one, other) in (one, other)


def test_every_field_of_a_summary_has_its_precisions():
    assert set(SUPPORTED) == set(wire_names(Casussamenvatting).values())


def test_a_reason_for_leaving_never_leaves_in_full():
    assert P.VOLLEDIG not in SUPPORTED["uitstroomreden"]
    left = {coarsen(P.GROEP, reden, VIEWER) for reden in Uitstroomreden}
    assert not left & {"medisch", "artikel_64"}


def test_no_date_loses_its_calendar_for_a_field_that_has_none():
    assert P.LEEFTIJDSGROEP not in SUPPORTED["datumInstroom"]


def test_the_filter_drops_what_is_not_named_and_makes_nothing_up():
    inhoud = {"vNummer": "0902224584", "naam": "Ngọc", "datumUitstroom": None}
    allowed = {"vNummer": P.VOLLEDIG, "datumUitstroom": P.VOLLEDIG, "lijn": P.JA_NEE}

    left = filter_fields(inhoud, allowed, Viewer("IND", date(2020, 4, 1), b""))

    assert left == {"vNummer": "0902224584", "datumUitstroom": None}
