"""How far each delivered feed is: the place in the outbox that a partner said it received.

One row per partner that does not pull. No personal data: numbers, moments and the kind of the
last fault.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Connection, String, Table, select, update

from connectors.ketenpartners.bezorging import Ontvangst
from gateway.store.once import insert_once
from privacy.store.metadata import metadata
from privacy.store.moment import UtcMoment

#: Before the first row of the outbox.
BEGIN: Final = -1

bezorgstand = Table(
    "bezorgstand",
    metadata,
    Column("ontvanger", String(64), primary_key=True),
    Column("positie", BigInteger, nullable=False),
    # The number of the last recall that was brought apart from the feed; empty where none was.
    Column("teruggeroepen", BigInteger),
    Column("laatste_poging", UtcMoment, nullable=False),
    Column("laatste_ontvangst", UtcMoment),
    # The partner's own reference of the last page it received, if it gave one.
    Column("kenmerk", String(64)),
    # The kind of the fault that ended the last attempt; empty once an attempt ends well.
    Column("fout", String(64)),
)


def begin_attempt(connection: Connection, ontvanger: str, now: datetime) -> int:
    """Note that a delivery begins; says from which position."""
    row = {"ontvanger": ontvanger, "positie": BEGIN, "laatste_poging": now}
    insert_once(connection, bezorgstand, row)
    mine = bezorgstand.c.ontvanger == ontvanger
    connection.execute(update(bezorgstand).where(mine).values(laatste_poging=now))
    position: int = connection.execute(select(bezorgstand.c.positie).where(mine)).scalar_one()
    return position


def move(
    connection: Connection, ontvanger: str, van: int, naar: int, receipt: Ontvangst | None
) -> bool:
    """Move on from `van`; False, and nothing changed, where another runner moved before.

    Without a receipt nothing was sent: what was passed told this partner nothing.
    """
    received: dict[str, Any] = {}
    if receipt is not None:
        received = {"laatste_ontvangst": receipt.tijd, "kenmerk": receipt.kenmerk}
    here = (bezorgstand.c.ontvanger == ontvanger) & (bezorgstand.c.positie == van)
    moved = update(bezorgstand).where(here).values(positie=naar, fout=None, **received)
    return connection.execute(moved).rowcount == 1


def recalled_until(connection: Connection, ontvanger: str) -> int:
    """The number of the last recall that was brought apart from the feed."""
    mine = bezorgstand.c.ontvanger == ontvanger
    found = connection.execute(select(bezorgstand.c.teruggeroepen).where(mine)).scalar()
    return BEGIN if found is None else int(found)


def note_recalled(connection: Connection, ontvanger: str, nummer: int, receipt: Ontvangst) -> None:
    """Recalls up to this one were received; the feed itself stays where it is."""
    mine = bezorgstand.c.ontvanger == ontvanger
    received = {"laatste_ontvangst": receipt.tijd, "kenmerk": receipt.kenmerk}
    connection.execute(update(bezorgstand).where(mine).values(teruggeroepen=nummer, **received))


def note_fault(connection: Connection, ontvanger: str, fout: str) -> None:
    """Keep the kind of what went wrong; the position stays where it is."""
    mine = bezorgstand.c.ontvanger == ontvanger
    connection.execute(update(bezorgstand).where(mine).values(fout=fout))
