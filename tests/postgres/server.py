"""A real PostgreSQL server of our own, in a folder that holds all of it.

What is acknowledged stands in files when it is acknowledged: synchronous_commit stays on. Whether
those files outlive a power cut is only seen by cutting the power, so a server that is not `durable`
does not wait for the disk: to drop a database takes 40 ms then instead of 1,300.
It listens on loopback only, below the ports that the system hands out by itself.
"""

import contextlib
import random
import secrets
import shutil
import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

import psutil

from tests.postgres.programs import Programs, available

PORTS = range(20_000, 32_768)
TRIES = 5
_NOT_DURABLE = ("fsync = off", "full_page_writes = off")


class NoPostgresError(RuntimeError):
    """No PostgreSQL could be started. The tests then fail: they never go on without it."""


def start(folder: Path, *, durable: bool = True) -> str:
    """Start a server in the (empty) folder and return the URL of its maintenance database."""
    failures = []
    for number, programs in enumerate(available(folder)):
        place = folder / f"server-{number}"
        try:
            return _start(programs, place, () if durable else _NOT_DURABLE)
        except (subprocess.SubprocessError, OSError) as error:
            log = place / "start.log"
            told = log.read_text(errors="replace")[-2_000:] if log.exists() else ""
            failures.append(f"{programs.folder}: {error}\n{told}")
    raise NoPostgresError(
        "No PostgreSQL server could be started, and without one half of the promises is untested. "
        "Give one in TEST_DATABASE_URL (with the right to create databases), install PostgreSQL, "
        "or install requirements/ontwikkeling.txt, which carries one.\n" + "\n".join(failures)
    )


def crash(folder: Path) -> None:
    """Let the server of this folder fall over, and start it again on the same port."""
    for number, programs in enumerate(available(folder)):
        data = folder / f"server-{number}" / "data"
        if _postmaster(data):
            place = data.parent
            words = ("restart", "--mode=immediate", "--wait", f"--pgdata={data}")
            log = f"--log={place / 'server.log'}"
            programs.run("pg_ctl", *words, log, log=place / "start.log")
            return
    raise NoPostgresError("There is no server in this folder.")


def stop(folder: Path) -> None:
    """Stop the server of this folder, if it still runs, and remove the folder."""
    for data in folder.glob("server-*/data"):
        for process in _postmaster(data):
            # Immediate shutdown: what it holds is about to be removed.
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGQUIT)
            psutil.wait_procs([process], timeout=10)
    shutil.rmtree(folder, ignore_errors=True)


def _start(programs: Programs, place: Path, words: Sequence[str]) -> str:
    # Others may pass through, not look around; the files in it have their own modes.
    place.mkdir(mode=0o711)
    data, log, secret = place / "data", place / "start.log", place / "secret"
    password = secrets.token_hex(16)
    data.mkdir(mode=0o700)
    secret.touch(mode=0o600)
    secret.write_text(password)
    server_log = place / "server.log"
    server_log.touch(mode=0o600)
    for path in (data, secret, server_log):
        programs.give(path)
    programs.run(
        "initdb",
        f"--pgdata={data}",
        "--username=postgres",
        f"--pwfile={secret}",
        "--auth=password",  # not scram: it would cost every connection of every test 10 ms
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
        log=log,
    )
    secret.unlink()
    with (data / "postgresql.conf").open("a") as conf:
        conf.writelines(f"{word}\n" for word in words)
    port = _run(programs, data, server_log, log)
    return f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"


def _run(programs: Programs, data: Path, server_log: Path, log: Path) -> int:
    for remaining in reversed(range(TRIES)):
        port = _free_port()
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        arguments = (f"--pgdata={data}", f"--log={server_log}", "--wait", f"--options={options}")
        try:
            programs.run("pg_ctl", "start", *arguments, log=log)
        except subprocess.CalledProcessError:
            # Someone took the port between our look and the start; or nothing will help.
            if remaining == 0:
                raise
        else:
            break
    return port


def _free_port() -> int:
    for port in random.sample(PORTS, 50):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise NoPostgresError("There is no free port below 32768.")


def _postmaster(data: Path) -> list[psutil.Process]:
    """The server of this data folder, by what it says of itself: its number may be reused."""
    try:
        number = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        process = psutil.Process(number)
        return [process] if any(str(data) in word for word in process.cmdline()) else []
    except (OSError, ValueError, psutil.Error):
        return []
