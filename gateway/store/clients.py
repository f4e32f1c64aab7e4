"""Machines that may ask for a token: for whom they act, their public keys, what they may."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    String,
    Table,
    Text,
    bindparam,
    insert,
    select,
    update,
)

from gateway.parties import Soort
from privacy.store.metadata import metadata
from schemas.terms import Doel

#: Authlib's own limit on a client id.
LONGEST_ID: Final = 48

client = Table(
    "client",
    metadata,
    Column("client_id", String(LONGEST_ID), primary_key=True),
    Column("organisatie", String(32), nullable=False),
    Column("soort", String(16), nullable=False),
    Column("jwks", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("doelen", Text, nullable=False),
    Column("bevroren", Boolean, nullable=False),
)
#: Built once: it runs on every call.
_BY_ID: Final = select(client).where(client.c.client_id == bindparam("wanted"))


@dataclass(frozen=True, slots=True)
class Client:
    """One registered client. `jwks` is JSON text with public keys only."""

    client_id: str
    organisatie: str
    soort: Soort
    jwks: str
    scopes: frozenset[str]
    doelen: frozenset[Doel]
    bevroren: bool = False


def find_client(connection: Connection, client_id: str) -> Client | None:
    """One indexed read; frozen clients are found too, the caller must look."""
    row = connection.execute(_BY_ID, {"wanted": client_id}).first()
    return None if row is None else _client(tuple(row))


def add_client(connection: Connection, added: Client) -> None:
    """Register a client. A client id that exists is a fault of the caller (integrity error)."""
    connection.execute(
        insert(client),
        {
            "client_id": added.client_id,
            "organisatie": added.organisatie,
            "soort": added.soort.value,
            "jwks": added.jwks,
            "scopes": " ".join(sorted(added.scopes)),
            "doelen": " ".join(sorted(added.doelen)),
            "bevroren": added.bevroren,
        },
    )


def all_clients(connection: Connection) -> list[Client]:
    """Every client, by id."""
    rows = connection.execute(select(client).order_by(client.c.client_id))
    return [_client(tuple(row)) for row in rows]


def freeze_client(connection: Connection, client_id: str) -> bool:
    """Refuse this client from the next call on, tokens it holds included. False if unknown."""
    changed = update(client).where(client.c.client_id == client_id).values(bevroren=True)
    return connection.execute(changed).rowcount == 1


def _client(row: tuple[Any, ...]) -> Client:
    client_id, organisatie, soort, jwks, scopes, doelen, bevroren = row
    return Client(
        client_id, organisatie, Soort(soort), jwks, _scopes(scopes), _doelen(doelen), bool(bevroren)
    )


@lru_cache(maxsize=256)
def _scopes(text: str) -> frozenset[str]:
    return frozenset(text.split())


@lru_cache(maxsize=256)
def _doelen(text: str) -> frozenset[Doel]:
    return frozenset(Doel(word) for word in text.split())
