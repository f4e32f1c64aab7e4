"""Erasing a casus (AVG 17) or letting it go at the end of its term (AVG 5 lid 1 e). Final.

Recalls come first, in the same transaction; then both keys go, and with them every value, the
consents, and the name of the casus in the log: its entries stay, so that the log verifies, and are
nobody's. Whoever decides that it may be done is `gateway.services`; it is not asked here.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from privacy.dossier import Dossier
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort, Herkomst
from privacy.registration import plan_erasure
from privacy.store.erasure import erase_rows
from privacy.store.references import earlier_recipients
from privacy.store.registrations import write_plans


def erase(
    tx: Connection,
    dossier: Dossier,
    herkomst: Herkomst,
    *,
    day: date,
    now: datetime,
    term_days: int,
) -> int:
    """Erase a casus that is held FOR UPDATE; the number of its last entry in the log.

    Whoever ever got it is owed a recall, also who was recalled before: now all must go (AVG 19).
    ErasedError where nothing of it is left already.
    """
    entry = AuditEntry(
        soort=Auditsoort.CASUS_GEWIST,
        tijd=now,
        **herkomst,
        pseudoniem=dossier.keys.pseudoniem(),
    )
    recipients = earlier_recipients(tx, [dossier.casus]).get(dossier.casus, {})
    nummer = append(tx, [entry], now).first
    plan = plan_erasure(dossier, sorted(recipients))
    write_plans(tx, {nummer: plan}, day=day, now=now, term_days=term_days)
    erase_rows(tx, [dossier.casus], now)
    return nummer


def let_go(
    tx: Connection, dossiers: Sequence[Dossier], now: datetime, trace: str | None = None
) -> None:
    """Erase casussen whose term is over; they are held FOR UPDATE.

    Nobody is recalled: every ground ended long before, and who got them was told so then.
    """
    entries = [
        AuditEntry(
            soort=Auditsoort.BEWAARTERMIJN_VERSTREKEN,
            tijd=now,
            organisatie=each.label.bronhouder,
            pseudoniem=each.keys.pseudoniem(),
            trace=trace,
        )
        for each in dossiers
    ]
    if entries:
        append(tx, entries, now)
        erase_rows(tx, [each.casus for each in dossiers], now)
