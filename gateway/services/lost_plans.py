"""Writes down what ends after a restore: entries, outbox and recalls in one commit."""

from collections.abc import Sequence

from sqlalchemy import Connection

from gateway.services.lost_withdrawals import by_gateway
from gateway.wiring import Parts
from privacy.consent import names_of
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort, Herkomst
from privacy.plan import Plan
from privacy.recording import record_plans


def write_down(
    parts: Parts,
    tx: Connection,
    plans: Sequence[Plan],
    herkomst: Herkomst | None,
    last: AuditEntry,
) -> None:
    now, day = parts.clock.now(), parts.clock.day()
    entries = [_entry(parts, plan, herkomst) for plan in plans]
    first = append(tx, [*entries, last], now).first
    numbered = dict(enumerate(plans, start=first))
    term = parts.settings.terugroepingstermijn
    record_plans(tx, numbered, day=day, now=now, term_days=term, trace=last.trace)


def _entry(parts: Parts, plan: Plan, herkomst: Herkomst | None) -> AuditEntry:
    return AuditEntry(
        soort=Auditsoort.TOESTEMMING_GEWIJZIGD if plan.events else Auditsoort.GRONDSLAG_VERVALLEN,
        tijd=parts.clock.now(),
        **(herkomst or by_gateway(plan.label.bronhouder)),
        pseudoniem=plan.keys.pseudoniem(),
        toestemmingen=names_of(each.event.statement for each in plan.events),
    )
