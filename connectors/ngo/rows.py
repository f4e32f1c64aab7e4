"""Rij: one row of a register as it was read, before anyone asks what it means.

Only columns that the mapping names are in it. It lives until its record has been made.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

#: What a cell can hold. A tuple is a list of texts, or () for a thing that has no meaning here.
Cell = str | int | float | bool | date | datetime | tuple[str, ...] | None

#: Serial number 0 in spreadsheets of Windows and of LibreOffice.
NULDAG: Final = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Rij:
    """One row: the sheet and the row as a person sees them, and its cells by column name.

    `toestemmingen` is None where statements stand in the row's own columns. `nuldag` is the day
    from which this file counts its serial numbers.
    """

    cellen: dict[str, Cell] = field(repr=False)
    blad: str | None = None
    bladrij: int | None = None
    toestemmingen: list[dict[str, Cell]] | None = field(default=None, repr=False)
    nuldag: date = NULDAG


def is_blank(cell: Cell) -> bool:
    """Whether there is nothing in the cell, or only white space."""
    return cell is None or cell == () or (isinstance(cell, str) and not cell.strip())
