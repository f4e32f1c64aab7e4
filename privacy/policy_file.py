"""Reading the table of fields that policies and notices share: purpose, then field = precision.

A policy and a notice are checked alike, fault by fault, before anything uses them.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from privacy.errors import PolicyFaultError
from privacy.precision import SUPPORTED
from schemas.terms import Doel, Precisie


def read_toml(path: Path) -> dict[str, Any]:
    """The file as a mapping; PolicyFaultError where it cannot be read or is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PolicyFaultError(path.name, (f"het bestand is niet te lezen: {error}",)) from None


def read_fields(where: str, table: object, faults: list[str]) -> dict[str, Precisie]:
    """One table of fields; unknown fields and precisions become faults, not silence."""
    if not isinstance(table, Mapping):
        faults.append(f"[{where}] is geen tabel van velden")
        return {}
    fields = {}
    for name, word in table.items():
        precisie = _precisie(word)
        if name not in SUPPORTED:
            faults.append(f"[{where}] {name}: dit veld bestaat niet")
        elif precisie is None:
            faults.append(f"[{where}] {name}: deze precisie bestaat niet")
        elif precisie not in SUPPORTED[name]:
            faults.append(f"[{where}] {name}: precisie {precisie} is voor dit veld niet toegestaan")
        else:
            fields[name] = precisie
    return fields


def read_doel(where: str, word: str, faults: list[str]) -> Doel | None:
    """A purpose by its word; a fault where it is not on the list."""
    try:
        return Doel(word)
    except ValueError:
        faults.append(f"[{where}.{word}] dit doel bestaat niet")
        return None


def _precisie(word: object) -> Precisie | None:
    return Precisie(word) if word in [each.value for each in Precisie] else None
