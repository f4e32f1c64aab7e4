"""The end of the term of the access log: said in the log by one account, done by another.

Who serves says up to which entry the rows may go, and may take none away. Who signs takes away
what was said, by its own clock and term once more, and can say nothing. So of a row that is gone
it can be told whether its term was over (BIO2 8.15.04, 8.15.06). Only the owner of the tables can
do both; then an entry with a moment that lies ahead, or a term that is none, is what shows it.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, func, select

from privacy.clock import utc_text
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.log.search import Entry, holds
from privacy.log.tables import auditregel, toegangsregel

#: No row goes sooner, whatever is said: half a year (BIO2 8.18.02).
SHORTEST: Final = timedelta(days=180)
#: What may go at once, counted from the oldest: a clock that jumps ahead costs no more than this
#: a day.
_A_STEP: Final = timedelta(days=7)
_OVER: Final = f'"soort":"{Auditsoort.TOEGANG_VERVALLEN}"'.encode()


class Line(NamedTuple):
    """Up to which entry rows may be gone, of those that were noted before a moment."""

    tot: int = -1
    voor: str = ""


def due(tx: Connection, before: datetime) -> int | None:
    """Up to which entry rows from before a moment may go; None where there is nothing to say.

    That is some days at once, counted from the oldest row, and not again what was said before.
    """
    row = toegangsregel.c
    oldest = tx.execute(select(row.tijd).order_by(row.nummer).limit(1)).scalar()
    if oldest is None or oldest >= before:
        return None
    stays = select(func.min(row.nummer)).where(row.tijd >= min(before, oldest + _A_STEP))
    first = tx.execute(stays).scalar()
    goes = select(func.max(row.nummer))
    tot: int = tx.execute(goes if first is None else goes.where(row.nummer < first)).scalar_one()
    return tot if tot > said_over(tx).tot else None


def say_over(tx: Connection, tot: int, now: datetime, organisatie: str) -> None:
    """Append that rows up to an entry may go; LogUnavailableError as of `append`."""
    soort = Auditsoort.TOEGANG_VERVALLEN
    append(tx, [AuditEntry(soort=soort, tijd=now, organisatie=organisatie, tot=tot)], now)


def said_over(tx: Connection) -> Line:
    """The last that was said; a line above which every row is there, where nothing was."""
    row = tx.execute(
        select(auditregel.c.nummer, auditregel.c.regel)
        .where(holds(tx, _OVER))
        .order_by(auditregel.c.nummer.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return Line()
    told = Entry(row.nummer, row.regel).told
    # No writer of ours leaves them out: what someone else put there excuses nothing.
    with suppress(KeyError, ValueError):
        return Line(told["tot"], utc_text(datetime.fromisoformat(told["tijd"]) - SHORTEST))
    return Line()


def is_over(tx: Connection, before: datetime) -> bool:
    """Whether any row is from before a moment, said or not."""
    oldest = tx.execute(select(func.min(toegangsregel.c.tijd))).scalar()
    return oldest is not None and oldest < before


def take_away(tx: Connection, line: Line, before: datetime) -> int:
    """Take away the rows of which it was said, and that are from before a moment; how many."""
    row = toegangsregel.c
    gone = delete(toegangsregel).where(row.nummer <= line.tot, row.tijd < before)
    return tx.execute(gone).rowcount
