"""Precision: how much of a value leaves, and which of two precisions is the coarser.

Precisions form chains, from fine to coarse. Of two on one chain the later is the coarser; two
that lie on no common chain can only meet in `ja_nee`. Every function is pure, and coarsening
what was coarsened in the same way changes nothing; but for a pseudonym, which has another one.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from schemas.terms import Precisie, Uitstroomreden

_CHAINS: Final = (
    (
        Precisie.VOLLEDIG,
        Precisie.MAAND,
        Precisie.JAAR,
        Precisie.LEEFTIJDSGROEP,
        Precisie.JA_NEE,
    ),
    (Precisie.VOLLEDIG, Precisie.GROEP, Precisie.JA_NEE),
    (Precisie.VOLLEDIG, Precisie.PSEUDONIEM, Precisie.JA_NEE),
)
_DATES: Final = frozenset({Precisie.VOLLEDIG, Precisie.MAAND, Precisie.JAAR, Precisie.JA_NEE})
_CODES: Final = frozenset({Precisie.VOLLEDIG, Precisie.JA_NEE})
_NAMES: Final = frozenset({Precisie.VOLLEDIG, Precisie.PSEUDONIEM, Precisie.JA_NEE})

#: Which precisions mean something for a field. `uitstroomreden` never leaves in full: two of
#: its values tell of health (AVG 9; DPIA 14.2).
SUPPORTED: Final[Mapping[str, frozenset[Precisie]]] = MappingProxyType(
    {
        "vNummer": _NAMES,
        "naam": _NAMES,
        "geboortedatum": _DATES | {Precisie.LEEFTIJDSGROEP},
        "geslacht": _CODES,
        "nationaliteit": _CODES,
        "status": _CODES,
        "lijn": _CODES,
        "datumAanmelding": _DATES,
        "datumInstroom": _DATES,
        "datumUitstroom": _DATES,
        "uitstroomreden": frozenset({Precisie.GROEP, Precisie.JA_NEE}),
        "begeleidingsscenario": _CODES,
        "bronhouder": _CODES,
        "rol": _CODES,
    }
)

#: Coarser code list of the reasons that tell of health.
_REDEN_GROEP: Final = {
    Uitstroomreden.MEDISCH: Uitstroomreden.OVERIG,
    Uitstroomreden.ARTIKEL_64: Uitstroomreden.OVERIG,
}
_AGE_GROUPS: Final = ((0, 11), (12, 15), (16, 17), (18, 24), (25, 39), (40, 64), (65, 200))
_AGE_UNSURE: Final = "onbekend"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who the value is coarsened for: pseudonyms differ per recipient, ages go by the day."""

    recipient: str
    day: date
    pseudonym_key: bytes = field(repr=False)


def coarser(one: Precisie, other: Precisie) -> Precisie:
    """The coarser of two: what both allow (design 2.3)."""
    for chain in _CHAINS:
        if one in chain and other in chain:
            return chain[max(chain.index(one), chain.index(other))]
    return Precisie.JA_NEE


def finer(one: Precisie, other: Precisie) -> Precisie:
    """The finest precision that both can be made from: for the processor, who serves several."""
    for chain in _CHAINS:
        if one in chain and other in chain:
            return chain[min(chain.index(one), chain.index(other))]
    return Precisie.VOLLEDIG


def coarsen(precisie: Precisie, value: str | None, viewer: Viewer) -> str | None:
    """One value in one precision. Empty stays empty, but in `ja_nee`, which tells of presence."""
    if precisie is Precisie.VOLLEDIG:
        return value
    if precisie is Precisie.JA_NEE:
        return "nee" if value in (None, "nee") else "ja"
    if value is None:
        return None
    return _COARSEN[precisie](value, viewer)


def _maand(value: str, _viewer: Viewer) -> str:
    return value[:7]


def _jaar(value: str, _viewer: Viewer) -> str:
    return value[:4]


def _leeftijdsgroep(value: str, viewer: Viewer) -> str:
    if not value[:4].isdigit():
        return value  # a group already
    youngest, oldest = _age_bounds(value, viewer.day)
    for low, high in _AGE_GROUPS:
        if low <= youngest and oldest <= high:
            return f"{low}-{high}"
    return _AGE_UNSURE


def _age_bounds(birth: str, day: date) -> tuple[int, int]:
    """Youngest and oldest age that a partial birth date leaves open."""
    year, month, of_month = (int(part) for part in (birth + "-00-00")[:10].split("-"))
    had_birthday = day.year - year
    not_yet = had_birthday - 1
    if month == 0 or (of_month == 0 and month == day.month):
        return max(not_yet, 0), had_birthday
    passed = (month, of_month or 1) <= (day.month, day.day)
    age = had_birthday if passed else not_yet
    return max(age, 0), max(age, 0)


def _groep(value: str, _viewer: Viewer) -> str:
    return _REDEN_GROEP.get(Uitstroomreden(value), Uitstroomreden(value)).value


def _pseudoniem(value: str, viewer: Viewer) -> str:
    text = f"{viewer.recipient}|{value}".encode()
    return hmac.digest(viewer.pseudonym_key, text, sha256).hex()[:32]


_COARSEN: Final[Mapping[Precisie, Callable[[str, Viewer], str]]] = {
    Precisie.MAAND: _maand,
    Precisie.JAAR: _jaar,
    Precisie.LEEFTIJDSGROEP: _leeftijdsgroep,
    Precisie.GROEP: _groep,
    Precisie.PSEUDONIEM: _pseudoniem,
}
