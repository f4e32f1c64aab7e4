"""JSON bodies, read strictly: what two readers could read differently is refused.

Refused: another content type (415), too many bytes (413, unread), and with 400: no UTF-8, no
JSON, a name twice in one object, NaN and Infinity, half a surrogate pair, NUL, nesting deeper
than any schema of ours. What the values mean is the schemas' business.
"""

from collections.abc import Iterator
from typing import Any, Final

from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from gateway.refusals import InvalidRequestError
from gateway.request import AskedRequest
from schemas.strict_json import read_strictly

DEEPEST: Final = 16


def read_bytes(asked: AskedRequest) -> bytes:
    """The body of a JSON request, as it was sent."""
    parameters = asked.mimetype_params
    utf_8 = parameters.get("charset", "utf-8").lower() == "utf-8"
    if asked.mimetype != "application/json" or not utf_8 or asked.content_encoding:
        raise UnsupportedMediaType
    body = asked.get_data(cache=False)
    most = asked.max_content_length
    # Of a body without a length Werkzeug drops what lies beyond the limit, and says nothing.
    if asked.content_length is None and most is not None and len(body) >= most:
        raise RequestEntityTooLarge
    return body


def parse_json(body: bytes) -> Any:
    """The value, or InvalidRequestError without a word of what was sent."""
    try:
        value = read_strictly(body)
    except ValueError:
        raise InvalidRequestError("Het bericht is geen geldige JSON in UTF-8.") from None
    if not _is_shallow(value):
        raise InvalidRequestError("Het bericht is te diep genest.")
    # Only an escape can bring these in; without one the check costs nothing.
    if b"\\u" in body and not all(_is_clean(text) for text in _texts(value)):
        raise InvalidRequestError("Het bericht bevat tekens die geen tekst zijn.")
    return value


def _is_shallow(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [below for each in level for below in _containers_in(each)]
        if not level:
            return True
    return False


def _containers_in(value: Any) -> list[Any]:
    if type(value) is dict:
        return [below for below in value.values() if type(below) is dict or type(below) is list]
    if type(value) is list:
        return [below for below in value if type(below) is dict or type(below) is list]
    return []


def _texts(value: Any) -> Iterator[str]:
    # Depth was bounded before, so that this may recurse.
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, below in value.items():
            yield name
            yield from _texts(below)
    elif isinstance(value, list):
        for below in value:
            yield from _texts(below)


def _is_clean(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
