"""Consents on their own: the same rules as inside an aanlevering, one statement at a time.

Withdrawing is as easy as giving (AVG 7 lid 3): same client, same scope, one request, one
commit. From that commit on no pull, delivery or frozen pack yields the casus.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from gateway.caller import Caller
from gateway.idempotency import Idempotency, once
from gateway.refusals import ConflictError, NotFoundError
from gateway.services.delivered_items import delivered_statement
from gateway.wiring import Parts
from privacy.consent import Event, Gebeurtenis, names_of
from privacy.dossier import Dossier
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.registration import (
    Delivery,
    Plan,
    Situation,
    details_of,
    next_version,
    plan_known,
    plan_withdrawal,
)
from privacy.store import tables
from privacy.store.dossiers import Lock, load_own
from privacy.store.engine import loser_tries_again, reading, writing
from privacy.store.registrations import write_plans
from schemas.verzoeken import (
    Intrekking,
    Toestemmingsverzoek,
    intrekking_schema,
    toestemmingsverzoek_schema,
)


@loser_tries_again
def register_toestemming(
    parts: Parts, caller: Caller, body: Any, idempotency: Idempotency | None = None
) -> dict[str, Any]:
    """Add or change one statement of an own casus; NotFoundError for any other casus."""
    with writing(parts.engine) as tx:
        return once(idempotency, tx, parts.clock.now(), lambda: _register(parts, tx, caller, body))


def _register(parts: Parts, tx: Connection, caller: Caller, body: Any) -> dict[str, Any]:
    # Read here, after the key: what is well-formed depends on the day and the policies, and a
    # repeated request gets its answer whatever has become of those.
    schema = toestemmingsverzoek_schema(
        parts.clock.day(), parts.policies.recipients, parts.notices.versions
    )
    asked: Toestemmingsverzoek = schema.load(body)
    consent = asked.toestemming
    dossier = _own(parts, tx, caller, asked.casus_id)
    bound_to = _casus_of(tx, caller, consent.toestemming_id)
    if bound_to is not None and bound_to != asked.casus_id:
        raise ConflictError("Deze toestemmingId hoort bij een andere casus.")
    delivery = Delivery(
        stand_van=dossier.stand_van,
        sealed=None,
        statements=(delivered_statement(consent),),
        consents=b"",
        complete=False,
    )
    plan = plan_known(dossier, delivery, _situation(parts))
    if plan.writes:
        _write(parts, tx, caller, plan, Auditsoort.TOESTEMMING_GEWIJZIGD)
    return _show(parts, tx, caller, consent.toestemming_id)


@loser_tries_again
def withdraw_toestemming(
    parts: Parts,
    caller: Caller,
    toestemming_id: UUID,
    body: Any,
    idempotency: Idempotency | None = None,
) -> dict[str, Any]:
    """Withdraw a statement, for all or some of its recipients; final for this statement."""
    with writing(parts.engine) as tx:
        return once(
            idempotency,
            tx,
            parts.clock.now(),
            lambda: _withdraw(parts, tx, caller, toestemming_id, body),
        )


def _withdraw(
    parts: Parts, tx: Connection, caller: Caller, toestemming_id: UUID, body: Any
) -> dict[str, Any]:
    asked: Intrekking = intrekking_schema(parts.policies.recipients).load(body)
    casus = _casus_of(tx, caller, toestemming_id)
    if casus is None:
        raise NotFoundError
    dossier = _own(parts, tx, caller, casus)
    event, details = _withdrawal(parts, dossier, toestemming_id, asked)
    plan = plan_withdrawal(dossier, event, details, _situation(parts))
    _write(parts, tx, caller, plan, Auditsoort.TOESTEMMING_INGETROKKEN)
    return _show(parts, tx, caller, toestemming_id)


def show_toestemming(parts: Parts, caller: Caller, toestemming_id: UUID) -> dict[str, Any]:
    """The open part of a statement as it holds now, for the organisation it was given to."""
    with reading(parts.engine) as tx:
        return _show(parts, tx, caller, toestemming_id)


def _show(parts: Parts, tx: Connection, caller: Caller, toestemming_id: UUID) -> dict[str, Any]:
    casus = _casus_of(tx, caller, toestemming_id)
    if casus is None:
        raise NotFoundError
    dossier = load_own(tx, parts.keys, caller.organisatie, [casus], Lock.NONE)[casus]
    held = next(each for each in dossier.statements if each.toestemming_id == toestemming_id)
    return {
        "toestemmingId": str(held.toestemming_id),
        "casusId": str(casus),
        "versie": held.versie,
        "ontvangers": sorted(held.ontvangers),
        "doelen": sorted(doel.value for doel in held.doelen),
        "eersteDag": held.eerste_dag.isoformat(),
        "laatsteDag": held.laatste_dag.isoformat(),
        "ingetrokkenOp": held.ingetrokken_op.isoformat() if held.ingetrokken_op else None,
        "verklaring": held.verklaring,
    }


def _withdrawal(
    parts: Parts, dossier: Dossier, toestemming_id: UUID, asked: Intrekking
) -> tuple[Event, bytes]:
    """The event, with the details of the statement as last given.

    Without recipients it is of the whole statement, also for whom it is later said to name.
    """
    latest = next(
        event
        for event in reversed(dossier.events)
        if event.statement.toestemming_id == toestemming_id
        and event.soort is not Gebeurtenis.INGETROKKEN
    )
    day = parts.clock.day()
    statement = replace(
        latest.statement,
        versie=next_version(dossier.events, toestemming_id),
        ontvangers=frozenset(asked.ontvangers or ()),
        ingetrokken_op=min(asked.ingetrokken_op or day, day),
    )
    return Event(Gebeurtenis.INGETROKKEN, 2**63 - 1, statement), details_of(dossier.keys, latest)


def _write(parts: Parts, tx: Connection, caller: Caller, plan: Plan, soort: Auditsoort) -> None:
    now = parts.clock.now()
    entry = AuditEntry(
        soort=soort,
        tijd=now,
        **caller.herkomst,
        pseudoniem=plan.keys.pseudoniem(),
        toestemmingen=names_of(event.statement for event, _details in plan.events),
    )
    first = append(tx, [entry], now).first
    write_plans(tx, {first: plan}, day=parts.clock.day(), now=now)


def _situation(parts: Parts) -> Situation:
    return Situation(parts.clock.day(), parts.policies.recipients, None)


def _own(parts: Parts, tx: Connection, caller: Caller, casus: UUID) -> Dossier:
    dossier = load_own(tx, parts.keys, caller.organisatie, [casus], Lock.UPDATE).get(casus)
    if dossier is None:
        raise NotFoundError
    return dossier


def _casus_of(tx: Connection, caller: Caller, toestemming_id: UUID) -> UUID | None:
    table = tables.toestemming
    query = select(table.c.casus_id).where(
        table.c.bronhouder == caller.organisatie, table.c.toestemming_id == toestemming_id
    )
    return tx.execute(query.limit(1)).scalar()
