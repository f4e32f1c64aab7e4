"""Accept an aanlevering: what an organisation delivers of its own casussen.

schema → consent → seal, store, mutatie, audit: one transaction → a result per item. Good items
commit together or not at all; a bad item never takes a good one along.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from gateway.caller import Caller
from gateway.idempotency import Idempotency, write_once
from gateway.services.delivered_items import Incoming, read_envelope, read_items
from gateway.services.delivery_plans import Outcome, plan_items
from gateway.services.lost_withdrawals import resent
from gateway.services.rectificaties import tell_corrections
from gateway.services.toestemmingen import withdraw_in
from gateway.wiring import Parts
from privacy.consent import names_of
from privacy.entitlement import Rulebook
from privacy.keys import Standing
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort, part_of
from privacy.plan import Plan
from privacy.recording import record_plans
from privacy.store.dossiers import Lock
from privacy.store.engine import reading
from privacy.store.registrations import mark_seen
from schemas.problem import fout_to_wire
from schemas.terms import Itemresultaat


def accept_aanlevering(
    parts: Parts, caller: Caller, body: Any, *, proef: bool, idempotency: Idempotency | None
) -> dict[str, Any]:
    """Store what is good of a delivery and answer for every item, in order.

    With `proef` nothing is written. Raises InvalidRequestError where the body as a whole is
    unusable; a fault in one item is that item's result.
    """
    read = _Read.of(parts, caller.organisatie, read_envelope(body).items)
    if proef:
        with reading(parts.engine) as tx:
            parts.look(tx)
            incoming = read.under_the_rules(parts).incoming
            return _answer(plan_items(parts, caller.organisatie, tx, incoming, Lock.NONE), set())
    # Two requests may meet the same new V-nummer: the loser reads it all again.
    return write_once(parts, idempotency, lambda tx: _accept(parts, tx, caller, read))


@dataclass(frozen=True, slots=True)
class _Read:
    """A body as it was read, and the rules and epoch of keys under which it was."""

    bronhouder: str
    raw: Sequence[object]
    under: Rulebook
    keys: Standing
    incoming: Sequence[Incoming]

    @classmethod
    def of(cls, parts: Parts, bronhouder: str, raw: Sequence[object]) -> "_Read":
        under, keys = parts.rulebook, parts.keys.standing
        return cls(bronhouder, raw, under, keys, read_items(parts, bronhouder, raw))

    def under_the_rules(self, parts: Parts) -> "_Read":
        """As it is under the rules of now: read once more only where those have changed."""
        if self.under is parts.rulebook and self.keys is parts.keys.standing:
            return self
        return _Read.of(parts, self.bronhouder, self.raw)


def _accept(parts: Parts, tx: Connection, caller: Caller, read: _Read) -> dict[str, Any]:
    at = parts.hold(tx)
    incoming = read.under_the_rules(parts).incoming
    planned = plan_items(parts, caller.organisatie, tx, incoming, Lock.UPDATE)
    plans = [each.plan for each in planned.values() if each.plan is not None]
    _store(parts, caller, tx, plans)
    tell_corrections(parts, tx, caller.herkomst, plans)
    resent(parts, tx, caller, at, _named(incoming, planned), withdraw_in)
    return _answer(planned, {plan.casus for plan in plans})


def _named(incoming: Sequence[Incoming], planned: Mapping[int, Outcome]) -> set[UUID]:
    """The statements of every item that was taken, whatever else was said of it."""
    taken = (each for each in incoming if planned[each.place].plan is not None)
    return {name for each in taken for name in each.toestemming_ids}


def _store(parts: Parts, caller: Caller, tx: Connection, plans: Sequence[Plan]) -> None:
    now, day = parts.clock.now(), parts.clock.day()
    writes = [plan for plan in plans if plan.writes]
    entries = [_entry(caller, plan, now) for plan in writes]
    entries.append(_closing_entry(caller, len(writes), now))
    first = append(tx, entries, now).first
    term = parts.settings.terugroepingstermijn
    numbered = dict(enumerate(writes, start=first))
    record_plans(tx, numbered, day=day, now=now, term_days=term, trace=caller.trace_id)
    mark_seen(tx, [plan for plan in plans if plan.resultaat is Itemresultaat.ONGEWIJZIGD])


def _entry(caller: Caller, plan: Plan, now: datetime) -> AuditEntry:
    soort = Auditsoort.CASUS_AANGENOMEN if plan.stand else Auditsoort.TOESTEMMING_GEWIJZIGD
    return AuditEntry(
        soort=soort,
        tijd=now,
        **part_of(caller.herkomst),
        pseudoniem=plan.keys.pseudoniem(),
        toestemmingen=names_of(each.event.statement for each in plan.events),
    )


def _closing_entry(caller: Caller, onderdelen: int, now: datetime) -> AuditEntry:
    return AuditEntry(
        soort=Auditsoort.AANLEVERING,
        tijd=now,
        **caller.herkomst,
        onderdelen=onderdelen,
    )


def _answer(planned: Mapping[int, Outcome], stored: set[UUID]) -> dict[str, Any]:
    return {"resultaten": [_result(outcome, stored) for outcome in planned.values()]}


def _result(outcome: Outcome, stored: set[UUID]) -> dict[str, Any]:
    plan, resultaat, casus = outcome.plan, Itemresultaat.GEWEIGERD, None
    if plan is not None:
        resultaat = Itemresultaat.GEWEIGERD if outcome.fouten else plan.resultaat
        # Of a proef, a new casus has no id that would hold.
        casus = str(plan.casus) if plan.wrapped is None or plan.casus in stored else None
    return {
        "resultaat": resultaat.value,
        "casusId": casus,
        "problemen": [fout_to_wire(fout) for fout in outcome.fouten],
    }
