"""Ground that ended while nobody asked: noticed when someone does, so that no job has to run.

A consent expires by itself (CON-03); a notice is recalled and a policy switched off by officers,
who mark the casussen concerned in the same transaction (`privacy.store.rulebooks`).

The outbox gets a row for every casus whose ground ended or began with the day, and so each
earlier recipient finds its recall in the feed. A casus whose keys do not open gets none, and
holds up no other: it is counted in the log, and tried again the next time.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, and_, bindparam, or_, select

from gateway.telemetry import log_event
from gateway.wiring import Parts
from privacy.errors import PrivacyError
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.plan import Plan, Situation
from privacy.recording import record_plans
from privacy.registration import changes_ground, plan_lapse
from privacy.store import tables
from privacy.store.direct import Direct
from privacy.store.dossiers import Lock, load_by_id
from privacy.store.engine import looking, loser_tries_again, writing
from privacy.store.registrations import note_until
from privacy.store.trusted_day import trusted_day

#: Casussen of one transaction, so that a long absence does not hold every lock at once.
_AT_ONCE = 500
# Built once: it is asked at every read. In the order of the index, so that no plan goes through
# all casussen by their key in search of the few that are overdue.
_OVERDUE: Final = Direct(
    select(tables.casus.c.id, tables.casus.c.gedekt_tot)
    .where(
        tables.casus.c.gedekt_tot < bindparam("today"),
        tables.casus.c.gedekt_tot >= bindparam("since"),
        # Beyond what was looked at: a casus that does not open stays overdue.
        or_(
            tables.casus.c.gedekt_tot > bindparam("since"),
            and_(
                tables.casus.c.gedekt_tot == bindparam("since"),
                tables.casus.c.id > bindparam("last"),
            ),
        ),
    )
    .order_by(tables.casus.c.gedekt_tot, tables.casus.c.id)
    .limit(bindparam("at_once"))
)


@dataclass(slots=True)
class _Found:
    """What a transaction writes, and how many casussen do not open, by the kind of fault."""

    plans: list[Plan] = field(default_factory=list)
    entries: list[AuditEntry] = field(default_factory=list)
    damaged: Counter[str] = field(default_factory=Counter)
    #: Looked at, and nothing had ended or begun: of these no row of the outbox would tell anything.
    unchanged: list[Plan] = field(default_factory=list)


def record_lapses(parts: Parts, trace: str) -> int:
    """Write down every ground that ended since it was last looked at; returns how many casussen.

    By a day that can be trusted: recipients destroy what is recalled. That the ground ended, the
    gate knows by the clock itself.
    """
    total, since, last = 0, date.min, UUID(int=0)
    damaged = Counter[str]()
    # Mostly nothing ended, whatever day it is.
    today: date | None = None
    while True:
        day = today or parts.clock.day()
        asked = {"today": day, "since": since, "last": last, "at_once": _AT_ONCE}
        with looking(parts.engine) as connection:
            lapsed = _OVERDUE.rows(connection, asked)
            if lapsed and today is None:
                today = trusted_day(connection, parts.clock.day())
                parts = parts.on(today)
                continue
        if not lapsed:
            break
        since, last = lapsed[-1].gedekt_tot, lapsed[-1].id
        found = _record(parts, [row.id for row in lapsed], trace)
        total += len(found.plans)
        damaged += found.damaged
    for kind, count in damaged.items():
        log_event("casus_onleesbaar", level=logging.ERROR, fout=kind, aantal=count, trace=trace)
    return total


@loser_tries_again
def _record(parts: Parts, ids: Sequence[UUID], trace: str) -> _Found:
    day, now = parts.clock.day(), parts.clock.now()
    with writing(parts.engine) as tx:
        parts.hold_rules(tx)
        try:
            found = _look(tx, parts, ids, trace)
        except PrivacyError:
            found = _look_one_by_one(tx, parts, ids, trace)
        if found.entries:
            first = append(tx, found.entries, now).first
            numbered = dict(enumerate(found.plans, start=first))
            term = parts.settings.terugroepingstermijn
            record_plans(tx, numbered, day=day, now=now, term_days=term, trace=trace)
        note_until(tx, found.unchanged)
    return found


def _look_one_by_one(tx: Connection, parts: Parts, ids: Sequence[UUID], trace: str) -> _Found:
    """Set the casussen that do not open apart. Their rows were all locked before, in order."""
    found = _Found()
    for each in ids:
        try:
            good = _look(tx, parts, [each], trace)
        except PrivacyError as error:
            found.damaged[type(error).__name__] += 1
        else:
            found.plans += good.plans
            found.entries += good.entries
            found.unchanged += good.unchanged
    return found


def _look(tx: Connection, parts: Parts, ids: Sequence[UUID], trace: str) -> _Found:
    at = Situation.under(parts.rulebook, parts.clock.day())
    dossiers = load_by_id(tx, parts.keys, ids, Lock.UPDATE)
    plans = [plan_lapse(each, at) for each in dossiers.values()]
    changed = [plan for plan in plans if changes_ground(plan)]
    unchanged = [plan for plan in plans if not changes_ground(plan)]
    return _Found(changed, [_entry(parts, each, trace) for each in changed], unchanged=unchanged)


def _entry(parts: Parts, plan: Plan, trace: str) -> AuditEntry:
    return AuditEntry(
        soort=Auditsoort.GRONDSLAG_VERVALLEN,
        tijd=parts.clock.now(),
        organisatie=plan.label.bronhouder,
        pseudoniem=plan.keys.pseudoniem(),
        trace=trace,
    )
