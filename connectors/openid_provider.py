"""What a provider says of itself (OpenID Connect Discovery), and its keys; kept for an hour.

Refused: a document of another issuer, an address that is not https, no PKCE with S256, and no
private_key_jwt. An unknown kid is worth one look at the keys, but not one per login.

Anybody may begin a login, and each holds a thread of the gateway: so who finds the provider away
says so at once for a while, and nobody waits long for another's question.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from joserfc.jwk import KeySet

from connectors.addresses import check_address
from connectors.errors import NotUnderstoodError, TryLaterError, UnreachableError
from connectors.openid_token import read_keys
from connectors.transport import Transport
from connectors.wire import Fields, read_object

_FRESH_SECONDS: Final = 3_600.0
_PAUSE_SECONDS: Final = 10.0
_WAIT_SECONDS: Final = 2.0
_ACCEPT: Final = {"Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Document:
    """The addresses of a provider. `names_itself`: answers carry `iss` (RFC 9207)."""

    authorization: str
    token: str
    jwks: str
    end_session: str | None
    names_itself: bool


class Provider:
    """One provider's document and keys; threads wait for one another, but not for long."""

    def __init__(
        self, issuer: str, transport: Transport, *, elapsed: Callable[[], float] = time.monotonic
    ) -> None:
        self._issuer = issuer
        self._transport = transport
        self._elapsed = elapsed
        self._lock = Lock()
        self._document: tuple[float, Document] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._away_until = float("-inf")

    def document(self) -> Document:
        """The document, asked for again after an hour."""
        with self._turn():
            kept = self._document
            if kept is None or self._elapsed() - kept[0] > _FRESH_SECONDS:
                kept = self._document = (self._elapsed(), self._ask_document())
            return kept[1]

    @property
    def known(self) -> Document | None:
        """The document as it was last read, if it ever was."""
        return None if self._document is None else self._document[1]

    def keys(self, kid: str | None) -> KeySet:
        """The keys among which a kid is looked up."""
        address = self.document().jwks
        with self._turn():
            kept = self._keys
            if kept is None or self._elapsed() - kept[0] > self._bearable(kept[1], kid):
                kept = self._keys = (self._elapsed(), read_keys(self._ask(address)))
            return kept[1]

    @staticmethod
    def _bearable(keys: KeySet, kid: str | None) -> float:
        known = kid is None or any(key.kid == kid for key in keys)
        return _FRESH_SECONDS if known else _PAUSE_SECONDS

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._lock.acquire(timeout=_WAIT_SECONDS):
            raise UnreachableError
        try:
            yield
        finally:
            self._lock.release()

    def _ask(self, address: str) -> Fields:
        if self._elapsed() < self._away_until:
            raise UnreachableError
        try:
            answer = self._transport.request("GET", address, headers=_ACCEPT)
        except (UnreachableError, TryLaterError):
            self._away_until = self._elapsed() + _PAUSE_SECONDS
            raise
        # A JWKS has a content type of its own (RFC 7517, 8.5.2), which not everyone uses.
        if answer.content_type == "application/jwk-set+json":
            answer.require("application/jwk-set+json")
            return read_object(answer.body)
        return answer.json()

    def _ask_document(self) -> Document:
        told = self._ask(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        plain = told.plain()
        if told.text("issuer") != self._issuer:
            raise NotUnderstoodError("het document is van een andere aanbieder")
        if not _offers(plain, "code_challenge_methods_supported", "S256"):
            raise NotUnderstoodError("de aanbieder kent geen PKCE met S256")
        if not _offers(plain, "token_endpoint_auth_methods_supported", "private_key_jwt"):
            raise NotUnderstoodError("de aanbieder kent geen private_key_jwt")
        end = "end_session_endpoint"
        return Document(
            authorization=_address(told, "authorization_endpoint"),
            token=_address(told, "token_endpoint"),
            jwks=_address(told, "jwks_uri"),
            end_session=_address(told, end) if told.has(end) else None,
            names_itself=plain.get("authorization_response_iss_parameter_supported") is True,
        )


def _offers(plain: Mapping[str, Any], name: str, wanted: str) -> bool:
    listed = plain.get(name)
    return isinstance(listed, list) and wanted in listed


def _address(told: Fields, name: str) -> str:
    """An address that a browser or we may be sent to; UnusableAddressError for any other."""
    address = told.text(name)
    check_address(address, allow_plain_http=False)
    return address
