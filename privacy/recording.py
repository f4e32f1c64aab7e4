"""Recording plans: their rows, and what the log says of content that ended with them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.plan import Plan
from privacy.store.erasure import end_content
from privacy.store.registrations import write_plans
from privacy.store.trusted_day import trusted_day


def record_plans(
    tx: Connection,
    plans: Mapping[int, Plan],
    *,
    day: date,
    now: datetime,
    term_days: int,
    trace: str | None = None,
) -> None:
    """Write plans by the number of their log entry, with the recalls that they owe.

    `term_days`: how long an earlier recipient has to confirm one. What no consent is left for is
    destroyed with them, and that is told by entries of its own, after those of the plans.
    """
    write_plans(tx, plans, day=day, now=now, term_days=term_days)
    destroy_content(tx, list(plans.values()), day=day, now=now, trace=trace)


def destroy_content(
    tx: Connection,
    plans: Sequence[Plan],
    *,
    day: date,
    now: datetime,
    trace: str | None = None,
) -> None:
    """Destroy the content of those whose consent has ended, and say so in the log.

    They are held by the caller FOR UPDATE. Where this day cannot be trusted, as by a clock that
    jumped ahead, nothing is destroyed: the retention of a day that can be will do it.
    """
    ending = [plan for plan in plans if plan.ends_content]
    if ending and trusted_day(tx, day) == day:
        end_content(tx, ending, day)
        append(tx, [_entry(plan, now, trace) for plan in ending], now)


def _entry(plan: Plan, now: datetime, trace: str | None) -> AuditEntry:
    return AuditEntry(
        soort=Auditsoort.INHOUD_VERNIETIGD,
        tijd=now,
        organisatie=plan.label.bronhouder,
        pseudoniem=plan.keys.pseudoniem(),
        trace=trace,
    )
