"""Sealed: a record that can be passed on but not read.

Outside is a label with nothing directly identifying; inside the record in wire form. Whatever
comes in is validated and sealed at once. Opening stands in `privacy._unseal`, which only the
gate, the comparison and the vault may import (an import contract holds it).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NoReturn
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Label:
    """What may be known without opening.

    `kenmerk` is a keyed pseudonym of the V-nummer, made by whoever sealed it. It is still
    personal data in law, so it never leaves. `casus` is None until a casus exists. `status`
    is there for the organisation's own node, which nominates who is in guidance.
    """

    casus: UUID | None
    bronhouder: str
    kenmerk: bytes
    versie: int = 0
    status: str | None = None


class Sealed:
    """One sealed record. Shows its label's version only, and refuses to be pickled."""

    __slots__ = ("_inhoud", "_text", "label")

    def __init__(self, label: Label, inhoud: Mapping[str, str | None]) -> None:
        self.label = label
        self._inhoud = MappingProxyType(dict(inhoud))
        self._text: bytes | None = None  # made by privacy._unseal, where someone needs it

    def __repr__(self) -> str:
        return f"<Sealed versie {self.label.versie}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A sealed record is not pickled; the vault stores it.")


def seal(label: Label, inhoud: Mapping[str, str | None]) -> Sealed:
    """Close a validated record. Validation is the caller's, before this."""
    return Sealed(label, inhoud)
