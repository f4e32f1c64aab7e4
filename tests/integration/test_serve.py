"""The real server on a real socket: limits, one writer per SQLite file, a clean end."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from urllib3 import PoolManager

from gateway.signer import Signer
from privacy.keys import KeyRing

ROOT = Path(__file__).parents[2]
SERVE = (sys.executable, "-m", "gateway.cli", "serve", "--zonder-worker")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    KeyRing.create(tmp_path / "sleutels")
    Signer.create(tmp_path / "sleutels")
    environ = {
        **os.environ,
        "LSO_GATEWAY_DATABASE": f"sqlite:///{tmp_path / 'gateway.sqlite'}",
        "LSO_GATEWAY_SLEUTELS": str(tmp_path / "sleutels"),
        "LSO_GATEWAY_UITGEVER": "https://gateway.example",
        "LSO_GATEWAY_LUISTER": f"127.0.0.1:{free_port()}",
    }
    upgrade = (sys.executable, "-m", "gateway.cli", "db", "upgrade")
    subprocess.run(upgrade, env=environ, cwd=ROOT, check=True, capture_output=True)
    return environ


@contextmanager
def served(environ: dict[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], HTTPConnection]]:
    process = subprocess.Popen(SERVE, env=environ, cwd=ROOT, stderr=subprocess.PIPE)
    host, _, port = environ["LSO_GATEWAY_LUISTER"].partition(":")
    connection = HTTPConnection(host, int(port), timeout=10)
    try:
        for _ in range(150):
            try:
                connection.request("GET", "/health/ready")
                assert connection.getresponse().read()
                break
            except ConnectionError:
                connection.close()
                time.sleep(0.1)
        yield process, connection
    finally:
        connection.close()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def test_a_body_of_fifty_megabytes_gets_its_413_and_is_not_read(environ):
    with served(environ) as (_, connection):
        connection.putrequest("POST", "/oauth/token")
        connection.putheader("Content-Type", "application/x-www-form-urlencoded")
        connection.putheader("Content-Length", "50000000")
        connection.endheaders()
        answer = connection.getresponse()
        assert answer.status == 413
        assert json.loads(answer.read())["status"] == 413


def test_a_client_that_sends_fifty_megabytes_all_the_same_sees_the_413(environ):
    address = f"http://{environ['LSO_GATEWAY_LUISTER']}/oauth/token"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    with served(environ), PoolManager() as pool:
        answer = pool.request("POST", address, body=b"a" * 50_000_000, headers=kind, retries=False)
        assert answer.status == 413


def test_a_second_serve_on_one_sqlite_file_refuses(environ):
    with served(environ):
        second = {**environ, "LSO_GATEWAY_LUISTER": f"127.0.0.1:{free_port()}"}
        told = subprocess.run(
            SERVE, check=False, env=second, cwd=ROOT, capture_output=True, text=True
        )
        assert told.returncode == 1
        assert "al met deze database bezig" in told.stderr


def test_it_ends_with_zero_when_told_to_stop_and_lets_go_of_the_database(environ):
    for _ in range(2):
        with served(environ) as (process, connection):
            connection.request("GET", "/health/live")
            answer = connection.getresponse()
            assert "gunicorn" not in str(answer.headers)
            answer.read()
        assert process.returncode == 0


def test_a_line_of_the_log_is_json_and_names_no_path(environ):
    with served(environ) as (process, connection):
        connection.request("GET", "/v1/overleggen/0123456789?naam=Ayse")
        connection.getresponse().read()
        process.send_signal(signal.SIGTERM)
        lines = process.communicate(timeout=30)[1].decode()
    assert "Ayse" not in lines
    assert "0123456789" not in lines
    assert all(json.loads(line) for line in lines.splitlines())
