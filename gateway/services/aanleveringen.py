"""Accept an aanlevering: what an organisation delivers of its own casussen.

schema → consent → seal, store, mutatie, audit: one transaction → a result per item. Good items
commit together or not at all; a bad item never takes a good one along.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from gateway.caller import Caller
from gateway.idempotency import Idempotency, once
from gateway.services.casus_matching import Matched, match
from gateway.services.delivered_items import Incoming, read_envelope, read_items
from gateway.wiring import Parts
from privacy.comparison import exceeding
from privacy.consent import names_of
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.precision import Viewer
from privacy.question import PROCESSOR
from privacy.plan import Plan, Situation
from privacy.registration import is_repeat, plan_known, plan_new, still_given
from privacy.sealed import Label, Sealed
from privacy.store.dossiers import Lock, load_stands
from privacy.store.engine import loser_tries_again, reading, writing
from privacy.store.registrations import mark_seen, write_plans
from schemas.faults import Fout, Foutcode
from schemas.problem import fout_to_wire
from schemas.terms import Itemresultaat, Precisie


def accept_aanlevering(
    parts: Parts, caller: Caller, body: Any, *, proef: bool, idempotency: Idempotency | None
) -> dict[str, Any]:
    """Store what is good of a delivery and answer for every item, in order.

    With `proef` nothing is written. Raises InvalidRequestError where the body as a whole is
    unusable; a fault in one item is that item's result.
    """
    incoming = read_items(parts, caller.organisatie, read_envelope(body).items)
    if proef:
        with reading(parts.engine) as tx:
            return _answer(_plan(parts, caller, tx, incoming, Lock.NONE), set())
    return _accept(parts, caller, incoming, idempotency)


@loser_tries_again  # two requests may meet the same new V-nummer
def _accept(
    parts: Parts, caller: Caller, incoming: Sequence[Incoming], idempotency: Idempotency | None
) -> dict[str, Any]:
    now = parts.clock.now()
    with writing(parts.engine) as tx:

        def take_in() -> dict[str, Any]:
            planned = _plan(parts, caller, tx, incoming, Lock.UPDATE)
            plans = [each.plan for each in planned.values() if each.plan is not None]
            _store(parts, caller, tx, plans, now)
            return _answer(planned, {plan.casus for plan in plans})

        return once(idempotency, tx, now, take_in)


def _store(
    parts: Parts, caller: Caller, tx: Connection, plans: Sequence[Plan], now: datetime
) -> None:
    writes = [plan for plan in plans if plan.writes]
    entries = [_entry(caller, plan, now) for plan in writes]
    entries.append(_closing_entry(caller, len(writes), now))
    first = append(tx, entries, now).first
    write_plans(tx, dict(enumerate(writes, start=first)), day=parts.clock.day(), now=now)
    mark_seen(tx, [plan for plan in plans if plan.resultaat is Itemresultaat.ONGEWIJZIGD])


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of one item: a plan, or faults; or both, where only the summary is refused.

    A summary that says more than anyone may have is not stored, but the consents that came with
    it count all the same: a withdrawal must never be lost over a summary (AVG 7 lid 3).
    """

    plan: Plan | None = None
    fouten: tuple[Fout, ...] = ()


def _plan(
    parts: Parts, caller: Caller, tx: Connection, incoming: Sequence[Incoming], lock: Lock
) -> dict[int, Outcome]:
    """Per item, by its place."""
    planned = {
        each.place: Outcome(fouten=each.fouten) for each in incoming if each.delivery is None
    }
    good = [each for each in incoming if each.delivery is not None]
    matched = match(tx, parts.keys, caller.organisatie, good, lock)
    stands = _stands(tx, matched)
    for each in matched:
        planned[each.incoming.place] = _plan_one(parts, caller.organisatie, each, stands)
    return dict(sorted(planned.items()))


def _stands(tx: Connection, matched: Sequence[Matched]) -> dict[int, Sealed]:
    wanted = [
        (each.dossier, each.dossier.stand_nummer)
        for each in matched
        if each.dossier is not None
        and each.dossier.stand_nummer is not None
        and not is_repeat(each.dossier, each.delivery)
    ]
    return load_stands(tx, wanted)


def _plan_one(
    parts: Parts, bronhouder: str, each: Matched, stands: Mapping[int, Sealed]
) -> Outcome:
    if each.fouten:
        return Outcome(fouten=each.fouten)
    dossier, delivery = each.dossier, each.delivery
    # Of what is stored already nothing more is stored.
    repeat = dossier is not None and is_repeat(dossier, delivery)
    too_much = () if repeat else _too_much(parts, each)
    # The number of the first row ever is 0.
    number = None if dossier is None else dossier.stand_nummer
    stand = None if number is None else stands.get(number)
    at = Situation.under(parts.rulebook, parts.clock.day(), stand)
    if dossier is not None:
        if too_much:
            delivery = replace(delivery, sealed=None)
        return Outcome(plan_known(dossier, delivery, at), too_much)
    if too_much:
        return Outcome(fouten=too_much)
    if each.incoming.kenmerk is None:
        where = f"/items/{each.incoming.place}/casusId"
        return Outcome(fouten=(Fout("casusId", Foutcode.ONBEKENDE_CASUS, where),))
    label = Label(None, bronhouder, each.incoming.kenmerk)
    return Outcome(plan_new(parts.keys, delivery, label, at))


def _too_much(parts: Parts, each: Matched) -> tuple[Fout, ...]:
    """Refuse what no consented partner of this person may have (AVG 28; design 5).

    A consent that was withdrawn here counts no more, also where the register does not know it.
    """
    sealed = each.delivery.sealed
    if sealed is None:
        return ()
    day = parts.clock.day()
    statements = still_given(each.dossier, each.delivery)
    allowed = parts.rulebook.processor_entitlement(statements, day)
    where = f"/items/{each.incoming.place}/samenvatting"
    if allowed.refusal is not None:
        return (Fout("samenvatting", Foutcode.GEEN_TOESTEMMING, where),)
    viewer = Viewer(PROCESSOR, day, parts.keys.system_key("pseudoniem"))
    # The bronhouder is who the token says; the gateway adds it itself.
    fields = {**allowed.velden, "bronhouder": Precisie.VOLLEDIG}
    return tuple(
        Fout(name, Foutcode.GEEN_TOESTEMMING, f"{where}/{name}")
        for name in exceeding(sealed, fields, viewer)
    )


def _entry(caller: Caller, plan: Plan, now: datetime) -> AuditEntry:
    soort = Auditsoort.CASUS_AANGENOMEN if plan.stand else Auditsoort.TOESTEMMING_GEWIJZIGD
    return AuditEntry(
        soort=soort,
        tijd=now,
        **caller.herkomst,
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
