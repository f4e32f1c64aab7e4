"""After a restore: what was lost is applied again, every organisation speaks, the door opens.

Discovering and reconciling is `privacy.restore`. Here is what follows from it: a lost withdrawal
is a withdrawal again, whoever got something is owed its recall, and of each organisation that has
spoken ends what it names no more. Every step may be repeated, and a killed one is gone on with.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.exc import SQLAlchemyError

from gateway.copy_place import copy_of
from gateway.log_copy import keep_copy, look_for_restore
from gateway.refusals import NotFoundError
from gateway.services.herstelstand import silent
from gateway.services.lost_disclosures import note_recipients, owed_recalls
from gateway.services.lost_erasures import erase_again, risen
from gateway.services.lost_machines import is_pending, withdraw_machines
from gateway.services.lost_plans import write_down
from gateway.services.lost_rectifications import owe_rectifications
from gateway.services.lost_restrictions import lift_again, restrict_again, unlike_log
from gateway.services.lost_rules import apply_rules
from gateway.services.lost_withdrawals import withdraw_again
from gateway.services.toestemmingen import withdraw_in
from gateway.telemetry import log_event, log_failure
from gateway.wiring import Parts
from privacy.errors import PrivacyError
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.log.high_water import require_whole
from privacy.restore import GATEWAY, Sign, take_in_copy
from privacy.store import door
from privacy.store.engine import loser_tries_again, reading, writing
from privacy.store.herstel import Herstel, Oorzaak, change, find_open
from privacy.store.verloren import pending_rules, pending_withdrawals


def proceed(parts: Parts) -> Herstel | None:
    """Go on with an open restore as far as it can go; what is left of it, None where it is over."""
    with reading(parts.engine) as tx:
        found = find_open(tx)
    if found is None:
        return None
    withdraw_machines(parts, found)
    apply_rules(parts)
    apply_withdrawals(parts)
    erase_again(parts, found)
    note_recipients(parts, found)
    restrict_again(parts, found)
    return close(parts)


def begin_again(parts: Parts) -> None:
    """At the start of a process, and when the log turns out to be shorter: look, and go on.

    A database or copy that is away now is looked at again by the worker, and by /health/ready.
    """
    try:
        look_for_restore(parts)
        proceed(parts)
    except (PrivacyError, SQLAlchemyError) as error:
        log_failure(error, stap="herstel")


def not_there(parts: Parts, missing: NotFoundError) -> Exception:
    """What is answered where something is not there: another error where it may have been lost."""
    try:
        require_whole(parts.engine)
    except (PrivacyError, SQLAlchemyError) as error:
        return error
    return missing


def keep_safe(parts: Parts) -> None:
    """What the worker does all the time: copy the log, and go on with a restore."""
    if keep_copy(parts).herstel is not None:
        proceed(parts)


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
        plans = owed_recalls(parts, tx, found)
        closing = AuditEntry(soort=Auditsoort.HERSTEL_AFGESLOTEN, tijd=now, organisatie=GATEWAY)
        owe_rectifications(parts, tx, found)
        lift_again(parts, tx, found)
        write_down(parts, tx, plans, None, closing)
        change(tx, found.id, afgesloten_op=now)
        door.reopen(tx)
    log_event("herstel_afgesloten")
    return None


def _is_pending(parts: Parts, tx: Connection, found: Herstel) -> bool:
    """Whether something waits to be done again, that another process found in a copy just now."""
    if pending_withdrawals(tx) or pending_rules(tx) or is_pending(tx, found):
        return True
    return bool(risen(parts, tx, found) or unlike_log(parts, tx, found))


# What the operator does


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
