"""DPoP: proof, with every attempt, that a token is used by whom it was given to (RFC 9449).

Promise: a proof is for one method, one address and one attempt; the newest nonce of a server
goes into the next proof for that server, and for no other. No proof or token is ever shown.

The key is the process's own: made at the start, never stored. So a token from a log or a backup
is worth nothing, whatever lies beside it; and the client's key, which says who we are, signs
nothing but that (RFC 8725, 3.12: one key, one kind of message).

Not checked here: whether the server looks at proofs at all; `tokens` refuses a token that is
not bound.
"""

import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final
from urllib.parse import SplitResult, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

from connectors.jwk import ALGORITHM

#: What a server says that wants its nonce in the proof (RFC 9449, 8 and 9).
USE_NONCE: Final = "use_dpop_nonce"
_TYPE: Final = "dpop+jwt"
_JTI_BYTES: Final = 24
_PUBLIC: Final = ("kty", "crv", "x", "y")
_PORTS: Final = {"http": 80, "https": 443}
# RFC 6749, appendix A: what a nonce may hold. Two headers arrive joined with a blank, and fail.
_NONCE: Final = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]{1,256}")

_Origin = tuple[str, str, int | None]


class Prover:
    """Makes proofs with one key, and knows the nonce of each server. Safe for threads."""

    def __init__(self, key: ECKey, now: Callable[[], datetime]) -> None:
        self._key = key
        self._now = now
        told = key.as_dict(private=False)
        public = {name: told[name] for name in _PUBLIC}
        self._header = {"typ": _TYPE, "alg": ALGORITHM, "jwk": public}
        self._nonces: dict[_Origin, str] = {}

    def proof(self, method: str, url: str, token: str = "") -> str:
        """Prove one attempt; with a token, also that this token is meant (`ath`)."""
        address = urlsplit(url)
        claims: dict[str, object] = {
            "jti": secrets.token_urlsafe(_JTI_BYTES),
            "htm": method,
            "htu": address._replace(query="", fragment="").geturl(),
            "iat": int(self._now().timestamp()),
        }
        if token:
            claims["ath"] = _digest(token)
        nonce = self._nonces.get(_origin(address))
        if nonce is not None:
            claims["nonce"] = nonce
        return jwt.encode(self._header, claims, self._key, algorithms=[ALGORITHM])

    def heard(self, url: str, nonce: str | None) -> None:
        """Keep the nonce of an answer, if it brought one."""
        if nonce is not None and _NONCE.fullmatch(nonce):
            self._nonces[_origin(urlsplit(url))] = nonce


@dataclass(frozen=True, slots=True)
class Proven:
    """Credentials of a bound token; without a token, those of who asks for one."""

    prover: Prover = field(repr=False)
    token: str = field(default="", repr=False)

    def headers(self, method: str, url: str) -> Mapping[str, str]:
        proof = {"DPoP": self.prover.proof(method, url, self.token)}
        return proof | {"Authorization": f"DPoP {self.token}"} if self.token else proof

    def heard(self, url: str, headers: Mapping[str, str]) -> None:
        self.prover.heard(url, headers.get("dpop-nonce"))


def _origin(address: SplitResult) -> _Origin:
    port = address.port or _PORTS.get(address.scheme)
    return address.scheme, address.hostname or "", port


def _digest(token: str) -> str:
    """RFC 9449, 4.2: SHA-256 over the token's ASCII, in base64url without padding."""
    return urlsafe_b64encode(sha256(token.encode("ascii")).digest()).rstrip(b"=").decode("ascii")
