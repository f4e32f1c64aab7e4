"""The gateway's public keys, kept and renewed: by age, and when a signature names a new key.

Keys turn over: the next one is published before it is used, so an unknown kid is worth one
look, but not more than one in `_PAUSE_SECONDS`, whoever sends us signatures.
"""

import time
from collections.abc import Callable
from threading import Lock

from connectors.jwk import PublicKeys
from connectors.transport import Transport

_FRESH_SECONDS = 3600.0
_PAUSE_SECONDS = 10.0

#: Gives the keys among which a kid is looked up; `KeySource.keys`, or a fixed set in a test.
Keyring = Callable[[str], PublicKeys]


class KeySource:
    """Asks `/oauth/jwks` no more often than needed; threads wait for one another."""

    def __init__(
        self, url: str, transport: Transport, *, elapsed: Callable[[], float] = time.monotonic
    ) -> None:
        self._url = url
        self._transport = transport
        self._elapsed = elapsed
        self._lock = Lock()
        self._kept: PublicKeys | None = None
        self._asked_at = 0.0

    def keys(self, kid: str) -> PublicKeys:
        with self._lock:
            age = self._elapsed() - self._asked_at
            known = self._kept is not None and kid in self._kept.by_kid
            if self._kept is None or age > (_FRESH_SECONDS if known else _PAUSE_SECONDS):
                self._kept = self._ask()
                self._asked_at = self._elapsed()
            return self._kept

    def _ask(self) -> PublicKeys:
        headers = {"Accept": "application/json"}
        return PublicKeys.read(self._transport.request("GET", self._url, headers=headers).json())
