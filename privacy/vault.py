"""The vault: sealed records to ciphertext and back, under the keys of their own casus.

Each casus has two keys. *inhoud* covers summary and mutations and goes when its last consent
ends; *spoor* covers the details of consents, the references given to recipients and the
pseudonym in the log, and goes at erasure. A ciphertext is bound to table, casus and version:
moved anywhere else it does not open (AES-256-GCM with AAD).
"""

import hmac
import json
import os
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from privacy._unseal import open_sealed, text_of
from privacy.errors import ErasedError, IntegrityError
from privacy.keys import KEY_BYTES, KeyRing
from privacy.sealed import Label, Sealed, seal
from schemas.canonical import canonical

_FORMAT: Final = b"\x01"
_NUMMER: Final = "nummer"


@dataclass(frozen=True, slots=True)
class WrappedKeys:
    """The two keys of a casus as they stand in the database; None once destroyed."""

    epoch: int
    inhoud: bytes | None = field(repr=False)
    spoor: bytes | None = field(repr=False)


class CasusKeys:
    """The opened keys of one casus: encrypts, decrypts, and names the casus to outsiders."""

    __slots__ = ("_inhoud", "_spoor", "_spoor_aes", "casus")

    def __init__(self, casus: UUID, inhoud: bytes | None, spoor: bytes | None) -> None:
        self.casus = casus
        self._inhoud = AESGCM(inhoud) if inhoud else None
        self._spoor = spoor
        self._spoor_aes: AESGCM | None = None  # made where something is to be opened or closed

    def __repr__(self) -> str:
        return "<CasusKeys>"

    @property
    def has_content(self) -> bool:
        """Whether the key of the content is here, and not destroyed."""
        return self._inhoud is not None

    @property
    def is_erased(self) -> bool:
        """Whether nothing of this casus can be read any more."""
        return self._spoor is None

    def encrypt(self, sealed: Sealed, table: str, versie: int) -> bytes:
        """A record to ciphertext, bound to table, casus and version."""
        return self._close(text_of(sealed), table, versie)

    def decrypt(self, blob: bytes, table: str, label: Label) -> Sealed:
        """Ciphertext to a sealed record; the label's version must be the one it was made for."""
        return seal(label, json.loads(self._open(blob, table, label.versie)))

    def encrypt_change(self, old: Sealed, new: Sealed, versie: int) -> bytes:
        """The old and new values of a mutation, as one ciphertext."""
        pair = [dict(open_sealed(old)), dict(open_sealed(new))]
        return self._close(canonical(pair), "verandering", versie)

    def decrypt_change(self, blob: bytes, label: Label) -> tuple[Sealed, Sealed]:
        """Old and new values of a mutation, sealed."""
        old, new = json.loads(self._open(blob, "verandering", label.versie))
        return seal(label, old), seal(label, new)

    def encrypt_spoor(self, text: bytes, table: str, versie: int) -> bytes:
        """Details of a consent, under the key that outlives the summary."""
        return _close(self._spoor_cipher(), text, _aad(table, self.casus, versie))

    def decrypt_spoor(self, blob: bytes, table: str, versie: int) -> bytes:
        """The inverse of `encrypt_spoor`."""
        return _open(self._spoor_cipher(), blob, _aad(table, self.casus, versie))

    def encrypt_nummer(self, sealed: Sealed) -> bytes:
        """The V-nummer of a record, under the key that outlives the summary."""
        v_nummer = open_sealed(sealed)["vNummer"] or ""
        return self.encrypt_spoor(v_nummer.encode("ascii"), _NUMMER, 0)

    def index_again(self, ring: KeyRing, bronhouder: str, nummer: bytes) -> bytes:
        """The blind index of now of the number that `encrypt_nummer` kept."""
        v_nummer = self.decrypt_spoor(nummer, _NUMMER, 0).decode("ascii")
        return ring.blind_index(bronhouder, v_nummer)

    def pseudoniem(self) -> str:
        """The name of this casus in the log: random, since its key is, and gone with it."""
        return self._derived("pseudoniem").hex()[:32]

    def referentie(self, recipient: str) -> UUID:
        """The name of this casus for one recipient; two recipients cannot match theirs."""
        return UUID(bytes=self._derived(f"referentie {recipient}")[:16], version=4)

    def fingerprint(self, sealed: Sealed | None, consents: bytes) -> bytes:
        """A digest of a delivered state, under this casus's key: equal only for the same state."""
        summary = b"" if sealed is None else text_of(sealed)
        length = b"%d|" % len(summary)
        return hmac.digest(self._spoor_key(), b"stand|" + length + summary + consents, sha256)

    def salt(self, occasion: str) -> bytes:
        """The salt of one log entry about this casus; found again only with the spoor key."""
        return self._derived(f"zout {occasion}")[:16]

    def renewed(self, ring: KeyRing) -> "tuple[CasusKeys, WrappedKeys]":
        """A fresh *inhoud* beside the same *spoor*; both wrapped anew, since they share an epoch.

        ErasedError where the spoor is gone: such a casus never has content again.
        """
        inhoud, spoor = os.urandom(KEY_BYTES), self._spoor_key()
        return CasusKeys(self.casus, inhoud, spoor), _wrapped(ring, self.casus, inhoud, spoor)

    def _derived(self, purpose: str) -> bytes:
        return hmac.digest(self._spoor_key(), purpose.encode(), sha256)

    def _spoor_key(self) -> bytes:
        if self._spoor is None:
            raise ErasedError("De sleutel van dit spoor is vernietigd.")
        return self._spoor

    def _spoor_cipher(self) -> AESGCM:
        # A key of its own: what encrypts does not also make references and digests.
        if self._spoor_aes is None:
            self._spoor_aes = AESGCM(self._derived("versleuteling"))
        return self._spoor_aes

    def _inhoud_cipher(self) -> AESGCM:
        if self._inhoud is None:
            raise ErasedError("De sleutel van deze inhoud is vernietigd.")
        return self._inhoud

    def _close(self, text: bytes, table: str, versie: int) -> bytes:
        return _close(self._inhoud_cipher(), text, _aad(table, self.casus, versie))

    def _open(self, blob: bytes, table: str, versie: int) -> bytes:
        return _open(self._inhoud_cipher(), blob, _aad(table, self.casus, versie))


