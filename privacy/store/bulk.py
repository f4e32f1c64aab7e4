"""Inserting rows at once: a few in one statement, many by COPY on PostgreSQL.

All go to the driver as they are (`privacy.store.direct`): SQLAlchemy would take twice as long over
one row, and three times as long as COPY over a thousand (library traps). Rows name every column of
the table that has a value, all rows the same; the rest is empty.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Column, Connection, Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import StatementError

from privacy.store.direct import as_sqlalchemy, run, run_each, to_driver

#: From here on COPY, or one prepared statement for all, is faster than one long statement.
_MANY: Final = 20


@dataclass(frozen=True, slots=True)
class _Form:
    """How rows of one table with these columns are written on one database."""

    target: str
    place: str
    written: tuple[tuple[str, Callable[[Any], Any]], ...]
    types: tuple[str, ...]

    def insert(self, count: int) -> str:
        """One statement for so many rows."""
        return " ".join(("INSERT INTO", self.target, "VALUES", ", ".join([self.place] * count)))

    def values(self, row: Mapping[str, Any]) -> list[Any]:
        """The row as the driver takes it; StatementError where a value cannot be stored."""
        try:
            return [process(row[name]) for name, process in self.written]
        except ValueError as refused:
            # As SQLAlchemy itself would raise it, so that callers know one family of errors.
            what = "a value cannot be stored"
            raise StatementError(what, None, None, refused, hide_parameters=True) from refused


def inserting(tx: Connection, table: Table) -> Any:
    """An insert as this database writes one: it knows ON CONFLICT, on both in the same words."""
    return inserting_on(tx.dialect.name, table)


def inserting_on(dialect_name: str, table: Table) -> Any:
    """As `inserting`, for a statement that is built once and kept."""
    dialect = postgresql if dialect_name == "postgresql" else sqlite
    return dialect.insert(table)


def insert_rows(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert all rows, or raise and insert none. No rows is no work."""
    if not rows:
        return
    form = _form(table, tuple(rows[0]), tx.dialect)
    if len(rows) < _MANY:
        values = tuple(value for row in rows for value in form.values(row))
        run(tx, form.insert(len(rows)), values)
    elif tx.dialect.name == "postgresql":
        _copy(tx, form, rows)
    else:
        run_each(tx, form.insert(1), [form.values(row) for row in rows])


@lru_cache(maxsize=64)
def _form(table: Table, names: tuple[str, ...], dialect: Dialect) -> _Form:
    preparer = dialect.identifier_preparer
    columns = [table.c[name] for name in names]
    named = ", ".join(preparer.format_column(column) for column in columns)
    place = "?" if dialect.paramstyle == "qmark" else "%s"
    return _Form(
        target=f"{preparer.format_table(table)} ({named})",
        place=f"({', '.join([place] * len(columns))})",
        written=tuple((column.name, _processor(column, dialect)) for column in columns),
        types=tuple(_type_name(column, dialect) for column in columns),
    )


def _copy(tx: Connection, form: _Form, rows: Sequence[Mapping[str, Any]]) -> None:
    # Loaded only where it is needed: who runs on SQLite need not wait for it.
    import psycopg

    driver: psycopg.Connection[Any] = tx.connection.driver_connection  # type: ignore[assignment]
    statement = f"COPY {form.target} FROM STDIN (FORMAT BINARY)"
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            # Binary knows no conversion: the types must be those of the columns.
            copy.set_types(form.types)
            for row in rows:
                copy.write_row(form.values(row))
    except psycopg.Error as error:
        raise as_sqlalchemy(tx, statement, error) from error


def _type_name(column: Column[Any], dialect: Dialect) -> str:
    """The type as the database itself calls it, without its length."""
    return column.type.compile(dialect).partition("(")[0].lower()


def _processor(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any]:
    return to_driver(column.type, dialect) or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
