from datetime import date

import pytest

from schemas.dates import (
    birth_fault,
    birth_text,
    could_be_under,
    from_serial,
    parse_coarse_day,
    parse_day,
    precedes,
    read_birth,
    read_day,
)
from schemas.errors import RefusedValueError
from schemas.faults import Foutcode
from schemas.terms import JaOfNee

DAY = date(2020, 4, 1)


@pytest.mark.parametrize("written", ["01-04-2020", "1-4-2020", "2020-04-01", " 01-04-2020 "])
def test_a_day_is_read_as_people_write_it(written):
    assert read_day(written) == DAY


@pytest.mark.parametrize("written", ["31-02-2020", "00-04-2020", "2020-13-01", "2019-02-29"])
def test_a_day_that_never_was_is_refused_as_such(written):
    with pytest.raises(RefusedValueError) as refused:
        read_day(written)

    assert refused.value.code is Foutcode.DAG_BESTAAT_NIET


@pytest.mark.parametrize("written", ["", "onbekend", "1/4/2020", "01-04-20", "2020-04-01T00:00"])
def test_what_is_no_day_is_refused_as_such(written):
    with pytest.raises(RefusedValueError) as refused:
        read_day(written)

    assert refused.value.code is Foutcode.GEEN_DATUM


@pytest.mark.parametrize(
    "written", ["20200401", "2020-W14-3", "01-04-2020", "2020-4-1", "２０２０-04-01"]
)
def test_the_wire_has_one_form_for_a_day(written):
    with pytest.raises(RefusedValueError):
        parse_day(written)


@pytest.mark.parametrize(
    ("serial", "day"),
    [
        pytest.param(43922, DAY, id="a day"),
        pytest.param(43922.75, DAY, id="a time of that day"),
        pytest.param(1, date(1900, 1, 1), id="the first"),
        pytest.param(59, date(1900, 2, 28), id="before the leap day that never was"),
        pytest.param(61, date(1900, 3, 1), id="after it"),
        pytest.param(2_958_465, date(9999, 12, 31), id="the last"),
    ],
)
def test_a_serial_number_of_a_spreadsheet_is_a_day(serial, day):
    assert from_serial(serial) == day


@pytest.mark.parametrize(
    ("serial", "code"),
    [
        (0, Foutcode.GEEN_DATUM),
        (-1, Foutcode.GEEN_DATUM),
        (2_958_466, Foutcode.GEEN_DATUM),
        (float("inf"), Foutcode.GEEN_DATUM),
        (float("nan"), Foutcode.GEEN_DATUM),
        (60, Foutcode.DAG_BESTAAT_NIET),
    ],
)
def test_a_serial_number_outside_the_calendar_is_refused(serial, code):
    with pytest.raises(RefusedValueError) as refused:
        from_serial(serial)

    assert refused.value.code is code


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2020-02-29", date(2020, 2, 29)),
        ("2020-02", "2020-02"),
        ("2020", "2020"),
        ("ja", JaOfNee.JA),
        ("nee", JaOfNee.NEE),
    ],
)
def test_what_crosses_of_a_day_is_read_as_far_as_it_goes(text, read):
    assert parse_coarse_day(text) == read
    assert str(parse_coarse_day(text)) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2020-02-30", Foutcode.DAG_BESTAAT_NIET),
        ("2020-13", Foutcode.DAG_BESTAAT_NIET),
        ("2020-00", Foutcode.DAG_BESTAAT_NIET),
        ("0000", Foutcode.DAG_BESTAAT_NIET),
        ("20200401", Foutcode.GEEN_DATUM),
        ("2020-4", Foutcode.GEEN_DATUM),
        ("16-17", Foutcode.GEEN_DATUM),
        ("Ja", Foutcode.GEEN_DATUM),
        ("", Foutcode.GEEN_DATUM),
        ("2020\n", Foutcode.GEEN_DATUM),
    ],
)
def test_what_is_no_part_of_a_day_is_refused(text, code):
    with pytest.raises(RefusedValueError) as refused:
        parse_coarse_day(text)

    assert refused.value.code is code


