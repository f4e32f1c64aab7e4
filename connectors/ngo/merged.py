"""Merged cells of a sheet: in which rows they lie over which columns.

What is merged over more rows stands in the first of them only; the others would read as empty,
and a withdrawal that was merged over a family would be lost. So no merged cell below the header
is believed, not even its first.
"""

import re
from collections.abc import Iterable
from heapq import heapify, heappop, heappush
from typing import Final, NamedTuple

_REF: Final = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")


class Bereik(NamedTuple):
    """A block of cells: rows as a person counts them, columns from 0; both ends included."""

    eerste: int
    laatste: int
    links: int
    rechts: int


class Samengevoegd:
    """The blocks of one sheet, asked row by row, downwards."""

    def __init__(self, bereiken: Iterable[Bereik] = ()) -> None:
        self._ahead = list(bereiken)
        self._here: list[Bereik] = []
        heapify(self._ahead)

    def add(self, bereik: Bereik) -> None:
        """One more block, that begins in a row not yet asked for."""
        heappush(self._ahead, bereik)

    def over(self, nummer: int) -> list[Bereik]:
        """The blocks that this row is part of."""
        while self._ahead and self._ahead[0].eerste <= nummer:
            self._here.append(heappop(self._ahead))
        self._here = [bereik for bereik in self._here if bereik.laatste >= nummer]
        return self._here


def block_of(ref: str) -> Bereik | None:
    """The block that a spreadsheet names as in `P5:P7`; None where that is no name of one."""
    if not (found := _REF.fullmatch(ref)):
        return None
    links, eerste, rechts, laatste = found.groups()
    first, last = int(eerste), int(laatste or eerste)
    left, right = _column(links), _column(rechts or links)
    return Bereik(min(first, last), max(first, last), min(left, right), max(left, right))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
