"""Insert unless it is there: atomic on both databases, also between two that come at once."""

from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite

#: Seconds that what was used is remembered beyond its end: the clock of who cleans up may be ahead
#: of the clock of who is asked to take it once more.
MARGIN: Final = 600


def insert_once(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Whether this call inserted the row. On PostgreSQL it waits for a rival to commit."""
    statement = _statement(table, connection.dialect.name)
    return connection.execute(statement, values).rowcount == 1


@cache
def _statement(table: Table, dialect_name: str) -> Insert:
    dialect = sqlite if dialect_name == "sqlite" else postgresql
    statement: Insert = dialect.insert(table).on_conflict_do_nothing()
    # Without the option SQLAlchemy keeps the count of an UPDATE or DELETE only.
    return statement.execution_options(preserve_rowcount=True)
