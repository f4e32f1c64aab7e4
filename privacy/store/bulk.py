"""Inserting many rows at once: by COPY on PostgreSQL, by one prepared statement elsewhere.

COPY costs a third of an executemany there (library traps), which counts a thousand times in a
batch. Rows name every column of the table that has a value; the rest is empty.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import Column, Connection, Dialect, Insert, Table, insert
from sqlalchemy.exc import DBAPIError

#: Below this, one statement is as fast.
_COPY_FROM: Final = 20


def insert_rows(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert all rows, or raise and insert none. No rows is no work."""
    if not rows:
        return
    if tx.dialect.name == "postgresql" and len(rows) >= _COPY_FROM:
        _copy(tx, table, rows)
    elif len(rows) == 1:
        tx.execute(_insert(table), rows[0])  # executemany costs twice as much
    else:
        tx.execute(_insert(table), list(rows))


@cache
def _insert(table: Table) -> Insert:
    return insert(table)


def _copy(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    # Loaded only where it is needed: who runs on SQLite need not wait for it.
    import psycopg

    driver: psycopg.Connection[Any] = tx.connection.driver_connection  # type: ignore[assignment]
    columns = [column for column in table.c if column.name in rows[0]]
    preparer = tx.dialect.identifier_preparer
    names = ", ".join(preparer.format_column(column) for column in columns)
    statement = f"COPY {preparer.format_table(table)} ({names}) FROM STDIN"
    written = [(column.name, _processor(column, tx.dialect)) for column in columns]
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row([process(row[name]) for name, process in written])
    except psycopg.Error as error:
        # As SQLAlchemy itself would raise it, so that callers know one family of errors.
        raise DBAPIError.instance(
            statement, None, error, psycopg.Error, hide_parameters=True, dialect=tx.dialect
        ) from error


def _processor(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any]:
    """What SQLAlchemy itself would do to a value on its way to the driver."""
    found = column.type.dialect_impl(dialect).bind_processor(dialect)
    return found or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
