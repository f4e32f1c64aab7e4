"""Jobs by the clock on the wall in Amsterdam, also where that jumps ahead or is put back.

APScheduler keeps the moment at which each job rings next. Put back by a year, the clock would
come to that moment in a year, and until then nothing would ring. Ahead by a year, it would first
count every time that was missed, a hundred thousand of one that rings each five minutes.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from apscheduler.job import Job
from apscheduler.schedulers.background import BackgroundScheduler

from gateway.telemetry import log_event
from privacy.clock import AMSTERDAM, real_clock

_LOOK_SECONDS: Final = 10.0
#: Less than this is a clock being set right, as it is all day long.
_SET_RIGHT: Final = timedelta(minutes=1)


class WallSchedule(BackgroundScheduler):  # type: ignore[misc]
    """A schedule in a thread of its own. For jobs by cron: an interval remembers its beginning."""

    def __init__(self, **options: Any) -> None:
        self._seen: datetime | None = None
        super().__init__(timezone=AMSTERDAM, **options)

    def _process_jobs(self) -> float:
        """What the thread of APScheduler does each time that it wakes up; says when to do it next.

        Before that, and every ten seconds at least, the clock is looked at.
        """
        self.look_at_clock(real_clock().now())
        wait: float | None = super()._process_jobs()
        return _LOOK_SECONDS if wait is None else min(wait, _LOOK_SECONDS)

    def look_at_clock(self, now: datetime) -> None:
        """Where it was put back, have every job ring by what it is now; what was missed, once."""
        if self._seen is not None and now < self._seen - _SET_RIGHT:
            log_event("klok_teruggezet")
            for job in self.get_jobs():
                job.reschedule(job.trigger)
        for job in self.get_jobs():
            if job.next_run_time is not None and job.next_run_time < now - _SET_RIGHT:
                job.modify(next_run_time=_made_up(job, now))
        self._seen = now


def _made_up(job: Job, now: datetime) -> datetime | None:
    """When a job that missed times rings: at once, or for those that it is not too late for."""
    if job.misfire_grace_time is None:
        return now
    since = now - timedelta(seconds=job.misfire_grace_time)
    rings: datetime | None = job.trigger.get_next_fire_time(None, since)
    return rings
