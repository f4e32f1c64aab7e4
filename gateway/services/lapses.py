"""Consent that ended by itself: noticed when someone asks, so that no job has to run (CON-03).

The outbox gets a row for every casus whose ground ended or began with the day, and so each
earlier recipient finds its recall in the feed.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select

from gateway.wiring import Parts
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.registration import Situation, plan_lapse
from privacy.store import tables
from privacy.store.dossiers import Lock, load_by_id
from privacy.store.engine import looking, loser_tries_again, writing
from privacy.store.registrations import write_plans

#: Casussen of one transaction, so that a long absence does not hold every lock at once.
_AT_ONCE = 500
# Built once: it is asked at every read. In the order of the index, so that no plan goes through
# all casussen by their key in search of the few that are overdue.
_OVERDUE: Final = (
    select(tables.casus.c.id)
    .where(tables.casus.c.gedekt_tot < bindparam("today"))
    .order_by(tables.casus.c.gedekt_tot)
    .limit(_AT_ONCE)
)


def record_lapses(parts: Parts, trace: str) -> int:
    """Write down every ground that ended since it was last looked at; returns how many casussen."""
    total = 0
    while True:
        with looking(parts.engine) as connection:
            lapsed = connection.execute(_OVERDUE, {"today": parts.clock.day()}).scalars().all()
        if not lapsed:
            return total
        total += _record(parts, lapsed, trace)


@loser_tries_again
def _record(parts: Parts, ids: Sequence[UUID], trace: str) -> int:
    day, now = parts.clock.day(), parts.clock.now()
    at = Situation(day, parts.policies.recipients, None)
    with writing(parts.engine) as tx:
        dossiers = load_by_id(tx, parts.keys, ids, Lock.UPDATE)
        plans = [plan_lapse(each, at) for each in dossiers.values()]
        entries = [
            AuditEntry(
                soort=Auditsoort.GRONDSLAG_VERVALLEN,
                tijd=now,
                organisatie=plan.label.bronhouder,
                pseudoniem=plan.keys.pseudoniem(),
                trace=trace,
            )
            for plan in plans
        ]
        if entries:
            first = append(tx, entries, now).first
            write_plans(tx, dict(enumerate(plans, start=first)), day=day, now=now)
    return len(plans)
