import pytest

from schemas.bsn import holds_bsn


@pytest.mark.parametrize(
    "text",
    [
        "111222333",
        "Jansen 111222333",
        "bsn:111222333.",
        pytest.param("123456789 en 111222333", id="the second of two numbers"),
    ],
)
def test_a_bsn_that_stands_alone_is_seen(text):
    assert holds_bsn(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("111222334", id="fails the test"),
        pytest.param("000000000", id="all zeros"),
        pytest.param("1112223330", id="part of a V-nummer"),
        pytest.param("A111222333", id="part of a word"),
        pytest.param("11122233", id="eight digits"),
        pytest.param("١١١٢٢٢٣٣٣", id="digits outside ASCII"),
        pytest.param("", id="nothing"),
    ],
)
def test_other_numbers_are_left_alone(text):
    assert not holds_bsn(text)
