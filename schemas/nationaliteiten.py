"""Nationalities: the BRP table with its dates, as data beside this file.

Source: RvIG, Landelijke Tabel 32. A row is valid from its first day up to, not including, the
day it ended. A newer official file is read by `rvig.import_rvig`.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Nationaliteitrij:
    """One row of the table; an absent day is open."""

    code: str
    naam: str
    vanaf: date | None
    tot: date | None

    def is_valid(self, day: date) -> bool:
        """Whether the row is valid on the day: from its first day, before its end."""
        begun = self.vanaf is None or self.vanaf <= day
        return begun and (self.tot is None or day < self.tot)


class Nationaliteiten:
    """The table, asked by code or by name. 0000 (unknown) and 0499 (stateless) are rows of it."""

    def __init__(self, rijen: Iterable[Nationaliteitrij]) -> None:
        self.rijen = tuple(rijen)
        self._found: dict[str, list[Nationaliteitrij]] = {}
        for rij in self.rijen:
            for key in (rij.code, rij.naam.casefold()):
                self._found.setdefault(key, []).append(rij)

    def code_for(self, text: str, day: date) -> str | None:
        """The code that a code or name stands for on that day, or None."""
        rijen = self._found.get(text.strip().casefold(), ())
        return next((rij.code for rij in rijen if rij.is_valid(day)), None)

    def is_valid(self, code: str, day: date) -> bool:
        """Whether this is a code (not a name) that is valid on the day."""
        return any(rij.code == code and rij.is_valid(day) for rij in self._found.get(code, ()))

    def known(self, text: str) -> bool:
        """Whether the table has this code or name on any day."""
        return text.strip().casefold() in self._found


@cache
def load() -> Nationaliteiten:
    """The table that comes with the package."""
    text = files("schemas").joinpath("nationaliteiten.json").read_text(encoding="utf-8")
    return Nationaliteiten(
        Nationaliteitrij(rij["code"], rij["naam"], _day(rij["vanaf"]), _day(rij["tot"]))
        for rij in json.loads(text)["rijen"]
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
