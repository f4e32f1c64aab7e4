"""After a restore: what was lost is applied again, every organisation speaks, the door opens.

Discovering and reconciling is `privacy.restore`. Here is what follows from it: a lost withdrawal
is a withdrawal again, whoever got something is owed its recall, and of each organisation that has
spoken ends what it names no more. Every step may be repeated, and a killed one is gone on with.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from gateway.caller import Caller
from gateway.copy_place import copy_of
from gateway.log_copy import keep_copy, look_for_restore
from gateway.refusals import NotFoundError
from gateway.services.lost_erasures import erase_again, risen
from gateway.services.lost_restrictions import restrict_again, unknown_restrictions, unlike_log
from gateway.services.lost_rules import VerlorenRegels, apply_rules, tell_lost_rules
from gateway.services.lost_withdrawals import by_gateway, withdraw_again
from gateway.services.toestemmingen import withdraw_in
from gateway.telemetry import log_event, log_failure
from gateway.wiring import Parts
from privacy.consent import names_of
from privacy.dossier import Dossier
from privacy.errors import PrivacyError
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort, Herkomst
from privacy.plan import Plan, Situation
from privacy.received import Given
from privacy.recording import record_plans
from privacy.registration import plan_endings, plan_owed
from privacy.restore import GATEWAY, Sign, take_in_copy
from privacy.store import door, tables
from privacy.store.dossiers import Lock, load_by_id, load_own
from privacy.store.engine import loser_tries_again, reading, writing
from privacy.store.herstel import (
    Herstel,
    Oorzaak,
    change,
    find_open,
    kept_lines,
    named,
    note_spoken,
    pending_rules,
    pending_withdrawals,
    spoken,
    verloren_verstrekking,
    with_casussen,
)
from privacy.store.references import note_disclosed
from privacy.store.terugroepingen import find_traces
from schemas.herstel import Herstelmelding, HerstelmeldingSchema

_SCHEMA: Final = HerstelmeldingSchema()


def proceed(parts: Parts) -> Herstel | None:
    """Go on with an open restore as far as it can go; what is left of it, None where it is over."""
    with reading(parts.engine) as tx:
        found = find_open(tx)
    if found is None:
        return None
    apply_rules(parts)
    apply_withdrawals(parts)
    erase_again(parts, found)
    note_recipients(parts, found)
    restrict_again(parts, found)
    return close(parts)


def open_restore(tx: Connection, bronhouder: str) -> Herstel | None:
    """The restore after which this organisation has not spoken yet."""
    found = find_open(tx)
    return None if found is None or bronhouder in spoken(tx, found.id) else found


def begin_again(parts: Parts) -> None:
    """At the start of a process, and when the log turns out to be shorter: look, and go on.

    A database or copy that is away now is looked at again by the worker, and by /health/ready.
    """
    try:
        look_for_restore(parts)
        proceed(parts)
    except (PrivacyError, SQLAlchemyError) as error:
        log_failure(error, stap="herstel")


def keep_safe(parts: Parts) -> None:
    """What the worker does all the time: copy the log, and go on with a restore."""
    if keep_copy(parts).herstel is not None:
        proceed(parts)


# Withdrawals and recipients


def apply_withdrawals(parts: Parts) -> int:
    """Withdraw again what is known here and was lost; how many statements."""
    with reading(parts.engine) as tx:
        rows = pending_withdrawals(tx)
    for row in rows:
        _apply(parts, row)
    return len(rows)


@loser_tries_again
def _apply(parts: Parts, row: Row[Any]) -> None:
    with writing(parts.engine) as tx:
        parts.hold_rules(tx)
        withdraw_again(parts, tx, row, withdraw_in)


@loser_tries_again
def note_recipients(parts: Parts, found: Herstel) -> None:
    """Note of the casussen that are known here who got them in the stretch that was lost."""
    table = verloren_verstrekking
    with writing(parts.engine) as tx:
        unknown = table.c.casus_id.is_(None) & (table.c.herstel_id == found.id)
        rows = tx.execute(select(table).where(unknown)).all()
        if not rows:
            return
        wanted = {row.pseudoniem for row in rows}
        by_name = find_traces(tx, parts.keys, wanted)
        for row in rows:
            if row.pseudoniem not in by_name:
                continue
            casus, keys = by_name[row.pseudoniem]
            same = (table.c.pseudoniem == row.pseudoniem) & (table.c.herstel_id == found.id)
            tx.execute(update(table).where(same).values(casus_id=casus))
            # Before every row of the outbox that is still to come.
            references = {casus: Given(keys.referentie(row.ontvanger), tables.ALL_FIELDS)}
            note_disclosed(tx, row.ontvanger, references, found.omvang - 1)


# Speaking and closing


def report_spoken(parts: Parts, caller: Caller, body: Any) -> dict[str, Any]:
    """An organisation has sent all that it has: what it names no more, ends in the same commit.

    NotFoundError for another restore than the newest, or where there is none.
    """
    asked: Herstelmelding = _SCHEMA.load(body)
    speak(parts, caller.organisatie, caller.herkomst, asked.herstel_id, zonder=False)
    proceed(parts)
    return {"herstelId": str(asked.herstel_id)}


@loser_tries_again
def speak(
    parts: Parts, bronhouder: str, herkomst: Herkomst, herstel_id: UUID, *, zonder: bool
) -> int:
    """End what an organisation does not name since; how many casussen. Saying it twice is once."""
    with writing(parts.engine) as tx:
        door.hold_alone(tx)
        parts.hold_rules(tx)
        found = find_open(tx)
        if found is None or found.id != herstel_id:
            if bronhouder in spoken(tx, herstel_id):
                return 0
            raise NotFoundError
        if not note_spoken(tx, found.id, bronhouder, parts.clock.now(), zonder=zonder):
            return 0
        plans = _endings(parts, tx, found, bronhouder)
        reported = AuditEntry(
            soort=Auditsoort.HERSTEL_GEMELD,
            tijd=parts.clock.now(),
            reden="zonder" if zonder else None,
            onderdelen=len(plans),
            **herkomst,
        )
        _write(parts, tx, plans, herkomst, reported)
    return len(plans)


def _endings(parts: Parts, tx: Connection, found: Herstel, bronhouder: str) -> list[Plan]:
    own = select(tables.casus.c.id).where(
        tables.casus.c.bronhouder == bronhouder, tables.casus.c.spoor_sleutel.is_not(None)
    )
    ids = tx.execute(own).scalars().all()
    # Held first and then looked at: a delivery that was under way has been noted.
    dossiers = load_own(tx, parts.keys, bronhouder, ids, Lock.UPDATE)
    told, at = named(tx, found.id, bronhouder), _situation(parts)
    plans = (plan_endings(each, _known(each) - told, at) for each in dossiers.values())
    return [plan for plan in plans if plan.writes]


def _known(dossier: Dossier) -> set[UUID]:
    return {each.toestemming_id for each in dossier.statements}


@loser_tries_again
def close(parts: Parts) -> Herstel | None:
    """Open the door, if nothing stands in the way any more; else the restore as it stands."""
    with writing(parts.engine) as tx:
        door.hold_alone(tx)
        parts.hold_rules(tx)
        found = find_open(tx)
        if found is None:
            return None
        if not found.reconciled or silent(parts, tx, found) or _is_pending(parts, tx, found):
            return found
        now = parts.clock.now()
        plans = _owed(parts, tx, found)
        closing = AuditEntry(soort=Auditsoort.HERSTEL_AFGESLOTEN, tijd=now, organisatie=GATEWAY)
        _write(parts, tx, plans, None, closing)
        change(tx, found.id, afgesloten_op=now)
        door.reopen(tx)
    log_event("herstel_afgesloten")
    return None


def _is_pending(parts: Parts, tx: Connection, found: Herstel) -> bool:
    """Whether something waits to be done again, that another process found in a copy just now."""
    if pending_withdrawals(tx) or pending_rules(tx):
        return True
    return bool(risen(parts, tx, found) or unlike_log(parts, tx, found))


def silent(parts: Parts, tx: Connection, found: Herstel) -> tuple[str, ...]:
    """Who has not spoken yet: whoever takes part, and whoever has casussen here."""
    wanted = {each.code for each in parts.settings.bronhouders} | with_casussen(tx)
    return tuple(sorted(wanted - spoken(tx, found.id).keys()))


def _owed(parts: Parts, tx: Connection, found: Herstel) -> list[Plan]:
    """Whoever got a casus in the lost stretch, and has no ground for it now, is owed a recall."""
    table = verloren_verstrekking
    query = select(table).where(table.c.herstel_id == found.id, table.c.casus_id.is_not(None))
    owed: dict[UUID, set[tuple[str, str]]] = {}
    for row in tx.execute(query):
        owed.setdefault(row.casus_id, set()).add((row.ontvanger, row.doel))
    dossiers = load_by_id(tx, parts.keys, owed, Lock.UPDATE)
    at = _situation(parts)
    plans = []
    for casus, dossier in dossiers.items():
        ended = sorted(set(_ended(dossier, owed[casus])) - _recalled(tx, found, casus))
        if ended:
            plans.append(plan_owed(dossier, ended, at))
    return plans


def _ended(dossier: Dossier, given: Iterable[tuple[str, str]]) -> Iterable[str]:
    for recipient, purpose in given:
        covered = dossier.gedekt.get(recipient)
        if not covered:
            yield recipient
        elif purpose not in covered:
            yield f"{recipient}:{purpose}"


def _recalled(tx: Connection, found: Herstel, casus: UUID) -> set[str]:
    """What ended since the restore is recalled already."""
    query = select(tables.mutatie.c.beeindigd).where(
        tables.mutatie.c.casus_id == casus, tables.mutatie.c.nummer >= found.omvang
    )
    return {code for codes in tx.execute(query).scalars() for code in codes}


def _write(
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


def _situation(parts: Parts) -> Situation:
    return Situation.under(parts.rulebook, parts.clock.day())


# For the operator


@dataclass(frozen=True, slots=True)
class Toestand:
    """How far an open restore is; counts alone, and codes of organisations."""

    herstel: Herstel
    silent: tuple[str, ...]
    missing: int
    forked: int
    unknown: int
    unrestricted: int
    regels: VerlorenRegels


def state(parts: Parts) -> Toestand | None:
    """The open restore; None where nothing is the matter."""
    table = verloren_verstrekking
    with reading(parts.engine) as tx:
        found = find_open(tx)
        if found is None:
            return None
        lost = select(func.count(table.c.pseudoniem.distinct())).where(
            table.c.herstel_id == found.id, table.c.casus_id.is_(None)
        )
        return Toestand(
            herstel=found,
            silent=silent(parts, tx, found),
            missing=max(0, found.buiten - max(found.verzoend_tot or 0, found.omvang)),
            forked=len(kept_lines(tx, found.id)),
            unknown=tx.execute(lost).scalar_one(),
            unrestricted=unknown_restrictions(parts, tx, found),
            regels=tell_lost_rules(tx, found),
        )


def report_restored(parts: Parts) -> None:
    """Shut the door at the word of the operator; one that is shut already stays as it was."""
    look_for_restore(parts, Sign(Oorzaak.MELDING))


def reconcile(parts: Parts, kopie: Path | None, *, give_up_rest: bool) -> int:
    """Find again what a copy still has; how many entries are still missing.

    The whole copy is compared with the log, and of another place it is only read. CopyError where
    it is of no use; NotFoundError where no restore is open.
    """
    copy = copy_of(parts.settings, parts.keys, kopie)
    now = parts.clock.now()
    taken = take_in_copy(parts.engine, copy, now, give_up_rest=give_up_rest)
    return 0 if taken is None or taken.reconciled else taken.buiten - (taken.verzoend_tot or 0)


def give_up(parts: Parts, code: str) -> int | None:
    """End all consents of an organisation that will not speak; how many casussen.

    None where it has spoken already, or is not waited for.
    """
    with reading(parts.engine) as tx:
        found = find_open(tx)
        if found is None or code not in silent(parts, tx, found):
            return None
    return speak(parts, code, by_gateway(code), found.id, zonder=True)
