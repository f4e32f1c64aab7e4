"""What the log says of the stretch that a restore lost, and of nothing since.

What no copy has is not among it.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection

from privacy.log.search import last_since, lines_since, said_in
from privacy.log.terms import Auditsoort
from privacy.store.herstel import Herstel
from privacy.store.verloren import kept_lines

Told = Mapping[str, Any]


def lost_entries(tx: Connection, found: Herstel, soorten: Collection[Auditsoort]) -> list[Told]:
    """Entries that were put back before the restore was noted, or are kept beside the log."""
    put_back = lines_since(tx, soorten, found.omvang, _noted(tx, found))
    return [*said_in([*put_back, *kept_lines(tx, found.id)], soorten)]


def entries_after(tx: Connection, found: Herstel, soorten: Collection[Auditsoort]) -> list[Told]:
    """Entries of since the restore was noted."""
    return [*said_in(lines_since(tx, soorten, _noted(tx, found)), soorten)]


def _noted(tx: Connection, found: Herstel) -> int:
    """The number of the entry that says so; nothing was put back after it.

    The last of its kind: what was put back can tell of restores before.
    """
    number = last_since(tx, Auditsoort.HERSTEL_ONTDEKT, found.omvang)
    return found.buiten if number is None else number
