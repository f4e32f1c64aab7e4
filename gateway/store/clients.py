"""Machines that may ask for a token: for whom they act, their public keys, what they may."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    String,
    Table,
    Text,
    bindparam,
    exists,
    insert,
    select,
    update,
)

from gateway.parties import Soort
from gateway.store.withdrawn_tokens import ingetrokken_token
from privacy.store.direct import Direct
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
    Column("profiel", String(8), nullable=False, server_default="nlgov"),
    Column("binding", String(8), nullable=False, server_default="dpop"),
    Column("jwks_uri", Text),
    Column("certificaten", Text, nullable=False, server_default=""),
    # Tokens given before this moment (seconds) are withdrawn.
    Column("tokens_vanaf", BigInteger, nullable=False, server_default="0"),
)
# Built once: they run on every call.
_BY_ID: Final = select(client).where(client.c.client_id == bindparam("wanted"))
_WITH_TOKEN: Final = Direct(
    select(
        client, exists().where(ingetrokken_token.c.jti == bindparam("digest")).label("ingetrokken")
    ).where(client.c.client_id == bindparam("wanted"))
)


class Profiel(StrEnum):
    """How strict a client's signatures must be: NL GOV OAuth 1.1, or FAPI 2.0 (no RS256)."""

    NLGOV = "nlgov"
    FAPI = "fapi"


class Binding(StrEnum):
    """What a token is bound to: a key of the client, its certificate, or nothing at all.

    `GEEN` works in the demo only. `FSC` gets no tokens: it comes through an Inway.
    """

    DPOP = "dpop"
    MTLS = "mtls"
    FSC = "fsc"
    GEEN = "geen"


@dataclass(frozen=True, slots=True)
class Client:
    """One registered client. `jwks` is JSON text with public keys only.

    With `jwks_uri` the keys are read there. `certificaten` are SHA-256 thumbprints
    (`x5t#S256`); without any, the certificate must carry the OIN of the organisation.
    A token whose `iat` lies before `tokens_vanaf` is withdrawn.
    """

    client_id: str
    organisatie: str
    soort: Soort
    jwks: str
    scopes: frozenset[str]
    doelen: frozenset[Doel]
    bevroren: bool = False
    profiel: Profiel = Profiel.NLGOV
    binding: Binding = Binding.DPOP
    jwks_uri: str | None = None
    certificaten: frozenset[str] = frozenset()
    tokens_vanaf: int = 0


def find_client(connection: Connection, client_id: str) -> Client | None:
    """One indexed read; frozen clients are found too, the caller must look."""
    row = connection.execute(_BY_ID, {"wanted": client_id}).first()
    return None if row is None else client_of(tuple(row))


def find_caller(
    connection: Connection, client_id: str, jti_digest: bytes
) -> tuple[Client, bool] | None:
    """The client, and whether the token of this digest was withdrawn: one statement, one moment.

    Not looked at here: `bevroren` and `tokens_vanaf`, which the caller compares.
    """
    row = _WITH_TOKEN.row(connection, {"wanted": client_id, "digest": jti_digest})
    if row is None:
        return None
    *known, withdrawn = row
    return client_of(tuple(known)), bool(withdrawn)


def add_client(connection: Connection, added: Client) -> None:
    """Register a client. A client id that exists is a fault of the caller (integrity error)."""
    connection.execute(insert(client), _row(added))


def replace_client(connection: Connection, changed: Client) -> bool:
    """Write the whole registration anew; it holds from the next call on. False if unknown."""
    kept = update(client).where(client.c.client_id == changed.client_id)
    return connection.execute(kept.values(_row(changed))).rowcount == 1


def all_clients(connection: Connection) -> list[Client]:
    """Every client, by id."""
    rows = connection.execute(select(client).order_by(client.c.client_id))
    return [client_of(tuple(row)) for row in rows]


def freeze_client(connection: Connection, client_id: str) -> bool:
    """Refuse this client from the next call on, tokens it holds included. False if unknown."""
    changed = update(client).where(client.c.client_id == client_id).values(bevroren=True)
    return connection.execute(changed).rowcount == 1


def lock_client(connection: Connection, client_id: str) -> Client | None:
    """Read to change: who else wants to change it waits, so that no change gets lost."""
    row = connection.execute(_BY_ID.with_for_update(), {"wanted": client_id}).first()
    return None if row is None else client_of(tuple(row))


def _row(known: Client) -> dict[str, Any]:
    return {
        "client_id": known.client_id,
        "organisatie": known.organisatie,
        "soort": known.soort.value,
        "jwks": known.jwks,
        "scopes": " ".join(sorted(known.scopes)),
        "doelen": " ".join(sorted(known.doelen)),
        "bevroren": known.bevroren,
        "profiel": known.profiel.value,
        "binding": known.binding.value,
        "jwks_uri": known.jwks_uri,
        "certificaten": " ".join(sorted(known.certificaten)),
        "tokens_vanaf": known.tokens_vanaf,
    }


def client_of(row: tuple[Any, ...]) -> Client:
    """The registration in a row that holds the columns of this table, in their order."""
    client_id, organisatie, soort, jwks, scopes, doelen, bevroren, *how = row
    profiel, binding, jwks_uri, certificaten, tokens_vanaf = how
    return Client(
        client_id=client_id,
        organisatie=organisatie,
        soort=Soort(soort),
        jwks=jwks,
        scopes=_words(scopes),
        doelen=_doelen(doelen),
        bevroren=bool(bevroren),
        profiel=Profiel(profiel),
        binding=Binding(binding),
        jwks_uri=jwks_uri,
        certificaten=_words(certificaten),
        tokens_vanaf=tokens_vanaf,
    )


@lru_cache(maxsize=256)
def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@lru_cache(maxsize=256)
def _doelen(text: str) -> frozenset[Doel]:
    return frozenset(Doel(word) for word in text.split())
