"""Reads a register out of a database by the queries of its mapping; never writes to it.

A SQLite file is opened read-only, and a server is asked for a read-only transaction. Both
queries see one state of the database. Values are hidden from the library's own errors.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Engine, RowMapping, create_engine, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from connectors.ngo.errors import RegisterError, Registerfout
from connectors.ngo.files import Bestandsoort, require_kind
from connectors.ngo.mapping_values import Databasebron
from connectors.ngo.rows import Cell, Onleesbaar, Rij

_AT_ONCE: Final = 500
_DAMAGED: Final = ("malformed", "not a database", "file is encrypted", "disk I/O error")


def read_database(
    location: str | Path,
    bron: Databasebron,
    kolommen: Sequence[str],
    toestemmingskolommen: Sequence[str],
    *,
    day: date,
) -> Iterator[Rij]:
    """Every row of the query, in its order, each with its own statements where those are apart.

    `location` is a SQLite file or the address of a database. `:dag` in a query is `day`.
    """
    engine = _engine(location)
    try:
        with _faults_named(), engine.connect() as connection:
            _read_only(connection)
            statements = _statements(connection, bron, toestemmingskolommen, day)
            for row in _rows(connection, bron.query, _with_key(kolommen, bron), day):
                own = None if statements is None else statements.get(row[bron.sleutel or ""], [])
                cells = {kolom: _cell(row[kolom]) for kolom in kolommen}
                yield Rij(cells, toestemmingen=own)
    finally:
        engine.dispose()


def _engine(location: str | Path) -> Engine:
    if isinstance(location, str) and "://" in location:
        try:
            return create_engine(location, hide_parameters=True, poolclass=NullPool)
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError):
            # The address may hold a password: not even its host is repeated.
            raise RegisterError(Registerfout.QUERY) from None
    path = Path(location)
    require_kind(path, Bestandsoort.SQLITE)
    _require_whole(path)
    uri = f"{path.resolve().as_uri()}?mode=ro"
    return create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(uri, uri=True),
        hide_parameters=True,
        poolclass=NullPool,
    )


def _require_whole(path: Path) -> None:
    """What the last page misses SQLite takes for zeros, so its header is asked (1.3.2, 1.3.8)."""
    with path.open("rb") as file:
        head = file.read(100)
    page = int.from_bytes(head[16:18], "big")
    size, page = path.stat().st_size, 65_536 if page == 1 else page
    counted = int.from_bytes(head[28:32], "big") if head[24:28] == head[92:96] else 0
    if not page or size % page or size < counted * page:
        raise RegisterError(Registerfout.AFGEBROKEN, path.name)


def _read_only(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
    elif connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA query_only = ON"))
        connection.exec_driver_sql("BEGIN")
    else:
        raise RegisterError(Registerfout.QUERY)


def _with_key(kolommen: Sequence[str], bron: Databasebron) -> list[str]:
    return list(dict.fromkeys([*kolommen, *([bron.sleutel] if bron.sleutel else [])]))


def _statements(
    connection: Connection, bron: Databasebron, kolommen: Sequence[str], day: date
) -> dict[Any, list[dict[str, Cell]]] | None:
    """Every statement by the key of its record; None where they stand in the record itself."""
    if bron.toestemming_query is None or bron.sleutel is None:
        return None
    found: dict[Any, list[dict[str, Cell]]] = {}
    for row in _rows(connection, bron.toestemming_query, _with_key(kolommen, bron), day):
        cells = {kolom: _cell(row[kolom]) for kolom in kolommen}
        found.setdefault(row[bron.sleutel], []).append(cells)
    return found


def _rows(
    connection: Connection, query: str, kolommen: Sequence[str], day: date
) -> Iterator[RowMapping]:
    asked = text(query)
    parameters = {"dag": day.isoformat()} if "dag" in asked.compile().params else {}
    result = connection.execution_options(yield_per=_AT_ONCE).execute(asked, parameters)
    there = set(result.keys())
    weg = [kolom for kolom in kolommen if kolom not in there]
    if weg:
        raise RegisterError(Registerfout.KOLOM_ONTBREEKT, f"kolom '{weg[0]}'")
    yield from result.mappings()


@contextmanager
def _faults_named() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        damaged = any(mark in str(error.__cause__) for mark in _DAMAGED)
        soort = Registerfout.AFGEBROKEN if damaged else Registerfout.QUERY
        raise RegisterError(soort) from None


def _cell(value: Any) -> Cell:
    if value is None or isinstance(value, str | int | float | date):
        return value
    if isinstance(value, Decimal) and value.is_finite():
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    return str(value) if isinstance(value, time | UUID) else Onleesbaar.CEL
