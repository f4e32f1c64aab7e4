from datetime import date

import pytest

from schemas import nationaliteiten

DAY = date(2020, 4, 1)
TABLE = nationaliteiten.load()


@pytest.mark.parametrize("text", ["0149", "Somalische", "somalische", " SOMALISCHE "])
def test_a_nationality_is_found_by_code_or_by_name(text):
    assert TABLE.code_for(text, DAY) == "0149"


@pytest.mark.parametrize("code", ["0000", "0499"])
def test_unknown_and_stateless_are_nationalities(code):
    assert TABLE.is_valid(code, DAY)


@pytest.mark.parametrize(
    ("code", "day", "valid"),
    [
        pytest.param("0086", date(2019, 2, 11), True, id="the last day"),
        pytest.param("0086", date(2019, 2, 12), False, id="the day it ended"),
        pytest.param("0088", date(2019, 2, 11), False, id="before the first day"),
        pytest.param("0088", date(2019, 2, 12), True, id="the first day"),
        pytest.param("0500", date(2007, 4, 1), False, id="began and ended on one day"),
        pytest.param("9999", DAY, False, id="no row"),
        pytest.param("somalische", DAY, False, id="a name is no code"),
    ],
)
def test_a_row_is_valid_from_its_first_day_until_before_its_end(code, day, valid):
    assert TABLE.is_valid(code, day) is valid


def test_an_ended_nationality_is_known_but_has_no_code_today():
    assert TABLE.known("Macedonische")
    assert TABLE.code_for("Macedonische", DAY) is None


def test_the_table_is_whole():
    codes = [rij.code for rij in TABLE.rijen]

    assert len(codes) == len(set(codes)) == 217
