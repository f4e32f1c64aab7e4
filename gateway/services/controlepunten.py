"""What the signer does: go along with the log, sign what it is now, and have that cosigned.

In a process of its own, with a key that no web server has. The order is: read and compare with
what it knows itself, remember, sign, store, offer. Killed anywhere between, it goes on there:
the same stand gives the same bytes.
"""

import logging
from dataclasses import dataclass, field

from sqlalchemy import Engine

from gateway.logtekenaar import SignerFolder
from gateway.services.getuigen import Offering
from gateway.telemetry import log_event, log_failure
from privacy.clock import Clock
from privacy.log.checkpoints import stands, store
from privacy.log.edge import follow
from privacy.log.errors import SignerRefusedError
from privacy.log.notes import Checkpoint, SignedNote, sign
from privacy.store.engine import reading, writing


@dataclass(frozen=True, slots=True)
class Logtekenaar:
    """Signs one log with one key; `folder` is held by who made this."""

    engine: Engine = field(repr=False)
    clock: Clock
    folder: SignerFolder
    origin: str
    offering: Offering

    def round(self) -> Checkpoint | None:
        """Sign what the log is now, and offer it to the witnesses; None for an empty log.

        SignerRefusedError where it is not what was signed before: then nothing is signed, and
        nothing is offered either, so that the silence of the witnesses stops what leaves.
        """
        signed = self.sign()
        if signed is None:
            return None
        told, note = signed
        self.offering.offer(told, note)
        return told

    def attempt(self) -> bool:
        """As `round`, for the next time that comes: whatever is wrong is said, loudly."""
        try:
            self.round()
        except SignerRefusedError as refused:
            log_event(
                "controlepunt_geweigerd",
                level=logging.ERROR,
                stap=refused.rule,
                regel=refused.nummer,
            )
        except Exception as error:  # noqa: BLE001  the next round still comes
            log_failure(error, stap="controlepunt")
        else:
            return True
        return False

    def sign(self) -> tuple[Checkpoint, SignedNote] | None:
        """The checkpoint of the log as it is now, stored; None for an empty log."""
        known = self.folder.read()
        with reading(self.engine) as tx:
            edge = follow(tx, known)
        if not edge.omvang:
            return None
        if edge != known:
            self.folder.write(edge)
        told = Checkpoint(self.origin, edge.omvang, edge.wortel)
        note = SignedNote(told.text(), (sign(told.text(), self.origin, self.folder.key),))
        with reading(self.engine) as tx:
            known_here = stands(tx, told, note)
        if not known_here:
            with writing(self.engine) as tx:
                store(tx, told, note, self.clock.now())
        return told, note
