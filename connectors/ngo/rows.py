"""Rij: one row of a register as it was read, before anyone asks what it means.

Only columns that the mapping names are in it. It lives until its record has been made.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Final


class Onleesbaar(Enum):
    """What stands where something is that no field can take: it is never blank."""

    CEL = "onleesbaar"


#: What a cell can hold. A tuple is a list of texts; only recipients may come as one.
Cell = str | int | float | bool | date | datetime | tuple[str, ...] | Onleesbaar | None

#: Serial number 0 in spreadsheets of Windows and of LibreOffice.
NULDAG: Final = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Rij:
    """One row: the sheet and the row as a person sees them, and its cells by column name.

    `toestemmingen` is None where statements stand in the row's own columns. `nuldag` is the day
    from which this file counts its serial numbers. `samengevoegd` are the columns whose cell is
    part of a merged one here: what stands there may be meant for other rows too.
    """

    cellen: dict[str, Cell] = field(repr=False)
    blad: str | None = None
    bladrij: int | None = None
    toestemmingen: list[dict[str, Cell]] | None = field(default=None, repr=False)
    nuldag: date = NULDAG
    samengevoegd: frozenset[str] = frozenset()


def is_blank(cell: Cell) -> bool:
    """Whether there is nothing in the cell, or only white space."""
    return cell is None or (isinstance(cell, str) and not cell.strip())
