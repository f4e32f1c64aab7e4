"""Keys that are never in the database: one file per epoch, and one for the system itself.

An epoch file holds a key-encryption key, which wraps the keys of each casus, and the root of
the blind indexes. Destroying the file makes what it wrapped unreadable everywhere: in WAL,
replicas and backups (audit-and-crypto B.4). The monthly rollover is not done here; every row
says its epoch, so that it can be.
"""

import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from privacy.errors import IntegrityError, KeysUnavailableError

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
#: Stands for the system key where epochs are counted; no epoch has this number.
SYSTEM: Final = 0
_PROVEN: Final = b"lso-gateway sleutelproef"
_FORMAT: Final = b"\x01"  # AES-256-GCM, random 96-bit nonce


def derive(root: bytes, purpose: str, length: int = KEY_BYTES) -> bytes:
    """A key for one purpose from a root key (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose.encode()).derive(root)


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch's key-encryption key and index root, derived from the file's secret."""

    number: int
    kek: AESGCM = field(repr=False)
    index_root: bytes = field(repr=False)

    @classmethod
    def of(cls, number: int, secret: bytes) -> "Epoch":
        """Derive both keys of an epoch from its 32-byte secret."""
        return cls(number, AESGCM(derive(secret, "kek")), derive(secret, "index"))


class KeyRing:
    """The epochs in use, newest last, and the system's own keys. Never printed."""

    def __init__(self, epochs: Mapping[int, Epoch], system: bytes) -> None:
        if not epochs:
            raise KeysUnavailableError("Er is geen sleutel van een tijdvak.")
        self._epochs = dict(epochs)
        self._system = system
        self._index_keys: dict[tuple[int, str], bytes] = {}
        self.current = self._epochs[max(self._epochs)]
        self._cursor = AESGCM(derive(system, "cursor"))
        self._place = AESGCM(derive(system, "plaats in een lijst"))

    def __repr__(self) -> str:
        return f"<KeyRing epochs {sorted(self._epochs)}>"

    @classmethod
    def create(cls, folder: Path) -> "KeyRing":
        """Make the first epoch and the system key; refuses to touch keys that exist."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("systeem.key", "epoch-000001.key"):
            _write_secret(folder / name)
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> "KeyRing":
        """Read every key of the folder; refuses keys that others may read."""
        epochs = {}
        for path in sorted(folder.glob("epoch-*.key")):
            number = path.stem.removeprefix("epoch-")
            if not number.isdecimal() or int(number) == SYSTEM:
                raise KeysUnavailableError("Een sleutelbestand van een tijdvak heeft geen nummer.")
            epochs[int(number)] = Epoch.of(int(number), _read_secret(path))
        return cls(epochs, _read_secret(folder / "systeem.key"))

    @property
    def epochs(self) -> frozenset[int]:
        """The numbers of the epochs of which the key is here."""
        return frozenset(self._epochs)

    def proof(self, epoch: int) -> bytes:
        """What only the key of an epoch, or of `SYSTEM`, makes; tells nothing of that key."""
        root = self._system if epoch == SYSTEM else self._epoch(epoch).index_root
        return hmac.digest(derive(root, "sleutelproef"), _PROVEN, sha256)

    def proves(self, epoch: int, proof: bytes) -> bool:
        """Whether a proof was made with the key that is here, in constant time."""
        return hmac.compare_digest(self.proof(epoch), proof)

    def system_key(self, purpose: str) -> bytes:
        """A key of the system itself (idempotency digests, pseudonyms), not bound to an epoch."""
        return derive(self._system, purpose)

    def blind_index(self, bronhouder: str, v_nummer: str, epoch: int | None = None) -> bytes:
        """Find a V-nummer again without storing it: HMAC under a key per organisation and epoch.

        Equal numbers of one organisation give equal indexes; those of two never do.
        """
        number = self.current.number if epoch is None else epoch
        key = self._index_keys.get((number, bronhouder))
        if key is None:
            key = derive(self._epoch(number).index_root, f"bronhouder {bronhouder}")
            self._index_keys[number, bronhouder] = key
        return hmac.digest(key, v_nummer.encode("ascii"), sha256)

    def hide_position(self, recipient: str, position: int) -> str:
        """A place in the outbox as an opaque cursor, for one recipient; never twice the same.

        Were it the same text for the same place, a recipient could see from an unchanged or
        changed cursor whether something passed that it may not know of.
        """
        return _hide(self._cursor, recipient, b"%016x" % position)

    def read_position(self, recipient: str, cursor: str) -> int:
        """The place behind a cursor; IntegrityError for any other text or recipient."""
        return int(_read_hidden(self._cursor, recipient, cursor), 16)

    def hide_place(self, reader: str, place: bytes) -> str:
        """As `hide_position`, for a place in any other list; of its own key."""
        return _hide(self._place, reader, place)

    def read_place(self, reader: str, cursor: str) -> bytes:
        """The place behind a cursor; IntegrityError for any other text or reader."""
        return _read_hidden(self._place, reader, cursor)

    def wrap(self, casus: UUID, name: str, key: bytes) -> bytes:
        """Wrap a casus key under the current epoch, bound to its casus and name."""
        nonce = os.urandom(_NONCE_BYTES)
        aad = _wrap_aad(casus, name, self.current.number)
        return _FORMAT + nonce + self.current.kek.encrypt(nonce, key, aad)

    def unwrap(self, casus: UUID, name: str, epoch: int, wrapped: bytes) -> bytes:
        """Open a wrapped casus key. IntegrityError where it belongs to another casus or name."""
        if wrapped[:1] != _FORMAT:
            raise IntegrityError("A wrapped key has an unknown format.")
        nonce, sealed_key = wrapped[1:13], wrapped[13:]
        try:
            return self._epoch(epoch).kek.decrypt(nonce, sealed_key, _wrap_aad(casus, name, epoch))
        except (InvalidTag, ValueError):  # a nonce that was cut off is a ValueError
            raise IntegrityError("A wrapped key does not belong to this casus.") from None

    def _epoch(self, number: int) -> Epoch:
        try:
            return self._epochs[number]
        except KeyError:
            raise KeysUnavailableError(f"De sleutel van tijdvak {number} ontbreekt.") from None


def _hide(key: AESGCM, reader: str, place: bytes) -> str:
    nonce = os.urandom(_NONCE_BYTES)
    return (nonce + key.encrypt(nonce, place, reader.encode())).hex()


def _read_hidden(key: AESGCM, reader: str, cursor: str) -> bytes:
    try:
        raw = bytes.fromhex(cursor)
        return key.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], reader.encode())
    except (ValueError, InvalidTag):
        raise IntegrityError("This is not a cursor of this reader.") from None


def _wrap_aad(casus: UUID, name: str, epoch: int) -> bytes:
    return b"sleutel|%s|%s|%d" % (name.encode(), casus.bytes, epoch)


def _write_secret(path: Path) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeysUnavailableError(f"{path.name} bestaat al en wordt niet overschreven.") from None
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _read_secret(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode & 0o077
        secret = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError):
        raise KeysUnavailableError(f"{path.name} ontbreekt of is geen sleutel.") from None
    if mode:
        raise KeysUnavailableError(f"{path.name} is leesbaar voor anderen (chmod 600).")
    if len(secret) != KEY_BYTES:
        raise KeysUnavailableError(f"{path.name} heeft niet de lengte van een sleutel.")
    return secret
