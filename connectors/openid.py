"""Logging in at an OpenID provider: code flow with PKCE S256 (NL GOV OIDC 1.0.1, OIDC-01).

What is asked for is `openid` and the one claim with roles, never `profile`; the client proves
itself by private_key_jwt. The tokens are looked at once and then dropped. All network goes
through `transport`.

LoginError
├── WrongLoginError        the answer does not belong to the login that this browser began
├── LoginRefusedError      the provider says no; its own words are not repeated
└── LevelTooLowError       logged in, but not at a level that is high enough
"""

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.jwk import ECKey

from connectors.errors import GeweigerdError
from connectors.openid_provider import Provider
from connectors.openid_token import Expected, check_id_token
from connectors.tokens import Client, assertion
from connectors.transport import Transport
from connectors.wire import Fields

_ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#: 256 bits each; NL GOV asks for 128. A verifier has at least 43 characters (RFC 7636, 4.1).
_RANDOM_BYTES: Final = 32
_VERIFIER_BYTES: Final = 48


class LoginError(Exception):
    """A login that did not succeed. No message holds anything that was sent."""


class WrongLoginError(LoginError):
    """Another state, another issuer, or no code: an answer to a question that was not asked."""


class LoginRefusedError(LoginError):
    """The provider, or the person there, said no."""


class LevelTooLowError(LoginError):
    """The provider vouches for less than was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelyingParty:
    """Who we are at the provider, and what we ask. `acr`: each of these levels will do."""

    issuer: str
    client_id: str
    key: ECKey = field(repr=False)
    redirect_uri: str
    acr: tuple[str, ...]
    role_claim: str


@dataclass(frozen=True, slots=True)
class Login:
    """A login that began: what must come back, and what nobody else may know until then."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it is. `subject` is its own name for the person."""

    subject: str = field(repr=False)
    acr: str
    values: frozenset[str]


class OpenIdLogin:
    """Begins and finishes logins at one provider. Safe for threads."""

    def __init__(self, party: RelyingParty, transport: Transport) -> None:
        self._party = party
        self._transport = transport
        self._provider = Provider(party.issuer, transport)

    @property
    def form_targets(self) -> tuple[str, ...]:
        """Origins that the form for logging out may lead to; asks nothing of the network."""
        known = self._provider.known
        end = known.end_session if known is not None else None
        return tuple(dict.fromkeys(origin_of(each) for each in (self._party.issuer, end) if each))

    def begin(self, *, anew: bool = False) -> tuple[Login, str]:
        """A fresh login, and the address to send the browser to.

        `anew`: the provider must ask who it is, also where somebody is signed in already.
        """
        login = Login(
            state=secrets.token_urlsafe(_RANDOM_BYTES),
            nonce=secrets.token_urlsafe(_RANDOM_BYTES),
            verifier=secrets.token_urlsafe(_VERIFIER_BYTES),
        )
        asked = {"id_token": {self._party.role_claim: {"essential": True}}}
        url = prepare_grant_uri(
            self._provider.document().authorization,
            self._party.client_id,
            "code",
            redirect_uri=self._party.redirect_uri,
            scope="openid",
            state=login.state,
            nonce=login.nonce,
            code_challenge=_challenge(login.verifier),
            code_challenge_method="S256",
            prompt="login" if anew else None,
            acr_values=" ".join(self._party.acr),
            claims=json.dumps(asked, separators=(",", ":")),
        )
        return login, url

    def accept(self, login: Login, told: Mapping[str, str]) -> str:
        """The code in the answer that the browser brought; LoginError.

        State first: an answer to another login is not even asked what it says. Then who
        answers (RFC 9207).
        """
        if not hmac.compare_digest(told.get("state", "").encode(), login.state.encode()):
            raise WrongLoginError
        named = told.get("iss")
        must_name = self._provider.document().names_itself
        if (named is not None or must_name) and named != self._party.issuer:
            raise WrongLoginError
        if "error" in told:
            raise LoginRefusedError
        code = told.get("code")
        if not code:
            raise WrongLoginError
        return code

    def identify(self, login: Login, code: str, now: datetime) -> Identity:
        """From a code to a person; LoginError or ConnectorError."""
        answer = self._exchange(code, login, now)
        expected = Expected(
            issuer=self._party.issuer,
            client_id=self._party.client_id,
            nonce=login.nonce,
            access_token=answer.text("access_token"),
        )
        claims = check_id_token(answer.text("id_token"), self._provider.keys, expected, now)
        acr = claims.get("acr")
        if not isinstance(acr, str) or acr not in self._party.acr:
            raise LevelTooLowError
        return Identity(claims["sub"], acr, _values(claims.get(self._party.role_claim)))

    def farewell(self, return_to: str) -> str | None:
        """Where to log out at the provider too (RP-Initiated Logout); None if it has no such."""
        end = self._provider.document().end_session
        if end is None:
            return None
        asked = {"client_id": self._party.client_id, "post_logout_redirect_uri": return_to}
        return f"{end}{'&' if urlsplit(end).query else '?'}{urlencode(asked)}"

    def _exchange(self, code: str, login: Login, now: datetime) -> Fields:
        """Code for tokens, once: a code that is refused is a login that begins anew."""
        token_url = self._provider.document().token
        party = self._party
        us = Client(
            token_url=token_url, audience=party.issuer, client_id=party.client_id, key=party.key
        )
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": party.redirect_uri,
            "client_id": party.client_id,
            "code_verifier": login.verifier,
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": assertion(us, now),
        }
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        try:
            body = urlencode(form).encode("ascii")
            return self._transport.request("POST", token_url, headers=headers, body=body).json()
        except GeweigerdError:
            raise LoginRefusedError from None


def origin_of(address: str) -> str:
    """Scheme, host and port (RFC 6454)."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _challenge(verifier: str) -> str:
    return str(create_s256_code_challenge(verifier))  # type: ignore[no-untyped-call]


def _values(told: Any) -> frozenset[str]:
    """The claim as a set: providers send one text, or a list of them."""
    if isinstance(told, str):
        return frozenset({told})
    if isinstance(told, list):
        return frozenset(each for each in told if isinstance(each, str))
    return frozenset()
