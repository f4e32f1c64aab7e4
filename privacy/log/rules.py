"""What each key of an entry may hold: one row per key, its form on paper beside its renderer.

The alphabets are closed and hold no quote, no backslash and nothing outside ASCII. That is why a
checked value can be written between quotes as it stands, and the result is RFC 8785.
No key takes free text: what identifies a person cannot be said here (design 7).
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache, partial
from typing import Any, Final, NamedTuple

from privacy.log.terms import Auditsoort
from schemas.records import Casussamenvatting, wire_names
from schemas.terms import Doel, Grondslag, Precisie

FORMAT_VERSION: Final = 1
MAX_PARTS: Final = 99_999
#: Ten digits could be a V-nummer.
MAX_NUMBER: Final = 999_999_999

_CODE = r"[A-Za-z][A-Za-z0-9&+._-]{0,31}"
_CLIENT = r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}"
_REDEN = r"[a-z][a-z_]{1,39}"
_PSEUDONIEM = r"[0-9a-f]{32}(?:[0-9a-f]{32})?"
_SHA256 = r"[0-9a-f]{64}"
_TRACE = r"[0-9a-f]{32}"
_SPAN = r"[0-9a-f]{16}"
_UUID_7 = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_OIN = r"[0-9]{20}"
_VERKLARING = r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}"
_TOESTEMMING = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}:(?:0|[1-9][0-9]{0,5})"
_TIJD = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"

_VELDEN: Final = frozenset(wire_names(Casussamenvatting).values())
_PRECISIES: Final = frozenset(str(item) for item in Precisie)


class Rule(NamedTuple):
    """What a key may hold, twice: to read it and to write it.

    `form` is the JSON of the value as a pattern. `render` makes it, or raises ValueError with
    the name of the broken rule; an empty answer leaves the key out.
    """

    form: str
    render: Callable[[Any], str]


def _text(pattern: str) -> Rule:
    matches = re.compile(pattern).fullmatch

    def render(value: str) -> str:
        if matches(value) is None:
            raise ValueError("vorm")
        return f'"{value}"'

    return Rule(f'"(?:{pattern})"', render)


def _texts(pattern: str) -> Rule:
    one = _text(pattern)

    def render(values: tuple[str, ...]) -> str:
        return f"[{','.join(map(one.render, values))}]" if values else ""

    return Rule(rf"\[{one.form}(?:,{one.form})*\]", render)


def _one_of(values: Mapping[Any, str]) -> Rule:
    def render(value: object) -> str:
        if value not in values:
            raise ValueError("onbekende_waarde")
        return values[value]

    return Rule(f"(?:{'|'.join(filter(None, values.values()))})", render)


def _member(terms: type[StrEnum]) -> Rule:
    return _one_of({item: f'"{item}"' for item in terms})


@lru_cache(maxsize=64)
def _render_moment(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("tijdzone_ontbreekt")
    return f'"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")}Z"'


def _render_count(value: int, most: int = MAX_PARTS) -> str:
    if not 0 <= value <= most:
        raise ValueError("aantal")
    return f"{value:d}"


@lru_cache(maxsize=1024)
def _render_fields(velden: tuple[tuple[str, str], ...]) -> str:
    if not all(veld in _VELDEN and precisie in _PRECISIES for veld, precisie in velden):
        raise ValueError("onbekende_waarde")
    shown = ",".join(f'"{veld}":"{precisie}"' for veld, precisie in sorted(velden))
    return f"{{{shown}}}" if shown else ""


def _render_velden(velden: Mapping[str, Precisie]) -> str:
    # One pack names the same fields for most of its casussen: render them once.
    return _render_fields(tuple(velden.items()))


@lru_cache(maxsize=1024)
def fields_are_canonical(text: str) -> bool:
    """Whether the text of `velden` is what `_render_velden` would write: nothing for no fields."""
    pairs = tuple(re.findall(r'"([A-Za-z]+)":"([a-z_]+)"', text))
    try:
        return _render_velden(dict(pairs)) == text
    except ValueError:
        return False


RULES: Final[Mapping[str, Rule]] = {
    "v": _one_of({FORMAT_VERSION: str(FORMAT_VERSION)}),
    "soort": _member(Auditsoort),
    "tijd": Rule(f'"{_TIJD}"', _render_moment),
    "organisatie": _text(_CODE),
    "client": _text(_CLIENT),
    "ontvanger": _text(_CODE),
    "doel": _member(Doel),
    "grondslag": _member(Grondslag),
    "reden": _text(_REDEN),
    "pseudoniem": _text(_PSEUDONIEM),
    "velden": Rule(r"(?P<velden>\{[^{}\n]+\})", _render_velden),
    "toestemmingen": _texts(_TOESTEMMING),
    "beleid": _text(f"sha256:{_SHA256}"),
    "verklaringen": _texts(_VERKLARING),
    "afdruk": _text(_SHA256),
    "onderdelen": Rule(r"(?:0|[1-9][0-9]{0,4})", _render_count),
    "tot": Rule(r"(?:0|[1-9][0-9]{0,8})", partial(_render_count, most=MAX_NUMBER)),
    "trace": _text(_TRACE),
    "span": _text(_SPAN),
    "transactie": _text(_UUID_7),
    "gemachtigde": _text(_OIN),
    "klok_terug": _one_of({True: "true", False: ""}),
}
