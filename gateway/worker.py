"""The schedule: brings feeds by each partner's own cron, and cleans up once a day.

Inside `serve` on SQLite (`start`), or as a process of its own (`run`); any number of them: who
delivers to a recipient is settled by `runner_lock`. Times are the clock on the wall in
Amsterdam, also where the day of the demo stands still. A time that was missed is made up once.

A recall by an expired consent asks for no job: it is written when a feed is read
(`services.lapses`).
"""

import signal
from threading import Event
from typing import Final

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from gateway.cron import cron_trigger
from gateway.idempotency import forget_answers
from gateway.parties import Ketenpartner, Levering
from gateway.runner_lock import take_turn
from gateway.services.bezorging import Way, deliver
from gateway.store.asserties import forget_assertions
from gateway.telemetry import log_event, log_failure
from gateway.wiring import Parts
from privacy.clock import AMSTERDAM
from privacy.store.engine import writing

_CLEAN_UP: Final = "17 3 * * *"
_STOP: Final = (signal.SIGTERM, signal.SIGINT)


class Worker:
    """A schedule that runs in threads of this process, until `stop`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._stopping = Event()
        brought = [p for p in parts.settings.ketenpartners if p.levering is Levering.BEZORGEN]
        # A thread for each job: a partner that does not answer holds up no other.
        self._scheduler = BackgroundScheduler(
            timezone=AMSTERDAM,
            executors={"default": ThreadPoolExecutor(len(brought) + 1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for partner in brought:
            # Settings refuse a partner without a cron; an empty one is refused here.
            self._scheduler.add_job(self._bring, cron_trigger(partner.cron or ""), [partner])
        self._scheduler.add_job(self._clean_up, cron_trigger(_CLEAN_UP))
        self._scheduler.start()
        log_event("worker_gestart", aantal=len(brought))

    def stop(self) -> None:
        """Finish the page under way, and nothing after it. Stopping twice is stopping once."""
        self._stopping.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
            log_event("worker_gestopt")

    def _bring(self, partner: Ketenpartner) -> None:
        try:
            deliver(self._parts, partner, Way(stopped=self._stopping.is_set))
        except Exception as error:  # noqa: BLE001  the next time of the schedule still comes
            log_failure(error, ontvanger=partner.code)

    def _clean_up(self) -> None:
        try:
            clean_up(self._parts)
        except Exception as error:  # noqa: BLE001  as above
            log_failure(error)


def clean_up(parts: Parts) -> None:
    """Drop answers that can no longer be asked for, and assertions that have expired."""
    with take_turn(parts.engine, "opruimen") as turn:
        if turn is None:
            return
        now = parts.clock.now()
        with writing(parts.engine) as tx:
            forgotten = forget_answers(tx, now)
            forget_assertions(tx, int(now.timestamp()))
    log_event("opgeruimd", aantal=forgotten)


def start(parts: Parts) -> Worker:
    """Start the schedule inside this process; its owner stops it before leaving."""
    return Worker(parts)


def run(parts: Parts) -> None:
    """Run the schedule until SIGTERM or SIGINT; the page under way is finished first."""
    # Blocked before any thread starts, so that all inherit it and only `sigwait` takes them.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)
    try:
        worker = start(parts)
        signal.sigwait(_STOP)
        worker.stop()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
