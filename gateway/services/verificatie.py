"""That the log was read again or taken out, noted in the log itself (BIO2 8.15, BIO-03, BIO-06)."""

from datetime import datetime

from sqlalchemy import Connection, Engine

from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.log.errors import LogUnavailableError
from privacy.log.head import read_head
from privacy.log.merkle import Frontier
from privacy.log.verify import Verification
from privacy.restore import GATEWAY
from privacy.store.engine import writing


def note_outcome(engine: Engine, found: Verification, now: datetime) -> None:
    """Append what was found: a reason where the log is not sound, none where it is.

    LogUnavailableError where the head does not fit its own frontier: an entry added to that would
    wipe out what shows it.
    """
    with writing(engine) as tx:
        _require_own_root(tx)
        _append(tx, Auditsoort.VERIFICATIE, found.reason, now)


def note_export(engine: Engine, now: datetime) -> None:
    """Append that the whole log was taken out, before its first line is."""
    with writing(engine) as tx:
        _append(tx, Auditsoort.LOG_UITGEVOERD, None, now)


def _append(tx: Connection, soort: Auditsoort, reden: str | None, now: datetime) -> None:
    append(tx, [AuditEntry(soort=soort, tijd=now, organisatie=GATEWAY, reden=reden)], now)


def _require_own_root(tx: Connection) -> None:
    head = read_head(tx)
    try:
        fits = Frontier.from_bytes(head.omvang, head.rand).root() == head.wortel
    except ValueError:
        fits = False
    if not fits:
        raise LogUnavailableError("the head of the log is damaged")
