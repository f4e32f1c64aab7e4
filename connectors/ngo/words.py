"""An organisation's own words for the closed lists.

Upper and lower case and the number of blanks do not count. Where an organisation gives words
for a list, only those count; where it gives none, the codes of the list itself do. Beside its
words for nationality the names and codes of the BRP table always count.
"""

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

from connectors.ngo.errors import MappingError
from schemas import nationaliteiten
from schemas.terms import Begeleidingsscenario, Geslacht, Lijn, Rol, Uitstroomreden

#: Closed lists, by the wire name of the field that takes its value from one.
LIJSTEN: Final[Mapping[str, type[StrEnum]]] = {
    "geslacht": Geslacht,
    "lijn": Lijn,
    "uitstroomreden": Uitstroomreden,
    "begeleidingsscenario": Begeleidingsscenario,
    "rol": Rol,
}
WOORDVELDEN: Final = (*LIJSTEN, "nationaliteit")

Words = Mapping[str, Mapping[str, str]]


def plain(text: str) -> str:
    """A word or a column name as we compare it: single blanks, no case."""
    return " ".join(text.split()).casefold()


class Woorden:
    """What each word stands for, per field. Words given later win from words given earlier."""

    def __init__(self, *given: Words) -> None:
        self._found: dict[str, dict[str, str]] = {}
        for words in given:
            for veld, own in words.items():
                table = self._found.setdefault(veld, {})
                table.update((plain(word), code) for word, code in own.items())
        for veld, lijst in LIJSTEN.items():
            if not self._found.get(veld):
                self._found[veld] = {plain(code): code.value for code in lijst}

    def code_for(self, veld: str, text: str) -> str | None:
        """The code that a word stands for, or None."""
        return self._found.get(veld, {}).get(plain(text))


def load_words(path: Path) -> dict[str, dict[str, str]]:
    """An organisation's `woordenlijst.json`; MappingError names each fault."""
    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError:
        raise MappingError(path.name, ("dit bestand is er niet of mag niet gelezen",)) from None
    except ValueError:
        raise MappingError(path.name, ("geen geldige JSON in UTF-8",)) from None
    if not isinstance(told, dict) or not all(_is_words(own) for own in told.values()):
        raise MappingError(path.name, ("hier horen lijsten van woorden met hun code",))
    faults = [*_unknown_lists(told), *word_faults(told)]
    if faults:
        raise MappingError(path.name, tuple(f"[{fault}" for fault in faults))
    return told


def word_faults(words: Words) -> list[str]:
    """Words that stand for a code which does not exist, and words that stand for two."""
    faults = []
    for veld, own in words.items():
        if veld not in WOORDVELDEN:
            continue
        seen: dict[str, str] = {}
        for word, code in own.items():
            if not _exists(veld, code):
                faults.append(f"{veld}] '{word}': deze code bestaat niet")
            elif seen.setdefault(plain(word), code) != code:
                faults.append(f"{veld}] '{word}': dit woord staat er met twee betekenissen")
    return faults


def _exists(veld: str, code: str) -> bool:
    if veld == "nationaliteit":
        return code.isdecimal() and nationaliteiten.load().known(code)
    return code in tuple(LIJSTEN[veld])


def _unknown_lists(words: Iterable[str]) -> list[str]:
    lists = ", ".join(WOORDVELDEN)
    return [
        f"{veld}]: deze lijst bestaat niet; kies uit {lists}"
        for veld in words
        if veld not in WOORDVELDEN
    ]


def _is_words(own: object) -> bool:
    return isinstance(own, dict) and all(isinstance(code, str) for code in own.values())
