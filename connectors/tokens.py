"""Access tokens by client_credentials with private_key_jwt (RFC 7523, NL GOV OAuth 2.1.1).

An assertion is used once: a repeated request for a token makes a new one. A token is kept until
shortly before it expires and shared by all threads. No token or assertion is ever shown.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Final
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import ECKey

from connectors.answer import Answer
from connectors.errors import NotUnderstoodError
from connectors.jwk import ALGORITHM, key_id
from connectors.transport import Transport

_ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_SECONDS: Final = 60
_JTI_BYTES: Final = 24
_RENEW_BEFORE: Final = timedelta(seconds=30)
# RFC 6750, 2.1: what may stand after "Bearer".
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{1,8000}=*", re.ASCII)


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

    def _ask(self) -> _Token:
        asked_at = self._now()
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": assertion(self._client, asked_at),
        }
        if self._client.scope:
            form["scope"] = self._client.scope
        answer = self._transport.request(
            "POST",
            self._client.token_url,
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
            },
            body=urlencode(form).encode("ascii"),
        )
        return _read_token(answer, asked_at)


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


def _read_token(answer: Answer, asked_at: datetime) -> _Token:
    told = answer.json()
    text, seconds = told.text("access_token"), told.whole("expires_in")
    if told.text("token_type").lower() != "bearer" or not _TOKEN.fullmatch(text) or seconds <= 0:
        raise NotUnderstoodError("het toegangsbewijs heeft een andere vorm")
    return _Token(text, asked_at + timedelta(seconds=min(seconds, 86_400)) - _RENEW_BEFORE)
