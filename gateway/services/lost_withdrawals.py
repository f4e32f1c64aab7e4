"""What a restore lost and the log still knows: withdrawn is withdrawn, whenever it comes back.

A statement that was withdrawn in the lost stretch may be here, or come with the next delivery of
a register that knows nothing of the withdrawal. Either way it is withdrawn again, in the commit
that would have brought it back.
"""

from collections.abc import Callable, Collection
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, select

from gateway.caller import Caller
from gateway.trace import begin_trace
from gateway.wiring import Parts
from privacy.consent_events import Event, Gebeurtenis
from privacy.dossier import Dossier
from privacy.log.entries import Herkomst
from privacy.store import tables
from privacy.store.door import Door
from privacy.store.dossiers import Lock, load_own
from privacy.store.herstel import find_open, note_named
from privacy.store.verloren import lost_withdrawals, note_applied, verloren_intrekking
from schemas.terms import Doel
from schemas.verzoeken import Intrekking

#: As the log names the gateway where it repeats what an organisation did.
_CLIENT: Final = "herstel"

#: As `services.toestemmingen.withdraw_in`.
Withdraw = Callable[[Connection, Parts, Herkomst, Dossier, UUID, Intrekking], None]


def resent(  # noqa: PLR0917  no two of them are alike
    parts: Parts,
    tx: Connection,
    caller: Caller,
    at: Door,
    statements: Collection[UUID],
    withdraw: Withdraw,
) -> None:
    """Of a delivery, in its transaction and after its own rows: what restores ask of it.

    What it names is noted while a restore is open, and what the log knows to be withdrawn is
    withdrawn again. Where there never was a restore it asks the database nothing.
    """
    if not at.herstel or not statements:
        return
    if at.gesloten_sinds is not None and (found := find_open(tx)) is not None:
        note_named(tx, found.id, caller.organisatie, statements)
    for row in lost_withdrawals(tx, caller.organisatie, statements):
        withdraw_again(parts, tx, row, withdraw)


def withdraw_again(parts: Parts, tx: Connection, row: Row[Any], withdraw: Withdraw) -> None:
    """Withdraw what a row of `verloren_intrekking` says, if it is here and not withdrawn yet."""
    table = tables.toestemming
    query = select(table.c.casus_id).where(
        table.c.bronhouder == row.bronhouder, table.c.toestemming_id == row.toestemming_id
    )
    casus = tx.execute(query.limit(1)).scalar()
    if casus is None:
        return
    dossier = load_own(tx, parts.keys, row.bronhouder, [casus], Lock.UPDATE)[casus]
    if not any(_is_same(event, row) for event in dossier.events):
        asked = Intrekking(
            ingetrokken_op=min(row.dag, parts.clock.day()),
            ontvangers=row.ontvangers or None,
            doelen=tuple(map(Doel, row.doelen)) or None,
        )
        withdraw(tx, parts, by_gateway(row.bronhouder), dossier, row.toestemming_id, asked)
    note_applied(tx, verloren_intrekking, row, parts.clock.now())


def by_gateway(bronhouder: str) -> Herkomst:
    """What the log says of who does it: the gateway, in the name of whose casus it is."""
    return {
        "organisatie": bronhouder,
        "client": _CLIENT,
        "trace": begin_trace(None).trace_id,
    }


def _is_same(event: Event, row: Row[Any]) -> bool:
    told = event.statement
    return (
        event.soort is Gebeurtenis.INGETROKKEN
        and told.toestemming_id == row.toestemming_id
        and told.ontvangers == frozenset(row.ontvangers)
        and told.doelen == frozenset(map(Doel, row.doelen))
    )
