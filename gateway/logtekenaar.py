"""The signer's own folder: its key, and how far it signed. Nobody else needs to read it.

Key and stand belong together. A key without its stand could sign a second history of the same
log, so it is refused; then a new key is made, and told to everybody (docs/bewijs.md).
"""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from privacy.durable import replace_file
from privacy.log.edge import Edge
from privacy.log.notes import Kind, VerifierKey

_KEY: Final = "logtekenaar.pem"
_STAND: Final = "stand.json"
_LOCK: Final = "bezet.lock"
_OPEN: Final = (
    "De map van de logtekenaar is toegankelijk voor anderen (chmod 700, en elk bestand 600)."
)
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class SignerFolderError(Exception):
    """The folder cannot be used; the sentence says what is to be done, in Dutch."""


@dataclass(frozen=True, slots=True)
class SignerFolder:
    """A folder of which the key could be read. `read` and `write` are for who holds it."""

    path: Path
    key: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make folder, key and the stand of an empty log; SignerFolderError where a key exists."""
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if path.stat().st_mode & _OTHERS:
                raise SignerFolderError(_OPEN)
            if (path / _KEY).exists() or (path / _STAND).exists():
                raise SignerFolderError("Er is al een sleutel; die wordt nooit overschreven.")
            key = Ed25519PrivateKey.generate()
            pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            made = cls(path, key)
            # The stand first: a key without one is refused, a stand without a key is no harm.
            made.write(Edge())
            replace_file(made.path / _KEY, pem)
        except OSError:
            raise SignerFolderError("In de map van de logtekenaar is niet te schrijven.") from None
        return made

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read the key; SignerFolderError where there is none or where others may read it."""
        try:
            modes = (path.stat().st_mode | (path / _KEY).stat().st_mode) & _OTHERS
            key = load_pem_private_key((path / _KEY).read_bytes(), password=None)
        except FileNotFoundError:
            raise SignerFolderError(
                "De sleutel van de logtekenaar is er niet: maak hem met logtekenaar aanmaken."
            ) from None
        except (OSError, ValueError):
            raise SignerFolderError(
                "De sleutel van de logtekenaar is niet te lezen, of beschadigd: zie docs/bewijs.md."
            ) from None
        if modes:
            raise SignerFolderError(_OPEN)
        if not isinstance(key, Ed25519PrivateKey):
            raise SignerFolderError("De sleutel van de logtekenaar is geen sleutel van Ed25519.")
        return cls(path, key)

    def vkey(self, origin: str) -> VerifierKey:
        """By which others check what is signed."""
        return VerifierKey.of(origin, self.key, Kind.NOTE)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the only one that signs with this key; SignerFolderError where another does."""
        handle = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                told = "Een andere logtekenaar is al bezig met deze map."
                raise SignerFolderError(told) from None
            yield
        finally:
            os.close(handle)

    def read(self) -> Edge:
        """How far was signed; SignerFolderError where that is not known any more."""
        try:
            return Edge.from_bytes((self.path / _STAND).read_bytes())
        except (OSError, ValueError):
            raise SignerFolderError(
                "Hoe ver er is ondertekend (stand.json) is niet te lezen: zie docs/bewijs.md."
            ) from None

    def write(self, edge: Edge) -> None:
        """Remember this before anything of it is signed; on the disk when it returns."""
        replace_file(self.path / _STAND, edge.to_bytes())
