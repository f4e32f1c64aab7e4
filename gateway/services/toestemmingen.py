"""Consents on their own: the same rules as inside an aanlevering, one statement at a time.

Withdrawing is as easy as giving (AVG 7 lid 3): same client, same scope, one request, one
commit. From that commit on no pull, delivery or frozen pack yields the casus.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, select

from gateway.caller import Caller
from gateway.idempotency import Idempotency, write_once
from gateway.refusals import ConflictError, InvalidRequestError, NotFoundError
from gateway.services.delivered_items import delivered_statement
from gateway.services.handtekeningen import unsigned
from gateway.services.lost_withdrawals import resent
from gateway.services.own_casus import hold_own
from gateway.store.ondertekenaars import keys_now
from gateway.wiring import Parts
from privacy.consent import Statement, Weigering, names_of
from privacy.consent_changes import details_of, next_version, settled
from privacy.consent_events import Event, Gebeurtenis
from privacy.consent_validity import gebrek_of
from privacy.dossier import Dossier
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort, Herkomst
from privacy.plan import LATER, Delivery, NewEvent, Plan, Situation
from privacy.recording import record_plans
from privacy.registration import plan_known, plan_withdrawal
from privacy.store import tables
from privacy.store.dossiers import Lock, load_own
from privacy.store.engine import reading
from schemas.faults import Fout, Foutcode
from schemas.records import Toestemming
from schemas.terms import Besluit, Doel
from schemas.verzoeken import (
    Intrekking,
    Toestemmingsverzoek,
    intrekking_schema,
    toestemmingsverzoek_schema,
)

_UNSIGNED: Final = Fout("handtekening", Foutcode.HANDTEKENING_ONGELDIG, "/toestemming/handtekening")


def register_toestemming(
    parts: Parts, caller: Caller, body: Any, idempotency: Idempotency | None = None
) -> dict[str, Any]:
    """Add or change one statement of an own casus; NotFoundError for any other casus."""
    return write_once(parts, idempotency, lambda tx: _register(parts, tx, caller, body))


def _register(parts: Parts, tx: Connection, caller: Caller, body: Any) -> dict[str, Any]:
    # Read here, after the key: what is well-formed depends on the day and the policies, and a
    # repeated request gets its answer whatever has become of those.
    at, rules = parts.hold(tx), parts.rulebook
    schema = toestemmingsverzoek_schema(
        parts.clock.day(), rules.policies.ever, rules.notices.versions
    )
    asked: Toestemmingsverzoek = schema.load(body)
    consent = asked.toestemming
    dossier = hold_own(parts, tx, caller, asked.casus_id)
    bound_to = _casus_of(tx, caller, consent.toestemming_id)
    if bound_to is not None and bound_to != asked.casus_id:
        raise ConflictError("Deze toestemmingId hoort bij een andere casus.")
    delivery = Delivery(
        stand_van=dossier.stand_van,
        sealed=None,
        statements=(delivered_statement(consent, _gebrek(parts, caller, consent)),),
        consents=b"",
        complete=False,
    )
    plan = plan_known(dossier, settled(dossier, delivery), _situation(parts))
    keys, day = keys_now(tx, caller.organisatie), parts.clock.day()
    if unsigned(plan.events, caller.organisatie, keys, day):
        raise InvalidRequestError(fouten=(_UNSIGNED,))
    if plan.writes:
        entry = _entry(parts, caller.herkomst, plan, Auditsoort.TOESTEMMING_GEWIJZIGD)
        _write(tx, parts, plan, [entry])
    resent(parts, tx, caller, at, {consent.toestemming_id}, withdraw_in)
    return _show(parts, tx, caller, consent.toestemming_id)


def _gebrek(parts: Parts, caller: Caller, consent: Toestemming) -> Weigering | None:
    return gebrek_of(consent, parts.settings.talen_of(caller.organisatie), None)


def withdraw_toestemming(
    parts: Parts,
    caller: Caller,
    toestemming_id: UUID,
    body: Any,
    idempotency: Idempotency | None = None,
) -> dict[str, Any]:
    """Withdraw a statement, for all or some of its recipients and purposes; final for it."""
    return write_once(
        parts, idempotency, lambda tx: _withdraw(parts, tx, caller, toestemming_id, body)
    )


def _withdraw(
    parts: Parts, tx: Connection, caller: Caller, toestemming_id: UUID, body: Any
) -> dict[str, Any]:
    # Who has no policy any more is still a known word here: a consent may name him.
    asked: Intrekking = intrekking_schema(parts.hold_rules(tx).policies.ever).load(body)
    casus = _casus_of(tx, caller, toestemming_id)
    if casus is None:
        raise NotFoundError
    dossier = hold_own(parts, tx, caller, casus)
    withdraw_in(tx, parts, caller.herkomst, dossier, toestemming_id, asked)
    return _show(parts, tx, caller, toestemming_id)


def withdraw_in(  # noqa: PLR0917  no two of them are alike
    tx: Connection,
    parts: Parts,
    herkomst: Herkomst,
    dossier: Dossier,
    toestemming_id: UUID,
    asked: Intrekking,
) -> None:
    """Withdraw a statement of a casus that is held FOR UPDATE, with log, outbox and recalls.

    A recipient or purpose that the statement does not name is no fault: it is withdrawn all the
    same, also of what the statement is later said to name. KeyError where the casus has no
    such statement.
    """
    new = _withdrawal(parts, dossier, toestemming_id, asked)
    plan = plan_withdrawal(dossier, new, _situation(parts))
    entry = _entry(parts, herkomst, plan, Auditsoort.TOESTEMMING_INGETROKKEN)
    scope = _scope(new.event.statement)
    entries = [replace(entry, ontvanger=recipient, doel=doel) for recipient, doel in scope]
    _write(tx, parts, plan, entries)


def show_toestemming(parts: Parts, caller: Caller, toestemming_id: UUID) -> dict[str, Any]:
    """The open part of a statement as it holds now, for the organisation it was given to.

    `gebrek` says why it does not count, where something is amiss since the day it was given.
    """
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
        "besluit": (Besluit.GEWEIGERD if held.geweigerd else Besluit.GEGEVEN).value,
        "gebrek": None if held.gebrek is None else held.gebrek.value,
        "uitgezonderd": [
            {"ontvanger": recipient, "doel": doel.value}
            for recipient, doel in sorted(held.uitgezonderd)
        ],
    }


def _withdrawal(
    parts: Parts, dossier: Dossier, toestemming_id: UUID, asked: Intrekking
) -> NewEvent:
    """The event, with the details of the statement as last given.

    Without recipients it is for all, also for whom the statement is later said to name; and
    without purposes it is of all those.
    """
    latest = {
        event.statement.toestemming_id: event
        for event in dossier.events
        if event.soort is not Gebeurtenis.INGETROKKEN
    }[toestemming_id]
    day = parts.clock.day()
    statement = replace(
        latest.statement,
        versie=next_version(dossier.events, toestemming_id),
        ontvangers=frozenset(asked.ontvangers or ()),
        doelen=frozenset(asked.doelen or ()),
        ingetrokken_op=min(asked.ingetrokken_op or day, day),
    )
    event = Event(Gebeurtenis.INGETROKKEN, LATER, statement)
    return NewEvent(event, details_of(dossier.keys, latest))


def _entry(parts: Parts, herkomst: Herkomst, plan: Plan, soort: Auditsoort) -> AuditEntry:
    return AuditEntry(
        soort=soort,
        tijd=parts.clock.now(),
        **herkomst,
        pseudoniem=plan.keys.pseudoniem(),
        toestemmingen=names_of(each.event.statement for each in plan.events),
    )


def _write(tx: Connection, parts: Parts, plan: Plan, entries: Sequence[AuditEntry]) -> None:
    now, day = parts.clock.now(), parts.clock.day()
    # The plan is numbered by the last: all of one request stands before it.
    last = append(tx, entries, now).last
    term = parts.settings.terugroepingstermijn
    trace = entries[-1].trace
    record_plans(tx, {last: plan}, day=day, now=now, term_days=term, trace=trace)


def _scope(act: Statement) -> list[tuple[str | None, Doel | None]]:
    """What a withdrawal is of, an entry each; None is all. The log alone can repeat it exactly."""
    recipients: list[str | None] = [*sorted(act.ontvangers)] or [None]
    purposes: list[Doel | None] = [*sorted(act.doelen)] or [None]
    return list(product(recipients, purposes))


def _situation(parts: Parts) -> Situation:
    return Situation.under(parts.rulebook, parts.clock.day())


def _casus_of(tx: Connection, caller: Caller, toestemming_id: UUID) -> UUID | None:
    table = tables.toestemming
    query = select(table.c.casus_id).where(
        table.c.bronhouder == caller.organisatie, table.c.toestemming_id == toestemming_id
    )
    return tx.execute(query.limit(1)).scalar()
