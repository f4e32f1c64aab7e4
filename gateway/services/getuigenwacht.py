"""Says when witnesses are not heard: first to people, then that nothing leaves any more.

The gate itself stops by the moment of the last cosignature, whatever this says. That it stopped,
and that it went on, is written in the log of the installation once (statement 13).
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection

from gateway.telemetry import log_event
from gateway.wiring import Parts
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.restore import GATEWAY
from privacy.store.door import note_silence, read_silence
from privacy.store.engine import reading, writing

_MINUTE: Final = timedelta(minutes=1)


class Gehoor(StrEnum):
    """Whether witnesses are heard."""

    NIET_GEVRAAGD = "niet_gevraagd"
    GEHOORD = "gehoord"
    STIL = "stil"
    GESTOPT = "gestopt"


def gehoor(parts: Parts, tx: Connection) -> tuple[Gehoor, timedelta | None]:
    """How it stands, and how long ago they were heard; None where they never were."""
    if parts.hearing is None:
        return Gehoor.NIET_GEVRAAGD, None
    now = parts.clock.now()
    age = parts.hearing.age(tx, now)
    if parts.hearing.is_silent(tx, now):
        return Gehoor.GESTOPT, age
    limit = timedelta(minutes=parts.settings.getuige_waarschuwing)
    return (Gehoor.STIL if age is None or age > limit else Gehoor.GEHOORD), age


@dataclass(slots=True)
class Getuigenwacht:
    """Looks again and again; a warning that was given is repeated no sooner than its own term."""

    warned: datetime | None = field(default=None)

    def __call__(self, parts: Parts) -> None:
        if parts.hearing is None:
            return
        with reading(parts.engine) as tx:
            stand, age = gehoor(parts, tx)
            noted = read_silence(tx)
        self._warn(parts, stand, age)
        if (stand is Gehoor.GESTOPT) != (noted is not None):
            _note(parts, stopped=stand is Gehoor.GESTOPT)

    def _warn(self, parts: Parts, stand: Gehoor, age: timedelta | None) -> None:
        if stand is Gehoor.GEHOORD:
            self.warned = None
            return
        now, term = parts.clock.now(), timedelta(minutes=parts.settings.getuige_waarschuwing)
        if self.warned is None or not timedelta() <= now - self.warned < term:
            self.warned = now
            minutes = None if age is None else age // _MINUTE
            log_event("getuigen_niet_gehoord", level=logging.WARNING, aantal=minutes, stap=stand)


def _note(parts: Parts, *, stopped: bool) -> None:
    """Once for all processes; who comes second finds it written down."""
    soort = Auditsoort.VERSTREKKEN_GESTOPT if stopped else Auditsoort.VERSTREKKEN_HERVAT
    with writing(parts.engine) as tx:
        now = parts.clock.now()
        if not note_silence(tx, now if stopped else None):
            return
        append(tx, [AuditEntry(soort=soort, tijd=now, organisatie=GATEWAY)], now)
    log_event(soort.value, level=logging.ERROR if stopped else logging.WARNING)
