"""DPoP proofs that were used: each once, until it would be refused for its age anyway.

Only a digest of key and jti is kept.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, Table

from gateway.store.once import MARGIN, forget, forget_some, insert_once
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
    return forget_some(connection, dpop_bewijs, now - MARGIN, _AT_ONCE) < _AT_ONCE


def forget_proofs(connection: Connection, now: int) -> int:
    """Drop all that expired, also where nobody comes to do it in passing; says how many."""
    return forget(connection, dpop_bewijs, now - MARGIN)
