"""Who of several organisations leads the guidance of one person: told to the officer alone.

Two organisations may each say that they are zaakhouder of one V-nummer; neither learns of the
other, and partners get each casus as if it were alone. The first counts. Found on demand, by a
scan that holds nothing: no column tells of it, and no answer to anyone takes longer for it.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select

from gateway.wiring import Parts
from privacy.comparison import zaakhouder_mark
from privacy.dossier import Dossier
from privacy.errors import PrivacyError
from privacy.keys import KEY_BYTES
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.question import PROCESSOR
from privacy.store import tables
from privacy.store.chosen import in_chunks, over
from privacy.store.dossiers import open_stand
from privacy.store.engine import reading, writing
from privacy.store.scan import Lot, scan

_HISTORY: Final = over(
    tables.mutatie.c.casus_id,
    select(
        tables.mutatie.c.casus_id,
        tables.mutatie.c.nummer,
        tables.mutatie.c.versie,
        tables.mutatie.c.stand,
        tables.mutatie.c.opgenomen,
    )
    .where(tables.mutatie.c.stand.is_not(None))
    .order_by(tables.mutatie.c.nummer)
    .where,
)


@dataclass(frozen=True, slots=True)
class Zaakhouder:
    """One casus whose organisation says that it leads; `nummer` puts two of one moment in order."""

    casus: UUID
    bronhouder: str
    sinds: datetime
    nummer: int


@dataclass(frozen=True, slots=True)
class Bevinding:
    """Casussen of one person each, the one that counts first; and how many could not be read."""

    personen: Sequence[tuple[Zaakhouder, ...]]
    casussen: int
    onleesbaar: int


def find_zaakhouders(parts: Parts) -> Bevinding:
    """Every person of whom more than one casus is led; that it was asked is in the log."""
    key = secrets.token_bytes(KEY_BYTES)
    by_person: dict[bytes, list[Dossier]] = {}
    total = unreadable = 0
    with reading(parts.engine) as tx:
        for lot in scan(tx, parts.keys, lambda _each: True):
            _add(by_person, lot, key)
            total += len(lot)
            unreadable += lot.onleesbaar
        shared = {mark: each for mark, each in by_person.items() if len(each) > 1}
        found = _since(tx, shared, key)
    _log(parts)
    return Bevinding(sorted(found, key=lambda each: each[0].nummer), total, unreadable)


def _add(by_person: dict[bytes, list[Dossier]], lot: Lot, key: bytes) -> None:
    for dossier, stand in lot.gelezen:
        mark = None if stand is None else zaakhouder_mark(stand, key)
        if mark is not None:
            by_person.setdefault(mark, []).append(dossier)


def _since(
    tx: Connection, shared: Mapping[bytes, Sequence[Dossier]], key: bytes
) -> list[tuple[Zaakhouder, ...]]:
    """Since when each leads this person without a break, the first in front."""
    marks = {each.casus: (mark, each) for mark, group in shared.items() for each in group}
    begun: dict[UUID, Zaakhouder] = {}
    for row in in_chunks(tx, _HISTORY, marks):
        mark, dossier = marks[row.casus_id]
        try:
            led = zaakhouder_mark(open_stand(dossier, row.versie, row.stand), key) == mark
        except PrivacyError:
            continue  # an older version that does not open is taken to say what came before it
        if led:
            found = Zaakhouder(row.casus_id, dossier.label.bronhouder, row.opgenomen, row.nummer)
            begun.setdefault(row.casus_id, found)
        else:
            begun.pop(row.casus_id, None)
    return [
        tuple(sorted((begun[each.casus] for each in group), key=attrgetter("nummer")))
        for group in shared.values()
    ]


def _log(parts: Parts) -> None:
    now = parts.clock.now()
    entry = AuditEntry(soort=Auditsoort.ZAAKHOUDERS_GETOETST, tijd=now, organisatie=PROCESSOR)
    with writing(parts.engine) as tx:
        append(tx, [entry], now)
