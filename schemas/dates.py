"""Days as registers write them, and birth dates of which only a part is known.

A birth date is kept as text: `1987-03-14`, `1987-03` or `1987` (the BRP allows unknown parts).
On the wire any day may be known in part, where a policy lets no more of it leave.
Nothing here knows today: rules that need a day take it.
"""

import re
from datetime import date, timedelta
from typing import Final

from schemas.errors import RefusedValueError
from schemas.faults import Foutcode
from schemas.terms import JaOfNee

_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_ISO_PARTIAL: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_DUTCH: Final = re.compile(r"([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})")
_PRESENCE: Final = frozenset(JaOfNee)
_FIRST_YEAR: Final = 1900
#: Spreadsheets count from here; they also count 29 February 1900, which never was.
_SERIAL_ZERO: Final = date(1899, 12, 30)
_SERIAL_NEVER: Final = 60
_SERIAL_LAST: Final = 2_958_465


def parse_day(text: str) -> date:
    """A day as it stands on the wire, `2020-04-01` and no other form."""
    # fromisoformat also takes 20200401 and week dates: the hyphens rule those out.
    if len(text) == 10 and text[4] == "-" and text[7] == "-":  # noqa: PLR2004  jjjj-mm-dd
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    written = _ISO.fullmatch(text)
    raise RefusedValueError(Foutcode.DAG_BESTAAT_NIET if written else Foutcode.GEEN_DATUM)


def parse_coarse_day(text: str) -> date | str:
    """A day as it crosses, or what is left of one: its month `2020-04`, its year, ja or nee.

    What is left of it is given back as it came, so that nobody takes it for a day.
    """
    if len(text) == 10:  # noqa: PLR2004  jjjj-mm-dd
        return parse_day(text)
    if text in _PRESENCE:
        return JaOfNee(text)
    written = _ISO_PARTIAL.fullmatch(text)
    if written is None:
        raise RefusedValueError(Foutcode.GEEN_DATUM)
    year, month, _ = written.groups()
    _existing(int(year), int(month or 1), 1)
    return text


def precedes(one: date | str, other: date | str) -> bool:
    """Whether one day certainly lies before the other, as far as both are known.

    Of a month and a day within it, neither does. What says only that there is a day is before
    and after nothing.
    """
    if isinstance(one, date) and isinstance(other, date):
        return one < other
    if one in _PRESENCE or other in _PRESENCE:
        return False
    known = min(len(str(one)), len(str(other)))
    return str(one)[:known] < str(other)[:known]


def read_day(text: str) -> date:
    """A day as people write it: dd-mm-jjjj, d-m-jjjj or ISO. Blanks around it do not count."""
    text = text.strip()
    if written := _DUTCH.fullmatch(text):
        day, month, year = (int(part) for part in written.groups())
        return _existing(year, month, day)
    return parse_day(text)


def from_serial(number: float) -> date:
    """A day as a spreadsheet's serial number; the time of day in it is dropped."""
    # Not a number fails this comparison too.
    if not 1 <= number < _SERIAL_LAST + 1:
        raise RefusedValueError(Foutcode.GEEN_DATUM)
    whole = int(number)
    if whole == _SERIAL_NEVER:
        raise RefusedValueError(Foutcode.DAG_BESTAAT_NIET)
    return _SERIAL_ZERO + timedelta(days=whole + (whole < _SERIAL_NEVER))


def read_birth(text: str) -> str:
    """A birth date as people write it, in the form it is kept in.

    `00-mm-jjjj` and `jjjj-mm` know no day, `00-00-jjjj` and `jjjj` no month either. Whether
    the date lies in the future or before 1900 is not checked here but in `birth_fault`.
    """
    text = text.strip()
    if written := _DUTCH.fullmatch(text):
        day, month, year = (int(part) for part in written.groups())
        return birth_text(year, month or None, day or None)
    if written := _ISO_PARTIAL.fullmatch(text):
        return birth_text(*(int(part) if part else None for part in written.groups()))
    raise RefusedValueError(Foutcode.GEEN_DATUM)


def birth_text(year: int | None, month: int | None = None, day: int | None = None) -> str:
    """A birth date from its known parts; refuses days that never were, or lack their month."""
    if year is None or (month is None and day is not None):
        raise RefusedValueError(Foutcode.DAG_BESTAAT_NIET)
    known = _existing(year, 1 if month is None else month, 1 if day is None else day)
    length = 4 if month is None else 7 if day is None else 10
    return known.isoformat()[:length]


def birth_fault(text: str, day: date) -> Foutcode | None:
    """What is wrong with a kept birth date on `day`; nothing if it may lie on or before it."""
    written = _ISO_PARTIAL.fullmatch(text)
    if written is None:
        return Foutcode.GEEN_DATUM
    year, month, month_day = (int(part) if part else 1 for part in written.groups())
    if year < _FIRST_YEAR:
        return Foutcode.VOOR_1900
    try:
        date(year, month, month_day)
    except ValueError:
        return Foutcode.DAG_BESTAAT_NIET
    return Foutcode.IN_DE_TOEKOMST if text > day.isoformat()[: len(text)] else None


def could_be_under(birth: str | None, years: int, on: date) -> bool:
    """Whether someone may have been younger than `years` on that day (UAVG 5).

    A partial date that leaves it possible counts as younger; an unknown one as older.
    """
    if birth is None:
        return False
    written = _ISO_PARTIAL.fullmatch(birth)
    if written is None:
        raise RefusedValueError(Foutcode.GEEN_DATUM)
    year, month, day = written.groups()
    latest = (int(year), int(month or 12), int(day or 31))
    return latest > (on.year - years, on.month, on.day)


def _existing(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise RefusedValueError(Foutcode.DAG_BESTAAT_NIET) from None
