"""The two clocks: `now` (UTC, real) and `day` (Europe/Amsterdam, which the demo may set).

Tokens, log, schedules and policy dates go by `now`; consent, schema rules, agenda and
retention by `day`. The only place that asks the machine for the time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True, slots=True)
class Clock:
    """Given to whoever needs the time; tests give their own."""

    now: Callable[[], datetime]
    day: Callable[[], date]


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  this is the clock


def real_clock() -> Clock:
    """The machine's time, and the day it is in Amsterdam."""
    return Clock(now=_now, day=lambda: _now().astimezone(AMSTERDAM).date())


def standing_on(day: date) -> Clock:
    """Real `now`, but the day stands still: for the demo only; strict mode refuses it."""
    return Clock(now=_now, day=lambda: day)


def utc_text(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and `Z` (ADR-12)."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
