"""Queries over chosen keys, as each database takes them best.

PostgreSQL takes many keys as one array: the text of the statement is the same for ten keys and
for a thousand, so that driver and server keep it prepared. A few keys are parameters each, since
there the plan that the server keeps counts on as many as there are. SQLite has no arrays.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ARRAY, Column, ColumnElement, Connection, Row, Select, any_, bindparam

#: Keys of one statement: a whole aanlevering, and far below the limits of both databases.
CHUNK: Final = 1_000
_FEW: Final = 4


@dataclass(frozen=True, slots=True)
class Chosen:
    """One query in two forms; built once, since building costs as much as running."""

    by_array: Select[Any]
    by_list: Select[Any]


def over(column: Column[Any], query: Callable[[ColumnElement[bool]], Select[Any]]) -> Chosen:
    """The query with the condition that the column holds one of the keys."""
    array = bindparam("chosen", type_=ARRAY(column.type))
    listed: ColumnElement[bool] = column.in_(bindparam("chosen", expanding=True))
    return Chosen(query(column == any_(array)), query(listed))


def in_chunks(
    tx: Connection,
    query: Chosen,
    keys: Iterable[Any],
    parameters: Mapping[str, Any] | None = None,
) -> list[Row[Any]]:
    """All rows of a query over the keys. Several chunks are asked for in the order of the keys."""
    chosen = list(set(keys))
    by_array = tx.dialect.name == "postgresql" and len(chosen) > _FEW
    statement = query.by_array if by_array else query.by_list
    if len(chosen) > CHUNK:
        chosen.sort()  # within one chunk the query itself gives the order, if it needs one
    return [
        row
        for start in range(0, len(chosen), CHUNK)
        for row in tx.execute(
            statement, {**(parameters or {}), "chosen": chosen[start : start + CHUNK]}
        )
    ]
