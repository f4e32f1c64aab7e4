"""Signatures over exact bytes: compact JWS, ES256, detached or with the body inside (RFC 7515).

Accepted is exactly what we write: a header of `alg` ES256 and `kid`, nothing else. So none,
HS256, `crit`, `b64`, `jwk`, `x5u` and a token that is passed off as an answer all fail before a
key is looked up. Design 5: the gateway signs what it discloses, ES256 by default.
"""

import json
import re
from base64 import urlsafe_b64decode
from typing import Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from connectors.errors import NotAuthenticError
from connectors.jwk import ALGORITHM, PublicKeys

#: Bytes of a body that is signed or checked; both sides refuse more.
MOST_BYTES: Final = 8_000_000
_HEADER = re.compile(r"[A-Za-z0-9_-]{1,400}", re.ASCII)
# R and S of 32 bytes each (RFC 7518, 3.4), in base64url.
_SIGNATURE = re.compile(r"[A-Za-z0-9_-]{86}", re.ASCII)
_BODY = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


class _Registry(jws.JWSRegistry):
    # joserfc writes whatever it is given but by default reads no more than 128,000 characters.
    max_header_length = 400
    max_payload_length = (MOST_BYTES * 4 + 2) // 3
    max_signature_length = 86


_REGISTRY: Final = _Registry(algorithms=[ALGORITHM])


def sign(body: bytes, key: ECKey, kid: str) -> str:
    """Sign detached: `header..signature`, for the header Payload-Signature."""
    return jws.detach_content(sign_compact(body, key, kid))


def sign_compact(body: bytes, key: ECKey, kid: str) -> str:
    """Sign with the body inside: `header.body.signature`, for application/jose."""
    if len(body) > MOST_BYTES:
        raise ValueError(f"a body of more than {MOST_BYTES} bytes is not signed")
    return jws.serialize_compact({"alg": ALGORITHM, "kid": kid}, body, key, registry=_REGISTRY)


def verify(body: bytes, signature: str, keys: PublicKeys) -> str:
    """Name the kid of the key that signed exactly these bytes. Raises NotAuthenticError."""
    parts = signature.split(".")
    # A body inside would be checked instead of the body at hand.
    if len(parts) != 3 or parts[1]:  # noqa: PLR2004
        raise NotAuthenticError("geen losse handtekening (JWS detached)")
    if len(body) > MOST_BYTES:
        raise NotAuthenticError("te groot om te controleren")
    kid, _ = _open(parts[0], signature, keys, body)
    return kid


def open_compact(value: str, keys: PublicKeys) -> tuple[str, bytes]:
    """Give kid and body of a compact JWS. Raises NotAuthenticError."""
    parts = value.split(".", maxsplit=3)
    if len(parts) != 3 or not _BODY.fullmatch(parts[1]):  # noqa: PLR2004
        raise NotAuthenticError("geen compacte JWS")
    return _open(parts[0], value, keys, None)


def detached(value: str) -> str:
    """Leave the body out: what remains is what `verify` takes beside the bytes."""
    return jws.detach_content(value)


def kid_of(signature: str) -> str:
    """Read which key a signature claims. No proof: only to know whether our keys are stale."""
    return _kid(signature.partition(".")[0])


def _open(header: str, value: str, keys: PublicKeys, body: bytes | None) -> tuple[str, bytes]:
    kid = _kid(header)
    if kid not in keys.by_kid:
        raise NotAuthenticError("van een onbekende sleutel")
    if not _SIGNATURE.fullmatch(value.rpartition(".")[2]):
        raise NotAuthenticError("geen handtekening volgens ES256")
    opened = _checked(value, keys.by_kid[kid], body)
    if opened is None:
        raise NotAuthenticError("de handtekening hoort niet bij deze inhoud")
    return kid, opened


def _checked(value: str, key: ECKey, body: bytes | None) -> bytes | None:
    try:
        return jws.deserialize_compact(value, key, registry=_REGISTRY, payload=body).payload
    except (JoseError, ValueError, TypeError):
        return None


def _kid(header: str) -> str:
    """Read the kid of a header that is exactly what we write (RFC 8725, 3.1: our list)."""
    told = _header(header)
    if not isinstance(told, dict) or set(told) != {"alg", "kid"} or told["alg"] != ALGORITHM:
        raise NotAuthenticError("alleen ES256 met een kid wordt geaccepteerd")
    kid = told["kid"]
    if not isinstance(kid, str):
        raise NotAuthenticError("alleen ES256 met een kid wordt geaccepteerd")
    return kid


def _header(text: str) -> object:
    if not _HEADER.fullmatch(text):
        return None
    try:
        return json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        return None
