"""From the XML of one OpenDocument row to its cells (ODF 1.3 part 3, 9.1.4 and 19.385).

A cell's own value counts, not how it is shown; a text is what stands in its paragraphs. Notes
and drawings in a cell are not read, and neither is what a merged cell covers.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from connectors.ngo.rows import Cell

_SHEET_WIDTH: Final = 16_384


class ODF:
    """Namespaces as expat gives them: address, blank, name."""

    OFFICE: Final = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
    TABLE: Final = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
    TEXT: Final = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "


_CELL: Final = ODF.TABLE + "table-cell"
_COVERED: Final = ODF.TABLE + "covered-table-cell"
_REPEATED: Final = ODF.TABLE + "number-columns-repeated"
_TYPE: Final = ODF.OFFICE + "value-type"
_PARAGRAPH: Final = ODF.TEXT + "p"
_SPACES: Final = ODF.TEXT + "s"
_WRITTEN: Final = {ODF.TEXT + "tab": "\t", ODF.TEXT + "line-break": "\n"}


class Celbouwer:
    """Takes the events inside one row; `cells` is the row so far, up to its last filled cell."""

    def __init__(self) -> None:
        self.cells: list[Cell] = []
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
                self._skip = int(name == _COVERED)
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
        if value is None:
            self._empty = min(self._empty + repeated, _SHEET_WIDTH)
            return
        room = _SHEET_WIDTH - len(self.cells)
        self.cells.extend([*[None] * self._empty, *[value] * repeated][:room])
        self._empty = 0


def _value(attributes: Mapping[str, str], text: str) -> Cell:
    """The value that the cell states; where it states none that we know, its text."""
    match attributes.get(_TYPE):
        case "float" | "percentage" | "currency":
            return _number(attributes.get(ODF.OFFICE + "value", ""), text)
        case "date":
            return _day(attributes.get(ODF.OFFICE + "date-value", ""), text)
        case "boolean":
            return attributes.get(ODF.OFFICE + "boolean-value") == "true"
        case "string":
            return attributes.get(ODF.OFFICE + "string-value", text) or None
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
