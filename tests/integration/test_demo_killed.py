"""kill -9 of node, gateway and worker at random moments: the outcome is that of a quiet run."""

import json
import os
import random
import signal
import threading
import tomllib
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli import cli
from tests.architecture.checkout import ROOT
from tests.demo.comparison import differences

VERWACHT = json.loads((ROOT / "tests" / "data" / "verwacht.json").read_text(encoding="utf-8"))
KILLS = 20
#: On each of the two days: while organisations push, and while partners pull or are told.
WHILE_PUSHING, WHILE_TELLING = KILLS // 2, 3
#: A gateway that is alone is starting, mostly: else it would take every blow of the day.
SPARE = 0.8
ROLES = {"gateway", "node", "worker"}

pytestmark = pytest.mark.slow


class Killer(threading.Thread):
    """Kills one of the demo's own processes now and then."""

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(daemon=True)
        self._folder = folder
        self._draw = random.Random(seed)  # noqa: S311  moments, not keys
        self._done = threading.Event()
        self.killed: list[tuple[str, bool, str]] = []

    def run(self) -> None:
        while not self._done.wait(self._draw.uniform(0.05, 0.6)):
            try:
                dag, living = self._look()
            except FileNotFoundError:
                continue
            if set(living) == {"gateway"} and self._draw.random() < SPARE:
                continue
            telling = "worker" in living
            so_far = [each for each in self.killed if each[:2] == (dag, telling)]
            if living and len(so_far) < (WHILE_TELLING if telling else WHILE_PUSHING):
                # Whoever was hit least in this part of the day, so that nobody is spared.
                hits = Counter(each[2] for each in so_far)
                role = min(sorted(living), key=lambda each: (hits[each], self._draw.random()))
                with suppress(ProcessLookupError):  # it was just over
                    os.kill(self._draw.choice(living[role]), signal.SIGKILL)
                    self.killed.append((dag, telling, role))

    def stop(self) -> None:
        self._done.set()
        self.join()

    def _look(self) -> tuple[str, dict[str, list[int]]]:
        told = json.loads((self._folder / "processen.json").read_text(encoding="utf-8"))
        settings = tomllib.loads((self._folder / "gateway.toml").read_text(encoding="utf-8"))
        return str(settings["dag"]), {role: told[role] for role in told.keys() & ROLES}


def test_whoever_is_killed_whenever_the_partners_see_what_they_would_have_seen(tmp_path):
    out, folder = tmp_path / "uit.json", tmp_path / "werk"
    killer = Killer(folder, seed=20_200_401)
    killer.start()

    result = CliRunner().invoke(
        cli, ["demo", "--eenmalig", "--json", str(out), "--map", str(folder)]
    )
    killer.stop()

    assert result.exit_code == 0, result.output
    assert len(killer.killed) >= KILLS, "the demo was over too soon to be killed that often"
    assert {role for _, _, role in killer.killed} == ROLES
    assert differences(json.loads(out.read_text(encoding="utf-8")), VERWACHT) == []
