"""The node's own schedule: delivers by the cron of [rooster], one run at a time.

Times are the clock on the wall in Amsterdam. A time that was missed, by sleep or by a run that
took long, is made up once if it is not too long ago. Each run leaves one line in the log,
without a value.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Event
from typing import Final

from apscheduler.executors.pool import ThreadPoolExecutor

from gateway.cron import cron_trigger
from gateway.node.bron import Bron, load_bron
from gateway.node.delivery import Stopped, Wijze, aanleveren
from gateway.node.errors import BronError
from gateway.node.parts import open_node
from gateway.node.sending import Sent
from gateway.telemetry import log_event, log_failure
from gateway.until_told import run_until_told
from gateway.wall_schedule import WallSchedule

#: A laptop that slept over its time delivers when it wakes, within these hours.
_MISSED_SECONDS: Final = 6 * 3600


class Rooster:
    """A schedule in a thread of this process, until `stop`."""

    def __init__(self, bron: Path) -> None:
        """BronError where the file is at fault, or names no schedule."""
        cron = _scheduled(load_bron(bron))
        self._bron = bron
        self._stopping = Event()
        self._scheduler = WallSchedule(
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={
                "coalesce": True,
                "max_instances": 1,
                "misfire_grace_time": _MISSED_SECONDS,
            },
        )
        self._scheduler.add_job(self.run_once, cron_trigger(cron))
        self._scheduler.start()
        log_event("rooster_gestart")

    def stop(self) -> None:
        """Finish the batch under way, and nothing after it."""
        self._stopping.set()
        self._scheduler.shutdown(wait=True)
        log_event("rooster_gestopt")

    def run_once(self) -> None:
        """One run, by bron.toml as it stands now; whatever happens, the next one still comes."""
        begun = time.monotonic()
        try:
            with open_node(load_bron(self._bron)) as node:
                wijze = Wijze(toon=False, begin=self._begin)
                found = aanleveren(node, wijze)
                log_event(
                    "aanlevering",
                    status=found.woord,
                    aantal=found.tally.items,
                    ms=round((time.monotonic() - begun) * 1000),
                    trace=node.trace.trace_id,
                )
        except BronError as error:
            log_failure(error, stap="aanlevering")
        except Exception as error:  # noqa: BLE001  the next time of the schedule still comes
            log_failure(error, stap="aanlevering")

    def _begin(self, _total: int) -> AbstractContextManager[Sent]:
        return _until(self._stopping.is_set)


def run(bron: Path) -> None:
    """Run the schedule until SIGTERM or SIGINT; the batch under way is finished first."""
    run_until_told(lambda: Rooster(bron))


@contextmanager
def _until(stopping: Callable[[], bool]) -> Iterator[Sent]:
    def sent(_items: int) -> None:
        if stopping():
            raise Stopped

    yield sent


def _scheduled(bron: Bron) -> str:
    if bron.cron is None:
        raise BronError(("[rooster] cron: ontbreekt; zonder rooster is er niets te volgen",))
    return bron.cron
