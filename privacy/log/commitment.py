"""Salted digests: an entry pins what left without telling it, also to who can guess it.

The salt of a page or pack is random and goes with the answer to the recipient; that of an entry
about one casus comes of the key of that casus (`occasion`). Neither goes into the log: with the
salt gone, the digest says nothing any more about what it was made of.
"""

import hmac
import secrets
from hashlib import sha256
from typing import Final

from privacy.log.errors import CommitmentError

SALT_SIZE: Final = 16
#: Keeps these digests apart from every other SHA-256 in the system, and names their version.
DOMAIN: Final = b"lso-gateway/afdruk/1\x00"


def new_salt() -> bytes:
    """128 random bits, for one digest only."""
    return secrets.token_bytes(SALT_SIZE)


def occasion(trace: str | None, tijd: str, place: int) -> str:
    """By what the salt of one entry about a casus is derived: all of it stands in the log.

    `tijd` as the entry has it, `place` among the entries of its question, from 0. So who has the
    key of the casus finds the salt again from the entry alone, and nobody else does.
    """
    return f"{trace or '-'} {tijd} {place}"


def commit(data: bytes, salt: bytes) -> str:
    """SHA-256(domain || salt || data), in hex.

    The salt has one length, so no two pairs of salt and data run together into the same bytes.
    """
    if len(salt) != SALT_SIZE:
        raise ValueError(f"a salt has {SALT_SIZE} bytes")
    return sha256(DOMAIN + salt + data).hexdigest()


def opens(afdruk: str, data: bytes, salt: bytes) -> None:
    """Nothing when salt and data open the digest; CommitmentError when they do not."""
    if len(salt) != SALT_SIZE or not hmac.compare_digest(
        commit(data, salt).encode(), afdruk.encode()
    ):
        raise CommitmentError
