"""What a DPIA calls our fields, purposes, anchors and precisions (`names.toml`), and back.

A name that is not listed stands for nothing: default nothing (design 2.3).
"""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from schemas.terms import Doel, Precisie

_NAMES: Final = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))


def alike(name: str) -> str:
    """A name as it is compared: case and spaces do not count."""
    return " ".join(name.split()).casefold()


def _back(table: str) -> Mapping[str, str]:
    return MappingProxyType(
        {alike(name): ours for ours, names in _NAMES[table].items() for name in names}
    )


_FIELDS: Final = _back("velden")
_PURPOSES: Final = _back("doelen")
_PARTIES: Final = _back("partijen")
_ANCHORS: Final = _back("ankers")
_PRECISIONS: Final = _back("precisies")
_PHRASES: Final = _back("zinsdelen")


def field_of(name: str) -> str | None:
    """The field on the wire for a datum of the DPIA."""
    return _FIELDS.get(alike(name))


def fields_in(names: Iterable[str]) -> frozenset[str]:
    """The fields that a list of the DPIA names; what it names besides is none of ours."""
    return frozenset(field for name in names if (field := field_of(name)))


def name_of(field: str) -> str:
    """What the DPIA usually calls a field, to say it to people."""
    names: list[str] = _NAMES["velden"].get(field, [field])
    return names[0]


def purpose_of(processing: str) -> Doel | None:
    """The purpose that a processing of the DPIA stands for."""
    word = _PURPOSES.get(alike(processing))
    return Doel(word) if word else None


def party_of(name: str) -> str:
    """The recipient that a party of the DPIA is; one that we have no other name for, itself."""
    return _PARTIES.get(alike(name), " ".join(name.split()))


def is_party(one: str, other: str) -> bool:
    """Whether two names are of one party."""
    return alike(party_of(one)) == alike(party_of(other))


def anchor_of(words: str) -> str | None:
    """The anchor of a term."""
    return _ANCHORS.get(alike(words))


def precision_of(words: str) -> Precisie | None:
    """The precision that a sentence speaks of."""
    word = _PRECISIONS.get(alike(words))
    return Precisie(word) if word else None


def field_spoken_of(words: str) -> str | None:
    """The field that the subject of a sentence is about, by its name or by a part of it."""
    said = alike(words)
    if field := field_of(words):
        return field
    return next((field for phrase, field in _PHRASES.items() if phrase in said), None)
