"""Canonical JSON (RFC 8785), so that equal values give equal bytes and equal digests.

Only what we exchange has a form here: text, whole numbers, booleans, null, lists, objects.
A float has none, so that no digest ever depends on how a number is printed.
"""

import json
from typing import Final

from schemas.errors import CanonicalError

#: Beyond this a JSON number is no longer exact for everyone (RFC 8785 section 3.2.2.3).
_EXACT: Final = 2**53 - 1


_ENCODE: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
).encode


def canonical(value: object) -> bytes:
    """The canonical bytes of a value; CanonicalError where it has none.

    Keys must be ASCII: there code points sort as the UTF-16 units that RFC 8785 asks for.
    """
    _check(value)
    try:
        return _ENCODE(value).encode()
    except UnicodeEncodeError:
        # The error beneath holds the text.
        raise CanonicalError("a text holds half a character") from None


def _check(value: object) -> None:
    parts = [value]
    # The list grows while it is read: one pass over all that is inside, whatever its depth.
    for part in parts:
        kind = type(part)
        if kind is str or part is None or kind is bool:
            continue
        if isinstance(part, dict):
            _check_keys(part)
            parts.extend(part.values())
        elif isinstance(part, list):
            parts.extend(part)
        else:
            _check_single(part)


def _check_keys(part: dict[object, object]) -> None:
    try:
        ascii_only = "".join(part).isascii()  # type: ignore[arg-type]  # the join is the check
    except TypeError:
        ascii_only = False
    if not ascii_only:
        raise CanonicalError("a key is not ASCII text")


def _check_single(value: object) -> None:
    if isinstance(value, str):
        return
    if not isinstance(value, int):
        raise CanonicalError(f"a {type(value).__name__} has no canonical form")
    if abs(value) > _EXACT:
        raise CanonicalError("a number is too large to be exact")
