"""Reads sheets of an OpenDocument spreadsheet as a stream, whatever it repeats.

The libraries that read ods build the whole table, and a table that repeats an empty row a
million times is common. Here the XML goes by, and empty rows are counted, not made.
"""

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final
from xml.parsers import expat

from connectors.ngo.errors import RegisterError, Registerfout
from connectors.ngo.files import Bestandsoort, damage_named, require_kind
from connectors.ngo.mapping_values import Bladbron
from connectors.ngo.merged import Samengevoegd
from connectors.ngo.odf_cells import ODF, Celbouwer, count_of
from connectors.ngo.rows import NULDAG, Cell, Rij
from connectors.ngo.table import Tabelrij, sheet_rows
from connectors.ngo.words import plain

_PART: Final = 1 << 16
_TABLE: Final = ODF.TABLE + "table"
_ROW: Final = ODF.TABLE + "table-row"
_ROWS_REPEATED: Final = ODF.TABLE + "number-rows-repeated"
_NULL_DATE: Final = ODF.TABLE + "null-date"


def read_ods(path: Path, bron: Bladbron, kolommen: Sequence[str]) -> Iterator[Rij]:
    """Every row of the named sheets below its header, in the order of the mapping."""
    require_kind(path, Bestandsoort.ODS)
    first = _Stream(None)
    for _ in _events(path, first):
        pass
    for blad in _chosen(first.names, bron.bladen):
        stream = _Stream(blad)
        yield from sheet_rows(
            _rows(path, stream),
            bron.koprij,
            kolommen,
            blad=blad,
            nuldag=first.nuldag,
            samengevoegd=stream.merged,
        )


def _chosen(names: Sequence[str], bladen: Sequence[str]) -> list[str]:
    """The sheets that the mapping names; a hidden sheet is read only if it is named."""
    found: list[str] = []
    for blad in bladen:
        named = [
            name for name in names if fnmatchcase(plain(name), plain(blad)) and name not in found
        ]
        if not named:
            raise RegisterError(Registerfout.BLAD_ONTBREEKT, f"blad '{blad}'")
        found.extend(named)
    return found


def _rows(path: Path, stream: "_Stream") -> Iterator[Tabelrij]:
    for _ in _events(path, stream):
        ready, stream.ready = stream.ready, []
        for first, repeated, cells in ready:
            for number in range(first, first + repeated):
                yield number, cells


def _events(path: Path, stream: "_Stream") -> Iterator[None]:
    """Feed the content to the stream; a pause after each part, so that no part piles up."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = stream.start
    parser.EndElementHandler = stream.end
    parser.CharacterDataHandler = stream.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    with (
        damage_named(path),
        zipfile.ZipFile(path) as archive,
        archive.open("content.xml") as content,
    ):
        while part := content.read(_PART):
            parser.Parse(part, False)  # noqa: FBT003  expat's own signature
            yield
        parser.Parse(b"", True)  # noqa: FBT003
        yield


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return NULDAG


def _refuse_doctype(*_: object) -> None:
    """A spreadsheet has no DOCTYPE; one that has may define entities without end."""
    raise expat.ExpatError


class _Stream:
    """Follows the tables of the content; keeps the rows of one, and the names of all."""

    def __init__(self, blad: str | None) -> None:
        self.names: list[str] = []
        self.nuldag = NULDAG
        self.merged = Samengevoegd()
        self.ready: list[tuple[int, int, Sequence[Cell]]] = []
        self._blad = blad
        self._tables = 0
        self._inside = False
        self._row: Celbouwer | None = None
        self._next = 1
        self._repeated = 1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._row is not None:
            self._row.start(name, attributes)
        elif name == _ROW and self._inside:
            self._row = Celbouwer()
            self._repeated = count_of(attributes, _ROWS_REPEATED)
        elif name == _TABLE:
            self._begin_table(attributes.get(ODF.TABLE + "name", ""))
        elif name == _NULL_DATE:
            self.nuldag = _day(attributes.get(ODF.TABLE + "date-value", ""))

    def text(self, written: str) -> None:
        if self._row is not None:
            self._row.text(written)

    def end(self, name: str) -> None:
        if self._row is not None and not (name == _ROW and self._row.between_cells):
            self._row.end()
        elif self._row is not None:
            self._end_row(self._row)
        elif name == _TABLE:
            self._tables -= 1
            self._inside = False

    def _begin_table(self, name: str) -> None:
        self._tables += 1
        if self._tables == 1:
            self.names.append(name)
            self._inside = name == self._blad

    def _end_row(self, row: Celbouwer) -> None:
        if row.cells:
            self.ready.append((self._next, self._repeated, row.cells))
        last = self._next + self._repeated - 1
        for block in row.merged:
            self.merged.add(
                block._replace(eerste=self._next + block.eerste, laatste=last + block.laatste)
            )
        self._next += self._repeated
        self._row = None
