"""Who ever got which casus: from the first disclosure on a recipient is owed its recall."""

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from privacy.store import tables
from privacy.store.dossiers import in_chunks

_TOLD: Final = select(tables.casusreferentie.c.casus_id, tables.casusreferentie.c.sinds).where(
    tables.casusreferentie.c.ontvanger == bindparam("ontvanger"),
    tables.casusreferentie.c.casus_id.in_(bindparam("chosen", expanding=True)),
)


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
    rows = in_chunks(tx, _TOLD, casussen, {"ontvanger": recipient})
    return {row.casus_id: row.sinds for row in rows}
