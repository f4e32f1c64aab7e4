"""Access tokens by client_credentials with private_key_jwt (RFC 7523, NL GOV OAuth 2.1.1).

An assertion is used once: a repeated request for a token makes a new one. A token is kept until
shortly before it expires and shared by all threads. It is bound to a key of this process (DPoP)
or to the certificate of the transport; a token of another kind than was asked for is no token.
No token, assertion or proof is ever shown.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from typing import Final
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import ECKey

from connectors.answer import Answer
from connectors.dpop import USE_NONCE, Proven, Prover
from connectors.errors import GeweigerdError, NotUnderstoodError
from connectors.jwk import ALGORITHM, key_id, new_key
from connectors.transport import Credentials, Transport

_ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_SECONDS: Final = 60
_JTI_BYTES: Final = 24
_RENEW_BEFORE: Final = timedelta(seconds=30)
# RFC 6750, 2.1: what may stand after "Bearer", and RFC 9449, 7.1: after "DPoP".
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{1,8000}=*", re.ASCII)


class Binding(StrEnum):
    """What a token is bound to, as the gateway has it registered for this client.

    For `MTLS` the transport carries the certificate. `GEEN` is for the demo: the gateway gives
    such a token nowhere else.
    """

    DPOP = "dpop"
    MTLS = "mtls"
    GEEN = "geen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who asks: the client id and key that the gateway knows, and where to ask.

    `audience` is the gateway's issuer. `kid` is by default the key's thumbprint.
    """

    token_url: str
    audience: str
    client_id: str
    key: ECKey = field(repr=False)
    kid: str = ""
    scope: str = ""
    binding: Binding = Binding.DPOP

    @property
    def token_type(self) -> str:
        """What the token must be called: a bound token that goes by `Bearer` is not bound."""
        return "dpop" if self.binding is Binding.DPOP else "bearer"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Credentials of a token that needs no proof: of `MTLS` the connection itself is one."""

    token: str = field(repr=False)

    def headers(self, _method: str, _url: str) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def heard(self, url: str, headers: Mapping[str, str]) -> None:
        """Nothing in an answer matters to it."""


@dataclass(frozen=True, slots=True)
class _Token:
    text: str = field(repr=False)
    renew_at: datetime


class TokenSource:
    """Gives a valid token; asks for one only when it must, one thread at a time."""

    def __init__(self, client: Client, transport: Transport, now: Callable[[], datetime]) -> None:
        self._client = client
        self._transport = transport
        self._now = now
        self._lock = Lock()
        self._kept: _Token | None = None
        self._prover = Prover(new_key(), now) if client.binding is Binding.DPOP else None

    def token(self) -> str:
        with self._lock:
            if self._kept is None or self._now() >= self._kept.renew_at:
                # The whole step is repeated, because an assertion is good for one request.
                self._kept = self._transport.patience.run(self._ask)
            return self._kept.text

    def forget(self, token: str) -> None:
        """Drop a token that was refused. Another thread may have a newer one by now: that stays."""
        with self._lock:
            if self._kept is not None and self._kept.text == token:
                self._kept = None

    def credentials(self, token: str) -> Credentials:
        """How a call shows this token."""
        return Bearer(token) if self._prover is None else Proven(self._prover, token)

    def _ask(self) -> _Token:
        """Ask; once more if the server wants its nonce, which the refusal brought along."""
        try:
            return self._ask_once()
        except GeweigerdError as refusal:
            if self._prover is None or refusal.problem.error != USE_NONCE:
                raise
        return self._ask_once()

    def _ask_once(self) -> _Token:
        asked_at = self._now()
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": assertion(self._client, asked_at),
        }
        if self._client.scope:
            form["scope"] = self._client.scope
        answer = self._transport.request_once(
            "POST",
            self._client.token_url,
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
            },
            body=urlencode(form).encode("ascii"),
            credentials=None if self._prover is None else Proven(self._prover),
        )
        return _read_token(answer, self._client.token_type, asked_at)


def assertion(client: Client, now: datetime) -> str:
    """State and sign who we are: good for one minute, for one issuer, once."""
    issued = int(now.timestamp())
    claims = {
        "iss": client.client_id,
        "sub": client.client_id,
        "aud": client.audience,
        "iat": issued,
        "exp": issued + _ASSERTION_SECONDS,
        "jti": secrets.token_urlsafe(_JTI_BYTES),
    }
    header = {"alg": ALGORITHM, "kid": client.kid or key_id(client.key)}
    return jwt.encode(header, claims, client.key, algorithms=[ALGORITHM])


def _read_token(answer: Answer, token_type: str, asked_at: datetime) -> _Token:
    told = answer.json()
    text, seconds = told.text("access_token"), told.whole("expires_in")
    if told.text("token_type").lower() != token_type:
        raise NotUnderstoodError("het toegangsbewijs is van een andere soort")
    if not _TOKEN.fullmatch(text) or seconds <= 0:
        raise NotUnderstoodError("het toegangsbewijs heeft een andere vorm")
    return _Token(text, asked_at + timedelta(seconds=min(seconds, 86_400)) - _RENEW_BEFORE)
