"""Engines and transactions, the same on SQLite and PostgreSQL.

`writing` opens a transaction that will write: on SQLite it begins IMMEDIATE, so that a lock is
waited for at the start and never half-way, and writers of one process queue in order (SQLite's
own busy handler is unfair). `reading` opens one that will not. SQLite runs in WAL mode with
synchronous=FULL: with NORMAL acknowledged entries are lost at a power cut (measured).

Two transactions that meet can end with one of them rolled back: a deadlock, or a row that the
other inserted first. `loser_tries_again` runs such a transaction once more, from its beginning.
"""

import os
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

import psycopg
from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError, InvalidatePoolError
from tenacity import retry, retry_if_exception, stop_after_attempt, wait_random

_P = ParamSpec("_P")
_R = TypeVar("_R")
BUSY_TIMEOUT_MS = 30_000
#: Seconds after its last use for which a connection of the pool is taken to be alive.
_FRESH = 1.0
_USED = "lso_used"
_FILE = "lso_file"
#: PostgreSQL: serialization_failure, deadlock_detected, and lock_not_available of who would not
#: wait long. Nothing of the transaction stands.
_ROLLED_BACK = frozenset({"40001", "40P01", "55P03"})
_TRIES = 5
_MOST_WAIT = 0.05
#: What is to be done when a transaction has committed.
_AFTER: WeakKeyDictionary[Connection, list[Callable[[], None]]] = WeakKeyDictionary()
_WRITE_LOCKS: dict[str, threading.Lock] = {}


def make_engine(url: str) -> Engine:
    """An engine that never shows bound values in an error (`hide_parameters`)."""
    if url.startswith("sqlite"):
        engine = create_engine(url, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        _watch_file(engine)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    # psycopg's own name: `postgresql://` means psycopg 3 in SQLAlchemy 2.1.
    engine = create_engine(url, hide_parameters=True, pool_size=10, max_overflow=20)
    event.listen(engine, "connect", _prepare_postgresql)
    event.listen(engine, "connect", _note_use)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", partial(_ping_if_idle, engine.dialect))
    return engine


class _Binary:
    """Lets the server send values as they are: bytes as text are twice as long, and read apart."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.format = psycopg.pq.Format.BINARY


class _BinaryCursor(_Binary, psycopg.Cursor[Any]):
    pass


class _BinaryServerCursor(_Binary, psycopg.ServerCursor[Any]):
    pass


def _prepare_postgresql(connection: psycopg.Connection[Any], _record: object) -> None:
    connection.cursor_factory = _BinaryCursor
    connection.server_cursor_factory = _BinaryServerCursor


def _note_use(_connection: object, record: Any) -> None:
    record.info[_USED] = time.monotonic()


def _ping_if_idle(dialect: Dialect, connection: Any, record: Any, _proxy: object) -> None:
    """Ask of a connection that lay still whether its server is there; else all are made anew.

    SQLAlchemy's own pre-ping asks at every transaction, which is a tenth of a small one.
    """
    if time.monotonic() - record.info[_USED] < _FRESH:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error:
        raise InvalidatePoolError from None


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own transaction handling is off; `_begin_sqlite` says BEGIN.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _watch_file(engine: Engine) -> None:
    name = engine.url.database
    if name and name != ":memory:":
        watch = _FileWatch(Path(name))
        event.listen(engine, "do_connect", watch.require_there)
        event.listen(engine, "connect", watch.note)
        event.listen(engine, "checkout", watch.compare)


class _FileWatch:
    """Whether a SQLite file is still the one that was opened: what is written elsewhere is lost.

    A backup in its place counts from the next transaction on, and while nothing is there no empty
    database is made. Written over as it stands it is half of both: nothing is asked of it before
    this process begins anew. That shows by its size, since the log in it only grows.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._opened: int | None = None
        self._size = 0

    def require_there(self, *_: object) -> None:
        """Refuse to make a file where there was one."""
        if self._opened is not None:
            self._look()

    def note(self, _connection: object, record: Any) -> None:
        """Of a new connection: which file it has."""
        found = self._file.stat()
        if found.st_ino != self._opened:
            self._opened, self._size = found.st_ino, 0
        record.info[_FILE] = found.st_ino

    def compare(self, _connection: object, record: Any, _proxy: object) -> None:
        """Of a connection that is used again: whether its file is the one that is there."""
        size = self._size  # of before this look: meanwhile another thread may see it grow
        found = self._look()
        if found.st_ino != record.info[_FILE]:
            raise InvalidatePoolError
        if found.st_size < size:
            raise sqlite3.DatabaseError("the database file was written over")
        self._size = found.st_size

    def _look(self) -> os.stat_result:
        try:
            return self._file.stat()
        except FileNotFoundError:
            raise sqlite3.OperationalError("the database file is gone") from None


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("lso_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _lost_a_race(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, IntegrityError):
            return True
        if isinstance(error, DBAPIError):
            return getattr(error.orig, "sqlstate", None) in _ROLLED_BACK
        error = error.__cause__
    return False


def loser_tries_again(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """For a function that opens its transaction itself and changes nothing outside it.

    The first time is without the library: it takes longer than a statement where all goes well.
    """
    again = retry(
        retry=retry_if_exception(_lost_a_race),
        stop=stop_after_attempt(_TRIES - 1),
        wait=wait_random(0, _MOST_WAIT),
        reraise=True,
    )(function)

    @wraps(function)
    def tried(*args: _P.args, **named: _P.kwargs) -> _R:
        try:
            return function(*args, **named)
        except Exception as error:
            if not _lost_a_race(error):
                raise
        time.sleep(random.uniform(0, _MOST_WAIT))  # noqa: S311  no secret: who waits how long
        return again(*args, **named)

    return tried


def after_commit(tx: Connection, do: Callable[[], None]) -> None:
    """Do this once the transaction of `writing` has committed; never where it rolled back."""
    _AFTER.setdefault(tx, []).append(do)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes: commits on leaving, rolls back on any exception."""
    with (
        _queue(engine),
        engine.connect().execution_options(lso_writes=True) as connection,
        connection.begin(),
    ):
        yield connection
    for do in _AFTER.pop(connection, ()):
        do()


@contextmanager
def looking(engine: Engine) -> Iterator[Connection]:
    """For one statement that only reads: it is a transaction by itself, without BEGIN and COMMIT.

    What two statements see here need not be of one moment: that is for `reading`.
    """
    options = {} if engine.dialect.name == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
    with engine.connect().execution_options(**options) as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that only reads, and sees one moment of the database."""
    options: dict[str, Any] = {}
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def _queue(engine: Engine) -> Any:
    if engine.dialect.name != "sqlite":
        return nullcontext()
    return _WRITE_LOCKS.setdefault(str(engine.url), threading.Lock())
