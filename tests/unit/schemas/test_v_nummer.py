import pytest

from schemas.v_nummer import normalise_v_nummer


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("0902224584", id="plain"),
        pytest.param(" 090 222 45 84 ", id="blanks"),
        pytest.param("090\u00a02224584", id="a blank that does not break"),
        pytest.param("0902.224.584", id="dots"),
        pytest.param("0902224584.", id="a dot behind it"),
        pytest.param("V-nr 0902224584", id="prefix"),
        pytest.param("v-NR: 0902224584", id="prefix with a colon"),
        pytest.param("V-nr.0902224584", id="prefix with a dot"),
        pytest.param('="0902224584"', id="as a spreadsheet keeps text"),
        pytest.param('="V-nr 0902224584"', id="both"),
    ],
)
def test_ten_digits_are_found_however_they_are_written(written):
    assert normalise_v_nummer(written) == "0902224584"


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("", id="nothing"),
        pytest.param("902224584", id="nine digits, never padded"),
        pytest.param("10902224584", id="eleven digits"),
        pytest.param("09022245B4", id="a letter"),
        pytest.param("٠٩٠٢٢٢٤٥٨٤", id="digits outside ASCII"),
        pytest.param("0902-224584", id="a hyphen"),
        pytest.param("V0902224584", id="half a prefix"),
        pytest.param('="0902224584', id="half a spreadsheet form"),
        pytest.param("0902224584 0902224584", id="two"),
        pytest.param("123456789.0", id="nine digits, exported as a number"),
        pytest.param("12345678.00", id="eight digits, exported as a number"),
        pytest.param("V-nr. 123456789.0", id="the same behind a prefix"),
        pytest.param('="123456789.0"', id="the same as a spreadsheet keeps text"),
        pytest.param(" 123456789 .0 ", id="the same with blanks"),
        pytest.param("123456789.0.", id="the same at the end of a sentence"),
        pytest.param("0902224584.0", id="ten digits, exported as a number"),
    ],
)
def test_anything_else_is_no_v_nummer(written):
    assert normalise_v_nummer(written) is None
