"""The end of the term of the access log: said in the log by one account, done by another.

Who serves says up to which entry the rows may go, and may take none away. Who signs takes away
what was said, by its own clock and term once more, and can say nothing. So of a row that is gone
it can be told whether its term was over (BIO2 8.15.04, 8.15.06). Only the owner of the tables can
do both; then an entry with a moment that lies ahead, or a term that is none, is what shows it.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection, Row, delete, func, or_, select

from privacy.clock import utc_text
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.log.search import Entry, holds
from privacy.log.tables import auditregel, controlepunt, toegangsregel

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
    signed = _signed(tx, before)
    oldest = _oldest(tx, before, signed)
    if oldest is None:
        return None
    young = row.tijd >= min(before, oldest.tijd + _A_STEP)
    if signed is not None:
        young = or_(young, row.nummer >= signed)
    stays = select(func.min(row.nummer)).where(row.nummer > oldest.nummer, young)
    first = tx.execute(stays).scalar()
    goes = select(func.max(row.nummer).label("tot"), func.max(row.tijd).label("tijd")).where(
        row.tijd < before
    )
    last = tx.execute(goes if first is None else goes.where(row.nummer < first)).one()
    said = said_over(tx)
    if last.tot <= said.tot and utc_text(last.tijd) <= said.voor:
        return None
    tot: int = max(last.tot, said.tot)
    return tot


def _signed(tx: Connection, before: datetime) -> int | None:
    """How long the log was before a moment, by the signer: how old a row is, its number tells too.

    None where nothing was signed then. A row by itself can be of a clock that was off.
    """
    made = controlepunt.c
    return tx.execute(select(func.max(made.omvang)).where(made.gemaakt < before)).scalar()


def _oldest(tx: Connection, before: datetime, signed: int | None) -> Row[int, datetime] | None:
    """The first row of all, if it is of before a moment.

    Else the first that is, where it was signed by then: what stands before it, was noted by a clock
    that was ahead, and waits for its own moment.
    """
    row = toegangsregel.c
    old = row.nummer == select(func.min(row.nummer)).scalar_subquery()
    if signed is not None:
        old = or_(old, row.nummer < signed)
    query = select(row.nummer, row.tijd).where(row.tijd < before, old)
    return tx.execute(query.order_by(row.nummer).limit(1)).one_or_none()


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
    # What no writer of ours put there excuses nothing, and is no end of checking.
    with suppress(KeyError, TypeError, ValueError, OverflowError):
        told = Entry(row.nummer, row.regel).told
        voor = utc_text(datetime.fromisoformat(told["tijd"]) - SHORTEST)
        # Of what was noted after it, it can say nothing.
        return Line(min(int(told["tot"]), row.nummer - 1), voor)
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
