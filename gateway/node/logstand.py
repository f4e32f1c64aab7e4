"""What the gateway last said of its log: a node keeps it and shows it at its next call.

A position that the gateway signed and no longer has proves that it was restored from a backup,
also where its copy of the log was restored along (design 2.10). Opaque to the node.
"""

from typing import Final

from sqlalchemy import Column, Connection, Integer, String, Table, delete, insert, select

from privacy.store.metadata import metadata

_ID: Final = 1
_MOST: Final = 2_000

logstand = Table(
    "gezien_logstand",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("stand", String(_MOST), nullable=False),
)


def seen(tx: Connection) -> str:
    """What was last said; empty before the first time."""
    return tx.execute(select(logstand.c.stand).where(logstand.c.id == _ID)).scalar() or ""


def keep(tx: Connection, stand: str) -> None:
    """Keep the newest; what is longer than a position can be is none."""
    if not stand or len(stand) > _MOST:
        return
    tx.execute(delete(logstand))
    tx.execute(insert(logstand).values(id=_ID, stand=stand))
