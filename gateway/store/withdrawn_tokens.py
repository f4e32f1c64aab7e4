"""Access tokens that were withdrawn before their end; kept until they would have ended anyway.

Only a digest of the jti is kept. Whether a token is here is read with its client, in one
statement (`clients.find_caller`).
"""

from hashlib import sha256

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, Table

from gateway.store.once import forget, insert_once
from privacy.store.metadata import metadata

ingetrokken_token = Table(
    "ingetrokken_token",
    metadata,
    Column("jti", LargeBinary, primary_key=True),
    Column("verloopt", BigInteger, nullable=False, index=True),
)


def digest_of(jti: str) -> bytes:
    """How a token is known here."""
    return sha256(jti.encode()).digest()


def withdraw_token(connection: Connection, jti_digest: bytes, *, expires: int) -> bool:
    """Refuse this token from the next call on, on every replica. False if it already was."""
    return insert_once(connection, ingetrokken_token, {"jti": jti_digest, "verloopt": expires})


def forget_tokens(connection: Connection, now: int) -> int:
    """Drop those that expired, as they are refused for that; says how many."""
    return forget(connection, ingetrokken_token, now)
