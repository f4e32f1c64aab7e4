"""Entries that obey every rule, and a log of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine

from privacy.log.append import append, initialise
from privacy.log.entries import AuditEntry
from privacy.log.tables import (
    audithoofd,
    auditregel,
    audittegel,
    controlepunt,
    medeondertekening,
    toegangsregel,
)
from privacy.log.terms import Auditsoort
from privacy.log.verify import Verification, verify
from privacy.store.engine import reading, writing
from privacy.store.metadata import metadata
from privacy.store.tables import poort
from schemas.terms import Doel, Grondslag, Precisie

NOW = datetime(2026, 11, 21, 10, 0, 0, 123_456, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


def an_entry(**differs: Any) -> AuditEntry:
    """A disclosure of one casus to the IND, with every key that such an entry has."""
    given: dict[str, Any] = {
        "soort": Auditsoort.VERSTREKKING,
        "tijd": NOW,
        "organisatie": "gemeente",
        "client": "ind-koppeling",
        "ontvanger": "IND",
        "doel": Doel.CASUSOVERLEG,
        "grondslag": Grondslag.TOESTEMMING,
        "pseudoniem": "5e" * 32,
        "velden": {"vNummer": Precisie.VOLLEDIG, "geboortedatum": Precisie.JAAR},
        "toestemmingen": ("0190b2c0-6f1e-7bbb-8ccc-1234567890ab:3",),
        "beleid": f"sha256:{'a1' * 32}",
        "verklaringen": ("2019-1",),
        "afdruk": "b2" * 32,
        "trace": "c3" * 16,
    }
    return AuditEntry(**{**given, **differs})


def entries(number: int, start: int = 0) -> list[AuditEntry]:
    """So many entries, no two alike."""
    return [an_entry(pseudoniem=f"{start + at:064x}") for at in range(number)]


def prepare(engine: Engine) -> None:
    """Make the tables of the log, and the head of an empty one."""
    log = [auditregel, audithoofd, audittegel, controlepunt, medeondertekening, toegangsregel]
    metadata.create_all(engine, tables=[*log, poort])
    with writing(engine) as tx:
        initialise(tx)


def appended(engine: Engine, given: list[AuditEntry], now: datetime = NOW) -> int:
    with writing(engine) as tx:
        return append(tx, given, now).first


def verified(engine: Engine) -> Verification:
    with reading(engine) as tx:
        return verify(tx)


def stored(tx: Connection) -> list[tuple[int, bytes, bytes]]:
    """All rows, in order."""
    rows = tx.execute(auditregel.select().order_by(auditregel.c.nummer))
    return [(row.nummer, row.regel, row.blad) for row in rows]
