"""Finds marks in bytes, also where they were encoded once more: as hex, base64 or UTF-16.

Finds no mark inside something compressed or enciphered.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator

from tests.demo.canaries import WORD

_WORD = re.compile(WORD.encode() + rb"[a-p]{8}", re.IGNORECASE)
_DIGITS = re.compile(rb"[0-9]{10,}")
# A day stands alone, or the random digits of an id or a digest would be taken for one.
_EIGHT = re.compile(rb"(?<![0-9A-Za-z])[0-9]{8}(?![0-9A-SU-Za-z])")
_ISO = re.compile(rb"(?<![0-9A-Za-z])([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?(?![0-9A-SU-Za-z])")
_DUTCH = re.compile(rb"(?<![0-9])([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})(?![0-9])")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{14,}")
_HEX = re.compile(rb"[0-9A-Fa-f]{20,}")
_URLSAFE = bytes.maketrans(b"-_", b"+/")
_DIGESTS = ("md5", "sha1", "sha256", "sha512")


def marks_in(raw: bytes, known: Iterable[str]) -> set[str]:
    """Which of the known marks stand in the bytes."""
    return {found for layer in _layers(raw) for found in _plain(layer)} & set(known)


def digests_in(raw: bytes, values: Iterable[str]) -> set[str]:
    """Of which values a digest without a key stands in the bytes, by whatever name or encoding."""
    wanted = {
        hashlib.new(name, value.encode(), usedforsecurity=False).digest(): value
        for value in values
        for name in _DIGESTS
    }
    layers = list(_layers(raw))
    return {value for digest, value in wanted.items() if any(digest in each for each in layers)}


def _layers(raw: bytes) -> Iterator[bytes]:
    yield raw
    if b"\0" in raw:
        yield raw.replace(b"\0", b"")
    yield b"\n".join(_from_hex(run) for found in _HEX.findall(raw) for run in (found, found[1:]))
    yield b"\n".join(
        _from_base64(found[start:]) for found in _BASE64.findall(raw) for start in range(4)
    )


def _from_hex(run: bytes) -> bytes:
    return binascii.unhexlify(run[: len(run) // 2 * 2])


def _from_base64(run: bytes) -> bytes:
    """With the end that is no whole group of four; a group of one says nothing."""
    whole = run.translate(_URLSAFE)[: len(run) - (len(run) % 4 == 1)]
    return base64.b64decode(whole + b"=" * (-len(whole) % 4))


def _plain(layer: bytes) -> Iterator[str]:
    for found in _WORD.findall(layer):
        yield found.decode().lower()
    for run in _DIGITS.findall(layer):
        digits = run.decode()
        yield from (digits[at : at + 10] for at in range(len(digits) - 9))
    for run in _EIGHT.findall(layer):
        digits = run.decode()
        yield f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
        yield f"{digits[4:]}-{digits[2:4]}-{digits[:2]}"
    for year, month, day in _ISO.findall(layer):
        yield from _dates(year.decode(), month.decode(), day.decode())
    for day, month, year in _DUTCH.findall(layer):
        yield from _dates(year.decode(), month.decode().zfill(2), day.decode().zfill(2))


def _dates(year: str, month: str, day: str) -> Iterator[str]:
    yield f"{year}-{month}"
    yield f"{year}-{month}-{day}"
