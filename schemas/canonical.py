"""Canonical JSON (RFC 8785), so that equal values give equal bytes and equal digests.

Only what we exchange has a form here: text, whole numbers, booleans, null, lists, objects.
A float has none, so that no digest ever depends on how a number is printed.
"""

import json
from typing import Final

from schemas.errors import CanonicalError

#: Beyond this a JSON number is no longer exact for everyone (RFC 8785 section 3.2.2.3).
_EXACT: Final = 2**53 - 1


def canonical(value: object) -> bytes:
    """The canonical bytes of a value; CanonicalError where it has none.

    Keys must be ASCII: there code points sort as the UTF-16 units that RFC 8785 asks for.
    """
    _check(value)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    try:
        return text.encode()
    except UnicodeEncodeError:
        # The error beneath holds the text.
        raise CanonicalError("a text holds half a character") from None


def _check(value: object) -> None:
    if isinstance(value, list):
        parts = value
    elif isinstance(value, dict):
        if not all(isinstance(key, str) and key.isascii() for key in value):
            raise CanonicalError("a key is not ASCII text")
        parts = list(value.values())
    else:
        _check_single(value)
        return
    for part in parts:
        _check(part)


def _check_single(value: object) -> None:
    if value is None or isinstance(value, str):
        return
    if not isinstance(value, int):
        raise CanonicalError(f"a {type(value).__name__} has no canonical form")
    if abs(value) > _EXACT:
        raise CanonicalError("a number is too large to be exact")
