"""One runner at a time, over all processes of an installation; free again when a process dies.

On PostgreSQL a session-level advisory lock, on a connection of its own that holds no transaction:
the server lets go when the session ends, however it ends. On SQLite a lock on a file beside the
database: the kernel lets go. A pool that shares sessions between clients (pgbouncer in
transaction mode) breaks this: a worker needs a direct address.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, TextClause, text
from sqlalchemy.exc import SQLAlchemyError

_PAUSE_SECONDS: Final = 0.1
_TAKE: Final = text("SELECT pg_try_advisory_lock(:number)")
_LEAVE: Final = text("SELECT pg_advisory_unlock_all()")
_LOOK: Final = text("SELECT true")
#: A machine that vanished says nothing: the server asks after it, and lets go within a minute.
_NOTICE: Final = text(
    "SELECT set_config('tcp_keepalives_idle', '30', false),"
    " set_config('tcp_keepalives_interval', '10', false),"
    " set_config('tcp_keepalives_count', '3', false)"
)


@dataclass(frozen=True, slots=True)
class Turn:
    """Being the only runner. `is_held` asks anew: a session can be ended from the other side."""

    is_held: Callable[[], bool]


def take_turn(
    engine: Engine, work: str, *, wait_seconds: float = 0.0
) -> AbstractContextManager[Turn | None]:
    """Be the only one to do `work`, for as long as the block runs; None where another is.

    `work` is a name of ours, fit for the name of a file. Threads of one process exclude each
    other too.
    """
    if engine.dialect.name == "sqlite":
        return _beside(Path(f"{engine.url.database}.{work}.lock"), wait_seconds)
    return _in_session(engine, _number(work), wait_seconds)


@contextmanager
def _in_session(engine: Engine, number: int, wait_seconds: float) -> Iterator[Turn | None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Out of the pool: closing then really ends the session, and with it the lock.
        connection.detach()
        connection.execute(_NOTICE)

        def take() -> bool:
            return bool(connection.execute(_TAKE, {"number": number}).scalar_one())

        try:
            yield Turn(lambda: _answers(connection)) if _take(take, wait_seconds) else None
        finally:
            # Said aloud, because the server notices the end of a session a little later.
            _answers(connection, _LEAVE)


@contextmanager
def _beside(path: Path, wait_seconds: float) -> Iterator[Turn | None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def take() -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    try:
        # The file stays: removing it would let two hold a lock on two files of one name.
        yield Turn(lambda: True) if _take(take, wait_seconds) else None
    finally:
        os.close(handle)


def _take(take: Callable[[], bool], wait_seconds: float) -> bool:
    deadline = time.monotonic() + wait_seconds
    while not take():
        if time.monotonic() >= deadline:
            return False
        time.sleep(_PAUSE_SECONDS)
    return True


def _answers(connection: Connection, statement: TextClause = _LOOK) -> bool:
    """Whether the session that took the lock is still there."""
    try:
        connection.execute(statement)
    except SQLAlchemyError:
        return False
    return True


def _number(work: str) -> int:
    """The name as PostgreSQL wants it: a signed number of 64 bits, the same in every process."""
    return int.from_bytes(sha256(f"lso-gateway {work}".encode()).digest()[:8], "big", signed=True)
