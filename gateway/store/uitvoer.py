"""How far the log was told to each collector: a place in the log, and nothing of a person."""

from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlalchemy import BigInteger, Column, Connection, String, Table, select, update

from gateway.store.once import insert_once
from privacy.store.metadata import metadata
from privacy.store.moment import UtcMoment

uitvoerstand: Final = Table(
    "uitvoerstand",
    metadata,
    Column("vorm", String(16), primary_key=True),
    # The digest of the address: it may hold what only the two of us know.
    Column("bestemming", String(64), primary_key=True),
    # The number of the first entry that was not told yet.
    Column("volgende", BigInteger, nullable=False),
    Column("bijgewerkt", UtcMoment, nullable=False),
)


def destination(url: str) -> str:
    """The name under which an address is kept."""
    return sha256(url.encode()).hexdigest()


def told_until(tx: Connection, vorm: str, bestemming: str) -> int:
    """The number to go on from; 0 for a collector that was never told anything."""
    mine = (uitvoerstand.c.vorm == vorm) & (uitvoerstand.c.bestemming == bestemming)
    found = tx.execute(select(uitvoerstand.c.volgende).where(mine)).scalar()
    return 0 if found is None else int(found)


def note_told(tx: Connection, vorm: str, bestemming: str, volgende: int, now: datetime) -> None:
    """Everything before this number was taken."""
    place = {"volgende": volgende, "bijgewerkt": now}
    if insert_once(tx, uitvoerstand, {"vorm": vorm, "bestemming": bestemming, **place}):
        return
    mine = (uitvoerstand.c.vorm == vorm) & (uitvoerstand.c.bestemming == bestemming)
    tx.execute(update(uitvoerstand).where(mine).values(**place))
