"""Who ever got which casus: from the first disclosure on a recipient is owed its recall."""

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, Executable, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from privacy.store import tables
from privacy.store.chosen import in_chunks, over

_TOLD: Final = over(
    tables.casusreferentie.c.casus_id,
    select(tables.casusreferentie.c.casus_id, tables.casusreferentie.c.sinds)
    .where(tables.casusreferentie.c.ontvanger == bindparam("ontvanger"))
    .where,
)
_NOTE: Final[Mapping[str, Executable]] = {
    "postgresql": postgresql.insert(tables.casusreferentie).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(tables.casusreferentie).on_conflict_do_nothing(),
}


def note_disclosed(
    tx: Connection, recipient: str, references: Mapping[UUID, UUID], nummer: int
) -> None:
    """Remember first disclosures; what was remembered before stays as it is."""
    if not references:
        return
    rows = [
        {"casus_id": casus, "ontvanger": recipient, "referentie": reference, "sinds": nummer}
        for casus, reference in sorted(references.items())
    ]
    tx.execute(_NOTE[tx.dialect.name], rows[0] if len(rows) == 1 else rows)


def told_since(tx: Connection, recipient: str, casussen: Iterable[UUID]) -> dict[UUID, int]:
    """Per casus the log entry from which on this recipient knows it; absent where it never did."""
    rows = in_chunks(tx, _TOLD, casussen, {"ontvanger": recipient})
    return {row.casus_id: row.sinds for row in rows}
