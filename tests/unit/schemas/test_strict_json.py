"""What two readers could read differently is read by none of ours."""

import pytest

from schemas.strict_json import read_strictly


def test_json_is_read_as_it_stands():
    assert read_strictly('{"a":[1,2.5,null,"é"]}'.encode()) == {"a": [1, 2.5, None, "é"]}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"a":1,"a":2}', id="a name twice"),
        pytest.param(b'[{"b":{"a":1,"a":1}}]', id="a name twice, deep inside"),
        pytest.param(b"[NaN]", id="no number"),
        pytest.param(b"[-Infinity]", id="a number without end"),
        pytest.param(b"[1e999]", id="a number that is too great"),
        pytest.param(b'"\xe9"', id="another encoding"),
        pytest.param(b"\xef\xbb\xbf{}", id="a byte order mark"),
        pytest.param(b"{} {}", id="two values"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"[" * 100_000, id="nested without end"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(body: bytes):
    with pytest.raises(ValueError):  # noqa: PT011  whichever it is, its text goes no further
        read_strictly(body)
