"""Client assertions that were used: each once, until it would have expired anyway.

Only a digest of the jti is kept: what a client puts there is its own business.
"""

from hashlib import sha256
from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    LargeBinary,
    String,
    Table,
)

from gateway.store.clients import LONGEST_ID
from gateway.store.once import MARGIN, forget, forget_some, insert_once
from privacy.store.metadata import metadata

assertie_jti = Table(
    "assertie_jti",
    metadata,
    Column("client_id", String(LONGEST_ID), primary_key=True),
    Column("jti", LargeBinary, primary_key=True),
    Column("verloopt", BigInteger, nullable=False, index=True),
)
_AT_ONCE: Final = 1_000


def use_assertion(
    connection: Connection, client_id: str, jti: str, *, expires: int, now: int
) -> bool:
    """Whether this assertion is used for the first time; the insert itself decides.

    Rows that expired are dropped in passing; the assertion they stood for is refused by its exp.
    """
    forget_some(connection, assertie_jti, now - MARGIN, _AT_ONCE)
    digest = sha256(jti.encode("utf-8", "surrogatepass")).digest()
    row = {"client_id": client_id, "jti": digest, "verloopt": expires}
    return insert_once(connection, assertie_jti, row)


def forget_assertions(connection: Connection, now: int) -> int:
    """Drop all that expired, also where nobody comes to do it in passing; says how many."""
    return forget(connection, assertie_jti, now - MARGIN)
