"""Signed notes, checkpoints and cosignatures, as C2SP writes them; Ed25519 alone.

After signed-note, tlog-checkpoint and tlog-cosignature of C2SP. A note is a text with
signature lines under it. Who reads one names the keys that it trusts; lines of others are passed
over, and one wrong line of a trusted key refuses the whole.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import IntEnum
from hashlib import sha256
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from privacy.log.errors import NoteError
from privacy.log.merkle import HASH_SIZE

_DASH: Final = "\u2014"
_KEY_BYTES: Final = 32
_ID_BYTES: Final = 4
_TIME_BYTES: Final = 8
_SIGNATURE_BYTES: Final = 64
#: More than there can ever be witnesses; signed-note asks for at least 16.
_MOST_LINES: Final = 64
_MOST_BYTES: Final = 64 * 1024
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,17}")
_NAME: Final = re.compile(r"[^\s+]{1,255}")


class Kind(IntEnum):
    """The signature type identifier byte."""

    NOTE = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Whom a signature is checked against: a name, a kind and an Ed25519 public key."""

    name: str
    kind: Kind
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a signature line names its key."""
        text = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return sha256(text).digest()[:_ID_BYTES]

    def encode(self) -> str:
        """As a vkey: name, id and key on one line."""
        key = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a vkey; NoteError where it is none, or its id is not that of its key."""
        name, _, rest = text.strip().partition("+")
        key_id, _, key = rest.partition("+")
        raw = unbase64(key)
        if not _NAME.fullmatch(name) or len(raw) != 1 + _KEY_BYTES or raw[0] not in list(Kind):
            raise NoteError("vorm")
        found = cls(name, Kind(raw[0]), raw[1:])
        if found.key_id.hex() != key_id:
            raise NoteError("vorm")
        return found

    @classmethod
    def of(cls, name: str, private: Ed25519PrivateKey, kind: Kind) -> Self:
        """The public side of a private key."""
        return cls(name, kind, private.public_key().public_bytes_raw())


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line."""

    name: str
    key_id: bytes
    raw: bytes = field(repr=False)

    def encode(self) -> str:
        """The line without its newline."""
        return f"{_DASH} {self.name} {base64.b64encode(self.key_id + self.raw).decode()}"

    @property
    def time(self) -> int:
        """When a cosignature was given, in seconds since 1970."""
        return int.from_bytes(self.raw[:_TIME_BYTES])


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A text, which ends in a newline, and its signatures in order."""

    text: str
    signatures: tuple[Signature, ...]

    def encode(self) -> str:
        """The note as it is stored and sent."""
        return "\n".join((self.text, *(each.encode() for each in self.signatures), ""))

    def with_signatures(self, more: Iterable[Signature]) -> Self:
        """With lines added, but for those that it has."""
        known = set(self.signatures)
        return replace(self, signatures=(*self.signatures, *(s for s in more if s not in known)))

    def verified(self, keys: Iterable[VerifierKey]) -> dict[VerifierKey, Signature]:
        """Which of these keys signed it.

        NoteError where a line of one of them is wrong: then nothing of the note is believed.
        """
        by_name = {(key.name, key.key_id): key for key in keys}
        found = {}
        for signature in self.signatures:
            key = by_name.get((signature.name, signature.key_id))
            if key is not None:
                _require_signed(self.text, signature, key)
                found[key] = signature
        return found


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: who it is, how long, and what the root is (tlog-checkpoint)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text of a note; extension lines are passed over. NoteError where it is none."""
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not all(lines[:-1]):  # noqa: PLR2004  three and an end
            raise NoteError("vorm")
        root = unbase64(lines[2])
        if not _NUMBER.fullmatch(lines[1]) or len(root) != HASH_SIZE:
            raise NoteError("vorm")
        return cls(lines[0], int(lines[1]), root)


def parse_note(text: str) -> SignedNote:
    """Read a note; NoteError for anything else. Its signatures are not checked here."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError:  # half a character
        raise NoteError("vorm") from None
    body, blank, under = text.rpartition("\n\n")
    lines = under.split("\n")
    if not blank or lines[-1] or size > _MOST_BYTES or len(lines) > _MOST_LINES:
        raise NoteError("vorm")
    if any(ord(sign) < 0x20 and sign != "\n" for sign in text):  # noqa: PLR2004  control characters
        raise NoteError("vorm")
    return SignedNote(body + "\n", tuple(parse_signature(line) for line in lines[:-1]))


def parse_signature(line: str) -> Signature:
    """Read one signature line; NoteError for anything else."""
    dash, _, rest = line.partition(" ")
    name, _, signed = rest.partition(" ")
    raw = unbase64(signed)
    if dash != _DASH or not _NAME.fullmatch(name) or len(raw) <= _ID_BYTES:
        raise NoteError("vorm")
    return Signature(name, raw[:_ID_BYTES], raw[_ID_BYTES:])


def sign(text: str, name: str, private: Ed25519PrivateKey) -> Signature:
    """Sign the text of a note."""
    key = VerifierKey.of(name, private, Kind.NOTE)
    return Signature(name, key.key_id, private.sign(text.encode()))


def cosign(text: str, name: str, private: Ed25519PrivateKey, time: int) -> Signature:
    """Sign the text of a checkpoint as a witness, at a time in seconds since 1970."""
    key = VerifierKey.of(name, private, Kind.COSIGNATURE)
    return Signature(
        name, key.key_id, time.to_bytes(_TIME_BYTES) + private.sign(_cosigned(text, time))
    )


def _require_signed(text: str, signature: Signature, key: VerifierKey) -> None:
    signed, raw = text.encode(), signature.raw
    if key.kind is Kind.COSIGNATURE:
        if len(raw) != _TIME_BYTES + _SIGNATURE_BYTES:
            raise NoteError("handtekening")
        signed, raw = _cosigned(text, signature.time), raw[_TIME_BYTES:]
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(raw, signed)
    except InvalidSignature:
        raise NoteError("handtekening") from None


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def unbase64(text: str) -> bytes:
    """Standard base64, nothing else in it, and each value in one way only; NoteError otherwise."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError("vorm") from None
    # The last letter has bits to spare: another letter there would say the same.
    if base64.b64encode(raw).decode() != text:
        raise NoteError("vorm")
    return raw
