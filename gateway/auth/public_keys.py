"""A client's public keys as they are handed over or published: public only, and strong enough.

Secret halves are refused as a whole: they have been on the way, so they are no secret any more.
A certificate beside a key (`x5c`) must be of that very key (NL GOV OAuth 1.1, RFC 7517 4.7); it
is not kept. Not checked: its chain, its dates, and what `x5u` points to, which is never fetched.
"""

import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, RSAKey, import_key

LEAST_RSA_BITS: Final = 2_048
#: A check costs more with every bit, and who asks for it need not have proven anything yet.
#: joserfc reads no signature of more than 6144.
_MOST_RSA_BITS: Final = 4_096
_MOST_KEYS: Final = 20
_LONGEST_KID: Final = 255
_SECRET: Final = frozenset({"d", "k", "p", "q", "dp", "dq", "qi", "oth"})
_KEPT: Final = ("kty", "crv", "x", "y", "n", "e", "alg")


class PublicKeyFaultError(Exception):
    """The key set cannot be registered; the message says why, in Dutch."""


def read_public_jwks(content: bytes, *, published: bool = False) -> str:
    """The key set as it is stored: each key public, for signing, with a kid (or its thumbprint).

    A set that is `published` is for others too: keys that no client of ours can use are passed
    over there (RFC 7517 section 5). One that is handed over is refused for them.
    """
    try:
        told = json.loads(content)
        keys = told["keys"]
        shown = [_public(each) for each in keys if not published or _is_for_us(each)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise PublicKeyFaultError("geen JWKS (RFC 7517)") from None
    kids = [each["kid"] for each in shown]
    if not kids or len(set(kids)) != len(kids):
        raise PublicKeyFaultError("geen sleutel, of een kid die tweemaal voorkomt")
    if len(kids) > _MOST_KEYS:
        raise PublicKeyFaultError(f"meer dan {_MOST_KEYS} sleutels")
    return as_stored(shown)


def as_stored(keys: list[dict[str, Any]]) -> str:
    """Keys that were read here, as one text."""
    return json.dumps({"keys": keys}, separators=(",", ":"))


def holds_secret(told: Mapping[str, Any]) -> bool:
    """Whether a JWK gives away its secret half, or is a shared secret as a whole."""
    return bool(_SECRET & told.keys())


def read_public_key(told: dict[str, Any]) -> Key:
    """One key; PublicKeyFaultError where it is secret, weak or of another kind."""
    if holds_secret(told):
        raise PublicKeyFaultError("er staat een geheime sleutel in: maak een nieuwe")
    try:
        key = import_key(told)
        strong = _is_strong(key)
    except (JoseError, ValueError, TypeError, KeyError):
        raise PublicKeyFaultError("geen JWK (RFC 7517)") from None
    if not strong:
        raise PublicKeyFaultError("alleen P-256, of RSA van 2048 tot en met 4096 bits")
    return key


def read_signing_jwk(content: bytes) -> tuple[str, str]:
    """One public key on P-256, to check ES256 with: its kid (RFC 7638), and the text to store."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise PublicKeyFaultError("geen JWK (RFC 7517)")
    key = read_public_key(told)
    if not isinstance(key, ECKey) or told.get("use", "sig") != "sig":
        raise PublicKeyFaultError("alleen P-256, om mee te ondertekenen (ES256)")
    kept = {name: told[name] for name in ("kty", "crv", "x", "y")}
    return key.thumbprint(), json.dumps(kept, separators=(",", ":"))


def _is_for_us(told: dict[str, Any]) -> bool:
    if holds_secret(told):
        return True  # and refused, with the whole set
    kind = told.get("kty"), told.get("crv")
    return told.get("use", "sig") == "sig" and (kind == ("EC", "P-256") or kind[0] == "RSA")


def _public(told: dict[str, Any]) -> dict[str, Any]:
    key = read_public_key(told)
    if told.get("use", "sig") != "sig":
        raise PublicKeyFaultError("alleen sleutels om mee te ondertekenen (use sig)")
    if "x5c" in told and not _is_certified(key, told["x5c"]):
        raise PublicKeyFaultError("het certificaat (x5c) hoort niet bij de sleutel")
    # Only these: whatever else a key set says cannot change what the key is.
    kept: dict[str, Any] = {name: told[name] for name in _KEPT if name in told}
    return {**kept, "kid": _kid(told, key), "use": "sig"}


def _kid(told: Mapping[str, Any], key: Key) -> str:
    kid = told.get("kid") or key.thumbprint()
    if not isinstance(kid, str) or len(kid) > _LONGEST_KID:
        raise PublicKeyFaultError(f"kid is geen tekst van hoogstens {_LONGEST_KID} tekens")
    return kid


def _is_strong(key: Key) -> bool:
    """Asks for the key itself: only then is a point checked to lie on its curve."""
    if isinstance(key, ECKey):
        return key.curve_name == "P-256" and key.public_key.key_size > 0
    return isinstance(key, RSAKey) and LEAST_RSA_BITS <= key.public_key.key_size <= _MOST_RSA_BITS


def _is_certified(key: Key, chain: Any) -> bool:
    """Whether the first certificate of the chain is of this key; it is DER in plain base64."""
    if not isinstance(chain, list) or not chain:
        return False
    certificate = x509.load_der_x509_certificate(b64decode(chain[0], validate=True))
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    assert isinstance(key, ECKey | RSAKey)  # noqa: S101  no other kind is strong
    return certificate.public_key().public_bytes(*form) == key.public_key.public_bytes(*form)
