"""JSON that no two readers can read differently, from whoever sent it.

Refused: what is no UTF-8 or no JSON, a name twice in one object, NaN and Infinity, a number too
great to be held, and nesting beyond what can be read at all.
"""

import json
import math
from typing import Any, NoReturn


def read_strictly(body: bytes) -> Any:
    """The value. ValueError, which may hold what was sent: it is not to be passed on."""
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_without_doubles,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except RecursionError:
        raise ValueError from None


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _no_constant(_name: str) -> NoReturn:
    raise ValueError


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError
    return number