@pytest.mark.parametrize(
    ("one", "other", "first"),
    [
        pytest.param(date(2020, 3, 31), date(2020, 4, 1), True, id="two days"),
        pytest.param(date(2019, 12, 31), "2020", True, id="a day and the year after"),
        pytest.param(date(2020, 1, 1), "2020", False, id="a day and its year"),
        pytest.param("2020", date(2020, 12, 31), False, id="a year and its day"),
        pytest.param("2020-03", date(2020, 4, 1), True, id="a month and a day after"),
        pytest.param("2020", "2020-12", False, id="a year and its month"),
        pytest.param("2019", "2020-12", True, id="a year and a month after"),
        pytest.param(JaOfNee.JA, date(2020, 4, 1), False, id="some day"),
        pytest.param("2020", JaOfNee.NEE, False, id="no day"),
    ],
)
def test_a_day_precedes_another_only_where_that_is_certain(one, other, first):
    assert precedes(one, other) is first
    assert not (precedes(one, other) and precedes(other, one))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("14-03-1987", "1987-03-14"),
        ("4-3-1987", "1987-03-04"),
        ("1987-03-14", "1987-03-14"),
        ("00-03-1987", "1987-03"),
        ("1987-03", "1987-03"),
        ("00-00-1987", "1987"),
        ("1987", "1987"),
    ],
)
def test_a_birth_date_keeps_the_parts_that_are_known(written, kept):
    assert read_birth(written) == kept


@pytest.mark.parametrize("written", ["14-00-1987", "30-02-1987", "1987-13", "1987-00", "0000"])
def test_a_birth_date_that_cannot_be_is_refused(written):
    with pytest.raises(RefusedValueError) as refused:
        read_birth(written)

    assert refused.value.code is Foutcode.DAG_BESTAAT_NIET


def test_a_birth_date_in_words_is_refused():
    with pytest.raises(RefusedValueError) as refused:
        read_birth("maart 1987")

    assert refused.value.code is Foutcode.GEEN_DATUM


def test_a_birth_date_is_made_of_parts_from_the_year_down():
    assert birth_text(1987, 3) == "1987-03"


@pytest.mark.parametrize(
    ("birth", "fault"),
    [
        pytest.param("2020-04-01", None, id="born on the day"),
        pytest.param("2020-04", None, id="born in this month, perhaps"),
        pytest.param("2020", None, id="born in this year, perhaps"),
        pytest.param("2020-04-02", Foutcode.IN_DE_TOEKOMST, id="tomorrow"),
        pytest.param("2020-05", Foutcode.IN_DE_TOEKOMST, id="next month"),
        pytest.param("2021", Foutcode.IN_DE_TOEKOMST, id="next year"),
        pytest.param("1900-01-01", None, id="the first day of 1900"),
        pytest.param("1899-12-31", Foutcode.VOOR_1900, id="before 1900"),
        pytest.param("1899", Foutcode.VOOR_1900, id="a year before 1900"),
        pytest.param("1987-02-30", Foutcode.DAG_BESTAAT_NIET, id="30 February"),
        pytest.param("1987-00", Foutcode.DAG_BESTAAT_NIET, id="no such month"),
        pytest.param("14-03-1987", Foutcode.GEEN_DATUM, id="another form"),
        pytest.param("", Foutcode.GEEN_DATUM, id="empty text"),
    ],
)
def test_a_kept_birth_date_is_judged_on_the_day(birth, fault):
    assert birth_fault(birth, DAY) is fault


@pytest.mark.parametrize(
    ("birth", "under"),
    [
        pytest.param("2004-04-01", False, id="sixteen today"),
        pytest.param("2004-04-02", True, id="sixteen tomorrow"),
        pytest.param("2004-03", False, id="sixteen last month at the latest"),
        pytest.param("2004-04", True, id="perhaps later this month"),
        pytest.param("2004", True, id="perhaps later this year"),
        pytest.param("2003", False, id="last year at the latest"),
        pytest.param(None, False, id="unknown counts as older"),
    ],
)
def test_a_partial_birth_date_counts_as_the_youngest_it_can_be(birth, under):
    assert could_be_under(birth, 16, DAY) is under


def test_an_age_is_not_computed_from_what_is_no_birth_date():
    with pytest.raises(RefusedValueError):
        could_be_under("14-03-1987", 16, DAY)
