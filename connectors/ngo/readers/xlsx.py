"""Reads sheets of an xlsx workbook in bounded memory, by openpyxl.

openpyxl's read-only mode keeps a node for every row it has seen, 440 MB for a million empty
rows. So empty cells and empty rows are cut out of the XML, part by part, before openpyxl sees
them. Row and column numbers stay, because only cells and rows that state their own are cut.
What openpyxl would keep silent about is seen there too: formulas without an outcome, and merged
cells.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from connectors.ngo.errors import RegisterError, Registerfout
from connectors.ngo.files import Bestandsoort, damage_named, require_kind
from connectors.ngo.mapping_values import Bladbron
from connectors.ngo.merged import Bereik, Samengevoegd, block_of
from connectors.ngo.rows import NULDAG, Cell, Onleesbaar, Rij
from connectors.ngo.table import Tabelrij, sheet_rows
from connectors.ngo.words import plain

_NULDAG_1904: Final = date(1904, 1, 1)
_PART: Final = 1 << 20
_ROWS_AT_ONCE: Final = 500
_ROOT: Final = re.compile(rb"<((?:[\w.-]+:)?)worksheet[\s>]")
_KIND: Final = re.compile(rb"""\st\s*=\s*(?:"[^"]*"|'[^']*')""")
_STRING: Final = re.compile(rb"""\st\s*=\s*["']str["']""")
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
#: Stands in a cell whose formula has no outcome; whoever types it in is refused as well.
_LOST: Final = "#ONLEESBAAR!"
#: Of comments, pictures and links to other workbooks nothing is even unpacked.
_UNREAD: Final = re.compile(r"xl/(comments|drawings|media|externalLinks|pivot|printerSettings)")


def read_xlsx(path: Path, bron: Bladbron, kolommen: Sequence[str]) -> Iterator[Rij]:
    """Every row of the named sheets below its header, in the order of the mapping."""
    require_kind(path, Bestandsoort.XLSX)
    with damage_named(path):
        slim, merged = _without_empty(path)
        workbook = _open(path, slim)
    nuldag = _NULDAG_1904 if workbook.epoch == CALENDAR_MAC_1904 else NULDAG
    with closing(workbook):
        for sheet in _sheets(workbook, bron.bladen):
            rows = _rows(sheet, path)
            yield from sheet_rows(
                rows,
                bron.koprij,
                kolommen,
                blad=sheet.title,
                nuldag=nuldag,
                samengevoegd=Samengevoegd(merged.get(_part_of(sheet), ())),
            )


def _part_of(sheet: Any) -> str:
    """The part of the zip that a sheet stands in; openpyxl tells it in no other way."""
    part: str = sheet._worksheet_path  # noqa: SLF001
    return part.lstrip("/")


def _open(path: Path, slim: IO[bytes]) -> Any:
    with warnings.catch_warnings():
        # openpyxl's warnings can repeat the content of a cell.
        warnings.simplefilter("ignore")
        try:
            return load_workbook(slim, read_only=True, data_only=True, keep_links=False)
        except (ValueError, TypeError, AttributeError):
            # What openpyxl raises on a part that is there and makes no sense.
            raise RegisterError(Registerfout.AFGEBROKEN, path.name) from None


def _sheets(workbook: Any, bladen: Sequence[str]) -> list[Any]:
    """The sheets that the mapping names; a hidden sheet is read only if it is named."""
    found: list[Any] = []
    for blad in bladen:
        named = [
            each
            for each in workbook.worksheets
            if fnmatchcase(plain(each.title), plain(blad)) and each not in found
        ]
        if not named:
            raise RegisterError(Registerfout.BLAD_ONTBREEKT, f"blad '{blad}'")
        found.extend(named)
    return found


def _rows(sheet: Any, path: Path) -> Iterator[Tabelrij]:
    # The sheet's own word for its size is not believed: it may claim a million rows and columns.
    sheet.reset_dimensions()
    rows = iter(sheet.iter_rows(values_only=True))
    before = 0
    while batch := _batch(rows, path):
        yield from enumerate(batch, before + 1)
        before += len(batch)


def _batch(rows: Iterator[tuple[Any, ...]], path: Path) -> list[tuple[Cell, ...]]:
    with warnings.catch_warnings(), damage_named(path):
        warnings.simplefilter("ignore")
        try:
            return [tuple(map(_cell, row)) for row in islice(rows, _ROWS_AT_ONCE)]
        except (ValueError, TypeError, AttributeError, IndexError):
            raise RegisterError(Registerfout.AFGEBROKEN, path.name) from None


