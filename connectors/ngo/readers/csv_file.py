"""Reads a csv file as a stream, in the encoding that the mapping names and no other.

A csv says nothing of itself, so what a spreadsheet guards for us is checked here: no line has
more cells than the header (a separator in loose text would shift remarks into named columns),
none ends before its last named column (a withdrawal that was cut off would read as none), quotes
match, and the last line is whole. A row is one record, also where a text has more lines.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from connectors.ngo.encodings import require_encoding
from connectors.ngo.errors import RegisterError, Registerfout
from connectors.ngo.files import Bestandsoort, require_kind
from connectors.ngo.mapping_values import Csvbron
from connectors.ngo.rows import Cell, Rij, is_blank
from connectors.ngo.table import Kop, Tabelrij, find_header
from connectors.ngo.totals import IsTotaal


def read_csv(
    path: Path, bron: Csvbron, kolommen: Sequence[str], is_total: IsTotaal
) -> Iterator[Rij]:
    """Every row below the header that is not blank in every named column.

    Blank rows and totals, which are no records, may be as short as they like.
    """
    require_kind(path, Bestandsoort.TEKST)
    require_encoding(path, bron.codering)
    rows = _rows(path, bron)
    kop = Kop(find_header(rows, bron.koprij, path.name), kolommen, path.name)
    last = kop.breedte
    shape = _Shape(kop.breedte, path.name)
    for number, cells in rows:
        shape.require(number, cells)
        last = len(cells)
        named = kop.pick(cells)
        if not all(map(is_blank, named.values())):
            if not (kop.reaches(cells) or is_total(named)):
                shape.cut(number)
            yield Rij(named, None, number)
    if last < kop.breedte and not _ends_with_newline(path):
        raise RegisterError(Registerfout.AFGEBROKEN, path.name)
    shape.close()


class _Shape:
    """Holds the rows to one length, so that no separator in loose text goes by unseen.

    An export may end every row in a separator that its header lacks; then all of them do.
    """

    def __init__(self, width: int, plaats: str) -> None:
        self._width = width
        self._plaats = plaats
        self._long: int | None = None
        self._short = False
        self._cut: int | None = None

    def cut(self, number: int) -> None:
        """Note a row without all named columns; it is told later, for it may be the file's end."""
        self._cut = number

    def close(self) -> None:
        """No row comes after what was noted."""
        if self._cut is not None:
            raise RegisterError(Registerfout.RIJVORM, f"{self._plaats}, regel {self._cut}")

    def require(self, number: int, cells: Sequence[Cell]) -> None:
        """The next row has a shape that goes with all before it."""
        self.close()
        surplus = cells[self._width :]
        if surplus:
            self._long = self._long or number
        elif cells:
            self._short = True
        if not all(map(is_blank, surplus)):
            raise RegisterError(Registerfout.RIJVORM, f"{self._plaats}, regel {number}")
        if self._long is not None and self._short:
            raise RegisterError(Registerfout.RIJVORM, f"{self._plaats}, regel {self._long}")


def _rows(path: Path, bron: Csvbron) -> Iterator[Tabelrij]:
    codering = "utf-8-sig" if bron.codering == "utf-8" else bron.codering
    with path.open(encoding=codering, newline="") as file:
        reader = csv.reader(file, delimiter=bron.scheidingsteken, strict=True)
        number = 0
        try:
            for number, cells in enumerate(reader, 1):
                yield number, cells
        except csv.Error as error:
            cut = "unexpected end of data" in str(error)
            soort = Registerfout.AFGEBROKEN if cut else Registerfout.RIJVORM
            raise RegisterError(soort, f"{path.name}, regel {number + 1}") from None


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-2, 2)
        tail = file.read()
    return b"\n" in tail or b"\r" in tail
