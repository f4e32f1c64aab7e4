"""How long this process knows the log to have been: a shorter one was put back from a backup.

Costs no statement: the head is read anyway before every append, under the lock that orders all
writers. Kept per engine and in memory only; what a process that starts cannot know it learns from
the copy (`privacy.log.copying`), or of a place that we gave out ourselves.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from privacy.log.errors import LogShorterError
from privacy.log.head import read_head
from privacy.store.engine import after_commit, reading


@dataclass(frozen=True, slots=True)
class Mark:
    """The longest log that was seen, and when."""

    omvang: int
    gezien_op: datetime


_MARKS: Final[WeakKeyDictionary[Engine, Mark]] = WeakKeyDictionary()


def require_grown(tx: Connection, omvang: int) -> None:
    """LogShorterError where the log, as read under its lock, is shorter than it was."""
    known = _MARKS.get(tx.engine)
    if known is not None and omvang < known.omvang:
        raise LogShorterError(known.omvang)


def require_whole(engine: Engine) -> None:
    """As `require_grown`, for who is about to say that something is not there."""
    known = _MARKS.get(engine)  # before the look: meanwhile this process may write
    if known is not None:
        with reading(engine) as tx:
            size = read_head(tx).omvang
        if size < known.omvang:
            raise LogShorterError(known.omvang)


def require_reached(tx: Connection, nummer: int, now: datetime) -> None:
    """LogShorterError where we gave out a place after this entry, and the log has no such entry.

    From then on this process knows it. Not for a place that may be of before a restore.
    """
    if nummer >= read_head(tx).omvang:
        note_seen(tx.engine, nummer + 1, now)
        raise LogShorterError(nummer + 1)


def note_appended(tx: Connection, omvang: int, now: datetime) -> None:
    """Once `tx` has committed, this process knows that the log is this long."""
    engine = tx.engine
    after_commit(tx, lambda: note_longer(engine, omvang, now))


def mark_of(engine: Engine) -> Mark | None:
    """What this process knows; None where it has neither written nor looked."""
    return _MARKS.get(engine)


def note_seen(engine: Engine, omvang: int, now: datetime) -> None:
    """From now on the log is this long: at the start, and when a restore has been noted."""
    _MARKS[engine] = Mark(omvang, now)


def note_longer(engine: Engine, omvang: int, now: datetime) -> None:
    """As `note_seen`, unless more was seen meanwhile."""
    known = _MARKS.get(engine)
    if known is None or known.omvang <= omvang:
        note_seen(engine, omvang, now)


@contextmanager
def mark_kept(engine: Engine) -> Iterator[None]:
    """What this process knew it knows again where what is done in the block fails."""
    before = _MARKS.get(engine)
    try:
        yield
    except BaseException:
        if before is not None:
            _MARKS[engine] = before
        raise
