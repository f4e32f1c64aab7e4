"""The nonce that a proof must hold where `dpop_nonce` is on (RFC 9449, 8 and 9).

Nothing is kept: a nonce is a keyed digest of the minute, so every replica knows it. It shows
that a proof was made now, also by a key that was used to make proofs in advance.
"""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Final

from privacy.keys import KeyRing

_WINDOW: Final = 60
#: This window and the one before; and the next, for a replica whose clock is a little ahead.
_HOLD: Final = (0, -1, 1)
_BYTES: Final = 18


class ProofNonce:
    """Makes and knows the nonces of one installation."""

    def __init__(self, keys: KeyRing) -> None:
        self._key = keys.system_key("dpop-nonce")

    def current(self, now: int) -> str:
        """What the next proof must hold; good for one to two minutes."""
        return self._of(now // _WINDOW)

    def holds(self, told: object, now: int) -> bool:
        if not isinstance(told, str) or not told.isascii():
            return False
        return any(hmac.compare_digest(told, self._of(now // _WINDOW + window)) for window in _HOLD)

    def _of(self, window: int) -> str:
        digest = hmac.digest(self._key, b"%d" % window, sha256)
        return urlsafe_b64encode(digest[:_BYTES]).decode("ascii")
