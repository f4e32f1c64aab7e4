"""A small gateway for the tests of the shell: real keys, real policies, a real database.

`Machine` is a client on the outside: it makes its own assertions, good ones and bad ones.
"""

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey, Key
from joserfc.jws import JWSRegistry
from werkzeug.test import TestResponse

from gateway.auth.permission_map import scopes_for
from gateway.config import Settings
from gateway.database import upgrade
from gateway.parties import Bronhouder, Gemeente, Ketenpartner, Levering, Soort
from gateway.signer import Signer
from gateway.store.clients import Binding, Client, add_client
from gateway.wiring import Parts, build
from privacy.clock import Clock
from privacy.keys import KeyRing
from privacy.store.engine import writing
from schemas.terms import Doel
from tests.rules import adopt
from tests.signing import know_signers, signed, signed_consent

UITGEVER = "https://gateway.example"
TOKEN = "/oauth/token"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def settings_for(folder: Path, database: str, *, demo: bool = False) -> Settings:
    """Two organisations, two partners and a municipality; keys are made in the folder.

    In the `demo` a token need not be bound to anything.
    """
    sleutels = folder / "sleutels"
    KeyRing.create(sleutels)
    Signer.create(sleutels)
    logkopie = folder / "logkopie"
    logkopie.mkdir()
    return Settings(
        database=database,
        sleutels=sleutels,
        logkopie=logkopie,
        uitgever=UITGEVER,
        demo=demo,
        bronhouders=(Bronhouder("sndvu", "SNDVU"), Bronhouder("seguro", "Seguro")),
        ketenpartners=(
            Ketenpartner("IND", "IND", Levering.OPHALEN),
            Ketenpartner("AVIM", "AVIM", Levering.OPHALEN),
        ),
        gemeente=Gemeente("utrecht", "Gemeente Utrecht"),
    )


#: Client to the organisation that it was last registered for: with its key it signs consents.
ACTS_FOR: dict[str, str] = {}


def _signed(path: str, body: Any, by: str) -> Any:
    if not isinstance(body, dict):
        return body
    if path.startswith("/v1/aanleveringen") and isinstance(body.get("items"), list):
        return {**body, "items": signed(body["items"], by)}
    if path == "/v1/toestemmingen" and "toestemming" in body:
        return {**body, "toestemming": signed_consent(body["toestemming"], by)}
    return body


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


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
    """One client with its private key, which signs its assertions and its proofs (DPoP)."""

    client_id: str
    key: Key
    hands: Hands
    algorithm: str = "ES256"

    def proof(
        self,
        method: str,
        path: str,
        token: str | None = None,
        *,
        header: dict[str, object] | None = None,
        without: tuple[str, ...] = (),
        **changed: object,
    ) -> str:
        """A DPoP proof for one call; `changed` and `without` are about claims."""
        claims = {
            "jti": secrets.token_urlsafe(24),
            "htm": method,
            "htu": UITGEVER + path,
            "iat": int(self.hands.moment.timestamp()),
        }
        if token is not None:
            claims["ath"] = b64(sha256(token.encode()).digest())
        kept = {name: told for name, told in (claims | changed).items() if name not in without}
        public = self.key.as_dict(private=False)
        told = {"alg": self.algorithm, "typ": "dpop+jwt", "jwk": public} | (header or {})
        wide = JWSRegistry(algorithms=[self.algorithm], strict_check_header=False)
        return jwt.encode(told, kept, self.key, registry=wide)

    def ask_token(self, web: FlaskClient, *, nonce: str | None = None, **more: str) -> TestResponse:
        """A token request with a proof, as a client of binding dpop makes it."""
        asked = {} if nonce is None else {"nonce": nonce}
        headers = {"DPoP": self.proof("POST", TOKEN, **asked)}
        return web.post(TOKEN, data=self.form(**more), headers=headers)

    def token(self, web: FlaskClient, **more: str) -> str:
        return self.ask_token(web, **more).get_json()["access_token"]

    def call(
        self, web: FlaskClient, method: str, path: str, token: str | None = None, **more: Any
    ) -> TestResponse:
        """One call with a proof of its own; without `token` a new one is asked for first."""
        bearer = token or self.token(web)
        if "json" in more:
            more["json"] = _signed(path, more["json"], ACTS_FOR.get(self.client_id, "sndvu"))
        asked = {"nonce": more.pop("nonce")} if "nonce" in more else {}
        proof = self.proof(method, path.partition("?")[0], bearer, **asked)
        headers = {"Authorization": f"DPoP {bearer}", "DPoP": proof} | more.pop("headers", {})
        return web.open(path, method=method, headers=headers, **more)

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


def registered(
    known: Machine, organisatie: str, soort: Soort, binding: Binding = Binding.DPOP
) -> Client:
    """A registration of a machine with everything its kind can have."""
    ACTS_FOR[known.client_id] = organisatie
    public = {**known.key.as_dict(private=False), "kid": known.key.thumbprint()}
    return Client(
        client_id=known.client_id,
        organisatie=organisatie,
        soort=soort,
        jwks=json.dumps({"keys": [public]}),
        scopes=scopes_for(soort),
        doelen=frozenset(Doel),
        binding=binding,
    )


def add(parts: Parts, client: Client) -> None:
    with writing(parts.engine) as connection:
        add_client(connection, client)


def parts_over(settings: Settings, hands: Hands) -> Parts:
    """The real parts, with the database upgraded and the clock in the test's hands."""
    parts = build(settings)
    upgrade(parts.engine)
    adopt(parts.engine)
    know_signers(parts.engine)
    parts.rules_now()
    return replace(parts, clock=hands.clock())
