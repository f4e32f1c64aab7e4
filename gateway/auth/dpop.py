"""DPoP proofs (RFC 9449): who sends a token holds the key that it was given to, at this call.

A proof is about one method and one address, at most a minute old, and good once: a digest of its
key and jti is inserted, and the insert decides. Every signature is checked; only the reading of
a public key is remembered, never that something of it held.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key

from gateway.auth.dpop_nonce import ProofNonce
from gateway.auth.public_keys import PublicKeyFaultError, read_public_key
from gateway.request import AskedRequest
from gateway.store.proofs import forget_some_proofs, use_proof
from gateway.wiring import Parts
from privacy.store.engine import writing

HEADER: Final = "DPoP"
_TYPE: Final = "dpop+jwt"
_OLDEST: Final = 60
#: FAPI 2.0: ten seconds of difference between clocks, no more.
_LEEWAY: Final = 10
_LONGEST: Final = 8_000
_LONGEST_JTI: Final = 255
_CLEAN_UP_EVERY: Final = 60
_PORTS: Final = MappingProxyType({"http": 80, "https": 443})


class _Registry(jws.JWSRegistry):
    """joserfc reads headers of 512 characters; a key of RSA needs more."""

    max_header_length = 3_000
    max_payload_length = 4_000


class ProofError(Exception):
    """`error` as RFC 9449 names it. With `nonce`, the same with that nonce may do."""

    def __init__(self, nonce: str | None = None) -> None:
        super().__init__()
        self.error = "use_dpop_nonce" if nonce else "invalid_dpop_proof"
        self.nonce = nonce


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that holds, and is not used up yet. `jkt` is the thumbprint of its key."""

    jkt: str
    digest: bytes
    expires: int


class ProofReader:
    """Checks the proof of a request, and uses it up."""

    def __init__(self, parts: Parts) -> None:
        """One that lives for a minute cleans up in passing; one of a single request never does."""
        self._parts = parts
        self._nonce = ProofNonce(parts.keys) if parts.settings.dpop_nonce else None
        self._cleaned = self._now()

    def read(
        self, asked: AskedRequest, algorithms: Collection[str], token: str | None = None
    ) -> Proof:
        """Every check of RFC 9449, 4.3; ProofError at the first that fails. Uses nothing up."""
        told = asked.headers.getlist(HEADER)
        if len(told) != 1 or len(told[0]) > _LONGEST:
            raise ProofError
        claims, jkt = _open(told[0], algorithms)
        # Quoted, as what was decoded once must not be read as an address and decoded again.
        address = self._parts.settings.uitgever + quote(asked.path)
        if claims.get("htm") != asked.method or not _same_address(claims.get("htu"), address):
            raise ProofError
        if token is not None and claims.get("ath") != hash_of(token):
            raise ProofError
        digest = sha256(f"{jkt} ".encode() + _jti(claims)).digest()
        expires = self._made_now(claims) + _OLDEST + _LEEWAY
        if self._nonce is not None and not self._nonce.holds(claims.get("nonce"), self._now()):
            raise ProofError(self._nonce.current(self._now()))
        return Proof(jkt, digest, expires)

    def use(self, proof: Proof, jkt: str) -> None:
        """Use it up, in a transaction of its own; ProofError for another key, or a second time."""
        if proof.jkt != jkt:
            raise ProofError
        now = self._now()
        with writing(self._parts.engine) as connection:
            if now - self._cleaned >= _CLEAN_UP_EVERY:
                self._cleaned = now
                if not forget_some_proofs(connection, now):
                    self._cleaned -= _CLEAN_UP_EVERY  # the next call goes on with it
            first = use_proof(connection, proof.digest, expires=proof.expires)
        if not first:
            raise ProofError

    def _now(self) -> int:
        return int(self._parts.clock.now().timestamp())

    def _made_now(self, claims: dict[str, Any]) -> int:
        made = claims.get("iat")
        if isinstance(made, bool) or not isinstance(made, int | float):
            raise ProofError
        if not self._now() - _OLDEST <= made <= self._now() + _LEEWAY:
            raise ProofError
        return int(made)


def hash_of(token: str) -> str:
    """The `ath` of a token (RFC 9449, 4.2)."""
    return urlsafe_b64encode(sha256(token.encode()).digest()).rstrip(b"=").decode("ascii")


def _open(told: str, algorithms: Collection[str]) -> tuple[dict[str, Any], str]:
    """The claims and the thumbprint of the key, once the signature by that key is checked."""
    registry = _Registry(algorithms=algorithms, strict_check_header=False)
    try:
        opened = jws.extract_compact(told.encode("ascii"), registry=registry)
        header = opened.headers()
        # No extension is known here, so none that must be known can hold.
        if header.get("typ") != _TYPE or "crit" in header:
            raise ProofError
        key, jkt = _public_key(header.get("jwk"))
        if not jws.validate_compact(opened, key, registry=registry):
            raise ProofError
        claims = json.loads(opened.payload or b"")
    except (JoseError, ValueError, TypeError, RecursionError):
        raise ProofError from None
    if not isinstance(claims, dict):
        raise ProofError
    return claims, jkt


def _public_key(told: object) -> tuple[Key, str]:
    if not isinstance(told, dict):
        raise ProofError
    try:
        return _import_key(json.dumps(told, sort_keys=True))
    except PublicKeyFaultError:
        raise ProofError from None


@lru_cache(maxsize=1_024)
def _import_key(canonical: str) -> tuple[Key, str]:
    key = read_public_key(json.loads(canonical))
    return key, key.thumbprint()


def _jti(claims: dict[str, Any]) -> bytes:
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST_JTI:
        raise ProofError
    return jti.encode("utf-8", "surrogatepass")  # JSON can hold half of a pair


def _same_address(told: object, own: str) -> bool:
    """Without query and fragment, and whatever the spelling (RFC 9449, 4.3)."""
    if told == own:
        return True
    if not isinstance(told, str):
        return False
    try:
        return _normal(told) == _normal(own)
    except ValueError:
        return False


def _normal(address: str) -> tuple[str, str | None, int | None, str]:
    parts = urlsplit(address)
    if parts.username is not None:
        raise ValueError("nobody logs in by an address")
    port = parts.port or _PORTS.get(parts.scheme)
    return parts.scheme, parts.hostname, port, unquote(parts.path)
