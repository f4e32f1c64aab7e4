"""The LSO: the municipality plans it and freezes its agenda.

The municipality sees number, organisation and state of the items; an organisation its own;
a partner that the conference is there, and the rest through its pack.
"""

from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, insert, select, update

from gateway.caller import Caller
from gateway.idempotency import Idempotency, write_once
from gateway.paging import Cursors, Page
from gateway.parties import Soort
from gateway.refusals import NotFoundError
from gateway.services.agenda import agenda_page
from gateway.store.overleggen import agendapunt, overleg
from gateway.wiring import Parts
from privacy.clock import utc_text
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.store import tables
from privacy.store.engine import reading
from schemas.verzoeken import Overlegplan, OverlegplanSchema

_PLAN = OverlegplanSchema()
_FIRST: Final = Page()
_DAY_BYTES: Final = 10


def plan_overleg(
    parts: Parts, caller: Caller, body: Any, idempotency: Idempotency | None = None
) -> dict[str, Any]:
    """Plan a conference. The same day and kind twice is two conferences, but not of one key."""
    plan: Overlegplan = _PLAN.load(body)
    return write_once(parts, idempotency, lambda tx: _plan_overleg(parts, tx, caller, plan))


def _plan_overleg(
    parts: Parts, tx: Connection, caller: Caller, plan: Overlegplan
) -> dict[str, Any]:
    now = parts.clock.now()
    overleg_id = uuid4()
    values = {
        "id": overleg_id,
        "soort": plan.soort.value,
        "datum": plan.datum,
        "gepland_op": now,
        "bevroren_op": None,
    }
    tx.execute(insert(overleg), values)
    append(tx, [_entry(parts, caller, Auditsoort.OVERLEG_GEPLAND)], now)
    return _wire(_find(tx, overleg_id))


def list_overleggen(parts: Parts, caller: Caller, page: Page = _FIRST) -> dict[str, Any]:
    """A page of the conferences, the newest day first; without agendas."""
    cursors = Cursors(parts.keys, caller.client_id, "overleggen")
    query = select(overleg).order_by(overleg.c.datum.desc(), overleg.c.id)
    place = cursors.place(page)
    if place is not None:
        day, last = _from_place(place)
        same_day = (overleg.c.datum == day) & (overleg.c.id > last)
        query = query.where((overleg.c.datum < day) | same_day)
    with reading(parts.engine) as tx:
        found = tx.execute(query.limit(page.limiet + 1)).all()
    rows, volgende = cursors.split(found, page, _to_place)
    return {"overleggen": [_wire(row) for row in rows], "volgende": volgende}


def show_overleg(parts: Parts, caller: Caller, overleg_id: UUID) -> dict[str, Any]:
    """One conference, with the first page of what the caller may know of its agenda."""
    with reading(parts.engine) as tx:
        found = _find(tx, overleg_id)
        if caller.soort is Soort.KETENPARTNER:
            return _wire(found)
        return {**_wire(found), **agenda_page(parts, tx, caller, overleg_id, _FIRST)}


def list_agendapunten(
    parts: Parts, caller: Caller, overleg_id: UUID, page: Page = _FIRST
) -> dict[str, Any]:
    """A page of what the caller may know of the agenda."""
    with reading(parts.engine) as tx:
        _find(tx, overleg_id)
        return agenda_page(parts, tx, caller, overleg_id, page)


def freeze(
    parts: Parts, caller: Caller, overleg_id: UUID, idempotency: Idempotency | None = None
) -> dict[str, Any]:
    """Fix agenda and versions. Once: freezing again changes nothing and answers the same."""
    return write_once(parts, idempotency, lambda tx: _freeze(parts, tx, caller, overleg_id))


def _freeze(parts: Parts, tx: Connection, caller: Caller, overleg_id: UUID) -> dict[str, Any]:
    now = parts.clock.now()
    found = hold_overleg(tx, overleg_id)
    if found.bevroren_op is None:
        stand = select(tables.casus.c.stand_nummer).where(
            tables.casus.c.id == agendapunt.c.casus_id
        )
        tx.execute(
            update(agendapunt)
            .where(agendapunt.c.overleg_id == overleg_id)
            .values(stand_nummer=stand.scalar_subquery())
        )
        tx.execute(update(overleg).where(overleg.c.id == overleg_id).values(bevroren_op=now))
        append(tx, [_entry(parts, caller, Auditsoort.OVERLEG_BEVROREN)], now)
    return _wire(_find(tx, overleg_id))


def _find(tx: Connection, overleg_id: UUID) -> Row[Any]:
    found = tx.execute(select(overleg).where(overleg.c.id == overleg_id)).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def hold_overleg(tx: Connection, overleg_id: UUID) -> Row[Any]:
    """Hold the conference, so that nobody nominates while it is frozen."""
    query = select(overleg).where(overleg.c.id == overleg_id).with_for_update()
    found = tx.execute(query).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def _to_place(row: Row[Any]) -> bytes:
    day: date = row.datum
    last: UUID = row.id
    return day.isoformat().encode("ascii") + last.bytes


def _from_place(place: bytes) -> tuple[date, UUID]:
    day = date.fromisoformat(place[:_DAY_BYTES].decode("ascii"))
    return day, UUID(bytes=place[_DAY_BYTES:])


def _wire(row: Row[Any]) -> dict[str, Any]:
    return {
        "overlegId": str(row.id),
        "soort": row.soort,
        "datum": row.datum.isoformat(),
        "staat": "gepland" if row.bevroren_op is None else "bevroren",
        "bevrorenOp": None if row.bevroren_op is None else utc_text(row.bevroren_op),
    }


def _entry(parts: Parts, caller: Caller, soort: Auditsoort) -> AuditEntry:
    return AuditEntry(soort=soort, tijd=parts.clock.now(), **caller.herkomst)
