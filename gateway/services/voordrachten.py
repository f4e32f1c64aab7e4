"""Nominations: organisations put their own casussen on the agenda of an LSO."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, bindparam, func, insert, select

from gateway.caller import Caller
from gateway.idempotency import Idempotency, write_once
from gateway.refusals import ConflictError
from gateway.services.overleggen import hold_overleg
from gateway.store.overleggen import agendapunt
from gateway.wiring import Parts
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.store import tables
from privacy.store.chosen import in_chunks, over
from privacy.store.terugroepingen import load_traces
from schemas.terms import Itemresultaat
from schemas.verzoeken import Agendering, AgenderingSchema

_AGENDERING: Final = AgenderingSchema()
_OWN: Final = over(
    tables.casus.c.id,
    select(tables.casus.c.id)
    .where(tables.casus.c.bronhouder == bindparam("bronhouder"), tables.casus.c.gewist_op.is_(None))
    .order_by(tables.casus.c.id)
    .with_for_update(read=True, key_share=True)
    .where,
)


def nominate(
    parts: Parts,
    caller: Caller,
    overleg_id: UUID,
    body: Any,
    idempotency: Idempotency | None = None,
) -> dict[str, Any]:
    """Put own casussen on the agenda; an unknown casus and another's are refused alike."""
    asked: Agendering = _AGENDERING.load(body)
    return write_once(
        parts, idempotency, lambda tx: _nominate(parts, tx, caller, overleg_id, asked)
    )


def _nominate(
    parts: Parts, tx: Connection, caller: Caller, overleg_id: UUID, asked: Agendering
) -> dict[str, Any]:
    _require_open(hold_overleg(tx, overleg_id))
    own = _own(tx, caller.organisatie, asked.casussen)
    known = _nominated(tx, overleg_id, asked.casussen)
    new = [casus for casus in asked.casussen if casus in own and casus not in known]
    if new:
        known |= _put_on_agenda(parts, tx, caller, overleg_id, new)
    return {"resultaten": [_outcome(casus, own, known, set(new)) for casus in asked.casussen]}


def _require_open(found: Row[Any]) -> None:
    if found.bevroren_op is not None:
        raise ConflictError("De agenda van dit overleg is al vastgesteld.")


def _own(tx: Connection, bronhouder: str, casussen: Sequence[UUID]) -> set[UUID]:
    """Those that are the organisation's own; held in id order, as the items will refer to them."""
    rows = in_chunks(tx, _OWN, casussen, {"bronhouder": bronhouder})
    return {row.id for row in rows}


def _nominated(tx: Connection, overleg_id: UUID, casussen: Sequence[UUID]) -> dict[UUID, UUID]:
    query = select(agendapunt.c.casus_id, agendapunt.c.id).where(
        agendapunt.c.overleg_id == overleg_id
    )
    wanted = set(casussen)
    return {row.casus_id: row.id for row in tx.execute(query) if row.casus_id in wanted}


def _put_on_agenda(
    parts: Parts, tx: Connection, caller: Caller, overleg_id: UUID, casussen: Sequence[UUID]
) -> dict[UUID, UUID]:
    """Add items at the end of the agenda; returns casus to item."""
    now = parts.clock.now()
    query = select(func.max(agendapunt.c.volgorde)).where(agendapunt.c.overleg_id == overleg_id)
    last = tx.execute(query).scalar() or 0
    items = {casus: uuid4() for casus in casussen}
    rows = [
        {
            "id": items[casus],
            "overleg_id": overleg_id,
            "casus_id": casus,
            "bronhouder": caller.organisatie,
            "volgorde": place,
            "stand_nummer": None,
            "ingebracht_op": now,
        }
        for place, casus in enumerate(casussen, start=last + 1)
    ]
    tx.execute(insert(agendapunt), rows)
    append(tx, _nominations(parts, tx, caller, casussen), now)
    return items


def _outcome(
    casus: UUID, own: set[UUID], known: dict[UUID, UUID], new: set[UUID]
) -> dict[str, Any]:
    if casus not in own:
        resultaat = Itemresultaat.GEWEIGERD
    elif casus in new:
        resultaat = Itemresultaat.AANGENOMEN
    else:
        resultaat = Itemresultaat.ONGEWIJZIGD
    punt = known.get(casus) if casus in own else None
    return {
        "casusId": str(casus),
        "resultaat": resultaat.value,
        "agendapuntId": None if punt is None else str(punt),
    }


def _nominations(
    parts: Parts, tx: Connection, caller: Caller, casussen: Sequence[UUID]
) -> list[AuditEntry]:
    """An entry for each person (LDV-01); nameless where a key does not open, and never less."""
    traces = load_traces(tx, parts.keys, casussen)
    keys = [traces[casus][1] for casus in casussen]
    return [
        AuditEntry(
            soort=Auditsoort.AGENDAPUNT,
            tijd=parts.clock.now(),
            **caller.herkomst,
            pseudoniem=None if each is None else each.pseudoniem(),
        )
        for each in keys
    ]
