"""After a restore every organisation speaks: what it names no more, ends in the same commit."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, select

from gateway.caller import Caller
from gateway.refusals import NotFoundError
from gateway.services.herstel import proceed
from gateway.services.herstelstand import silent
from gateway.services.lost_plans import write_down
from gateway.services.lost_withdrawals import by_gateway
from gateway.wiring import Parts
from privacy.dossier import Dossier
from privacy.log.entries import AuditEntry, Auditsoort, Herkomst
from privacy.plan import Plan, Situation
from privacy.registration import plan_endings
from privacy.store import door, tables
from privacy.store.dossiers import Lock, load_own
from privacy.store.engine import loser_tries_again, reading, writing
from privacy.store.herstel import Herstel, find_open, named, note_spoken, spoken
from schemas.herstel import Herstelmelding, HerstelmeldingSchema

_SCHEMA: Final = HerstelmeldingSchema()


def open_restore(tx: Connection, bronhouder: str) -> Herstel | None:
    """The restore after which this organisation has not spoken yet."""
    found = find_open(tx)
    return None if found is None or bronhouder in spoken(tx, found.id) else found


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
        write_down(parts, tx, plans, herkomst, reported)
    return len(plans)


def _endings(parts: Parts, tx: Connection, found: Herstel, bronhouder: str) -> list[Plan]:
    own = select(tables.casus.c.id).where(
        tables.casus.c.bronhouder == bronhouder, tables.casus.c.spoor_sleutel.is_not(None)
    )
    ids = tx.execute(own).scalars().all()
    # Held first and then looked at: a delivery that was under way has been noted.
    dossiers = load_own(tx, parts.keys, bronhouder, ids, Lock.UPDATE)
    told, at = named(tx, found.id, bronhouder), Situation.under(parts.rulebook, parts.clock.day())
    plans = (plan_endings(each, _known(each) - told, at) for each in dossiers.values())
    return [plan for plan in plans if plan.writes]


def _known(dossier: Dossier) -> set[UUID]:
    return {each.toestemming_id for each in dossier.statements}


def give_up(parts: Parts, code: str) -> int | None:
    """End all consents of an organisation that will not speak; how many casussen.

    None where it has spoken already, or is not waited for.
    """
    with reading(parts.engine) as tx:
        found = find_open(tx)
        if found is None or code not in silent(parts, tx, found):
            return None
    return speak(parts, code, by_gateway(code), found.id, zonder=True)
