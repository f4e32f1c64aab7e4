"""Signs tokens and answers, and shows the public keys; the keys are files, never in the database.

The folder is looked at anew at most every `PERIOD_SECONDS`, so that a rotation or a removal
reaches every process without a restart. What is kept between two looks is never changed, only
replaced.

The clock can jump. A key that we first saw before its moment signs only when as much time has
really passed as was then still to go (at most `JWKS_KEPT`): a jump never makes us sign with a
key that others cannot know yet. Not checked for a key that is past its moment when this
process first sees it; `key_rotation` makes such a one only when it is told `--nu`.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, Final

from joserfc.jwk import ECKey

from connectors.jwk import to_jwks
from connectors.signing import sign, sign_compact
from gateway.signing_files import Contents, KeyFolder, changing, write_first
from gateway.signing_keys import JWKS_KEPT, Gebruik, SigningKey, current, expired
from gateway.telemetry import log_event, log_failure
from privacy.clock import real_clock
from privacy.errors import KeysUnavailableError

PERIOD_SECONDS: Final = 30.0
_NOW: Final = real_clock().now


@dataclass(frozen=True, slots=True)
class _Seen:
    """One look at the folder. `waits`: by kid, the elapsed time before which a key signs not."""

    tokens: tuple[SigningKey, ...]
    antwoorden: tuple[SigningKey, ...]
    waits: Mapping[str, float]
    at: float


class Signer:
    """Signs by ES256. Safe for threads; one per process, opened after any fork."""

    def __init__(
        self, folder: KeyFolder, now: Callable[[], datetime], elapsed: Callable[[], float]
    ) -> None:
        self._folder = folder
        self._now = now
        self._elapsed = elapsed
        self._lock = Lock()
        self._seen = self._look(folder.read_whole(), {})

    def __repr__(self) -> str:
        return "<Signer>"

    @classmethod
    def open(
        cls,
        folder: Path,
        now: Callable[[], datetime] = _NOW,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> "Signer":
        """Read the keys; KeysUnavailableError names the file that is missing or faulty."""
        return cls(KeyFolder(folder), now, elapsed)

    @classmethod
    def create(cls, folder: Path) -> "Signer":
        """Make the first key of each kind; refuses to touch keys that exist."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with changing(folder):
            for gebruik in Gebruik:
                write_first(folder, gebruik)
        return cls.open(folder)

    @property
    def token_key(self) -> SigningKey:
        """The key that signs a token now."""
        seen = self._recent()
        return self._signing(seen, seen.tokens)

    @property
    def tokens(self) -> tuple[SigningKey, ...]:
        """The keys by which a token is checked now, oldest first: previous, current and next."""
        seen = self._recent()
        signing, over = self._signing(seen, seen.tokens), expired(seen.tokens, self._now())
        return tuple(key for key in seen.tokens if key is signing or key not in over)

    @property
    def antwoorden(self) -> tuple[SigningKey, ...]:
        """Every key by which an answer was ever signed, and the next."""
        return self._recent().antwoorden

    def checks_tokens(self, kid: str) -> ECKey | None:
        """The key to check a token with; None for one that is gone. Ask it at every call."""
        return next((known.key for known in self.tokens if known.kid == kid), None)

    def sign_answer(self, body: bytes) -> str:
        """A detached compact JWS over exactly these bytes, for the Payload-Signature header."""
        known = self._answer_key()
        return sign(body, known.key, known.kid)

    def answer_as_jose(self, body: bytes) -> bytes:
        """A compact JWS with the body inside, for application/jose."""
        known = self._answer_key()
        return sign_compact(body, known.key, known.kid).encode("ascii")

    def jwks(self) -> dict[str, Any]:
        """The public half of every key, each kid once (RFC 7517)."""
        return dict(to_jwks({known.kid: known.key for known in (*self.tokens, *self.antwoorden)}))

    def _answer_key(self) -> SigningKey:
        seen = self._recent()
        return self._signing(seen, seen.antwoorden)

    def _signing(self, seen: _Seen, keys: tuple[SigningKey, ...]) -> SigningKey:
        now, elapsed = self._now(), self._elapsed()
        return current(
            keys, lambda key: key.vanaf <= now and seen.waits.get(key.kid, elapsed) <= elapsed
        )

    def _recent(self) -> _Seen:
        if self._elapsed() - self._seen.at < PERIOD_SECONDS:
            return self._seen
        # Who comes second waits for the look of the first: nobody goes on with what is older.
        with self._lock:
            if self._elapsed() - self._seen.at >= PERIOD_SECONDS:
                self._seen = self._look(self._read_again(), self._seen.waits)
            return self._seen

    def _read_again(self) -> Contents:
        """A folder that cannot be read takes nobody's key away; a faulty file is no key."""
        try:
            found = self._folder.read()
        except KeysUnavailableError as error:
            log_failure(error)
            return Contents((*self._seen.tokens, *self._seen.antwoorden), ())
        for fault in found.faults:  # the name of a file and a rule
            log_event("sleutelbestand_onbruikbaar", level=logging.ERROR, plaats=fault)
        return found

    def _look(self, found: Contents, known: Mapping[str, float]) -> _Seen:
        now, elapsed = self._now(), self._elapsed()
        waits = {
            key.kid: known.get(key.kid, elapsed + min(key.vanaf - now, JWKS_KEPT).total_seconds())
            for key in found.keys
            if key.kid in known or key.vanaf > now
        }
        tokens, answers = found.of(Gebruik.TOKENS), found.of(Gebruik.ANTWOORDEN)
        if {key.kid for key in tokens} & {key.kid for key in answers}:
            raise KeysUnavailableError("Eén sleutel staat er voor tokens en voor antwoorden.")
        return _Seen(tokens, answers, waits, elapsed)
