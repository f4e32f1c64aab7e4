from datetime import date
from typing import Any
from uuid import UUID

import pytest

from connectors.errors import NotUnderstoodError
from connectors.wire import Fields, read_object
from tests.unit.connectors.exchange import V_NUMMER, uuid

WRONG = [
    pytest.param("text", {"naam": 5}, id="a number for text"),
    pytest.param("text", {"naam": None}, id="null for text"),
    pytest.param("text", {}, id="nothing for text"),
    pytest.param("whole", {"naam": "5"}, id="text for a number"),
    pytest.param("whole", {"naam": True}, id="true for a number"),
    pytest.param("whole", {"naam": 5.0}, id="a fraction for a number"),
    pytest.param("boolean", {"naam": 1}, id="a number for true"),
    pytest.param("uuid", {"naam": V_NUMMER}, id="a V-nummer for an id"),
    pytest.param("optional_uuid", {"naam": V_NUMMER}, id="a V-nummer for an id, if any"),
    pytest.param("day", {"naam": "20200401"}, id="a day without dashes"),
    pytest.param("day", {"naam": "2020-02-30"}, id="a day that does not exist"),
    pytest.param("hexadecimal", {"naam": V_NUMMER + "x"}, id="no hexadecimal"),
    pytest.param("hexadecimal", {"naam": ""}, id="no bytes at all"),
    pytest.param("inner", {"naam": []}, id="a list for an object"),
    pytest.param("listed", {"naam": {}}, id="an object for a list"),
    pytest.param("listed", {"naam": [1]}, id="a list of something else"),
    pytest.param("texts", {"naam": {"a": 1}}, id="a table of something else"),
]


@pytest.mark.parametrize(("ask", "told"), WRONG)
def test_another_shape_is_refused_by_name_and_never_by_value(ask: str, told: dict[str, Any]):
    with pytest.raises(NotUnderstoodError, match="naam") as raised:
        getattr(Fields(told), ask)("naam")

    assert V_NUMMER not in f"{raised.value!r} {vars(raised.value)}"
    assert raised.value.__context__ is None


def test_the_agreed_shape_is_given_as_values():
    told = read_object(
        b'{"a":"t","b":1,"c":false,"d":"2020-04-01","e":"00ff","f":{"x":"y"},"g":[{}],"h":null}'
    )

    assert (told.text("a"), told.whole("b"), told.boolean("c")) == ("t", 1, False)
    assert told.day("d") == date(2020, 4, 1)
    assert told.hexadecimal("e") == b"\x00\xff"
    assert told.texts("f") == {"x": "y"}
    assert len(told.listed("g")) == 1
    assert told.optional_uuid("h") is None
    assert Fields({"a": uuid(5)}).uuid("a") == UUID(int=5)


def test_names_that_nobody_asks_for_are_left_alone():
    assert read_object(b'{"nieuw":1,"a":"b"}').text("a") == "b"


def test_a_repr_shows_names_only():
    assert V_NUMMER not in repr(Fields({"vNummer": V_NUMMER}))
