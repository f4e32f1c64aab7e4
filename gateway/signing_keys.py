"""Which signing key signs, and which are shown: pure rules over keys in their order.

A key signs from the moment that its file carries, until a newer one does. The next one is shown
before it signs, for longer than anyone may keep our JWKS; so nobody meets a kid that is new to
him. A key of tokens goes when its successor has signed for longer than any token lives; a key
of answers stays for ever, because packs are evidence.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from joserfc.jwk import ECKey

#: How long others may keep our JWKS: `Cache-Control` of `/oauth/jwks` says the same.
JWKS_KEPT: Final = timedelta(hours=1)
#: How long before it signs a key is made.
AHEAD: Final = timedelta(hours=2)
#: How long a key of tokens is shown after its successor began.
SHOWN_AFTER: Final = timedelta(hours=1)
#: From when the keys sign that were made with the installation.
BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)


class Gebruik(StrEnum):
    """What a key signs. Two kinds, so that a signed answer can never pass for a token."""

    TOKENS = "tokens"
    ANTWOORDEN = "antwoorden"


class Stand(StrEnum):
    """Where a key is in its life."""

    VOLGENDE = "volgende"
    HUIDIG = "huidig"
    VORIGE = "vorige"
    VERVALLEN = "vervallen"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and its name: the thumbprint, the same on every replica (RFC 7638)."""

    kid: str
    key: ECKey
    gebruik: Gebruik
    vanaf: datetime
    bestand: str

    def __repr__(self) -> str:
        return f"<SigningKey {self.kid}>"


def current(keys: Sequence[SigningKey], may_sign: Callable[[SigningKey], bool]) -> SigningKey:
    """The newest that may sign. Where none may, because the clock went back: the oldest.

    The oldest was shown first, so of all keys it is the one that the others know.
    """
    return next((key for key in reversed(keys) if may_sign(key)), keys[0])


def begun(now: datetime) -> Callable[[SigningKey], bool]:
    """Whether the moment of a key has come."""
    return lambda key: key.vanaf <= now


def expired(keys: Sequence[SigningKey], now: datetime) -> tuple[SigningKey, ...]:
    """The keys of tokens that are over; of answers, none ever is."""
    return tuple(
        key
        for key, successor in pairwise(keys)
        if key.gebruik is Gebruik.TOKENS and successor.vanaf + SHOWN_AFTER < now
    )


def standing(keys: Sequence[SigningKey], now: datetime) -> tuple[tuple[SigningKey, Stand], ...]:
    """Each key of one kind as it stands at this moment."""
    signing, over = current(keys, begun(now)), expired(keys, now)
    return tuple((key, _stand(key, signing, over)) for key in keys)


def _stand(key: SigningKey, signing: SigningKey, over: Sequence[SigningKey]) -> Stand:
    if key is signing:
        return Stand.HUIDIG
    if key.vanaf > signing.vanaf:
        return Stand.VOLGENDE
    return Stand.VERVALLEN if key in over else Stand.VORIGE
