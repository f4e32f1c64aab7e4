"""Who stands in the schedule, and when it rings."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from gateway.parties import Ketenpartner, Levering
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
