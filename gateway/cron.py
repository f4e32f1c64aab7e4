"""Cron expressions as people write them: five fields, or six with leading seconds.

In a crontab 0 and 7 are Sunday; APScheduler counts from Monday. Numbers of weekdays are
therefore turned into names before APScheduler sees them.
"""

import re

from apscheduler.triggers.cron import CronTrigger

from privacy.clock import AMSTERDAM

_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = ("second", "minute", "hour", "day", "month", "day_of_week")


def cron_trigger(expression: str) -> CronTrigger:
    """A trigger in Amsterdam time. Raises ValueError, without the expression, if it is no cron."""
    fields = expression.split()
    if len(fields) == len(_FIELDS) - 1:
        fields = ["0", *fields]
    if len(fields) != len(_FIELDS):
        raise ValueError("vijf velden, of zes met de seconden voorop")
    # A step is a count, not a day: only what stands before the slash is named.
    days, slash, step = fields[5].partition("/")
    fields[5] = re.sub(r"\d+", lambda hit: _weekday(hit[0]), days) + slash + step
    try:
        return CronTrigger(**dict(zip(_FIELDS, fields, strict=True)), timezone=AMSTERDAM)
    except ValueError as error:
        raise ValueError("geen geldige cron-uitdrukking") from error


def _weekday(number: str) -> str:
    if int(number) > len(_WEEKDAYS):
        raise ValueError("een weekdag is 0 tot en met 7")
    return _WEEKDAYS[int(number) % len(_WEEKDAYS)]
