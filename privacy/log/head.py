"""The head of the log: what the next append starts from, and the lock that orders writers."""

from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, exists, select

from privacy.log.errors import LogUnavailableError
from privacy.log.merkle import EMPTY_ROOT
from privacy.log.tables import HEAD_ID, audithoofd, auditregel
from privacy.log.tiles import catch_up
from privacy.store import door
from privacy.store.bulk import inserting
from privacy.store.direct import Direct


class Head(NamedTuple):
    """Size, frontier and root of the tree, and the latest moment that any entry was appended."""

    omvang: int
    rand: bytes
    wortel: bytes
    laatste_tijd: datetime | None


_QUERY: Final = select(*(audithoofd.c[name] for name in Head._fields)).where(
    audithoofd.c.id == HEAD_ID
)
_READ: Final = Direct(_QUERY)
# SQLite knows no FOR UPDATE: there the whole transaction began IMMEDIATE (store.engine).
_LOCK: Final = Direct(_QUERY.with_for_update())


def read_head(tx: Connection) -> Head:
    """Read the head; LogUnavailableError when there is none."""
    return _one(tx, _READ)


def lock_head(tx: Connection) -> Head:
    """Read the head and keep every other writer waiting until `tx` ends."""
    return _one(tx, _LOCK)


def initialise(tx: Connection) -> None:
    """Make the head of an empty log, and the door; doing it again changes nothing.

    A log that has entries but lost its head is not started anew: LogUnavailableError.
    """
    door.initialise(tx)
    found = _LOCK.row(tx)  # nothing is added meanwhile
    if found is not None:
        catch_up(tx, found.omvang)
        return
    if tx.execute(select(exists().select_from(auditregel))).scalar_one():
        raise LogUnavailableError("the log has entries and no head")
    # Two processes may start at once: the second finds the row of the first and leaves it.
    insert = inserting(tx, audithoofd).on_conflict_do_nothing()
    tx.execute(insert, {"id": HEAD_ID, **Head(0, b"", EMPTY_ROOT, None)._asdict()})


def _one(tx: Connection, statement: Direct) -> Head:
    row = statement.row(tx)
    if row is None:
        raise LogUnavailableError("the log has no head")
    return Head(*row)
