"""Insert unless it is there: atomic on both databases, also between two that come at once."""

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_once(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Whether this call inserted the row. On PostgreSQL it waits for a rival to commit."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).on_conflict_do_nothing()
    # Without the option SQLAlchemy keeps the count of an UPDATE or DELETE only.
    statement = statement.execution_options(preserve_rowcount=True)
    return connection.execute(statement, values).rowcount == 1
