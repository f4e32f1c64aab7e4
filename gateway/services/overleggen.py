"""The LSO: the municipality plans and freezes, organisations put their casussen on the agenda.

The municipality sees number, organisation and state of the items; an organisation its own;
a partner that the conference is there, and the rest through its pack.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from gateway.caller import Caller
from gateway.idempotency import Idempotency, once
from gateway.paging import Cursors, Page
from gateway.parties import Soort
from gateway.refusals import ConflictError, NotFoundError
from gateway.services.agenda import agenda_page
from gateway.store.overleggen import agendapunt, overleg
from gateway.wiring import Parts
from privacy.clock import utc_text
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.store import tables
from privacy.store.chosen import in_chunks, over
from privacy.store.engine import loser_tries_again, reading, writing
from privacy.store.terugroepingen import load_traces
from schemas.terms import Itemresultaat
from schemas.verzoeken import Agendering, AgenderingSchema, Overlegplan, OverlegplanSchema

_PLAN = OverlegplanSchema()
_AGENDERING = AgenderingSchema()
_FIRST: Final = Page()
_DAY_BYTES: Final = 10
_OWN: Final = over(
    tables.casus.c.id,
    select(tables.casus.c.id)
    .where(tables.casus.c.bronhouder == bindparam("bronhouder"), tables.casus.c.gewist_op.is_(None))
    .order_by(tables.casus.c.id)
    .with_for_update(read=True, key_share=True)
    .where,
)


def plan_overleg(
    parts: Parts, caller: Caller, body: Any, idempotency: Idempotency | None = None
) -> dict[str, Any]:
    """Plan a conference. The same day and kind twice is two conferences, but not of one key."""
    plan: Overlegplan = _PLAN.load(body)
    with writing(parts.engine) as tx:
        return once(
            idempotency, tx, parts.clock.now(), lambda: _plan_overleg(parts, caller, tx, plan)
        )


def _plan_overleg(
    parts: Parts, caller: Caller, tx: Connection, plan: Overlegplan
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


def nominate(
    parts: Parts,
    caller: Caller,
    overleg_id: UUID,
    body: Any,
    idempotency: Idempotency | None = None,
) -> dict[str, Any]:
    """Put own casussen on the agenda; an unknown casus and another's are refused alike."""
    asked: Agendering = _AGENDERING.load(body)
    return _nominate(parts, caller, overleg_id, asked, idempotency)


@loser_tries_again
def _nominate(
    parts: Parts,
    caller: Caller,
    overleg_id: UUID,
    asked: Agendering,
    idempotency: Idempotency | None,
) -> dict[str, Any]:
    with writing(parts.engine) as tx:
        return once(
            idempotency,
            tx,
            parts.clock.now(),
            lambda: _add_items(parts, tx, caller, overleg_id, asked),
        )


def _add_items(
    parts: Parts, tx: Connection, caller: Caller, overleg_id: UUID, asked: Agendering
) -> dict[str, Any]:
    _require_open(_lock(tx, overleg_id))
    own = _own(tx, caller.organisatie, asked.casussen)
    known = _nominated(tx, overleg_id, asked.casussen)
    new = [casus for casus in asked.casussen if casus in own and casus not in known]
    if new:
        known |= _put_on_agenda(parts, tx, caller, overleg_id, new)
    return {"resultaten": [_outcome(casus, own, known, set(new)) for casus in asked.casussen]}


@loser_tries_again
def freeze(
    parts: Parts, caller: Caller, overleg_id: UUID, idempotency: Idempotency | None = None
) -> dict[str, Any]:
    """Fix agenda and versions. Once: freezing again changes nothing and answers the same."""
    with writing(parts.engine) as tx:
        return once(
            idempotency, tx, parts.clock.now(), lambda: _freeze(parts, tx, caller, overleg_id)
        )


def _freeze(parts: Parts, tx: Connection, caller: Caller, overleg_id: UUID) -> dict[str, Any]:
    now = parts.clock.now()
    found = _lock(tx, overleg_id)
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


def _lock(tx: Connection, overleg_id: UUID) -> Row[Any]:
    """Hold the conference, so that nobody nominates while it is frozen."""
    query = select(overleg).where(overleg.c.id == overleg_id).with_for_update()
    found = tx.execute(query).one_or_none()
    if found is None:
        raise NotFoundError
    return found


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


def _nominations(
    parts: Parts, tx: Connection, caller: Caller, casussen: Sequence[UUID]
) -> list[AuditEntry]:
    """An entry for each person (LDV-01); nameless where a key does not open, and never less."""
    traces = load_traces(tx, parts.keys, casussen)
    keys = [traces[casus][1] for casus in casussen]
    return [
        replace(
            _entry(parts, caller, Auditsoort.AGENDAPUNT),
            pseudoniem=None if each is None else each.pseudoniem(),
        )
        for each in keys
    ]


def _entry(parts: Parts, caller: Caller, soort: Auditsoort) -> AuditEntry:
    return AuditEntry(soort=soort, tijd=parts.clock.now(), **caller.herkomst)
