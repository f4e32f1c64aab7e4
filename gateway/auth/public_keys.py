"""A client's JWKS as its organisation hands it over: public keys only, strong enough.

Secret halves are refused as a whole: they have been on the way, so they are no secret any more.
"""

import json
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, RSAKey, import_key

_LEAST_RSA_BITS: Final = 2_048
_SECRET: Final = frozenset({"d", "k", "p", "q", "dp", "dq", "qi", "oth"})


class PublicKeyFaultError(Exception):
    """The key set cannot be registered; the message says why, in Dutch."""


def read_public_jwks(content: bytes) -> str:
    """The key set as it is stored: each key public, for signing, with a kid (or its thumbprint)."""
    try:
        told = json.loads(content)
        keys = told["keys"]
        shown = [_public(each) for each in keys]
    except (ValueError, KeyError, TypeError, JoseError):
        raise PublicKeyFaultError("geen JWKS (RFC 7517)") from None
    kids = [each["kid"] for each in shown]
    if not kids or len(set(kids)) != len(kids):
        raise PublicKeyFaultError("geen sleutel, of een kid die tweemaal voorkomt")
    return json.dumps({"keys": shown}, separators=(",", ":"))


def _public(told: dict[str, Any]) -> dict[str, Any]:
    if _SECRET & told.keys():
        raise PublicKeyFaultError("er staat een geheime sleutel in: maak een nieuwe")
    key = import_key(told)
    if not _is_strong(key):
        raise PublicKeyFaultError("alleen P-256, of RSA van 2048 bits of meer")
    return {**key.as_dict(private=False), "kid": told.get("kid") or key.thumbprint(), "use": "sig"}


def _is_strong(key: Key) -> bool:
    if isinstance(key, ECKey):
        return key.curve_name == "P-256"
    return isinstance(key, RSAKey) and key.public_key.key_size >= _LEAST_RSA_BITS
