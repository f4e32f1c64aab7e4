"""The web server: gunicorn with threads, started from here and not from a file.

On SQLite there is one process and it is the only writer: a lock on a file beside the database
holds for as long as any of its processes lives, so that a second `serve` refuses.
"""

import errno
import fcntl
import gc
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import gunicorn.http.wsgi
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from sqlalchemy.engine import make_url

from gateway.app import Gateway, create_app
from gateway.config import Settings
from gateway.http_worker import HttpWorker
from gateway.services.herstel import begin_again
from gateway.telemetry import start_logging
from gateway.wiring import build

# What software this is, and so which holes to try, is nobody's business (ADR-06).
gunicorn.http.wsgi.SERVER = "lso-gateway"

_NOT_FREE: Final = {
    errno.EACCES: "voor deze poort zijn geen rechten",
    errno.EADDRINUSE: "hier luistert al een ander programma",
    errno.EADDRNOTAVAIL: "dit adres is niet van deze machine",
}


class LockedError(Exception):
    """Another process serves this database, or listens where this one should."""


class PlainLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's own lines go where ours go; it writes no access log, that is ours."""

    def setup(self, cfg: Any) -> None:
        start_logging()
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        self.error_log.setLevel("INFO")

    def access(self, *args: Any) -> None:
        """See gateway.app."""


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """One gateway, served until it is told to stop."""

    def __init__(self, settings: Settings, *, with_worker: bool) -> None:
        self._settings = settings
        self._with_worker = with_worker
        super().__init__()

    def load_config(self) -> None:
        settings = self._settings
        for name, value in {
            "bind": [settings.luister],
            "workers": 1 if settings.sqlite else settings.werkprocessen,
            "threads": settings.draden,
            "worker_class": HttpWorker,
            "logger_class": PlainLogger,
            "proc_name": "lso-gateway",
            "timeout": 60,
            "graceful_timeout": 30,
            "keepalive": 15,
            # Only the proxy's own headers count; none of them is read yet.
            "forwarded_allow_ips": "",
            # No second door: workers are managed by signals.
            "control_socket_disable": True,
            "limit_request_line": 2_048,
            "limit_request_fields": 50,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Gateway:
        """Runs in the worker process, after the fork: everything is opened here."""
        parts = build(self._settings)
        begin_again(parts)
        if self._with_worker:
            from gateway.worker import start

            # gunicorn calls this in the same process, once its last request was answered.
            schedule = start(parts)
            self.cfg.set("worker_exit", lambda _server, _process: schedule.stop())
        app = create_app(parts)
        settle_memory()
        return app


def settle_memory() -> None:
    """What was made at start-up stays: the collector need not look at it again at every turn."""
    gc.collect()
    gc.freeze()


def require_free(luister: str) -> None:
    """LockedError where nobody can listen at `luister`; the server itself would only try again."""
    host, _, port = luister.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host.strip("[]"), int(port)), family=family).close()
    except OSError as error:
        why = _NOT_FREE.get(error.errno or 0, "daar is niet te luisteren")
        raise LockedError(f"luister ({luister}): {why}.") from None


@contextmanager
def hold_database(settings: Settings) -> Iterator[None]:
    """Be the only one to serve an SQLite file; LockedError where another does."""
    file = make_url(settings.database).database if settings.sqlite else None
    if file is None:
        yield
        return
    lock = Path(f"{file}.lock")
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError("Een andere gateway is al met deze database bezig.") from None
        yield
    finally:
        os.close(handle)
