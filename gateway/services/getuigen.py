"""Offers checkpoints to the witnesses, and keeps what they sign.

Each witness has a thread of its own: one that does not answer holds up no other. No transaction
is open while one is asked. Whatever a witness does wrong is said in the log of events; what it
signed counts only if it is its own signature, of about now.
"""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine

from connectors.errors import ConnectorError, GeweigerdError
from connectors.getuige import MOST_LEAVES, OtherRootError, OtherSizeError, Witness
from connectors.retries import NO_PATIENCE
from connectors.transport import Transport, Transportsettings
from gateway.settings_getuigen import Getuige
from gateway.telemetry import log_event, log_failure
from privacy.clock import Clock
from privacy.log.checkpoints import SLACK, keep_cosignature, last_cosigned
from privacy.log.errors import NoteError
from privacy.log.notes import Checkpoint, Signature, SignedNote
from privacy.log.tiles import StoredTree, read_hashes
from privacy.store.engine import reading, writing

#: What is still owed in leaf hashes after this waits for the next round: a witness that takes its
#: time holds up no checkpoint.
_LEAVES_SECONDS: Final = 10.0
_HOUR: Final = timedelta(hours=1)


def witness_transport() -> Transport:
    """Asks once and not for long: the next round comes soon."""
    settings = Transportsettings(connect_seconds=3.0, read_seconds=10.0, limit_bytes=64 * 1024)
    return Transport(settings, patience=NO_PATIENCE)


def renewal(waarschuwing: int) -> timedelta:
    """After how long a witness is asked again about a log that did not grow.

    Well before the warning that it is not heard, and every hour at the latest.
    """
    return min(timedelta(minutes=waarschuwing) / 3, _HOUR)


@dataclass(frozen=True, slots=True)
class Offering:
    """The witnesses of one log. `counts` is how many leaf hashes each said to have."""

    engine: Engine = field(repr=False)
    clock: Clock
    getuigen: Sequence[Getuige]
    again: timedelta
    transport: Transport = field(default_factory=witness_transport, repr=False)
    counts: dict[str, int] = field(default_factory=dict)
    elapsed: Callable[[], float] = field(default=time.monotonic, repr=False)

    def offer(self, told: Checkpoint, note: SignedNote) -> None:
        """Have every witness cosign it that did not, or whose word is getting old. Never fails."""
        if self.getuigen:
            with ThreadPoolExecutor(len(self.getuigen)) as pool:
                list(pool.map(lambda each: self._try(each, told, note), self.getuigen))

    def _try(self, getuige: Getuige, told: Checkpoint, note: SignedNote) -> None:
        try:
            self._offer(getuige, told, note)
        except OtherSizeError as error:
            _say("getuige_kent_ander_log", getuige, aantal=error.size)
        except OtherRootError:
            _say("getuige_kent_ander_log", getuige, aantal=told.size)
        except GeweigerdError as error:
            _say("getuige_weigert", getuige, status=error.status)
        except NoteError as error:
            _say("getuige_ondertekent_verkeerd", getuige, stap=error.rule)
        except ConnectorError as error:
            _say("getuige_zwijgt", getuige, fout=type(error).__name__)
        except Exception as error:  # noqa: BLE001  the other witnesses go on, and so do we
            log_failure(error, ontvanger=getuige.naam)

    def _offer(self, getuige: Getuige, told: Checkpoint, note: SignedNote) -> None:
        witness = Witness(getuige.url, self.transport)
        with reading(self.engine) as tx:
            size, received = last_cosigned(tx, getuige.sleutel)
        now = self.clock.now()
        if size != told.size or received is None or not timedelta() <= now - received < self.again:
            signature = self._cosigned(witness, min(size, told.size), getuige, told, note)
            with writing(self.engine) as tx:
                keep_cosignature(tx, told, getuige.sleutel, signature, self.clock.now())
        self._give_leaves(witness, getuige, told)

    def _cosigned(
        self, witness: Witness, old: int, getuige: Getuige, told: Checkpoint, note: SignedNote
    ) -> Signature:
        try:
            lines = witness.cosign(old, self._proof(old, told.size), note)
        except OtherSizeError as error:
            # A size of before is where it starts from; of the same or a greater one it knows
            # what we do not, and that is for people.
            if not error.size <= told.size or error.size == old:
                raise
            lines = witness.cosign(error.size, self._proof(error.size, told.size), note)
        return _require_own(lines, getuige, note, self.clock.now())

    def _proof(self, old: int, size: int) -> list[bytes]:
        with reading(self.engine) as tx:
            return StoredTree(tx, size).consistency(old)

    def _give_leaves(self, witness: Witness, getuige: Getuige, told: Checkpoint) -> None:
        """Leaf hashes up to the checkpoint: with them a witness names an entry that was altered."""
        begun = self.elapsed()
        while self.elapsed() - begun < _LEAVES_SECONDS:
            first = self.counts.get(getuige.naam, 0)
            if first >= told.size:
                return
            with reading(self.engine) as tx:
                leaves = read_hashes(tx, 0, first, min(MOST_LEAVES, told.size - first))
            try:
                now = witness.keep(told.origin, first, leaves)
            except OtherSizeError as error:
                now = error.size
            if now == first:
                _say("getuige_bewaart_niet", getuige, aantal=first)
                return
            self.counts[getuige.naam] = now


def _require_own(
    lines: Sequence[Signature], getuige: Getuige, note: SignedNote, now: datetime
) -> Signature:
    """NoteError unless the witness's own signature is among them, of about now."""
    found = SignedNote(note.text, tuple(lines)).verified([getuige.sleutel]).get(getuige.sleutel)
    if found is None:
        raise NoteError("onbekende_sleutel")
    # By number: a witness can sign a moment that no calendar has.
    if abs(found.time - now.timestamp()) > SLACK.total_seconds():
        raise NoteError("tijd")
    return found


def _say(event: str, getuige: Getuige, **keys: str | float | None) -> None:
    log_event(event, level=logging.ERROR, ontvanger=getuige.naam, **keys)
