"""Queries over chosen keys, as each database takes them best.

PostgreSQL takes many keys as one array: the text of the statement is the same for ten keys and
for a thousand, so that driver and server keep it prepared. A few keys are parameters each, since
there the plan that the server keeps counts on as many as there are. SQLite has no arrays.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ARRAY, Column, ColumnElement, Connection, Select, any_, bindparam

from privacy.store.direct import Direct

#: Keys of one statement: a whole aanlevering, and far below the limits of both databases.
CHUNK: Final = 1_000
_FEW: Final = 4


@dataclass(frozen=True, slots=True)
class Chosen:
    """One query in its forms; built once, since building costs as much as running."""

    by_array: Direct
    by_list: Select[Any]
    #: For one key, for two, and so on.
    by_each: tuple[Direct, ...]


def over(column: Column[Any], query: Callable[[ColumnElement[bool]], Select[Any]]) -> Chosen:
    """The query with the condition that the column holds one of the keys."""
    array = bindparam("chosen", type_=ARRAY(column.type))
    names = [f"chosen_{at}" for at in range(_FEW)]
    each = [bindparam(name, type_=column.type) for name in names]
    return Chosen(
        by_array=Direct(query(column == any_(array))),
        by_list=query(column.in_(bindparam("chosen", expanding=True))),
        by_each=tuple(Direct(query(column.in_(each[:many]))) for many in range(1, _FEW + 1)),
    )


def in_chunks(
    tx: Connection,
    query: Chosen,
    keys: Iterable[Any],
    parameters: Mapping[str, Any] | None = None,
) -> list[Any]:
    """All rows of a query over the keys. Several chunks are asked for in the order of the keys."""
    chosen, others = list(set(keys)), parameters or {}
    if not chosen:
        return []
    if len(chosen) <= _FEW:
        named = {f"chosen_{at}": key for at, key in enumerate(chosen)}
        return query.by_each[len(chosen) - 1].rows(tx, {**others, **named})
    if len(chosen) > CHUNK:
        chosen.sort()  # within one chunk the query itself gives the order, if it needs one
    found: list[Any] = []
    for start in range(0, len(chosen), CHUNK):
        asked = {**others, "chosen": chosen[start : start + CHUNK]}
        if tx.dialect.name == "postgresql":
            found += query.by_array.rows(tx, asked)
        else:
            found += tx.execute(query.by_list, asked)
    return found
