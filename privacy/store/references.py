"""Who ever got which casus: from the first disclosure on a recipient is owed its recall."""

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Connection, String, Uuid, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from privacy.store import tables
from privacy.store.chosen import in_chunks, over

_TOLD: Final = over(
    tables.casusreferentie.c.casus_id,
    select(tables.casusreferentie.c.casus_id, tables.casusreferentie.c.sinds)
    .where(tables.casusreferentie.c.ontvanger == bindparam("ontvanger"))
    .where,
)
# PostgreSQL takes all rows as two arrays, and so as one statement.
_NOTE_ALL: Final = (
    postgresql.insert(tables.casusreferentie)
    .from_select(
        ["casus_id", "referentie", "ontvanger", "sinds"],
        select(
            func.unnest(bindparam("casussen", type_=ARRAY(Uuid))),
            func.unnest(bindparam("referenties", type_=ARRAY(Uuid))),
            bindparam("ontvanger", type_=String),
            bindparam("sinds", type_=BigInteger),
        ),
    )
    .on_conflict_do_nothing()
)
_NOTE_EACH: Final = sqlite.insert(tables.casusreferentie).on_conflict_do_nothing()


def note_disclosed(
    tx: Connection, recipient: str, references: Mapping[UUID, UUID], nummer: int
) -> None:
    """Remember first disclosures; what was remembered before stays as it is."""
    if not references:
        return
    common = {"ontvanger": recipient, "sinds": nummer}
    in_order = [(casus, references[casus]) for casus in sorted(references, key=attrgetter("int"))]
    if tx.dialect.name == "postgresql":
        casussen, given_names = zip(*in_order, strict=True)
        arrays = {"casussen": list(casussen), "referenties": list(given_names)}
        tx.execute(_NOTE_ALL, {**common, **arrays})
    else:
        rows = [{**common, "casus_id": casus, "referentie": name} for casus, name in in_order]
        tx.execute(_NOTE_EACH, rows)


def told_since(tx: Connection, recipient: str, casussen: Iterable[UUID]) -> dict[UUID, int]:
    """Per casus the log entry from which on this recipient knows it; absent where it never did."""
    rows = in_chunks(tx, _TOLD, casussen, {"ontvanger": recipient})
    return {row.casus_id: row.sinds for row in rows}
