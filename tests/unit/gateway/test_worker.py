"""Who stands in the schedule, and when it rings."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from gateway.cron import cron_trigger
from gateway.parties import Ketenpartner, Levering
from gateway.wall_schedule import WallSchedule
from gateway.worker import Worker, start
from privacy.clock import AMSTERDAM

PARTNERS = (
    Ketenpartner("DT&V", "DT&V", Levering.BEZORGEN, "0 6 * * 1-5", "https://dtv.example/"),
    Ketenpartner("AVIM", "AVIM", Levering.BEZORGEN, "*/15 * * * * *", "https://avim.example/"),
    Ketenpartner("IND", "IND", Levering.OPHALEN),
)


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = start(
        SimpleNamespace(
            settings=SimpleNamespace(
                ketenpartners=PARTNERS, sleutelwissel="0 3 1 * *", tijdvakwissel="30 2 1 * *"
            )
        )
    )
    yield made
    made.stop()


def test_who_is_delivered_to_has_a_time_and_who_pulls_has_none(worker: Worker):
    brought = [job.args[0].code for job in worker._scheduler.get_jobs() if job.args]

    assert sorted(brought) == ["AVIM", "DT&V"]


def test_times_are_those_of_amsterdam(worker: Worker):
    dtv = next(
        job for job in worker._scheduler.get_jobs() if job.args and job.args[0].cron[0] == "0"
    )

    assert dtv.next_run_time.tzinfo == AMSTERDAM
    assert dtv.next_run_time.hour == 6


def test_a_time_that_was_missed_is_made_up_once_and_never_twice_at_a_time(worker: Worker):
    for job in worker._scheduler.get_jobs():
        assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)


@pytest.mark.parametrize(("grace", "times"), [(None, 1), (6 * 3600, 6 * 360 + 1)])
def test_a_clock_that_jumps_ahead_counts_no_more_times_than_are_made_up(
    grace: int | None, times: int
):
    """Of each second of fifty years it would take days, and the memory of the machine."""
    schedule = WallSchedule(job_defaults={"coalesce": True, "misfire_grace_time": grace})
    schedule.start(paused=True)
    job = schedule.add_job(print, cron_trigger("0 0 6 * * *"))
    often = schedule.add_job(print, cron_trigger("*/10 * * * * *"))
    now = job.next_run_time + timedelta(days=50 * 365, hours=7)

    schedule.look_at_clock(now)
    schedule.shutdown()

    assert often.next_run_time > now - timedelta(hours=7), "or the next line takes days"
    assert len(often._get_run_times(now)) == times
    assert (job.next_run_time <= now) is (grace is None), "for six in the morning it is too late"


def test_a_clock_that_is_put_back_makes_nobody_wait_until_it_is_as_late_again(worker: Worker):
    """The schedule keeps moments; a year ahead they would all lie in that year."""
    jobs, now = worker._scheduler.get_jobs(), datetime.now(UTC)  # noqa: TID251  APScheduler's own
    worker._scheduler.look_at_clock(now + timedelta(days=365))
    for job in jobs:
        job.modify(next_run_time=now + timedelta(days=365))

    worker._scheduler.look_at_clock(now)

    assert max(job.next_run_time for job in jobs) < now + timedelta(days=32)
