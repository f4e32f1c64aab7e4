"""Checks again the signature of every stored statement that is a ground now or later.

What this shows: that nobody changed a stored statement since the organisation signed it, nor put
it with another casus or organisation. What it cannot show: that none was removed; that the log
shows. Nothing is written; what does not hold is named by its toestemmingId and nothing else. A
casus that does not open holds up no other: of it every statement is named.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select

from gateway.services.handtekeningen import DELIVERED, gives, stored_text
from gateway.store.ondertekenaars import Ondertekenaar, all_ondertekenaars
from gateway.wiring import Parts
from privacy.consent_changes import details_of, signature_table
from privacy.consent_events import Event, Gebeurtenis
from privacy.consent_signature import signer_of
from privacy.dossier import Dossier
from privacy.errors import PrivacyError
from privacy.store import tables
from privacy.store.dossiers import Lock, load_by_id
from privacy.store.engine import reading

_AT_ONCE: Final = 500
#: Of a row that somebody changed: ciphertext that is not ours, or a word that means nothing.
_UNREADABLE: Final = (PrivacyError, ValueError)


class Bevinding(StrEnum):
    """What is the matter with a stored signature."""

    ONTBREEKT = "ontbreekt"
    ONLEESBAAR = "onleesbaar"
    KLOPT_NIET = "klopt_niet"
    SLEUTEL_INGETROKKEN = "sleutel_ingetrokken"


@dataclass(frozen=True, slots=True)
class Gebrekkig:
    """One statement whose signature does not hold."""

    bronhouder: str
    toestemming_id: UUID
    bevinding: Bevinding


@dataclass(frozen=True, slots=True)
class Nagekeken:
    """How many statements were looked at, and which do not hold."""

    aantal: int
    gebrekkig: tuple[Gebrekkig, ...]


def check_stored(parts: Parts) -> Nagekeken:
    """Look at all of them, as they stood when this began."""
    with reading(parts.engine) as tx:
        looked = list(_looked_at(tx, parts))
    return Nagekeken(len(looked), tuple(each for each in looked if each is not None))


def _looked_at(tx: Connection, parts: Parts) -> Iterator[Gebrekkig | None]:
    """For each statement that is a ground what is the matter with it, or None."""
    known = {each.kid: each for each in all_ondertekenaars(tx)}
    day = parts.clock.day()
    ids = tx.execute(select(tables.casus.c.id).order_by(tables.casus.c.id)).scalars().all()
    for some in _chunks(ids):
        stored_on = _moments(tx, some)
        dossiers, closed = _opened(tx, parts, some)
        yield from closed
        for dossier in dossiers:
            for event in _current(dossier, day):
                wrong = _look(dossier, event, known, stored_on[event.nummer])
                name, of = event.statement.toestemming_id, dossier.label.bronhouder
                yield None if wrong is None else Gebrekkig(of, name, wrong)


def _opened(
    tx: Connection, parts: Parts, casussen: Sequence[UUID]
) -> tuple[list[Dossier], list[Gebrekkig]]:
    """The casussen, and the statements of those that do not open: what is amiss is unreadable."""
    try:
        return list(load_by_id(tx, parts.keys, casussen, Lock.NONE).values()), []
    except _UNREADABLE:
        if len(casussen) == 1:
            return [], _closed(tx, casussen[0])
    found: tuple[list[Dossier], list[Gebrekkig]] = ([], [])
    for each in casussen:
        dossiers, closed = _opened(tx, parts, [each])
        found[0].extend(dossiers)
        found[1].extend(closed)
    return found


def _closed(tx: Connection, casus: UUID) -> list[Gebrekkig]:
    table = tables.toestemming
    query = select(table.c.bronhouder, table.c.toestemming_id).where(table.c.casus_id == casus)
    named = sorted({(row.bronhouder, row.toestemming_id) for row in tx.execute(query)})
    return [Gebrekkig(of, name, Bevinding.ONLEESBAAR) for of, name in named]


def _chunks(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE))


def _moments(tx: Connection, casussen: Sequence[UUID]) -> dict[int, datetime]:
    """When each event was stored, by its number: all of one number were at one moment."""
    table = tables.toestemming
    query = select(table.c.nummer, table.c.opgenomen).where(table.c.casus_id.in_(casussen))
    return {row.nummer: row.opgenomen for row in tx.execute(query)}


def _current(dossier: Dossier, day: date) -> Iterator[Event]:
    """How each statement was last delivered, where it is a ground today or later.

    A refusal too, where it came signed: it stands in the way of a ground.
    """
    latest = {
        event.statement.toestemming_id: event
        for event in dossier.events
        if event.soort is not Gebeurtenis.INGETROKKEN
    }
    for state in dossier.statements:
        event = latest[state.toestemming_id]
        refused = event.soort is Gebeurtenis.GEWEIGERD and bool(event.handtekening)
        if event.soort in DELIVERED and (refused or gives(event.soort, state, day)):
            yield event


def _look(
    dossier: Dossier, event: Event, known: dict[str, Ondertekenaar], stored_on: datetime
) -> Bevinding | None:
    if not event.handtekening:
        return Bevinding.ONTBREEKT
    held, bronhouder = event.statement, dossier.label.bronhouder
    table = signature_table(held.toestemming_id)
    try:
        details = details_of(dossier.keys, event)
        signature = dossier.keys.decrypt_spoor(event.handtekening, table, held.versie)
    except _UNREADABLE:
        return Bevinding.ONLEESBAAR
    keys = {kid: each.key for kid, each in known.items() if each.bronhouder == bronhouder}
    text = stored_text(bronhouder, event.soort, held, details)
    kid = signer_of(text, signature.decode("ascii"), keys)
    if kid is None:
        return Bevinding.KLOPT_NIET
    return None if known[kid].held_on(stored_on) else Bevinding.SLEUTEL_INGETROKKEN