def make_keys(ring: KeyRing, casus: UUID) -> tuple[CasusKeys, WrappedKeys]:
    """Two fresh random keys for a new casus, opened and wrapped."""
    inhoud, spoor = os.urandom(KEY_BYTES), os.urandom(KEY_BYTES)
    return CasusKeys(casus, inhoud, spoor), _wrapped(ring, casus, inhoud, spoor)


def open_keys(ring: KeyRing, casus: UUID, wrapped: WrappedKeys) -> CasusKeys:
    """Unwrap what is left of a casus's keys."""
    inhoud, spoor = (
        None if part is None else ring.unwrap(casus, name, wrapped.epoch, part)
        for name, part in (("inhoud", wrapped.inhoud), ("spoor", wrapped.spoor))
    )
    return CasusKeys(casus, inhoud, spoor)


def _wrapped(ring: KeyRing, casus: UUID, inhoud: bytes, spoor: bytes) -> WrappedKeys:
    return WrappedKeys(
        epoch=ring.current.number,
        inhoud=ring.wrap(casus, "inhoud", inhoud),
        spoor=ring.wrap(casus, "spoor", spoor),
    )


def wrap_again(ring: KeyRing, casus: UUID, wrapped: WrappedKeys) -> WrappedKeys:
    """The same keys under the epoch of now; what is destroyed stays so. IntegrityError as opening.

    All keys of a casus stand under one epoch: a new one beside them is wrapped with the others.
    """
    inhoud, spoor = (
        None
        if part is None
        else ring.wrap(casus, name, ring.unwrap(casus, name, wrapped.epoch, part))
        for name, part in (("inhoud", wrapped.inhoud), ("spoor", wrapped.spoor))
    )
    return WrappedKeys(ring.current.number, inhoud, spoor)


def _aad(table: str, casus: UUID, versie: int) -> bytes:
    return b"%s|%s|%d" % (table.encode(), casus.bytes, versie)


def _close(cipher: AESGCM, text: bytes, aad: bytes) -> bytes:
    nonce = os.urandom(12)
    return _FORMAT + nonce + cipher.encrypt(nonce, text, aad)


def _open(cipher: AESGCM, blob: bytes, aad: bytes) -> bytes:
    if blob[:1] != _FORMAT:
        raise IntegrityError("A ciphertext has an unknown format.")
    try:
        return cipher.decrypt(blob[1:13], blob[13:], aad)
    except (InvalidTag, ValueError):  # a nonce that was cut off is a ValueError
        raise IntegrityError("A ciphertext does not belong where it was found.") from None
