import pytest

from schemas.canonical import canonical
from schemas.errors import CanonicalError


@pytest.mark.parametrize(
    ("value", "written"),
    [
        pytest.param({"b": 1, "a": [True, None]}, b'{"a":[true,null],"b":1}', id="keys in order"),
        pytest.param("Ngọc €", '"Ngọc €"'.encode(), id="letters as they are"),
        pytest.param('"\\\b\t\n\f\r\x1f\x7f', b'"\\"\\\\\\b\\t\\n\\f\\r\\u001f\x7f"', id="escapes"),
        pytest.param(2**53 - 1, b"9007199254740991", id="the largest exact number"),
    ],
)
def test_a_value_has_one_form(value, written):
    assert canonical(value) == written


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(1.0, id="a float"),
        pytest.param({"a": [float("nan")]}, id="no number, deep inside"),
        pytest.param({1: "a"}, id="a key that is no text"),
        pytest.param({"é": "a"}, id="a key outside ASCII"),
        pytest.param("\ud800", id="half a character"),
        pytest.param(2**53, id="a number that is not exact for everyone"),
        pytest.param((1,), id="a tuple"),
        pytest.param(b"1", id="bytes"),
    ],
)
def test_what_has_no_form_is_refused(value):
    with pytest.raises(CanonicalError):
        canonical(value)


def test_a_refusal_holds_no_value():
    with pytest.raises(CanonicalError) as refused:
        canonical({"naam": "Fatima\ud800"})

    assert "Fatima" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__
