"""From the XML of one OpenDocument row to its cells (ODF 1.3 part 3, 9.1.4 and 19.385).

A cell's own value counts, not how it is shown; a text is what stands in its paragraphs. Notes
and drawings in a cell are not read, and neither is what a merged cell covers; where cells are
merged is told.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from connectors.ngo.merged import Bereik
from connectors.ngo.rows import Cell, Onleesbaar

_SHEET_WIDTH: Final = 16_384


class ODF:
    """Namespaces as expat gives them: address, blank, name."""

    OFFICE: Final = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
    TABLE: Final = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
    TEXT: Final = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "


_CELL: Final = ODF.TABLE + "table-cell"
_COVERED: Final = ODF.TABLE + "covered-table-cell"
_REPEATED: Final = ODF.TABLE + "number-columns-repeated"
_COLUMNS_SPANNED: Final = ODF.TABLE + "number-columns-spanned"
_ROWS_SPANNED: Final = ODF.TABLE + "number-rows-spanned"
_FORMULA: Final = ODF.TABLE + "formula"
_TYPE: Final = ODF.OFFICE + "value-type"
_PARAGRAPH: Final = ODF.TEXT + "p"
_SPACES: Final = ODF.TEXT + "s"
_WRITTEN: Final = {ODF.TEXT + "tab": "\t", ODF.TEXT + "line-break": "\n"}


class Celbouwer:
    """Takes the events inside one row; `cells` is the row so far, up to its last filled cell.

    `merged` are the merged cells of the row, as if it were row 0.
    """

    def __init__(self) -> None:
        self.cells: list[Cell] = []
        self.merged: list[Bereik] = []
        self._covered = False
        self._empty = 0
        self._depth = 0
        self._skip = 0
        self._attributes: Mapping[str, str] = {}
        self._paragraphs = 0
        self._text: list[str] = []

    @property
    def between_cells(self) -> bool:
        """Whether no cell is open, so that what ends now is the row itself."""
        return self._depth == 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if self._depth == 0:
            if name in (_CELL, _COVERED):
                self._depth = 1
                self._covered = name == _COVERED
                self._skip = int(self._covered)
                self._attributes = attributes
                self._paragraphs, self._text = 0, []
            return
        self._depth += 1
        if self._skip or not name.startswith(ODF.TEXT):
            self._skip += 1
        elif name == _PARAGRAPH:
            self._paragraphs += 1
            self._text.append("\n" if self._paragraphs > 1 else "")
        elif name == _SPACES:
            self._text.append(" " * min(count_of(attributes, ODF.TEXT + "c"), _SHEET_WIDTH))
        else:
            self._text.append(_WRITTEN.get(name, ""))

    def text(self, written: str) -> None:
        """Text goes by."""
        if self._depth > 1 and not self._skip:
            self._text.append(written)

    def end(self) -> None:
        """The element that began last ends."""
        if self._depth == 1:
            self._add(None if self._skip else _value(self._attributes, "".join(self._text)))
        if self._depth:
            self._depth -= 1
            self._skip = max(self._skip - 1, 0)

    def _add(self, value: Cell) -> None:
        repeated = min(count_of(self._attributes, _REPEATED), _SHEET_WIDTH)
        self._note_merged(repeated)
        if value is None:
            self._empty = min(self._empty + repeated, _SHEET_WIDTH)
            return
        room = _SHEET_WIDTH - len(self.cells)
        self.cells.extend([*[None] * self._empty, *[value] * repeated][:room])
        self._empty = 0

    def _note_merged(self, repeated: int) -> None:
        """A cell that spans others, and a covered one: what it hides is lost all the same."""
        wide = count_of(self._attributes, _COLUMNS_SPANNED)
        high = count_of(self._attributes, _ROWS_SPANNED)
        if self._covered or wide > 1 or high > 1:
            left = len(self.cells) + self._empty
            self.merged.append(Bereik(0, max(high, 1) - 1, left, left + repeated + wide - 2))


def _value(attributes: Mapping[str, str], text: str) -> Cell:
    """The value that the cell states; where it states none that we know, its text.

    A formula whose outcome was not kept, and a number or day that is not stated, are no blanks.
    """
    kind = attributes.get(_TYPE)
    value = _stated(kind, attributes, text)
    lost = _FORMULA in attributes if kind is None else kind != "string"
    return Onleesbaar.CEL if value is None and lost else value


def _stated(kind: str | None, attributes: Mapping[str, str], text: str) -> Cell:
    match kind:
        case "float" | "percentage" | "currency":
            return _number(attributes.get(ODF.OFFICE + "value", ""), text)
        case "date":
            return _day(attributes.get(ODF.OFFICE + "date-value", ""), text)
        case "boolean":
            return attributes.get(ODF.OFFICE + "boolean-value") == "true"
        case "string":
            # A formula in error states no text, and shows what is wrong.
            return attributes.get(ODF.OFFICE + "string-value") or text or None
        case _:
            return text or None


def _number(written: str, text: str) -> Cell:
    try:
        number = float(written)
        return int(number) if number.is_integer() else number
    except (ValueError, OverflowError):
        return text or None


def _day(written: str, text: str) -> Cell:
    """The day of a date or of a date with a time."""
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        return text or None


def count_of(attributes: Mapping[str, str], name: str) -> int:
    """How often something is repeated; once where that is not said."""
    written = attributes.get(name, "1")
    return int(written) if written.isascii() and written.isdigit() else 1
