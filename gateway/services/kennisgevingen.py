"""Telling earlier recipients what AVG 19 wants told: each notice with an entry and a deadline."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from gateway.wiring import Parts
from privacy.log.append import append
from privacy.log.entries import AuditEntry
from privacy.store.kennisgevingen import Dated, Kennisgeving, owe_notices
from privacy.store.terugroepingen import due_by

#: What the log says, and what it owes to whom.
Owed = tuple[AuditEntry, Kennisgeving]


def notify(parts: Parts, tx: Connection, owed: Sequence[Owed], now: datetime) -> None:
    """Write entries down, with the notices that follow; of who is nobody, the entry alone."""
    if not owed:
        return
    day = parts.clock.day()
    first = append(tx, [entry for entry, _ in owed], now).first
    numbered = dict(enumerate((notice for _, notice in owed), start=first))
    at = Dated(now, day, due_by(day, parts.settings.terugroepingstermijn))
    owe_notices(tx, {nr: each for nr, each in numbered.items() if each.ontvangers}, at)
