from datetime import date
from itertools import product
from uuid import UUID

import pytest

from privacy.filter import filter_fields
from privacy.precision import PROCESSOR, SUPPORTED, Viewer, coarsen, coarser, finer
from schemas.records import Casussamenvatting, wire_names
from schemas.terms import Leeftijdsgroep, Precisie, Uitstroomreden
from tests.unit.privacy.examples import CASUS, DAY, VIEWER

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
        pytest.param(P.LEEFTIJDSGROEP, "25-39", "25-39", id="age of an age"),
        pytest.param(P.MAAND, "25-39", "25-39", id="month of an age"),
        pytest.param(P.JAAR, "65-200", "65-200", id="year of an age"),
        pytest.param(P.JAAR, "onbekend", "onbekend", id="year of an unknown age"),
        pytest.param(P.JAAR, "ja", "ja", id="year of a date that is there"),
        pytest.param(P.MAAND, "nee", "nee", id="month of a date that is not"),
        pytest.param(P.LEEFTIJDSGROEP, "ja", "ja", id="age of a date that is there"),
        pytest.param(P.GROEP, "ja", "ja", id="a reason that is there"),
        pytest.param(P.JA_NEE, "onbekend", "ja", id="there, of an unknown age"),
        pytest.param(P.JA_NEE, "nee", "nee", id="not there, said before"),
        pytest.param(P.PSEUDONIEM, None, None, id="pseudonym of nothing"),
        pytest.param(P.PSEUDONIEM, "0f" * 16, "0f" * 16, id="pseudonym of a pseudonym"),
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


@pytest.mark.parametrize(
    ("birth", "day", "group"),
    [
        pytest.param("2004-02-29", "2020-02-28", "12-15", id="leap day, the day before"),
        pytest.param("2004-02-29", "2020-02-29", "16-17", id="leap day, on the day"),
        pytest.param("2004-02-29", "2022-02-28", "16-17", id="no leap year, the last of February"),
        pytest.param("2004-02-29", "2022-03-01", "18-24", id="no leap year, the first of March"),
        pytest.param("2004-04", "2020-03-31", "12-15", id="month, the day before it"),
        pytest.param("2004-04", "2020-04-29", "onbekend", id="month, the last but one of it"),
        pytest.param("2004-04", "2020-04-30", "16-17", id="month, the last of it"),
        pytest.param("2004-02", "2022-02-28", "onbekend", id="month with a leap day, without one"),
        pytest.param("2004-02", "2022-03-01", "18-24", id="month with a leap day, the day after"),
        pytest.param("2004", "2019-12-31", "12-15", id="year, all birthdays of the year before"),
        pytest.param("2004", "2020-01-01", "onbekend", id="year, its first day"),
        pytest.param("2004", "2020-12-31", "16-17", id="year, its last day"),
        pytest.param("2020-04-01", "2020-04-01", "0-11", id="born today"),
        pytest.param("1900", "2020-04-01", "65-200", id="as old as may be"),
    ],
)
def test_an_age_goes_up_on_the_birthday_and_a_partial_date_goes_with_all_it_may_be(
    birth, day, group
):
    assert coarsen(P.LEEFTIJDSGROEP, birth, Viewer("IND", date.fromisoformat(day), b"")) == group


def test_every_age_is_in_one_group_and_the_groups_are_the_list():
    groups = [coarsen(P.LEEFTIJDSGROEP, f"{1900 + age}-04-02", VIEWER) for age in range(120)]

    assert list(dict.fromkeys(reversed(groups))) == [
        each.value for each in Leeftijdsgroep if each is not Leeftijdsgroep.ONBEKEND
    ]


def test_a_pseudonym_is_stable_and_another_for_each_recipient():
    for_ind = coarsen(P.PSEUDONIEM, "0902224584", VIEWER)
    for_avim = coarsen(P.PSEUDONIEM, "0902224584", Viewer("AVIM", DAY, b"sleutel"))

    assert for_ind == coarsen(P.PSEUDONIEM, "0902224584", VIEWER)
    assert for_ind != for_avim
    assert "0902224584" not in (for_ind + for_avim)


def test_a_pseudonym_of_a_name_is_of_the_casus_and_tells_nothing_of_the_name():
    def told(naam: str, casus: UUID = CASUS, viewer: Viewer = VIEWER) -> str | None:
        return filter_fields({"naam": naam}, {"naam": P.PSEUDONIEM}, viewer, casus)["naam"]

    assert told("Ngọc") == told("Amina") == told("ja") == told("0f" * 16)
    assert told("Ngọc") != told("Ngọc", casus=UUID(int=1))
    assert told("Ngọc") != told("Ngọc", viewer=Viewer("AVIM", DAY, b"sleutel"))
    assert told("Ngọc") != told("Ngọc", viewer=Viewer("IND", DAY, b"andere"))


def test_the_gateway_gets_no_pseudonym_but_only_that_there_is_something_to_make_one_for():
    gateway = Viewer(PROCESSOR, DAY, b"sleutel")
    allowed = {"naam": P.PSEUDONIEM, "vNummer": P.PSEUDONIEM}

    left = filter_fields({"naam": "Ngọc", "vNummer": "0902224584"}, allowed, gateway, None)

    assert left == {"naam": "ja", "vNummer": "ja"}


def test_who_or_what_is_called_nee_is_there_all_the_same():
    inhoud = {"naam": "nee", "bronhouder": "nee", "lijn": "nee", "geboortedatum": None}

    left = filter_fields(inhoud, dict.fromkeys(inhoud, P.JA_NEE), VIEWER, CASUS)

    assert left == {"naam": "ja", "bronhouder": "ja", "lijn": "nee", "geboortedatum": "nee"}


@pytest.mark.parametrize("precisie", ALL)
@pytest.mark.parametrize("value", ["1987-03-14", "2004-04", "1950", "12-15", "ja", "nee", None])
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

    left = filter_fields(inhoud, allowed, Viewer("IND", date(2020, 4, 1), b""), CASUS)

    assert left == {"vNummer": "0902224584", "datumUitstroom": None}
