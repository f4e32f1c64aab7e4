"""The schedule: brings feeds by each partner's own cron, and cleans up once a day.

Inside `serve` on SQLite (`start`), or as a process of its own (`run`); any number of them: who
delivers to a recipient is settled by `runner_lock`. Times are the clock on the wall in
Amsterdam, also where the day of the demo stands still. A time that was missed is made up once.
What throws away or renews by the clock alone waits where the clock jumped ahead (`services.klok`).

A recall by an expired consent asks for no job: it is written when a feed is read
(`services.lapses`), and at the latest when overdue recalls are counted, once a day.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Event, Thread
from typing import Final

from apscheduler.executors.pool import ThreadPoolExecutor

from gateway.cron import cron_trigger
from gateway.idempotency import forget_answers
from gateway.key_rotation import rotate, tidy
from gateway.parties import Ketenpartner, Levering
from gateway.runner_lock import take_turn
from gateway.services.beleid import notes_on
from gateway.services.bewaren import keep_terms
from gateway.services.bezorging import Way, deliver
from gateway.services.getuigenwacht import Getuigenwacht
from gateway.services.herstel import keep_safe
from gateway.services.klok import Klokwacht, is_clock_sure
from gateway.services.lapses import record_lapses
from gateway.services.recall_state import overdue_by_recipient
from gateway.services.tijdvakken import finish_epoch, turn_epoch
from gateway.services.toegang import say_term_over
from gateway.store.asserties import forget_assertions
from gateway.store.contracten import RETENTION, forget_transacties
from gateway.store.proofs import forget_proofs
from gateway.store.sessions import forget_sessions
from gateway.store.withdrawn_tokens import forget_tokens
from gateway.telemetry import log_event, log_failure
from gateway.trace import begin_trace
from gateway.until_told import run_until_told
from gateway.wall_schedule import WallSchedule
from gateway.wiring import Parts
from privacy.store.engine import reading, writing
from privacy.store.trusted_day import MOST_DAYS

_CLEAN_UP: Final = "17 3 * * *"
_KEEP_TERMS: Final = "37 3 * * *"
#: When somebody comes to work and can ask the recipient.
_COUNT_OVERDUE: Final = "0 7 * * *"
_LOOK: Final = "5 7 * * *"
_FINISH: Final = "41 * * * *"


#: How far the copy of the log may be behind (docs/herstel.md), and how soon it is written down
#: that witnesses are silent.
_COPY_SECONDS: Final = 10
#: By a jump of the clock that nobody can see as one, what was used is forgotten this much too soon.
_MARGIN: Final = timedelta(days=MOST_DAYS + 1)


class Worker:
    """A schedule that runs in threads of this process, until `stop`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._stopping = Event()
        brought = [p for p in parts.settings.ketenpartners if p.levering is Levering.BEZORGEN]
        # A thread for each job: a partner that does not answer holds up no other.
        self._scheduler = WallSchedule(
            executors={"default": ThreadPoolExecutor(len(brought) + 4)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for partner in brought:
            # Settings refuse a partner without a cron; an empty one is refused here.
            self._scheduler.add_job(self._bring, cron_trigger(partner.cron or ""), [partner])
        for work, cron in self._upkeep().items():
            self._scheduler.add_job(partial(self._look_after, work), cron_trigger(cron))
        # By the stopwatch and not by the schedule: they go on whatever the clock does.
        note_day = Klokwacht()
        soon = (keep_safe, Getuigenwacht(), note_day)
        self._soon = [
            Thread(target=self._again_and_again, args=[each], daemon=True) for each in soon
        ]
        self._look_after(keep_safe)
        self._look_after(note_day)
        for each in self._soon:
            each.start()
        self._scheduler.start()
        log_event("worker_gestart", aantal=len(brought))

    def _upkeep(self) -> dict[Callable[[Parts], None], str]:
        turning = self._parts.settings.sleutelwissel
        return {
            _if_clock_is_sure(clean_up): _CLEAN_UP,
            _if_clock_is_sure(tidy_keys): _CLEAN_UP,
            let_go: _KEEP_TERMS,
            _if_clock_is_sure(let_go_access): _KEEP_TERMS,
            _if_clock_is_sure(turn_keys): turning,
            _if_clock_is_sure(turn_epoch): self._parts.settings.tijdvakwissel,
            finish_epoch: _FINISH,
            count_overdue: _COUNT_OVERDUE,
            look_at_rules: _LOOK,
        }

    def stop(self) -> None:
        """Finish the page under way, and nothing after it. Stopping twice is stopping once."""
        self._stopping.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
            for each in self._soon:
                each.join()
            self._look_after(keep_safe)
            log_event("worker_gestopt")

    def _bring(self, partner: Ketenpartner) -> None:
        try:
            deliver(self._parts, partner, Way(stopped=self._stopping.is_set))
        except Exception as error:  # noqa: BLE001  the next time of the schedule still comes
            log_failure(error, ontvanger=partner.code)

    def _again_and_again(self, work: Callable[[Parts], None]) -> None:
        while not self._stopping.wait(_COPY_SECONDS):
            self._look_after(work)

    def _look_after(self, work: Callable[[Parts], None]) -> None:
        try:
            work(self._parts)
        except Exception as error:  # noqa: BLE001  as above
            log_failure(error)


def _if_clock_is_sure(work: Callable[[Parts], None]) -> Callable[[Parts], None]:
    def look_first(parts: Parts) -> None:
        if is_clock_sure(parts):
            work(parts)

    return look_first


def turn_keys(parts: Parts) -> None:
    """Make the next signing keys, unless another did: the folder has a lock of its own."""
    done = rotate(parts.settings.sleutels, parts.clock.now())
    log_event("sleutels_gewisseld", aantal=len(done.gemaakt))


def clean_up(parts: Parts) -> None:
    """Drop answers that can no longer be asked for, and what guards against what has expired."""
    with take_turn(parts.engine, "opruimen") as turn:
        if turn is None:
            return
        now = parts.clock.now()
        with writing(parts.engine) as tx:
            long_ago = now - _MARGIN
            forgotten = forget_answers(tx, long_ago)
            forget_assertions(tx, int(long_ago.timestamp()))
            forget_proofs(tx, int(long_ago.timestamp()))
            forget_tokens(tx, int(long_ago.timestamp()))
            forget_sessions(tx, int(now.timestamp()))
            forget_transacties(tx, now - RETENTION)
    log_event("opgeruimd", aantal=forgotten)


def let_go(parts: Parts) -> None:
    """Destroy what may not be kept any longer (AVG 5 lid 1 e)."""
    keep_terms(parts, begin_trace(None).trace_id)


def let_go_access(parts: Parts) -> None:
    """Say which rows of the access log may go: once a day, also with many workers."""
    with take_turn(parts.engine, "toegang") as turn:
        if turn is not None:
            say_term_over(parts)


def count_overdue(parts: Parts) -> None:
    """Say per recipient how many recalls are past their deadline: an officer has to ask."""
    record_lapses(parts, begin_trace(None).trace_id)
    with reading(parts.engine) as tx:
        overdue = overdue_by_recipient(tx, parts.clock.day())
    for recipient, count in overdue.items():
        log_event(
            "terugroepingen_te_laat", level=logging.WARNING, ontvanger=recipient, aantal=count
        )


def look_at_rules(parts: Parts) -> None:
    """Say which policy has to be reviewed within six weeks, or is missing."""
    with take_turn(parts.engine, "beleid") as turn:
        if turn is None:
            return
        for each in notes_on(parts.rules_now().policies, parts.clock.now().date()):
            log_event(
                "beleid_vraagt_aandacht",
                level=logging.WARNING,
                ontvanger=each.naam,
                aantal=each.dagen,
            )


def tidy_keys(parts: Parts) -> None:
    """Remove keys of tokens that are over."""
    gone = tidy(parts.settings.sleutels, parts.clock.now())
    if gone:
        log_event("sleutels_verwijderd", aantal=len(gone))


def start(parts: Parts) -> Worker:
    """Start the schedule inside this process; its owner stops it before leaving."""
    return Worker(parts)


def run(parts: Parts) -> None:
    """Run the schedule until SIGTERM or SIGINT; the page under way is finished first."""
    run_until_told(lambda: start(parts))
