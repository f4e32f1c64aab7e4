"""Keys that are never in the database: one file per epoch, and one for the system itself.

An epoch file holds a key-encryption key, which wraps the keys of each casus, and the root of
the blind indexes. Destroying the file makes what it wrapped unreadable everywhere: in WAL,
replicas and backups (audit-and-crypto B.4). Which epoch is written under, and which still live,
says the door of the database (`privacy.store.epochs`), never the newest file alone; the rollover
is `privacy.rollover`.
"""

import hmac
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from privacy.epoch_files import KEY_BYTES, numbers_in, path_of, read_secret, write_secret
from privacy.errors import IntegrityError, KeysUnavailableError

__all__ = ["KEY_BYTES", "SYSTEM", "Epoch", "KeyRing", "Standing", "derive"]

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

    def proof(self) -> bytes:
        """What only this key makes; tells nothing of it."""
        return _proof(self.index_root)


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """The epochs as they stand: which live, and under which is written. Replaced as a whole.

    `of_door` where the door of a database said so; before that it is the newest file.
    """

    epochs: Mapping[int, Epoch] = field(repr=False)
    tijdvak: int
    oudste: int
    of_door: bool = False
    _derived: dict[tuple[int, str], bytes] = field(default_factory=dict, repr=False)

    def index(self, epoch: int, bronhouder: str, v_nummer: str) -> bytes:
        """The blind index of a number under one of these epochs."""
        key = self.key(epoch, f"bronhouder {bronhouder}")
        return hmac.digest(key, v_nummer.encode("ascii"), sha256)

    def key(self, epoch: int, purpose: str) -> bytes:
        """A key of one of these epochs, for what must be of no use once that epoch is over."""
        found = self._derived.get((epoch, purpose))
        if found is None:
            found = derive(self.epochs[epoch].index_root, purpose)
            self._derived[epoch, purpose] = found
        return found


class KeyRing:
    """The epochs in use and the system's own keys. Never printed.

    One for all threads of a process. It changes only where the door of the database says so, and
    never while a transaction holds that door: what began under one epoch ends under it.
    """

    def __init__(
        self, epochs: Mapping[int, Epoch], system: bytes, folder: Path | None = None
    ) -> None:
        if not epochs:
            raise KeysUnavailableError("Er is geen sleutel van een tijdvak.")
        self._standing = Standing(dict(epochs), max(epochs), min(epochs))
        self._lock = Lock()
        self._folder = folder
        self._system = system
        self._derived: dict[str, bytes] = {}
        self._cursor = AESGCM(derive(system, "cursor"))
        self._place = AESGCM(derive(system, "plaats in een lijst"))

    def __repr__(self) -> str:
        return f"<KeyRing epochs {sorted(self.epochs)}>"

    @classmethod
    def create(cls, folder: Path) -> "KeyRing":
        """Make the first epoch and the system key; refuses to touch keys that exist."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in (folder / "systeem.key", path_of(folder, 1)):
            write_secret(path)
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> "KeyRing":
        """Read every key of the folder; refuses keys that others may read."""
        return cls(_read_epochs(folder), read_secret(folder / "systeem.key"), folder)

    @property
    def current(self) -> Epoch:
        """The epoch that is written under."""
        standing = self._standing
        return standing.epochs[standing.tijdvak]

    @property
    def epochs(self) -> frozenset[int]:
        """The numbers of the living epochs of which the key is here."""
        return frozenset(self._standing.epochs)

    @property
    def standing(self) -> Standing:
        """As it is now. What was made under another one is made again before it is stored."""
        return self._standing

    def standing_at(self, tijdvak: int, oudste: int) -> Standing:
        """What the ring would be at a door that says so; reads the folder if it must.

        KeysUnavailableError where the key that is to be written under is not here, or that of the
        oldest casussen: those would be taken for people who are not known.
        """
        here = {number: each for number, each in self._standing.epochs.items() if number >= oudste}
        if self._folder is not None and not {tijdvak, oudste} <= here.keys():
            here = _read_epochs(self._folder, oudste)
        for number in (tijdvak, oudste):
            if number not in here:
                raise KeysUnavailableError(_missing(number))
        return Standing(here, tijdvak, oudste, of_door=True)

    def stand(self, standing: Standing) -> None:
        """From now on with these; the keys that are not among them are forgotten."""
        with self._lock:
            self._standing = standing

    def proof(self, epoch: int) -> bytes:
        """What only the key of an epoch, or of `SYSTEM`, makes; tells nothing of that key."""
        return _proof(self._system) if epoch == SYSTEM else self._epoch(epoch).proof()

    def proves(self, epoch: int, proof: bytes) -> bool:
        """Whether a proof was made with the key that is here, in constant time."""
        return hmac.compare_digest(self.proof(epoch), proof)

    def system_key(self, purpose: str) -> bytes:
        """A key of the system itself (cursors, pseudonyms), not bound to an epoch.

        It stays, so that nothing is stored under it by which a guess at a person is confirmed.
        """
        found = self._derived.get(purpose)
        if found is None:
            found = self._derived[purpose] = derive(self._system, purpose)
        return found

    def blind_index(self, bronhouder: str, v_nummer: str, epoch: int | None = None) -> bytes:
        """Find a V-nummer again without storing it: HMAC under a key per organisation and epoch.

        Equal numbers of one organisation give equal indexes; those of two never do.
        """
        standing = self._standing
        number = standing.tijdvak if epoch is None else epoch
        if number not in standing.epochs:
            raise KeysUnavailableError(_missing(number))
        return standing.index(number, bronhouder, v_nummer)

    def blind_indexes(self, bronhouders: Iterable[str], v_nummer: str) -> list[bytes]:
        """Under every living epoch, the current one first: by one of them a casus is found."""
        standing = self._standing
        epochs = sorted(standing.epochs, key=lambda number: (number != standing.tijdvak, number))
        return [standing.index(each, code, v_nummer) for code in bronhouders for each in epochs]

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
        nonce, epoch = os.urandom(_NONCE_BYTES), self.current
        aad = _wrap_aad(casus, name, epoch.number)
        return _FORMAT + nonce + epoch.kek.encrypt(nonce, key, aad)

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
        standing = self._standing
        if number not in standing.epochs and self._folder is not None:
            standing = self._with_newer(self._folder, standing)
        if number not in standing.epochs:
            raise KeysUnavailableError(_missing(number))
        return standing.epochs[number]

    def _with_newer(self, folder: Path, standing: Standing) -> Standing:
        """Once more from the folder: a row may be of an epoch that began since the last look."""
        newer = _read_epochs(folder, standing.tijdvak + 1)
        found = replace(standing, epochs={**standing.epochs, **newer})
        with self._lock:
            if self._standing is standing:
                self._standing = found
        return found


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


def _proof(root: bytes) -> bytes:
    return hmac.digest(derive(root, "sleutelproef"), _PROVEN, sha256)


def _read_epochs(folder: Path, oldest: int = 0) -> dict[int, Epoch]:
    """The keys of a folder; older ones are not even read, since they may be being destroyed."""
    return {
        number: Epoch.of(number, read_secret(path))
        for number, path in numbers_in(folder).items()
        if number >= oldest
    }


def _missing(number: int) -> str:
    return f"De sleutel van tijdvak {number} ontbreekt."
