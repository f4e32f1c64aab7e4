"""A small gateway for the tests of the shell: real keys, real policies, a real database.

`Machine` is a client on the outside: it makes its own assertions, good ones and bad ones.
"""

import json
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey, Key

from gateway.auth.permission_map import scopes_for
from gateway.config import Settings
from gateway.database import upgrade
from gateway.parties import Bronhouder, Gemeente, Ketenpartner, Levering, Soort
from gateway.signer import Signer
from gateway.store.clients import Client, add_client
from gateway.wiring import Parts, build
from privacy.clock import Clock
from privacy.keys import KeyRing
from privacy.store.engine import writing
from schemas.terms import Doel

UITGEVER = "https://gateway.example"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def settings_for(folder: Path, database: str) -> Settings:
    """Two organisations, two partners and a municipality; keys are made in the folder."""
    sleutels = folder / "sleutels"
    KeyRing.create(sleutels)
    Signer.create(sleutels)
    return Settings(
        database=database,
        sleutels=sleutels,
        uitgever=UITGEVER,
        bronhouders=(Bronhouder("sndvu", "SNDVU"), Bronhouder("seguro", "Seguro")),
        ketenpartners=(
            Ketenpartner("IND", "IND", Levering.OPHALEN),
            Ketenpartner("AVIM", "AVIM", Levering.OPHALEN),
        ),
        gemeente=Gemeente("utrecht", "Gemeente Utrecht"),
    )


class Hands:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)

    def clock(self) -> Clock:
        return Clock(now=lambda: self.moment, day=lambda: date(2026, 5, 4))

    def turn(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Machine:
    """One client with its private key; `key_id` is what it puts in `kid`."""

    client_id: str
    key: Key
    hands: Hands
    algorithm: str = "ES256"

    def assertion(self, *, without: tuple[str, ...] = (), **changed: object) -> str:
        now = int(self.hands.moment.timestamp())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": UITGEVER,
            "iat": now,
            "exp": now + 60,
            "jti": secrets.token_urlsafe(24),
        } | changed
        kept = {name: value for name, value in claims.items() if name not in without}
        header = {"alg": self.algorithm, "kid": self.key.thumbprint()}
        return jwt.encode(header, kept, self.key, algorithms=[self.algorithm])

    def form(self, assertion: str | None = None, **more: str) -> dict[str, str]:
        return {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION,
            "client_assertion": assertion or self.assertion(),
        } | more


def machine(client_id: str, hands: Hands) -> Machine:
    return Machine(client_id, ECKey.generate_key("P-256"), hands)


def registered(known: Machine, organisatie: str, soort: Soort) -> Client:
    """A registration of a machine with everything its kind can have."""
    public = {**known.key.as_dict(private=False), "kid": known.key.thumbprint()}
    return Client(
        client_id=known.client_id,
        organisatie=organisatie,
        soort=soort,
        jwks=json.dumps({"keys": [public]}),
        scopes=scopes_for(soort),
        doelen=frozenset(Doel),
    )


def add(parts: Parts, client: Client) -> None:
    with writing(parts.engine) as connection:
        add_client(connection, client)


def parts_over(settings: Settings, hands: Hands) -> Parts:
    """The real parts, with the database upgraded and the clock in the test's hands."""
    parts = build(settings)
    upgrade(parts.engine)
    return replace(parts, clock=hands.clock())
