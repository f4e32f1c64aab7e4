"""The day by which things are destroyed: never far beyond the last day that was seen to begin.

By a clock that jumps a year ahead every consent is over and every term has passed, and what is
destroyed then is gone for good. So the door keeps the day that was last seen and the day that was
trusted then; each new day is trusted at most `MOST_DAYS` further. After a real standstill it
catches up by as many a day, unless a person says that the clock is right (`note_day`).

Whether something may be disclosed is never asked of this day: there the clock itself counts, and
nothing holds longer for it.
"""

from datetime import date, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection, Row, select, update

from privacy.store.door import hold_alone
from privacy.store.tables import poort

#: As long as nobody may have looked, over a weekend; and all that a jump of the clock can cost.
MOST_DAYS: Final = 3
#: By a clock that is too far ahead for so many days it is trusted two a day further than it is, and
#: that must not keep it from being put right. Further back it may be a clock without a battery.
_MOST_BACK: Final = timedelta(days=31)
_DAY: Final = timedelta(days=1)
_READ: Final = select(poort.c.dag_gezien, poort.c.dag_vertrouwd)


class Noted(NamedTuple):
    """What a day came to: by which day is judged, and whether that is noted only now.

    `sprong`: it lies too far from the last one for a clock that is right. `terug`: the clock was
    put back to where it can have been, so what was seen since was not so.
    """

    dag: date
    nieuw: bool
    sprong: bool
    terug: bool


def trusted_day(tx: Connection, today: date) -> date:
    """By which day something may be destroyed: today, or an earlier one; without a past, today."""
    return _trusted(tx.execute(_READ).one_or_none(), today)


def note_day(tx: Connection, today: date, *, is_sure: bool = False) -> Noted:
    """Note that this day was seen; the same day twice is once, however often a process starts.

    `is_sure`: somebody looked at the clock, and it is right, whatever was seen before. A clock
    that is behind is not noted, until it stands where it can have been put right.
    """
    hold_alone(tx)
    row = tx.execute(_READ).one()
    found = _trusted(row, today)
    sprong, terug = found < today, _is_put_right(row, today, is_sure=is_sure)
    dag = today if is_sure else found
    nieuw = terug or is_sure or row.dag_gezien is None or today > row.dag_gezien
    nieuw = nieuw and (today, dag) != (row.dag_gezien, row.dag_vertrouwd)
    if nieuw:
        tx.execute(update(poort).values(dag_gezien=today, dag_vertrouwd=dag))
    return Noted(dag, nieuw, sprong, terug)


def _trusted(row: Row[date, date] | None, today: date) -> date:
    if row is None or row.dag_gezien is None:
        return today
    further = timedelta(days=MOST_DAYS if today > row.dag_gezien else 0)
    furthest: date = row.dag_vertrouwd + further
    return min(today, furthest)


def _is_put_right(row: Row[date, date], today: date, *, is_sure: bool) -> bool:
    """Whether a clock that was too far ahead is back. Around midnight two clocks differ a day."""
    if row.dag_gezien is None or today >= row.dag_gezien - _DAY:
        return False
    jumped = bool(row.dag_vertrouwd < row.dag_gezien)
    return is_sure or (jumped and bool(row.dag_vertrouwd - _MOST_BACK <= today))
