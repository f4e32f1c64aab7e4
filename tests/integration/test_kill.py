"""kill -9 at random moments: nothing acknowledged is lost, and nothing is half there.

Moments are drawn from a seed, that is printed; a machine that is faster or slower is hit
elsewhere, and the promise is the same.
"""

import json
import os
import random
import shutil
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from gateway.cli import cli
from gateway.demo.installation import STANDARD_BELEID
from gateway.demo.registers import STANDARD
from privacy.keys import KeyRing
from privacy.log.verify import verify
from privacy.store.engine import make_engine, reading
from tests.conftest import RUN
from tests.demo.in_process import exchange
from tests.integration.killing import (
    Organisation,
    assert_whole,
    batch,
    installed,
    opened,
    running,
    stored,
)
from tests.postgres import databases, server

pytestmark = pytest.mark.slow

SEED = 20_200_415
KILLS = 20
ROLES = ("gateway", "werkproces", "node", "worker")
ITEMS = 400
CRASHES, SMALL = 4, 40


class Killer(threading.Thread):
    """Kills the demo's own processes by a plan: whom, and how long after it is seen to live."""

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(daemon=True)
        self._folder = folder
        self._draw = random.Random(seed)  # noqa: S311  moments, not keys
        self._done = threading.Event()
        self.killed: Counter[str] = Counter()

    def run(self) -> None:
        for _day in range(2):
            pushing = ["node", "node", "gateway", "werkproces"]
            self._draw.shuffle(pushing)
            # The worker lives after the pushes, and shortest.
            for role in (*pushing, "worker"):
                self._kill(role)

    def stop(self) -> None:
        self._done.set()
        self.join()

    def _kill(self, wanted: str) -> None:
        """Whoever is wanted; once a day's nodes have gone, the worker in place of a node."""
        role = self._await(wanted)
        self._done.wait(self._draw.uniform(0.0, 0.5))
        there = self._living().get(role)
        if there and not self._done.is_set():
            with suppress(ProcessLookupError):  # it was just over
                os.kill(self._draw.choice(there), signal.SIGKILL)
                self.killed[role] += 1

    def _await(self, wanted: str) -> str:
        while not self._done.wait(0.02):
            living = self._living()
            if wanted in living:
                return wanted
            if wanted == "node" and "worker" in living:
                return "worker"
        return wanted

    def _living(self) -> dict[str, list[int]]:
        try:
            told = json.loads((self._folder / "processen.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        told["werkproces"] = [child for pid in told.get("gateway", ()) for child in _children(pid)]
        return {role: told[role] for role in ROLES if told.get(role)}


def _children(pid: int) -> list[int]:
    try:
        return [child.pid for child in psutil.Process(pid).children()]
    except psutil.NoSuchProcess:
        return []


def test_a_demo_that_is_killed_twenty_times_tells_what_a_quiet_one_tells(tmp_path):
    (tmp_path / "rustig").mkdir()
    quiet = exchange(tmp_path / "rustig", STANDARD, STANDARD_BELEID)
    killed: Counter[str] = Counter()
    runs = 0
    while killed.total() < KILLS:
        runs += 1
        killer = Killer(tmp_path / f"werk-{runs}", SEED + runs)
        killer.start()
        began = time.monotonic()
        told = _demo(tmp_path / f"werk-{runs}", tmp_path / f"uit-{runs}.json")
        killer.stop()
        killed += killer.killed
        took = time.monotonic() - began
        report(f"seed {SEED + runs}: {dict(killer.killed)} in {took:.1f} s")
        assert told.pop("audit")["gecontroleerd"]
        assert _in_order(told["momenten"]) == _in_order(quiet["momenten"])

    assert set(killed) == set(ROLES)


def _demo(work: Path, uit: Path) -> dict:
    words = ["demo", "--eenmalig", "--json", str(uit), "--map", str(work)]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output
    engine = make_engine(f"sqlite:///{work / 'gateway.sqlite'}")
    with reading(engine) as tx:
        assert verify(tx).sound
    engine.dispose()
    return json.loads(uit.read_text(encoding="utf-8"))


def _in_order(told: object) -> object:
    """Lists as what they are: sets, in which everything stands as often as it was told."""
    if isinstance(told, dict):
        return {name: _in_order(value) for name, value in told.items()}
    if isinstance(told, list):
        return sorted((_in_order(each) for each in told), key=_text)
    return told


def _text(told: object) -> str:
    return json.dumps(told, sort_keys=True)


def report(line: str) -> None:
    """Shown where a test fails, and always with -s."""
    sys.stdout.write(f"{line}\n")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Gone afterwards: a hundred batches are kept for nobody."""
    yield tmp_path
    shutil.rmtree(tmp_path, ignore_errors=True)


def test_a_gateway_killed_in_the_middle_of_a_push_keeps_all_of_it_or_nothing(
    folder, empty_database_url
):
    draw = random.Random(SEED)  # noqa: S311  moments, not keys
    installation = installed(folder, empty_database_url)
    engine = opened(installation)
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        gateway = stack.enter_context(running(installation))
        organisation = Organisation(installation, stack)
        began = time.monotonic()
        organisation.persist("begin-van-alles", batch(0, ITEMS), gateway.up)
        usual = time.monotonic() - began
        for number in range(1, KILLS + 1):
            # Mostly the process that does the work; the whole of it takes a second to return.
            blow = {7: gateway.kill_master, 14: gateway.kill_both}.get(
                number, gateway.kill_worker_process
            )
            killer = threading.Timer(draw.uniform(0.2, 0.9) * usual, blow)
            killer.start()
            key, items = f"aanlevering-{number}", batch(number, ITEMS)
            organisation.push(key, items)
            killer.join()
            assert stored(engine) % ITEMS == 0
            organisation.persist(key, items, gateway.up)
            gateway.up()
        broken = organisation.broken
        report(f"seed {SEED}: {KILLS} kills broke off {broken} pushes ({usual:.2f} s each)")

        told = [name for ids in organisation.acknowledged.values() for name in ids]
        assert organisation.broken >= KILLS // 4, "the blows came beside the pushes"
        assert len(told) == (KILLS + 1) * ITEMS
        keys = KeyRing.open(folder / "sleutels")
        assert_whole(engine, keys, told, pushes=KILLS + 1)


@pytest.fixture
def own_server(pytestconfig: pytest.Config) -> Iterator[Path]:
    """A PostgreSQL server for one test, which may fall over."""
    folder = pytestconfig.stash[RUN].folder / f"valt-om-{os.getpid()}"
    folder.mkdir(mode=0o711, parents=True)
    yield folder
    server.stop(folder)


def test_a_database_that_falls_over_under_load_loses_nothing_acknowledged(folder, own_server):
    """Statement 12: and everybody is connected again within seconds."""
    installation = installed(folder, databases.create(server.start(own_server), "lso_kill"))
    engine = opened(installation)
    codes = ("sndvu", "seguro", "stil")
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        gateway = stack.enter_context(running(installation))
        organisations = [Organisation(installation, stack, code) for code in codes]
        done = threading.Event()
        loads = [Load(each, start * 1_000, done) for start, each in enumerate(organisations)]
        for load in loads:
            load.start()
        for _ in range(CRASHES):
            time.sleep(0.5)
            server.crash(own_server)
        time.sleep(0.5)
        done.set()
        for load in loads:
            load.join()
        assert [load.failed for load in loads] == [None] * len(loads)
        assert gateway.is_ready()

        told = [
            name for each in organisations for ids in each.acknowledged.values() for name in ids
        ]
        pushes = sum(len(each.acknowledged) for each in organisations)
        statuses = Counter(status for each in organisations for status in each.statuses)
        report(f"{pushes} pushes of {SMALL} items, answers: {dict(statuses)}")
        # A database that is not there is the system's fault, and it says so (promise 5).
        assert set(statuses) <= {200, 503}
        assert_whole(engine, KeyRing.open(folder / "sleutels"), told, pushes=pushes)


class Load(threading.Thread):
    """Pushes batch after batch; the last one until it is acknowledged."""

    def __init__(self, organisation: Organisation, start: int, done: threading.Event) -> None:
        super().__init__(daemon=True)
        self._organisation = organisation
        self._start = start
        self._done = done
        self.failed: BaseException | None = None

    def run(self) -> None:
        try:
            number = self._start
            while not self._done.is_set():
                number += 1
                key, items = f"aanlevering-{number}", batch(number, SMALL)
                self._organisation.persist(key, items, lambda: time.sleep(0.05))
        except BaseException as error:  # noqa: BLE001  shown by the test
            self.failed = error
