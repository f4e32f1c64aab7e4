"""Used once, and forgotten when it is over: atomic on both databases, also between two at once.

A table that is forgotten from has its end in `verloopt` (seconds).
"""

from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, Insert, Table, delete, select, tuple_

from privacy.store.bulk import inserting_on

#: Seconds that what was used is remembered beyond its end: the clock of who cleans up may be ahead
#: of the clock of who is asked to take it once more.
MARGIN: Final = 600


def insert_once(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Whether this call inserted the row. On PostgreSQL it waits for a rival to commit."""
    statement = _statement(table, connection.dialect.name)
    return connection.execute(statement, values).rowcount == 1


@cache
def _statement(table: Table, dialect_name: str) -> Insert:
    statement: Insert = inserting_on(dialect_name, table).on_conflict_do_nothing()
    # Without the option SQLAlchemy keeps the count of an UPDATE or DELETE only.
    return statement.execution_options(preserve_rowcount=True)


def forget(connection: Connection, table: Table, before: int) -> int:
    """Drop every row that ended before this moment; says how many."""
    return connection.execute(delete(table).where(table.c.verloopt < before)).rowcount


def forget_some(connection: Connection, table: Table, before: int, most: int) -> int:
    """As `forget`, up to a number that is quickly done: for in passing."""
    key = tuple(table.primary_key)
    over = select(*key).where(table.c.verloopt < before).limit(most)
    # Two that clean up at once leave each other's rows alone, so that neither waits.
    over = over.with_for_update(skip_locked=True)
    which = key[0] if len(key) == 1 else tuple_(*key)
    return connection.execute(delete(table).where(which.in_(over))).rowcount
