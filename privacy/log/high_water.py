"""How long this process knows the log to have been: a shorter one was put back from a backup.

Costs no statement: the head is read anyway before every append, under the lock that orders all
writers. Kept per engine and in memory only; what a process that starts cannot know it learns from
the copy (`privacy.log.copying`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from privacy.log.errors import LogShorterError
from privacy.store.engine import after_commit


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


def note_appended(tx: Connection, omvang: int, now: datetime) -> None:
    """Once `tx` has committed, this process knows that the log is this long."""
    engine = tx.engine
    after_commit(tx, lambda: _raise(engine, Mark(omvang, now)))


def mark_of(engine: Engine) -> Mark | None:
    """What this process knows; None where it has neither written nor looked."""
    return _MARKS.get(engine)


def note_seen(engine: Engine, omvang: int, now: datetime) -> None:
    """From now on the log is this long: at the start, and when a restore has been noted."""
    _MARKS[engine] = Mark(omvang, now)


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


def _raise(engine: Engine, mark: Mark) -> None:
    known = _MARKS.get(engine)
    if known is None or known.omvang < mark.omvang:
        _MARKS[engine] = mark
