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
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
from urllib3 import PoolManager

from gateway.answers import HEADERS
from gateway.signer import Signer
from privacy.keys import KeyRing
from tests.getuigen import strict_file

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
        "LSO_GATEWAY_INSTELLINGEN": strict_file(tmp_path),
        "LSO_GATEWAY_UITGEVER": "https://gateway.example",
        "LSO_GATEWAY_LOGKOPIE": str(tmp_path),
        "LSO_GATEWAY_CONTACT": "lso@gemeente.example",
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


UNREADABLE = {
    "a request line": (b"0123456789 Ayse\r\n\r\n", 400),
    "a method": (b"0123456789,Ayse / HTTP/1.1\r\n\r\n", 400),
    "a version": (b"GET /0123456789 HTTP/Ayse\r\n\r\n", 400),
    "a header without a colon": (b"GET / HTTP/1.1\r\nAyse 0123456789\r\n\r\n", 400),
    "the name of a header": (b"GET / HTTP/1.1\r\nAyse 0123456789: x\r\n\r\n", 400),
    "a transfer coding": (b"GET / HTTP/1.1\r\nTransfer-Encoding: Ayse\r\n\r\n", 501),
    "an expectation": (b"GET / HTTP/1.1\r\nHost: x\r\nExpect: Ayse0123456789\r\n\r\n", 417),
    "a line without end": (b"GET /" + b"0123456789" * 300 + b" HTTP/1.1\r\n\r\n", 414),
    "headers without end": (b"GET / HTTP/1.1\r\n" + b"Ayse: 0123456789\r\n" * 60 + b"\r\n", 431),
}


def test_what_cannot_be_read_as_http_is_neither_repeated_nor_logged(environ):
    answers = {}
    with served(environ) as (process, _):
        host, _, port = environ["LSO_GATEWAY_LUISTER"].partition(":")
        for name, (told, _status) in UNREADABLE.items():
            with socket.create_connection((host, int(port)), timeout=10) as connection:
                connection.sendall(told)
                with HTTPResponse(connection) as answer:
                    answer.begin()
                    answers[name] = answer.status, dict(answer.headers), answer.read()
        process.send_signal(signal.SIGTERM)
        lines = process.communicate(timeout=30)[1].decode()
    assert {name: status for name, (status, *_) in answers.items()} == {
        name: status for name, (_, status) in UNREADABLE.items()
    }
    for status, headers, body in answers.values():
        assert headers["Content-Type"] == "application/problem+json"
        assert HEADERS.items() <= headers.items()
        assert json.loads(body)["status"] == status
    everything = lines + str(answers)
    assert "Ayse" not in everything
    assert "0123456789" not in everything
    unread = [line for line in map(json.loads, lines.splitlines()) if "fout" in line]
    assert {line["gebeurtenis"] for line in unread} == {"verzoek_onleesbaar"}
    assert len(unread) == len(UNREADABLE)


def test_serve_refuses_a_database_of_other_keys(environ, tmp_path):
    with served(environ):
        pass  # the first time is when the database and its keys meet
    KeyRing.create(tmp_path / "andere")
    Signer.create(tmp_path / "andere")
    other = {**environ, "LSO_GATEWAY_SLEUTELS": str(tmp_path / "andere")}
    told = subprocess.run(SERVE, check=False, env=other, cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 1
    assert "hoort niet bij deze database" in told.stderr


def test_a_line_of_the_log_is_json_and_names_no_path(environ):
    with served(environ) as (process, connection):
        connection.request("GET", "/v1/overleggen/0123456789?naam=Ayse")
        connection.getresponse().read()
        process.send_signal(signal.SIGTERM)
        lines = process.communicate(timeout=30)[1].decode()
    assert "Ayse" not in lines
    assert "0123456789" not in lines
    assert all(json.loads(line) for line in lines.splitlines())