def _cell(value: Any) -> Cell:
    if value == _LOST:
        return Onleesbaar.CEL
    known = value is None or isinstance(value, str | int | float | date | datetime)
    return value if known else str(value)


def _without_empty(path: Path) -> tuple[IO[bytes], dict[str, list[Bereik]]]:
    """The workbook again, in memory, without its empty cells and rows; merged cells by part."""
    slim = io.BytesIO()
    merged: dict[str, list[Bereik]] = {}
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(slim, "w", zipfile.ZIP_DEFLATED) as out:
        for info in source.infolist():
            if _UNREAD.match(info.filename) or info.is_dir():
                continue
            with source.open(info) as part, out.open(info.filename, "w", force_zip64=True) as copy:
                for piece in _pieces(part, merged.setdefault(info.filename, [])):
                    copy.write(piece)
    slim.seek(0)
    return slim, merged


def _pieces(part: IO[bytes], merged: list[Bereik]) -> Iterator[bytes]:
    head = part.read(_PART)
    root = _ROOT.search(head, 0, 4096)
    if root is None:
        if head.startswith(_UTF16) and str(part.name).startswith("xl/worksheets/"):
            # Nothing would be seen in it; no program is known to write sheets so.
            raise zipfile.BadZipFile
        yield head
        yield from iter(lambda: part.read(_PART), b"")
        return
    cut = _Cutter(root[1])
    rest = head
    while piece := part.read(_PART):
        ready, rest = cut.split(rest + piece)
        yield cut.empty(ready)
    # Merged cells are named after the rows, so all of them stand in what is left.
    merged.extend(cut.merged(rest))
    yield cut.empty(rest)


class _Cutter:
    """Takes empty cells and then empty rows out of the XML of a sheet, however it is prefixed.

    A formula whose outcome was not kept is no empty cell: it gets a mark in the place of a value.
    """

    def __init__(self, prefix: bytes) -> None:
        p = re.escape(prefix)
        self._row = b"<" + prefix + b"row"
        nothing = b"|".join(
            (
                b"<%bv/>",
                b"<%bv></%bv>",
                b"<%bis/>",
                b"<%bis><%bt/></%bis>",
                b"<%bis><%bt></%bt></%bis>",
            )
        ).replace(b"%b", p)
        cell = rb'<%bc r="[A-Z]{1,3}[0-9]{1,7}"[^<>]*' % p
        self._cells = re.compile(rb"(?:%b/>)+" % cell)
        self._filled = re.compile(rb"(?:%b(?<!/)>\s*(?:%b)?\s*</%bc>)+" % (cell, nothing, p))
        self._formula = b"<%bf" % prefix
        self._computed = re.compile(
            rb"<%bc(?=[\s>])([^<>]*)(?<!/)>(?=\s*<%bf[\s/>])(.*?)</%bc\s*>" % (p, p, p), re.DOTALL
        )
        self._outcome = re.compile(rb"<%bv(?:\s[^<>]*)?>\s*[^<\s]" % p)
        self._text = re.compile(rb"<%bv[\s/>]" % p)
        self._mark = b'<%bc%%b t="e"><%bv>%b</%bv></%bc>' % (
            (prefix,) * 2 + (_LOST.encode(),) + (prefix,) * 2
        )
        self._merge = re.compile(rb"<%bmergeCell\s[^<>]*?ref\s*=\s*[\"']([^\"'<>]+)[\"']" % p)
        self._rows = re.compile(rb'<%brow r="[0-9]{1,7}"[^<>]*(?:/>|>\s*</%brow>)' % (p, p))

    def split(self, text: bytes) -> tuple[bytes, bytes]:
        """Up to the last row that begins in the text, and from there on."""
        at = max(text.rfind(self._row), 0)
        return text[:at], text[at:]

    def empty(self, text: bytes) -> bytes:
        """The text without what is empty."""
        if self._formula in text:
            text = self._computed.sub(self._known, text)
        return self._rows.sub(b"", self._filled.sub(b"", self._cells.sub(b"", text)))

    def merged(self, text: bytes) -> Iterator[Bereik]:
        """The merged cells that the text names; one that has no place is damage, not nothing."""
        for found in self._merge.finditer(text):
            block = block_of(found[1].decode("ascii", "replace").upper())
            if block is None:
                raise zipfile.BadZipFile
            yield block

    def _known(self, cell: re.Match[bytes]) -> bytes:
        """The cell as it is where its outcome was kept; an empty text is one too."""
        attributes, inside = cell.groups()
        empty_text = _STRING.search(attributes) and self._text.search(inside)
        if empty_text or self._outcome.search(inside):
            return cell[0]
        return self._mark % _KIND.sub(b"", attributes)
