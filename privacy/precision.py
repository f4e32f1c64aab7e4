"""Precision: how much of a value leaves, and which of two precisions is the coarser.

Precisions form chains, from fine to coarse, and those of one field lie on one chain. Of two on
a chain the later is the coarser; two that lie on no common chain can only meet in `ja_nee`.
Every function is pure. What is coarser already stays as it is: coarsening it never fails, never
makes it finer, and doing it twice is doing it once.

Who pseudonymises: the gateway, and nobody else. A node says of a field that leaves as a
pseudonym only that it is there (`ja`), so the gateway holds less of it than any partner gets.
Of the V-nummer the pseudonym follows from the number, which the gateway always holds, so that
one recipient recognises one person at two organisations. Of any other field it stands for the
casus and follows from its random id, never from the value: it is the same whether the gateway
holds that value or not, stays when a name is corrected, and two people of one name do not share
it. The key is the system's own and of no epoch, so that a rollover changes nothing; recipient
and field go into it, so that no two pseudonyms can be matched without that key (AVG 4 lid 5).
"""

import hmac
import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from types import MappingProxyType
from typing import Final
from uuid import UUID

from schemas.terms import JaOfNee, Leeftijdsgroep, Precisie, Uitstroomreden

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

#: Fields of which any text may be a value, also `nee`; they are never empty.
_ANY_TEXT: Final = frozenset({"vNummer", "naam", "bronhouder"})
#: Coarser code list of the reasons that tell of health.
_REDEN_GROEP: Final[Mapping[str, str]] = {
    Uitstroomreden.MEDISCH.value: Uitstroomreden.OVERIG.value,
    Uitstroomreden.ARTIKEL_64.value: Uitstroomreden.OVERIG.value,
}
#: Each group with its youngest and oldest age.
_AGE_GROUPS: Final = tuple(
    (int(youngest), int(oldest), groep.value)
    for groep in Leeftijdsgroep
    for youngest, between, oldest in (groep.partition("-"),)
    if between
)
_WORDS: Final = frozenset(JaOfNee)
_GROUPS: Final = frozenset(Leeftijdsgroep)
_PSEUDONYM: Final = re.compile(r"[0-9a-f]{32}")
_JA: Final = JaOfNee.JA.value
_NEE: Final = JaOfNee.NEE.value


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who the value is coarsened for: pseudonyms differ per recipient, ages go by the day.

    `is_processor`: it is the gateway, that makes pseudonyms and so gets none.
    """

    recipient: str
    day: date
    pseudonym_key: bytes = field(repr=False)

    @property
    def is_processor(self) -> bool:
        """Whether it is the gateway itself, for whom its partners' precisions are joined."""
        return self.recipient == PROCESSOR


#: The gateway itself: a processor (AVG 28) that its partners' entitlements are joined for.
PROCESSOR: Final = "gateway"


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


def coarsen_field(
    name: str, precisie: Precisie, value: str | None, viewer: Viewer, casus: UUID | None
) -> str | None:
    """The value of one field of a casus. Empty stays empty, but in `ja_nee`.

    A name or an organisation that is called `nee` is there all the same.
    """
    if precisie is Precisie.VOLLEDIG:
        return value
    if value is not None and name in _ANY_TEXT:
        if precisie is Precisie.JA_NEE:
            return _JA
        if precisie is Precisie.PSEUDONIEM and name != "vNummer":
            return coarsen(precisie, f"{name} {casus}", viewer)
    return coarsen(precisie, value, viewer)


def coarsen(precisie: Precisie, value: str | None, viewer: Viewer) -> str | None:
    """One value in one precision. Empty stays empty, but in `ja_nee`, which tells of presence."""
    if precisie is Precisie.VOLLEDIG:
        return value
    if precisie is Precisie.JA_NEE:
        return _NEE if value is None or value == _NEE else _JA
    if value is None:
        return None
    return _COARSEN[precisie](value, viewer)


def is_age_group(value: str | None) -> bool:
    """Whether it is a group of ages, and no date any more."""
    return value in _GROUPS


def is_date(value: str | None) -> bool:
    """Whether it is a day or a part of one, and not what is left of it in a coarser precision."""
    return value is not None and value[:4].isdecimal()


def _maand(value: str, _viewer: Viewer) -> str:
    return value[:7] if is_date(value) else value


def _jaar(value: str, _viewer: Viewer) -> str:
    return value[:4] if is_date(value) else value


def _leeftijdsgroep(value: str, viewer: Viewer) -> str:
    if not is_date(value):
        return value
    youngest, oldest = _age_bounds(value, viewer.day)
    for low, high, group in _AGE_GROUPS:
        if low <= youngest and oldest <= high:
            return group
    return Leeftijdsgroep.ONBEKEND.value


def _age_bounds(birth: str, day: date) -> tuple[int, int]:
    """Youngest and oldest age that a birth date leaves open, the parts of it that are unknown."""
    year, *known = (int(part) for part in birth.split("-"))
    month, of_month = (*known, 0, 0)[:2]
    latest = (month or 12, of_month or monthrange(year, month or 12)[1])
    return (
        _age(year, latest, day),
        _age(year, (month or 1, of_month or 1), day),
    )


def _age(year: int, birthday: tuple[int, int], day: date) -> int:
    """Whole years; who was born on 29 February has a birthday on 1 March in most years."""
    not_yet = birthday > (day.month, day.day)
    return max(day.year - year - not_yet, 0)


def _groep(value: str, _viewer: Viewer) -> str:
    return _REDEN_GROEP.get(value, value)


def _pseudoniem(value: str, viewer: Viewer) -> str:
    if viewer.is_processor:
        return _JA
    if value in _WORDS or _PSEUDONYM.fullmatch(value):
        return value
    text = f"{viewer.recipient}|{value}".encode()
    return hmac.digest(viewer.pseudonym_key, text, sha256).hex()[:32]


_COARSEN: Final[Mapping[Precisie, Callable[[str, Viewer], str]]] = {
    Precisie.MAAND: _maand,
    Precisie.JAAR: _jaar,
    Precisie.LEEFTIJDSGROEP: _leeftijdsgroep,
    Precisie.GROEP: _groep,
    Precisie.PSEUDONIEM: _pseudoniem,
}
