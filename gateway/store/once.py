"""Insert unless it is there: atomic on both databases, also between two that come at once."""

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_once(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Whether this call inserted the row. On PostgreSQL it waits for a rival to commit."""
    if connection.dialect.name == "sqlite":
        statement = sqlite.insert(table).on_conflict_do_nothing()
        return connection.execute(statement, values).rowcount == 1
    on_postgresql = postgresql.insert(table).on_conflict_do_nothing()
    return connection.execute(on_postgresql, values).rowcount == 1
