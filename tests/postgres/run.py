"""What one run of pytest shares between its workers: a folder, a lock, one server.

The folder is named after the process that leads the run, so that the next run can tell which
folders have nobody left (a killed run stops nothing) and sweep them.
"""

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.postgres import databases, server


@dataclass(frozen=True)
class Run:
    folder: Path

    @classmethod
    def of_this_process(cls) -> "Run":
        sweep()
        process = psutil.Process()
        return cls(_home() / f"{process.pid}-{int(process.create_time())}")

    @property
    def name(self) -> str:
        """Stands in the names of this run's databases."""
        return f"lso_test_{self.folder.name.replace('-', '_')}"

    def server_url(self) -> str:
        """The server of this run: $TEST_DATABASE_URL, or one that the first to ask starts."""
        given = os.environ.get("TEST_DATABASE_URL")
        if given:
            self._make_folder()
            return databases.plain(given)
        return self.once("server-url", lambda: server.start(self.folder, durable=False))

    def once(self, name: str, make: Callable[[], str]) -> str:
        """Made by one worker, read by the others."""
        self._make_folder()
        made = self.folder / name
        with self._lock():
            if not made.exists():
                text = make()
                made.touch(mode=0o600)
                made.write_text(text)
            return made.read_text()

    def close(self) -> None:
        """Leave nothing: no server of ours, no database on someone else's."""
        if not self.folder.exists():
            return
        given = os.environ.get("TEST_DATABASE_URL")
        if given:
            databases.drop_all(databases.plain(given), self.name)
        server.stop(self.folder)

    def _make_folder(self) -> None:
        # Passable, because the server may run as another account.
        self.folder.mkdir(mode=0o711, exist_ok=True)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def sweep() -> None:
    """Stop and remove what runs without a leader left behind."""
    for folder in _home().iterdir():
        number, _, started = folder.name.partition("-")
        try:
            alive = int(psutil.Process(int(number)).create_time()) == int(started)
        except (ValueError, psutil.Error):
            alive = False
        if not alive:
            server.stop(folder)


def _home() -> Path:
    """One folder for all runs of this account; refused if it is somebody else's."""
    home = Path(tempfile.gettempdir()) / f"lso-gateway-postgres-{os.geteuid()}"
    home.mkdir(mode=0o711, exist_ok=True)
    if home.is_symlink() or home.stat().st_uid != os.geteuid():
        raise PermissionError(f"{home} belongs to someone else; set TMPDIR to a folder of your own")
    return home
