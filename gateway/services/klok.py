"""A clock that jumped ahead: noticed, said, and kept from destroying more than a few days' worth.

Each day is noted once, by the worker or by who lets content go (`privacy.store.trusted_day`).
What is thrown away or renewed by the clock alone waits until the clock can be trusted again. The
day of the demo, which stands still, is nobody's clock: it is as it is set.
"""

import logging
from dataclasses import dataclass
from datetime import date

from gateway.telemetry import log_event
from gateway.wiring import Parts
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.restore import GATEWAY
from privacy.store.engine import loser_tries_again, reading, writing
from privacy.store.rulebooks import mark_everything
from privacy.store.trusted_day import note_day, trusted_day


@dataclass(slots=True)
class Klokwacht:
    """Notes each day once, for the worker that looks again and again."""

    day: date | None = None

    def __call__(self, parts: Parts) -> None:
        today = parts.clock.day()
        if today != self.day:
            day_to_judge_by(parts)
            self.day = today


def is_clock_sure(parts: Parts) -> bool:
    """Whether the day is one that can be trusted."""
    today = parts.clock.day()
    with reading(parts.engine) as tx:
        return trusted_day(tx, today) == today


@loser_tries_again
def day_to_judge_by(parts: Parts, *, is_sure: bool = False) -> date:
    """By which day things are destroyed, and note it; `is_sure` where a person says it is today.

    Where the clock is put right every casus is looked at anew: of what was delivered meanwhile
    the consents were judged by a day that never was.
    """
    today, now = parts.clock.day(), parts.clock.now()
    if parts.settings.dag is not None:
        return today
    with writing(parts.engine) as tx:
        noted = note_day(tx, today, is_sure=is_sure)
        if noted.terug:
            mark_everything(tx)
        if noted.nieuw and noted.sprong:
            soort = Auditsoort.KLOK_BEVESTIGD if is_sure else Auditsoort.KLOK_SPRONG
            append(tx, [AuditEntry(soort=soort, tijd=now, organisatie=GATEWAY)], now)
    if noted.dag < today:
        days = (today - noted.dag).days
        log_event("klok_sprong", level=logging.ERROR, aantal=days, plaats=noted.dag.isoformat())
    return noted.dag
