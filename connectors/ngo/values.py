"""From a cell to a value: text, V-nummer, day, birth date, word of a list (REGELS, Reading).

Every function takes one cell and gives the value, None where the cell is blank, or raises
RefusedValueError with the rule that it breaks.
"""

import re
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from connectors.ngo.mapping_values import Datumvorm
from connectors.ngo.rows import NULDAG, Cell, Onleesbaar, is_blank
from schemas.bsn import holds_bsn
from schemas.dates import from_serial, read_birth, read_day
from schemas.errors import RefusedValueError
from schemas.faults import Foutcode
from schemas.v_nummer import normalise_v_nummer

_AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
_DD_MM: Final = re.compile(r"[0-9]{2}-[0-9]{2}-[0-9]{4}", re.ASCII)
_D_M: Final = re.compile(r"[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}", re.ASCII)
_YEAR: Final = re.compile(r"[0-9]{4}", re.ASCII)
#: Five digits: from 1927 on. Fewer would be a year.
_SERIAL: Final = re.compile(r"[0-9]{5}", re.ASCII)
_BREAKS: Final = re.compile(r"[\t\r\n\x0b\x0c]+")
#: A whole number in a birth date column is a year here, and a serial number beyond.
_YEARS: Final = range(1000, 2200)


def text_of(cell: Cell) -> str | None:
    """The text of a cell without blanks around it; a whole number without a decimal point."""
    if is_blank(cell):
        return None
    match cell:
        case str():
            return _BREAKS.sub(" ", cell.strip())
        case bool():
            return "ja" if cell else "nee"
        case int():
            return str(cell)
        case float():
            return str(int(cell)) if cell.is_integer() else str(cell)
        case _:
            raise RefusedValueError(Foutcode.VERKEERD_TYPE)


def sound_text(cell: Cell) -> str | None:
    """The same, refused where a BSN stands alone in it."""
    text = text_of(cell)
    if text is not None and holds_bsn(text):
        raise RefusedValueError(Foutcode.BSN)
    return text


def v_nummer_of(cell: Cell) -> str:
    """A V-nummer; a number cell is one only with exactly ten digits and no fraction."""
    if is_blank(cell):
        raise RefusedValueError(Foutcode.ONTBREEKT)
    if isinstance(cell, Onleesbaar):
        raise RefusedValueError(Foutcode.VERKEERD_TYPE)
    whole = isinstance(cell, str | int) or (isinstance(cell, float) and cell.is_integer())
    if isinstance(cell, bool) or not whole:
        raise RefusedValueError(Foutcode.GEEN_V_NUMMER)
    found = normalise_v_nummer(text_of(cell) or "")
    if found is None:
        raise RefusedValueError(Foutcode.GEEN_V_NUMMER)
    return found


def day_of(cell: Cell, vormen: frozenset[Datumvorm], nuldag: date = NULDAG) -> date | None:
    """A whole day, in one of the forms that the mapping allows."""
    if is_blank(cell):
        return None
    if isinstance(cell, str):
        text = cell.strip()
        if Datumvorm.SERIENUMMER in vormen and _SERIAL.fullmatch(text):
            return _from_serial(int(text), nuldag)
        _require_form(text, vormen)
        return read_day(text)
    return _from_cell(cell, vormen, nuldag)


def birth_of(cell: Cell, vormen: frozenset[Datumvorm], nuldag: date = NULDAG) -> str | None:
    """A birth date as it is kept, of which month and day may be unknown."""
    if is_blank(cell):
        return None
    number = isinstance(cell, int | float) and not isinstance(cell, bool)
    if isinstance(cell, str) or (number and cell in _YEARS):
        text = text_of(cell) or ""
        if Datumvorm.SERIENUMMER in vormen and _SERIAL.fullmatch(text):
            return _from_serial(int(text), nuldag).isoformat()
        if not _YEAR.fullmatch(text):
            _require_form(text, vormen)
        return read_birth(text)
    return _from_cell(cell, vormen, nuldag).isoformat()


def _require_form(text: str, vormen: frozenset[Datumvorm]) -> None:
    """A text that looks like a day must have a form that this register uses."""
    if _DD_MM.fullmatch(text):
        allowed = vormen & {Datumvorm.DD_MM_JJJJ, Datumvorm.D_M_JJJJ}
    elif _D_M.fullmatch(text):
        allowed = vormen & {Datumvorm.D_M_JJJJ}
    else:
        allowed = vormen & {Datumvorm.ISO}
    if not allowed:
        raise RefusedValueError(Foutcode.GEEN_DATUM)


def _from_cell(cell: Cell, vormen: frozenset[Datumvorm], nuldag: date) -> date:
    if isinstance(cell, date) and Datumvorm.CEL in vormen:
        if isinstance(cell, datetime):
            return (cell.astimezone(_AMSTERDAM) if cell.tzinfo else cell).date()
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if Datumvorm.SERIENUMMER in vormen:
            return _from_serial(cell, nuldag)
        raise RefusedValueError(Foutcode.GEEN_DATUM)
    soort = isinstance(cell, date)
    raise RefusedValueError(Foutcode.GEEN_DATUM if soort else Foutcode.VERKEERD_TYPE)


def _from_serial(number: float, nuldag: date) -> date:
    """A serial number counted from the file's own first day (1900 or 1904)."""
    try:
        return from_serial(number + (nuldag - NULDAG).days)
    except (OverflowError, ValueError):
        raise RefusedValueError(Foutcode.GEEN_DATUM) from None
