"""Who ever got which casus: from the first disclosure on a recipient is owed its recall."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from privacy.store import tables

_CHUNK = 500


def note_disclosed(
    tx: Connection, recipient: str, references: Mapping[UUID, UUID], nummer: int
) -> None:
    """Remember first disclosures; what was remembered before stays as it is."""
    if not references:
        return
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    rows = [
        {"casus_id": casus, "ontvanger": recipient, "referentie": reference, "sinds": nummer}
        for casus, reference in sorted(references.items())
    ]
    tx.execute(dialect.insert(tables.casusreferentie).on_conflict_do_nothing(), rows)


def told_since(tx: Connection, recipient: str, casussen: Iterable[UUID]) -> dict[UUID, int]:
    """Per casus the log entry from which on this recipient knows it; absent where it never did."""
    table = tables.casusreferentie
    ids = sorted(set(casussen))
    found: dict[UUID, int] = {}
    for start in range(0, len(ids), _CHUNK):
        query = select(table.c.casus_id, table.c.sinds).where(
            table.c.ontvanger == recipient, table.c.casus_id.in_(ids[start : start + _CHUNK])
        )
        found.update({row.casus_id: row.sinds for row in tx.execute(query)})
    return found
