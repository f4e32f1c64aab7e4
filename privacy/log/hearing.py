"""Whether witnesses were heard lately enough to go on disclosing (statement 13).

Whoever cuts a log off or rewrites it, and keeps the witnesses away meanwhile, is found out as
soon as these hear of the log again. So without them nothing leaves after a while.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from privacy.errors import WitnessSilentError
from privacy.log.checkpoints import SLACK, heard
from privacy.log.trust import Trust


class _Heard(NamedTuple):
    """A moment, how long ago it was when it was first read, and the stopwatch at that reading."""

    moment: datetime
    ago: timedelta
    stopwatch: float


class Hearing:
    """How long ago enough witnesses were heard. For threads.

    Kept in memory, and read again only where what is in memory is too long ago. The age is
    counted by the clock and by a stopwatch, and the higher one holds: a clock that is put back
    makes nothing last longer. A moment that lies ahead of the clock was not heard.
    """

    def __init__(
        self, trust: Trust, limit: timedelta, *, elapsed: Callable[[], float] = time.monotonic
    ) -> None:
        """`limit` of nothing: silence never stops a disclosure, and `age` still tells of it."""
        self._trust = trust
        self._limit = limit
        self._elapsed = elapsed
        self._last: _Heard | None = None

    def require(self, tx: Connection, now: datetime) -> None:
        """WitnessSilentError where enough witnesses were not heard for longer than the limit."""
        if not self._limit or self._is_fresh(now):
            return
        self._look(tx, now)
        if not self._is_fresh(now):
            raise WitnessSilentError("Te lang geen medeondertekening van genoeg getuigen.")

    def is_silent(self, tx: Connection, now: datetime) -> bool:
        """As `require`, for who has nothing to disclose."""
        try:
            self.require(tx, now)
        except WitnessSilentError:
            return True
        return False

    def age(self, tx: Connection, now: datetime) -> timedelta | None:
        """How long ago enough of them were heard, read anew; None where they never were."""
        self._look(tx, now)
        return self._age(now)

    def _is_fresh(self, now: datetime) -> bool:
        age = self._age(now)
        return age is not None and age <= self._limit

    def _age(self, now: datetime) -> timedelta | None:
        last = self._last
        if last is None or now < last.moment - SLACK:
            return None
        passed = timedelta(seconds=self._elapsed() - last.stopwatch)
        return max(now - last.moment, last.ago + passed)

    def _look(self, tx: Connection, now: datetime) -> None:
        moment, last = heard(tx, self._trust), self._last
        if moment is None:
            self._last = None
        elif last is None or last.moment != moment:
            self._last = _Heard(moment, max(now - moment, timedelta()), self._elapsed())
