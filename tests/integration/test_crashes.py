"""What the log survives on SQLite: kill -9 and power cuts at every call, a full disk, two at once.

Each call that the program makes to the system to write, or to make durable, is tried in turn.
"""

import json
import subprocess
import sys
from functools import cache

import pytest

from privacy.store.engine import make_engine
from tests.architecture.checkout import ROOT
from tests.integration.crashing import EACH, ROUNDS
from tests.unit.privacy.log.examples import prepare, verified

ALL = EACH * ROUNDS


@cache
def left_after(how: str, synchronous: str = "FULL") -> list[dict[str, int | bool]]:
    """What each try left: how many entries were acknowledged, stored, and whether it is sound."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.crashing", how, synchronous],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
        timeout=120,
    )
    return json.loads(done.stdout)


def lost(tries: list[dict[str, int | bool]]) -> int:
    return sum(each["stored"] < each["acknowledged"] for each in tries)


@pytest.mark.parametrize("how", ["kill", "power"])
def test_the_log_is_whole_wherever_it_was_cut_off(how):
    tries = left_after(how)

    assert len(tries) > 2 * ALL, "too few calls were seen to say anything"
    assert all(each["sound"] for each in tries)
    assert {each["stored"] % EACH for each in tries} == {0}, "half a transaction"


@pytest.mark.parametrize("how", ["kill", "power"])
def test_nothing_acknowledged_is_lost_and_at_most_one_more_is_there(how):
    """Statements 9 (kill -9 at any system call) and 10 (power cut at every write)."""
    tries = left_after(how)

    assert lost(tries) == 0
    assert max(each["stored"] - each["acknowledged"] for each in tries) == EACH


def test_the_last_try_is_of_all_that_was_done():
    assert left_after("kill")[-1] == {"acknowledged": ALL, "stored": ALL, "sound": True}


def test_a_setting_that_does_not_wait_for_the_disk_is_found_out():
    """Statement 10: the same test fails where `synchronous` is NORMAL."""
    assert lost(left_after("power", "NORMAL")) > len(left_after("power", "NORMAL")) // 4


def test_a_full_disk_refuses_and_the_log_reads_and_goes_on_when_there_is_room():
    """Statement 11."""
    before, full, after = left_after("full")

    assert before == full == {"acknowledged": EACH, "stored": EACH, "sound": True}
    assert after == {"acknowledged": 2 * EACH, "stored": 2 * EACH, "sound": True}


def test_two_processes_leave_no_gap_and_no_double_and_the_root_recomputes(tmp_path):
    """Statement 7."""
    file = tmp_path / "log.sqlite"
    engine = make_engine(f"sqlite:///{file}")
    prepare(engine)
    program = [sys.executable, "-m", "tests.integration.crashing", "beside", str(file), "200"]

    both = [subprocess.Popen(program, cwd=ROOT) for _ in range(2)]

    assert [each.wait(timeout=60) for each in both] == [0, 0]
    assert verified(engine).sound
    assert verified(engine).size == 400
    engine.dispose()
