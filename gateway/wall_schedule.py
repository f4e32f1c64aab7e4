"""Jobs by the clock on the wall in Amsterdam, also where that is put back.

APScheduler keeps the moment at which each job rings next. Put back by a year, the clock would
come to that moment in a year, and until then nothing would ring.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from apscheduler.schedulers.background import BackgroundScheduler

from gateway.telemetry import log_event
from privacy.clock import AMSTERDAM, real_clock

_LOOK_SECONDS: Final = 10.0
#: Less than this is a clock being set right, as it is all day long.
_WENT_BACK: Final = timedelta(minutes=1)


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
        """Where it was put back, have every job ring by what it is now."""
        if self._seen is not None and now < self._seen - _WENT_BACK:
            log_event("klok_teruggezet")
            for job in self.get_jobs():
                job.reschedule(job.trigger)
        self._seen = now
