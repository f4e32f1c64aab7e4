"""What every call asks, straight to the driver: SQLAlchemy's own steps cost more than the answer.

SQLAlchemy writes the statement, once for each kind of database, and says what is done to a value on
its way in and out; an error is one of its own. Nothing is begun here: this is for within `writing`,
`reading` or `looking`. Of its events only `before_cursor_execute` is told.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Dialect, Insert, LargeBinary, Select, Update
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

_Process = Callable[[Any], Any]
_Values = Sequence[Any] | Mapping[str, Any]
_NOTHING: Final[Mapping[str, Any]] = {}
_CURSOR: Final = "lso_cursor"


class Direct:
    """One statement, written when it is first asked. Its rows are named tuples of its columns."""

    __slots__ = ("_columns", "_forms", "_statement")

    def __init__(
        self, statement: Select[Any] | Update | Insert, columns: Sequence[str] = ()
    ) -> None:
        """`columns`: what an update sets, from parameters of the same names."""
        self._statement, self._columns = statement, columns
        self._forms: dict[str, _Form] = {}

    def rows(self, tx: Connection, parameters: Mapping[str, Any] = _NOTHING) -> list[Any]:
        """All rows that it answers."""
        form = self._form(tx.dialect)
        return form.read(run(tx, form.text, form.values(parameters), answers=True))

    def row(self, tx: Connection, parameters: Mapping[str, Any] = _NOTHING) -> Any | None:
        """The first row, or None; for a statement that answers one at most."""
        found = self.rows(tx, parameters)
        return found[0] if found else None

    def write(self, tx: Connection, *parameters: Mapping[str, Any]) -> None:
        """Once for each of the parameters; for a statement that answers nothing."""
        form = self._form(tx.dialect)
        run_each(tx, form.text, [form.values(each) for each in parameters])

    def _form(self, dialect: Dialect) -> "_Form":
        form = self._forms.get(dialect.name)
        if form is None:
            form = self._forms[dialect.name] = _written(self._statement, self._columns, dialect)
        return form


def run(tx: Connection, text: str, values: _Values, *, answers: bool = False) -> list[Any]:
    """One statement as the driver takes it; DBAPIError as SQLAlchemy would raise it."""
    try:
        cursor = _cursor(tx, text, values)
        cursor.execute(text, values)
        return list(cursor.fetchall()) if answers else []
    except tx.dialect.loaded_dbapi.Error as error:
        raise as_sqlalchemy(tx, text, error) from error


def run_each(tx: Connection, text: str, lot: Sequence[_Values]) -> None:
    """The same statement for each of the values; as `run`."""
    if len(lot) == 1:
        run(tx, text, lot[0])
        return
    try:
        _cursor(tx, text, lot).executemany(text, lot)
    except tx.dialect.loaded_dbapi.Error as error:
        raise as_sqlalchemy(tx, text, error) from error


def _cursor(tx: Connection, text: str, values: object) -> Any:
    kept = tx.connection.info
    cursor = kept.get(_CURSOR)
    if cursor is None:
        # One for each connection: making it costs psycopg a fifth of a statement.
        cursor = kept[_CURSOR] = tx.connection.cursor()
    for hear in tx.dispatch.before_cursor_execute:
        hear(tx, cursor, text, values, None, False)  # noqa: FBT003  as the event is called
    return cursor


def as_sqlalchemy(tx: Connection, text: str, error: Any) -> Exception:
    """The same error in its own family; a connection that broke is not used again."""
    gone = tx.dialect.is_disconnect(error, tx.connection, None)
    if gone:
        tx.invalidate(error)
    raised: Exception = DBAPIError.instance(
        text,
        None,
        error,
        tx.dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=gone,
        dialect=tx.dialect,
    )
    return raised


def to_driver(kind: TypeEngine[Any], dialect: Dialect) -> _Process | None:
    """What SQLAlchemy does to a value on its way to the driver; None is nothing.

    Bytes it would wrap as PEP 249 says; both drivers take them as they are.
    """
    if isinstance(kind, LargeBinary):
        return None
    return kind.dialect_impl(dialect).bind_processor(dialect)


@dataclass(frozen=True, slots=True)
class _Form:
    """A statement as one database takes it."""

    text: str
    #: What the statement itself says; a parameter that nobody gives is an error, and not NULL.
    given: Mapping[str, Any]
    order: tuple[str, ...] | None
    inward: tuple[tuple[str, _Process], ...]
    outward: tuple[tuple[int, _Process], ...]
    make: _Process

    def values(self, parameters: Mapping[str, Any]) -> _Values:
        """The parameters as the driver takes them; StatementError for what cannot be stored."""
        values = {**self.given, **parameters}
        try:
            for name, process in self.inward:
                values[name] = process(values[name])
        except ValueError as refused:
            what = "a value cannot be stored"
            raise StatementError(what, None, None, refused, hide_parameters=True) from refused
        return values if self.order is None else [values[name] for name in self.order]

    def read(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        """The rows of the driver, each value as the column has it."""
        if not self.outward:
            return [self.make(row) for row in found]
        rows = []
        for each in found:
            row = list(each)
            for at, process in self.outward:
                row[at] = process(row[at])
            rows.append(self.make(row))
        return rows


def _written(
    statement: Select[Any] | Update | Insert, columns: Sequence[str], dialect: Dialect
) -> _Form:
    written = statement.compile(dialect=dialect, column_keys=list(columns) or None)
    assert isinstance(written, SQLCompiler)  # noqa: S101  a statement, not a type
    asked = {name: to_driver(bind.type, dialect) for name, bind in written.binds.items()}
    needed = {name for name, bind in written.binds.items() if bind.required}
    told = statement.selected_columns if isinstance(statement, Select) else ()
    kinds = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in told]
    return _Form(
        text=str(written),
        given={name: value for name, value in written.params.items() if name not in needed},
        order=tuple(written.positiontup) if written.positiontup is not None else None,
        inward=tuple((name, process) for name, process in asked.items() if process),
        outward=tuple((at, process) for at, process in enumerate(kinds) if process),
        make=_row_of([column.name for column in told]),
    )


def _row_of(names: Sequence[str]) -> _Process:
    row: Any = namedtuple("Row", names)  # type: ignore[misc]  # noqa: PYI024  known when it runs
    make: _Process = row._make
    return make
