"""JSON from a file that nobody vouches for: bounded, no key twice, no number that is no count.

Knows nothing of the form. What is refused is named by its place, never by its text.
"""

import json
import re
from typing import Any, Final

from privacy.dpia.errors import DpiaFaultError

#: A form may hold pictures (1.2.1).
_MOST_BYTES: Final = 10_000_000
_DEEPEST: Final = 8
_MOST_DIGITS: Final = 6
_MOST_FAULTS: Final = 20
#: Control characters but tab and line break; line separators; halves of characters; and what
#: turns the direction of reading, so that a lawyer would read something else than stands there.
_UNWRITTEN: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069"
    r"\ud800-\udfff]"
)
_KEY: Final = re.compile(r"[A-Za-z0-9_$.\[\]]{1,40}", re.ASCII)


class _Object(dict[str, Any]):
    """An object of the file, with the keys that it has twice."""

    twice: tuple[str, ...] = ()


class _NumberError(ValueError):
    """A number that is no count."""


def read_json(source: str, content: bytes) -> dict[str, Any]:
    """The object that the file holds; DpiaFaultError where it is none, or holds what it may not."""
    if len(content) > _MOST_BYTES:
        raise DpiaFaultError(source, (f"het bestand is groter dan {_MOST_BYTES} bytes",))
    try:
        value = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_count,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except UnicodeDecodeError:
        raise DpiaFaultError(source, ("het bestand is geen tekst in UTF-8",)) from None
    except _NumberError as error:
        raise DpiaFaultError(source, (str(error),)) from None
    except json.JSONDecodeError as error:
        where = f"regel {error.lineno}, teken {error.colno}"
        raise DpiaFaultError(source, (f"het bestand is geen JSON ({where})",)) from None
    except RecursionError:
        raise DpiaFaultError(source, ("het bestand is te diep genest",)) from None
    faults = _faults(value)
    if faults:
        raise DpiaFaultError(source, tuple(faults[:_MOST_FAULTS]))
    return dict(value)


def place_of(above: str, key: str) -> str:
    """The name of a place in the file; a key that is no name of the form is not repeated."""
    shown = key if _KEY.fullmatch(key) else "(onleesbare sleutel)"
    return f"{above}.{shown}" if above else shown


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    made = _Object(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        made.twice = tuple(sorted({name for name in names if names.count(name) > 1}))
    return made


def _count(digits: str) -> int:
    if len(digits) > _MOST_DIGITS or digits.startswith("-"):
        return _no_number(digits)
    return int(digits)


def _no_number(_word: str) -> int:
    raise _NumberError("het bestand heeft een getal dat geen volgnummer is")


def _faults(value: object) -> list[str]:
    """What is wrong anywhere in the value; a list that grows while it is read, so no recursion."""
    if not isinstance(value, dict):
        return ["het bestand is geen JSON-object"]
    faults: list[str] = []
    parts: list[tuple[str, int, object]] = [("", 0, value)]
    for place, depth, part in parts:
        if depth > _DEEPEST:
            faults.append(f"{place}: te diep genest")
        elif isinstance(part, _Object):
            faults.extend(f"{place_of(place, key)}: staat er twee keer" for key in part.twice)
            parts.extend((place_of(place, key), depth + 1, each) for key, each in part.items())
        elif isinstance(part, list):
            parts.extend((f"{place}[{at}]", depth + 1, each) for at, each in enumerate(part))
        elif isinstance(part, str) and _UNWRITTEN.search(part):
            faults.append(f"{place}: heeft tekens die niet te zien zijn")
    return faults
