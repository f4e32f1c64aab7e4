"""The gateway's signing keys: one for tokens, one for answers; files, never in the database.

Two keys, so that a signed answer can never pass for a token. Every key in the folder is in the
JWKS; the newest of its kind signs, so an old one stays checkable after a new one is added.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from joserfc.jwk import ECKey

from connectors.jwk import key_id, new_key, private_key, to_jwks, to_pem
from connectors.signing import sign, sign_compact
from privacy.errors import KeysUnavailableError

_TOKENS: Final = "ondertekening-tokens-"
_ANSWERS: Final = "ondertekening-antwoorden-"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and its name: the thumbprint, the same on every replica (RFC 7638)."""

    kid: str
    key: ECKey

    def __repr__(self) -> str:
        return f"<SigningKey {self.kid}>"


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs by ES256, and shows the public keys. Oldest key first."""

    tokens: tuple[SigningKey, ...]
    antwoorden: tuple[SigningKey, ...]

    @classmethod
    def open(cls, folder: Path) -> "Signer":
        """Read the keys; KeysUnavailableError names the file that is missing or faulty."""
        return cls(_read(folder, _TOKENS), _read(folder, _ANSWERS))

    @classmethod
    def create(cls, folder: Path) -> "Signer":
        """Make the first key of each kind; refuses to touch keys that exist."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for prefix in (_TOKENS, _ANSWERS):
            _write(folder / f"{prefix}000001.pem")
        return cls.open(folder)

    def sign_answer(self, body: bytes) -> str:
        """A detached compact JWS over exactly these bytes, for the Payload-Signature header."""
        newest = self.antwoorden[-1]
        return sign(body, newest.key, newest.kid)

    def answer_as_jose(self, body: bytes) -> bytes:
        """A compact JWS with the body inside, for application/jose."""
        newest = self.antwoorden[-1]
        return sign_compact(body, newest.key, newest.kid).encode("ascii")

    def jwks(self) -> dict[str, Any]:
        """The public half of every key (RFC 7517)."""
        return dict(to_jwks({known.kid: known.key for known in (*self.tokens, *self.antwoorden)}))


def _read(folder: Path, prefix: str) -> tuple[SigningKey, ...]:
    keys = []
    for path in sorted(folder.glob(f"{prefix}*.pem")):
        try:
            key = private_key(path.read_bytes())
        except (OSError, ValueError):
            raise KeysUnavailableError(f"{path.name} is geen geheime sleutel van P-256.") from None
        keys.append(SigningKey(key_id(key), key))
    if not keys:
        raise KeysUnavailableError(f"{prefix}*.pem ontbreekt (maak ze met: sleutels aanmaken).")
    return tuple(keys)


def _write(path: Path) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeysUnavailableError(f"{path.name} bestaat al en wordt niet overschreven.") from None
    with os.fdopen(handle, "wb") as file:
        file.write(to_pem(new_key()))
        file.flush()
        os.fsync(file.fileno())
