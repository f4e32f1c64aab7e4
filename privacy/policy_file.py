"""Reading the table of fields that policies and notices share: purpose, then field = precision.

A policy and a notice are checked alike, fault by fault, before anything uses them.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from privacy.errors import PolicyFaultError
from privacy.precision import SUPPORTED
from schemas.terms import Doel, Precisie
from schemas.toml_place import toml_place

#: What a recipient is called in tokens, notices and the log.
RECIPIENT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9&_-]{0,31}", re.ASCII)
#: Longer than any reason that someone reads.
_LONGEST_TEXT: Final = 1_000
#: Control characters, line separators, and the marks that turn the direction of reading: with
#: those a line would read otherwise to the one who approves it than to the machine.
_UNWRITTEN: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


def read_text(path: Path) -> str:
    """The text of a file; PolicyFaultError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise PolicyFaultError(path.name, ("het bestand is geen tekst in UTF-8",)) from None
    except OSError as error:
        told = f"het bestand is niet te lezen: {error.strerror}"
        raise PolicyFaultError(path.name, (told,)) from None


def parse_toml(source_name: str, text: str) -> dict[str, Any]:
    """The text as a mapping; PolicyFaultError where it is not TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyFaultError(source_name, (toml_fault(error),)) from None
    except RecursionError:
        raise PolicyFaultError(source_name, ("het bestand is te diep genest",)) from None


def toml_fault(error: tomllib.TOMLDecodeError) -> str:
    """Where the text is no TOML; the reader's own words are for programmers, and in English."""
    return (
        f"het bestand is niet te lezen als TOML ({toml_place(error)}): kijk daar en op de regel"
        " erboven naar aanhalingstekens, haakjes, datums (JJJJ-MM-DD) en namen die er twee keer"
        " staan"
    )


def read_sentence(table: Mapping[str, Any], name: str, faults: list[str]) -> str:
    """One line of text; a fault where it is absent, too long or not readable as it stands."""
    value = table.get(name)
    if not isinstance(value, str) or not value.strip():
        faults.append(f"{name}: ontbreekt")
        return ""
    if len(value) > _LONGEST_TEXT or _UNWRITTEN.search(value):
        faults.append(f"{name}: hoogstens {_LONGEST_TEXT} tekens op één regel, zonder stuurtekens")
        return ""
    return value


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
