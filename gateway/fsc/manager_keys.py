"""The keys of our Manager, by which its tokens are checked; read anew when the file changes.

A key is named as tokens name it: by `x5t#S256` of its certificate, or by `kid`. Keys that are
too weak, that two names share, or that hold a secret half make the whole file unusable.
"""

import json
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, RSAKey, import_key

from gateway.auth.certificates import X5T
from gateway.auth.public_keys import LEAST_RSA_BITS, holds_secret
from privacy.errors import KeysUnavailableError

_CURVES: Final = frozenset({"P-256", "P-384", "P-521"})
Named = Mapping[tuple[str, str], Key]


class ManagerKeys:
    """One JWKS file (RFC 7517). What is removed from it holds no more from the next call on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int, int] | None = None
        self._named: Named = {}

    def named(self) -> Named:
        """Keys by (header, name); KeysUnavailableError while the file cannot be used."""
        try:
            seen = self._path.stat()
            stamp = (seen.st_mtime_ns, seen.st_size, seen.st_ino)
            if stamp != self._stamp:
                self._named = _read(self._path.read_bytes())
                self._stamp = stamp
        except (OSError, ValueError, KeyError, TypeError, JoseError):
            self._stamp = None
            raise KeysUnavailableError(f"{self._path.name} is geen bruikbare JWKS.") from None
        return self._named


def _read(content: bytes) -> Named:
    found: dict[tuple[str, str], Key] = {}
    for told in json.loads(content)["keys"]:
        for name in _names(told):
            if name in found:
                raise ValueError("two keys of one name")
            found[name] = _public(told)
    if not found:
        raise ValueError("no key that has a name")
    return found


def _names(told: Mapping[str, Any]) -> set[tuple[str, str]]:
    names = {(member, str(told[member])) for member in (X5T, "kid") if member in told}
    if told.get("x5c"):
        digest = sha256(b64decode(told["x5c"][0], validate=True)).digest()
        names.add((X5T, urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")))
    return names


def _public(told: Mapping[str, Any]) -> Key:
    if holds_secret(told):
        raise ValueError("a secret half")
    # Only the key itself: what else the file says of it is not for the library to weigh.
    wanted = ("kty", "crv", "x", "y", "n", "e")
    key = import_key({name: told[name] for name in wanted if name in told})
    strong = (isinstance(key, ECKey) and key.curve_name in _CURVES) or (
        isinstance(key, RSAKey) and key.public_key.key_size >= LEAST_RSA_BITS
    )
    if not strong:
        raise ValueError("a weak key")
    return key
