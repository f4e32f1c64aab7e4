"""Processes of the demo: known while they live, gone afterwards, given up when at fault."""

import json
import os
import signal
import time

import pytest

from gateway.demo.errors import ClosedError, DemoError
from gateway.demo.processes import Processes
from gateway.demo.service import Service


@pytest.fixture
def processes(tmp_path) -> Processes:
    return Processes(tmp_path)


def living(folder) -> dict[str, list[int]]:
    return json.loads((folder / "processen.json").read_text(encoding="utf-8"))


def test_a_process_is_told_of_by_its_role_for_as_long_as_it_lives(processes, tmp_path):
    child = processes.spawn("node", ["--help"], "node", {})
    assert living(tmp_path) == {"node": [child.pid]}

    processes.bury(child)

    assert living(tmp_path) == {}


def test_what_it_wrote_and_how_it_ended_are_told(processes):
    ended = processes.run("node", ["--help"], "node")
    assert ended.code == 0
    assert "LSO-gateway" in ended.output

    ended = processes.run("node", ["bestaat-niet"], "node")
    assert ended.code == 2
    assert "bestaat-niet" in ended.complaint


def test_settings_of_another_installation_are_not_inherited(processes, monkeypatch):
    monkeypatch.setenv("LSO_GATEWAY_DATABASE", "sqlite:///van-een-ander.sqlite")

    ended = processes.run("audit", ["audit", "controleer"], "audit", {"LSO_GATEWAY_DEMO": "true"})

    assert "database: ontbreekt" in ended.complaint


def test_a_process_that_ends_by_itself_is_given_up_with_its_last_words(processes):
    service = Service(processes, "gateway", ["serve"], {}).start()
    try:
        told = _raised(service)
    finally:
        service.stop()

    assert "Het proces gateway blijft niet draaien" in told
    assert "uitgever: ontbreekt" in told


def test_a_process_that_is_killed_comes_back_until_it_is_stopped(processes, tmp_path):
    service = Service(processes, "worker", ["serve"], {}).start()
    first = living(tmp_path)["worker"][0] if _alive(tmp_path) else 0

    os.kill(first, signal.SIGKILL)
    while living(tmp_path).get("worker", [first]) == [first]:
        time.sleep(0.01)
    service.stop()

    assert living(tmp_path) == {}


def test_once_closed_every_process_is_ended_and_none_comes_back(processes, tmp_path):
    service = Service(processes, "gateway", ["serve"], {}).start()
    assert _alive(tmp_path)

    processes.close()

    with pytest.raises(ClosedError):
        processes.run("node", ["--help"], "node")
    service.stop()
    assert living(tmp_path) == {}


def _alive(folder) -> bool:
    while not living(folder):
        time.sleep(0.01)
    return True


def _raised(service: Service) -> str:
    for _ in range(3_000):
        try:
            service.require()
        except DemoError as error:
            return str(error)
        time.sleep(0.01)
    raise AssertionError
