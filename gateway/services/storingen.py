"""That something of ours broke while a request was answered (LDV-09: status Error)."""

from sqlalchemy.exc import SQLAlchemyError

from gateway.caller import Caller
from gateway.telemetry import log_failure
from gateway.wiring import Parts
from privacy.errors import PrivacyError
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.store.engine import writing


def note_failure(parts: Parts, caller: Caller) -> None:
    """Write that a request of this caller failed; not what broke, which stands in the own log.

    Nothing left with that answer, so where the entry cannot be written the answer stays the same.
    """
    now = parts.clock.now()
    entry = AuditEntry(soort=Auditsoort.VERZOEK_MISLUKT, tijd=now, **caller.herkomst)
    try:
        with writing(parts.engine) as tx:
            append(tx, [entry], now)
    except (PrivacyError, SQLAlchemyError) as error:
        log_failure(error, trace=caller.trace_id)
