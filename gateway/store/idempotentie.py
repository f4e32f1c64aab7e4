"""Answers kept under an Idempotency-Key. They hold no personal data: results and references."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    LargeBinary,
    Row,
    String,
    Table,
    Text,
    bindparam,
    delete,
    select,
    update,
)

from gateway.store.clients import LONGEST_ID
from gateway.store.once import insert_once
from privacy.store.metadata import metadata

idempotentie = Table(
    "idempotentie",
    metadata,
    Column("client_id", String(LONGEST_ID), primary_key=True),
    Column("sleutel", String(128), primary_key=True),
    Column("afdruk", LargeBinary, nullable=False),
    Column("antwoord", Text),
    Column("tijd", BigInteger, nullable=False, index=True),
)
# Built once: building a statement costs as much as running it.
_MINE: Final = (idempotentie.c.client_id == bindparam("wie")) & (
    idempotentie.c.sleutel == bindparam("welke")
)
_KEPT: Final = select(idempotentie.c.afdruk, idempotentie.c.antwoord).where(_MINE)
_KEEP: Final = update(idempotentie).where(_MINE).values(antwoord=bindparam("wat"))


def claim(connection: Connection, client_id: str, sleutel: str, *, afdruk: bytes, now: int) -> bool:
    """Whether this transaction is the first with the key; a rival is waited for."""
    row = {"client_id": client_id, "sleutel": sleutel, "afdruk": afdruk, "tijd": now}
    return insert_once(connection, idempotentie, row)


def kept(connection: Connection, client_id: str, sleutel: str) -> Row[bytes, str | None]:
    """Digest and answer of a key that was claimed before."""
    return connection.execute(_KEPT, {"wie": client_id, "welke": sleutel}).one()


def keep(connection: Connection, client_id: str, sleutel: str, antwoord: str) -> None:
    """Put the answer beside the key, in the transaction that claimed it."""
    connection.execute(_KEEP, {"wie": client_id, "welke": sleutel, "wat": antwoord})


def forget(connection: Connection, before: int) -> int:
    """Drop answers kept before a moment (seconds); says how many."""
    return connection.execute(delete(idempotentie).where(idempotentie.c.tijd < before)).rowcount
