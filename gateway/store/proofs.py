"""DPoP proofs that were used: each once, until it would be refused for its age anyway.

Only a digest of key and jti is kept.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, Table, delete, select

from gateway.store.once import MARGIN, insert_once
from privacy.store.metadata import metadata

dpop_bewijs = Table(
    "dpop_bewijs",
    metadata,
    Column("afdruk", LargeBinary, primary_key=True),
    Column("verloopt", BigInteger, nullable=False, index=True),
)
_AT_ONCE: Final = 10_000


def use_proof(connection: Connection, digest: bytes, *, expires: int) -> bool:
    """Whether this proof is used for the first time; the insert itself decides."""
    return insert_once(connection, dpop_bewijs, {"afdruk": digest, "verloopt": expires})


def forget_some_proofs(connection: Connection, now: int) -> bool:
    """Drop what expired, up to a number that is quickly done; whether that was all."""
    expired = (
        select(dpop_bewijs.c.afdruk).where(dpop_bewijs.c.verloopt < now - MARGIN).limit(_AT_ONCE)
    )
    # Two that clean up at once leave each other's rows alone, so that neither waits.
    expired = expired.with_for_update(skip_locked=True)
    dropped = connection.execute(delete(dpop_bewijs).where(dpop_bewijs.c.afdruk.in_(expired)))
    return dropped.rowcount < _AT_ONCE


def forget_proofs(connection: Connection, now: int) -> int:
    """Drop all that expired, also where nobody comes to do it in passing; says how many."""
    expired = dpop_bewijs.c.verloopt < now - MARGIN
    return connection.execute(delete(dpop_bewijs).where(expired)).rowcount
