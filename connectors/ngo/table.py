"""From the rows of a table to the cells that the mapping names: header first, then row by row.

What a sheet has beside the named columns is dropped here, with the row it stood in.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Final

from connectors.ngo.errors import RegisterError, Registerfout
from connectors.ngo.merged import Bereik, Samengevoegd
from connectors.ngo.rows import NULDAG, Cell, Rij, is_blank
from connectors.ngo.words import plain

#: A row of a table: its number as a person sees it, and its cells.
Tabelrij = tuple[int, Sequence[Cell]]

#: People put a title and a logo above their columns, not a page of text.
_HEADER_WITHIN: Final = 50


class Kop:
    """The header of one table: where each named column stands."""

    def __init__(self, cellen: Sequence[Cell], kolommen: Iterable[str], plaats: str) -> None:
        """RegisterError names every column that is missing, or the one that stands twice."""
        namen = [plain(cel) if isinstance(cel, str) else "" for cel in cellen]
        gezocht = {kolom: plain(kolom) for kolom in kolommen}
        weg = [kolom for kolom, naam in gezocht.items() if naam not in namen]
        if weg:
            raise RegisterError(Registerfout.KOLOM_ONTBREEKT, f"{plaats}, {_quoted(weg)}")
        dubbel = [kolom for kolom, naam in gezocht.items() if namen.count(naam) > 1]
        if dubbel:
            raise RegisterError(Registerfout.KOLOM_DUBBEL, f"{plaats}, {_quoted(dubbel)}")
        self.breedte = len(namen)
        self._plekken = [(kolom, namen.index(naam)) for kolom, naam in gezocht.items()]

    def pick(self, cellen: Sequence[Cell]) -> dict[str, Cell]:
        """The named cells of a row; a row may be shorter than the header."""
        size = len(cellen)
        return {kolom: cellen[i] if i < size else None for kolom, i in self._plekken}

    def reaches(self, cellen: Sequence[Cell]) -> bool:
        """Whether the row is long enough to hold every named column."""
        return all(i < len(cellen) for _, i in self._plekken)

    def under(self, bereiken: Sequence[Bereik]) -> frozenset[str]:
        """The named columns that these blocks lie over."""
        return frozenset(
            kolom
            for kolom, i in self._plekken
            if any(bereik.links <= i <= bereik.rechts for bereik in bereiken)
        )


def find_header(
    rijen: Iterator[Tabelrij], koprij: int | tuple[str, ...], plaats: str
) -> Sequence[Cell]:
    """Read up to and including the header row: by its number, or by words that all stand in it."""
    if isinstance(koprij, int):
        found = next((cellen for nummer, cellen in rijen if nummer >= koprij), None)
    else:
        gezocht = {plain(woord) for woord in koprij}
        boven = islice(rijen, _HEADER_WITHIN)
        found = next((cellen for _, cellen in boven if gezocht <= _texts(cellen)), None)
    if found is None:
        raise RegisterError(Registerfout.KOPRIJ_ONTBREEKT, plaats)
    return found


def sheet_rows(
    rijen: Iterator[Tabelrij],
    koprij: int | tuple[str, ...],
    kolommen: Sequence[str],
    *,
    blad: str,
    nuldag: date = NULDAG,
    samengevoegd: Samengevoegd,
) -> Iterator[Rij]:
    """The rows of one sheet below its header; rows blank in every named column are left out."""
    plaats = f"blad '{blad}'"
    kop = Kop(find_header(rijen, koprij, plaats), kolommen, plaats)
    for nummer, cellen in rijen:
        named = kop.pick(cellen) if cellen else {}
        if not all(map(is_blank, named.values())):
            merged = kop.under(samengevoegd.over(nummer))
            yield Rij(named, blad, nummer, nuldag=nuldag, samengevoegd=merged)


def _texts(cellen: Sequence[Cell]) -> set[str]:
    return {plain(cel) for cel in cellen if isinstance(cel, str)}


def _quoted(kolommen: Iterable[str]) -> str:
    return "kolom " + ", ".join(f"'{kolom}'" for kolom in kolommen)
