"""Who ever got which casus, and what of it.

From the first disclosure on a recipient is owed its recall, and of a field that it got every
correction that its feed does not tell (AVG 19).
"""

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Insert,
    Select,
    String,
    Uuid,
    bindparam,
    column,
    func,
    select,
)

from privacy.received import Given
from privacy.store import tables
from privacy.store.bulk import inserting_on
from privacy.store.chosen import in_chunks, over
from privacy.store.direct import Direct

_table: Final = tables.casusreferentie
_TOLD: Final = over(
    _table.c.casus_id,
    select(_table.c.casus_id, _table.c.sinds)
    .where(_table.c.ontvanger == bindparam("ontvanger"))
    .where,
)
_EARLIER: Final = over(
    _table.c.casus_id,
    select(_table.c.casus_id, _table.c.ontvanger, _table.c.velden)
    .order_by(_table.c.casus_id, _table.c.ontvanger)
    .where,
)
_COLUMNS: Final = ("casus_id", "referentie", "velden", "ontvanger", "sinds")
_KEY: Final = ("casus_id", "ontvanger")
_BY: Final = (bindparam("ontvanger", type_=String), bindparam("sinds", type_=BigInteger))


def _note(
    dialect_name: str, new: Select[Any], casus: ColumnElement[Any], velden: ColumnElement[Any]
) -> Insert:
    """Note only what is new: where nothing grew, no row is locked, and none is written again."""
    known = select(_table.c.velden).where(
        _table.c.casus_id == casus,
        _table.c.ontvanger == _BY[0],
        _table.c.velden.bitwise_and(velden) == velden,
    )
    rows = new.where(~known.exists())
    adding = inserting_on(dialect_name, _table).from_select(_COLUMNS, rows, include_defaults=False)
    grown = _table.c.velden.bitwise_or(adding.excluded.velden)
    statement: Insert = adding.on_conflict_do_update(index_elements=_KEY, set_={"velden": grown})
    return statement


def _note_all() -> Insert:
    """PostgreSQL takes all rows as arrays, and so as one statement."""
    new = (
        func.unnest(
            bindparam("casus_id", type_=ARRAY(Uuid)),
            bindparam("referentie", type_=ARRAY(Uuid)),
            bindparam("velden", type_=ARRAY(BigInteger)),
        )
        .table_valued(
            column("casus_id", Uuid), column("referentie", Uuid), column("velden", BigInteger)
        )
        .render_derived(name="nieuw")
    )
    rows = select(*new.c, *_BY).select_from(new)
    return _note("postgresql", rows, new.c.casus_id, new.c.velden)


def _note_each() -> Insert:
    """SQLite, that knows no arrays, takes a statement for each row."""
    casus, velden = bindparam("casus_id", type_=Uuid), bindparam("velden", type_=BigInteger)
    new = select(casus, bindparam("referentie", type_=Uuid), velden, *_BY)
    return _note("sqlite", new, casus, velden)


_NOTE_ALL: Final = Direct(_note_all())
_NOTE_EACH: Final = Direct(_note_each())


def note_disclosed(
    tx: Connection, recipient: str, given: Mapping[UUID, Given], nummer: int
) -> None:
    """Remember who got what; of what was remembered before only the fields can grow."""
    if not given:
        return
    common = {"ontvanger": recipient, "sinds": nummer}
    in_order = [(casus, given[casus]) for casus in sorted(given, key=attrgetter("int"))]
    if tx.dialect.name == "postgresql":
        arrays = {
            "casus_id": [casus for casus, _ in in_order],
            "referentie": [each.referentie for _, each in in_order],
            "velden": [each.velden for _, each in in_order],
        }
        _NOTE_ALL.write(tx, {**common, **arrays})
    else:
        rows = [
            {**common, "casus_id": casus, "referentie": each.referentie, "velden": each.velden}
            for casus, each in in_order
        ]
        _NOTE_EACH.write(tx, *rows)


def told_since(tx: Connection, recipient: str, casussen: Iterable[UUID]) -> dict[UUID, int]:
    """Per casus the log entry from which on this recipient knows it; absent where it never did."""
    rows = in_chunks(tx, _TOLD, casussen, {"ontvanger": recipient})
    return {row.casus_id: row.sinds for row in rows}


def earlier_recipients(tx: Connection, casussen: Iterable[UUID]) -> dict[UUID, dict[str, int]]:
    """Per casus who ever got it, and what of it; a casus that nobody got is not in the answer."""
    found: dict[UUID, dict[str, int]] = {}
    for row in in_chunks(tx, _EARLIER, casussen):
        found.setdefault(row.casus_id, {})[row.ontvanger] = row.velden
    return found
