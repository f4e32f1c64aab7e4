"""From one cell to one value, for every kind of cell a reader can give."""

from datetime import UTC, date, datetime

import pytest

from connectors.ngo.mapping_values import Datumvorm
from connectors.ngo.rows import Onleesbaar
from connectors.ngo.values import birth_of, day_of, text_of, v_nummer_of
from schemas.errors import RefusedValueError

ALL = frozenset(Datumvorm)


def birth_of_any(cell):
    return birth_of(cell, ALL)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (" Van  den Test ", "Van  den Test"),
        ("Van\nden\tTest", "Van den Test"),
        (2, "2"),
        (2.0, "2"),
        (2.5, "2.5"),
        (True, "ja"),
        (False, "nee"),
        ("\u00a0", None),
        (None, None),
    ],
)
def test_a_cell_reads_as_the_text_that_a_person_sees(cell, text):
    assert text_of(cell) == text


@pytest.mark.parametrize("cell", [date(2020, 1, 1), ("IND",), (), Onleesbaar.CEL])
def test_a_cell_that_holds_no_text_is_refused_as_one(cell):
    with pytest.raises(RefusedValueError, match="verkeerd_type"):
        text_of(cell)


@pytest.mark.parametrize("cell", [True, 1.5, date(2020, 1, 1), ("9912846204",), -9912846204])
def test_a_v_nummer_is_text_or_a_whole_number(cell):
    with pytest.raises(RefusedValueError, match="geen_v_nummer"):
        v_nummer_of(cell)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("01-04-2019", date(2019, 4, 1)),
        ("1-4-2019", date(2019, 4, 1)),
        ("2019-04-01", date(2019, 4, 1)),
        (43556, date(2019, 4, 1)),
        (43556.75, date(2019, 4, 1)),
        ("43556", date(2019, 4, 1)),
        (date(2019, 4, 1), date(2019, 4, 1)),
        (datetime(2019, 3, 31, 22, 30, tzinfo=UTC), date(2019, 4, 1)),
        ("", None),
    ],
)
def test_a_day_is_read_in_every_form_that_registers_use(cell, day):
    assert day_of(cell, ALL) == day


@pytest.mark.parametrize(
    ("form", "cell"),
    [
        (Datumvorm.DD_MM_JJJJ, "01-04-2019"),
        (Datumvorm.D_M_JJJJ, "1-4-2019"),
        (Datumvorm.ISO, "2019-04-01"),
        (Datumvorm.CEL, date(2019, 4, 1)),
        (Datumvorm.SERIENUMMER, 43556),
    ],
)
def test_a_form_that_the_mapping_does_not_name_is_refused(form, cell):
    assert day_of(cell, frozenset({form})) == date(2019, 4, 1)

    others = ALL - {form, Datumvorm.D_M_JJJJ} if form is Datumvorm.DD_MM_JJJJ else ALL - {form}
    with pytest.raises(RefusedValueError, match="geen_datum"):
        day_of(cell, others)


@pytest.mark.parametrize("cell", ["1-4-19", "01-04-2019 x", "2019-04-01T00:00", 1e300, -5, "zomer"])
def test_what_is_no_day_is_refused(cell):
    with pytest.raises(RefusedValueError, match="geen_datum"):
        day_of(cell, ALL)


@pytest.mark.parametrize("read", [v_nummer_of, lambda cell: day_of(cell, ALL), birth_of_any])
def test_what_nobody_can_read_is_never_blank(read):
    with pytest.raises(RefusedValueError, match="verkeerd_type"):
        read(Onleesbaar.CEL)


@pytest.mark.parametrize("cell", [True, ("x",), ()])
def test_what_cannot_be_a_day_is_refused_by_its_kind(cell):
    with pytest.raises(RefusedValueError, match="verkeerd_type"):
        day_of(cell, ALL)


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        (1953, "1953"),
        (1953.0, "1953"),
        (26543, "1972-09-01"),
        (date(1972, 9, 1), "1972-09-01"),
        pytest.param("26543", "1972-09-01", id="a serial number as text"),
        ("0-9-1972", "1972-09"),
    ],
)
def test_a_birth_date_may_be_a_year_or_a_cell(cell, kept):
    assert birth_of(cell, ALL) == kept


def test_serial_numbers_count_from_the_first_day_of_the_file():
    assert day_of(42094, ALL, date(1904, 1, 1)) == date(2019, 4, 1)
