"""Erasing an own casus at the person's request (AVG 17), with a receipt for the organisation.

What the receipt tells is told once: afterwards nobody here can say of which entries of the log the
casus was made. A cause in the system stops no erasure: no policy has to be in force and no door
open (design 2.5).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, select

from gateway.caller import Caller
from gateway.idempotency import Idempotency, write_once
from gateway.refusals import ConflictError
from gateway.services.own_casus import hold_own
from gateway.store.overleggen import agendapunt
from gateway.wiring import Parts
from privacy.clock import utc_text
from privacy.dossier import Dossier
from privacy.erasure import erase
from privacy.log.entries import Herkomst
from privacy.log.head import read_head
from privacy.log.search import positions_of
from privacy.store import tables
from privacy.store.beperkingen import gronden_of
from privacy.store.dossiers import Lock, load_own
from privacy.store.engine import reading
from privacy.store.terugroepingen import owed_by
from schemas.terms import Beperkingsgrond

#: Restrictions by which the person wants it kept.
_TO_KEEP: Final = frozenset({Beperkingsgrond.ONRECHTMATIG, Beperkingsgrond.RECHTSVORDERING})
_EPOCH: Final = select(tables.casus.c.epoch).where(
    tables.casus.c.id == bindparam("casus", type_=tables.casus.c.id.type)
)


@dataclass(frozen=True, slots=True)
class _Read:
    """The entries of a casus in the first `upto` entries of the log."""

    positions: Sequence[int] = ()
    upto: int = 0


def erase_casus(
    parts: Parts, caller: Caller, casus: UUID, idempotency: Idempotency | None = None
) -> dict[str, Any]:
    """Erase one own casus and answer with the receipt; NotFoundError for any other, or again.

    ConflictError while a restriction asks to keep it: unlawful processing, of which the person
    does not want erasure, or a legal claim (AVG 18 lid 1 b and c). Who disputed the data or
    objected may have it erased all the same (AVG 17 lid 1 c).
    """
    # Most of the log is read before anything is held: it is long, and does not change.
    read = _read_log(parts, caller, casus)
    return write_once(parts, idempotency, lambda tx: _erase(parts, tx, caller, casus, read))


def _erase(
    parts: Parts, tx: Connection, caller: Caller, casus: UUID, read: _Read
) -> dict[str, Any]:
    parts.hold_rules(tx)
    dossier = hold_own(parts, tx, caller, casus)
    if gronden_of(dossier) & _TO_KEEP:
        raise ConflictError("Deze casus moet bewaard blijven: hij is beperkt. Hef dat eerst op.")
    pseudoniem = dossier.keys.pseudoniem()
    epoch = tx.execute(_EPOCH, {"casus": casus}).scalar_one()
    nummer = erase_with_agenda(parts, tx, dossier, caller.herkomst)
    since = positions_of(tx, [pseudoniem], since=read.upto)
    return {
        "casusId": str(casus),
        "pseudoniem": pseudoniem,
        "logposities": [*read.positions, *since],
        "terugroepingen": _owed(tx, nummer),
        "gewistOp": utc_text(parts.clock.now()),
        "tijdvak": epoch,
    }


def erase_with_agenda(parts: Parts, tx: Connection, dossier: Dossier, herkomst: Herkomst) -> int:
    """Erase a casus that is held FOR UPDATE, and take it from every agenda; its last log entry."""
    forget_agenda(tx, [dossier.casus])
    return erase(
        tx,
        dossier,
        herkomst,
        day=parts.clock.day(),
        now=parts.clock.now(),
        term_days=parts.settings.terugroepingstermijn,
    )


def forget_agenda(tx: Connection, casussen: Sequence[UUID]) -> None:
    """Take casussen from every agenda: that one was discussed tells of somebody."""
    tx.execute(delete(agendapunt).where(agendapunt.c.casus_id.in_(casussen)))


def _read_log(parts: Parts, caller: Caller, casus: UUID) -> _Read:
    with reading(parts.engine) as tx:
        dossier = load_own(tx, parts.keys, caller.organisatie, [casus], Lock.NONE).get(casus)
        if dossier is None:
            return _Read()
        upto = read_head(tx).omvang
        return _Read(positions_of(tx, [dossier.keys.pseudoniem()]), upto)


def _owed(tx: Connection, nummer: int) -> list[dict[str, str]]:
    return [
        {
            "terugroepingId": str(row.id),
            "ontvanger": row.ontvanger,
            "uiterlijk": row.uiterlijk.isoformat(),
        }
        for row in owed_by(tx, nummer)
    ]
