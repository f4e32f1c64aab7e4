"""Child processes: real ones, that may be killed at any moment and are then started again.

`processen.json` in the demo's folder tells which live, by role; it is replaced as a whole. A
child has a process group of its own: what a dead child left behind dies with it.
"""

import json
import os
import signal
import subprocess  # the programs that an installation runs, never a shell
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Final

from gateway.demo.errors import ClosedError

_ROOT: Final = Path(__file__).resolve().parents[2]
_PREFIX: Final = "LSO_GATEWAY_"
_NO_BYTECODE: Final = "PYTHONDONTWRITEBYTECODE"
_LAST_LINES: Final = 6
NO_SETTINGS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Finished:
    """How a process ended: below zero is the signal that ended it."""

    code: int
    output: str
    complaint: str

    @property
    def killed(self) -> bool:
        return self.code < 0


class Processes:
    """Starts `lso-gateway` with arguments, and knows every child that lives. Safe for threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._living: dict[int, str] = {}
        self._closed = False
        (folder / "logs").mkdir()
        self._tell()

    def run(
        self,
        role: str,
        arguments: Sequence[str],
        log: str,
        settings: Mapping[str, str] = NO_SETTINGS,
        *,
        given: str = "",
    ) -> Finished:
        """Run to the end on the input `given`, and give what it wrote on its standard output."""
        child = self.spawn(role, arguments, log, settings, talks=True)
        try:
            output, _ = child.communicate(given.encode())
        finally:
            self.bury(child)
        return Finished(child.returncode, output.decode(), self.complaint(log))

    def spawn(
        self,
        role: str,
        arguments: Sequence[str],
        log: str,
        settings: Mapping[str, str],
        *,
        talks: bool = False,
    ) -> "subprocess.Popen[bytes]":
        """Start one child; what it complains of goes to its log. ClosedError after `close`.

        One that `talks` has its input and output open to us.
        """
        with self._lock, self._log(log).open("ab") as errors:
            if self._closed:
                raise ClosedError("De demo is gestopt.")
            child = subprocess.Popen(  # noqa: S603  our own program, with our own arguments
                [sys.executable, "-P", "-m", "gateway.cli", *arguments],
                stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
                stdout=subprocess.PIPE if talks else errors,
                stderr=errors,
                env={**_environment(self._folder), **settings},
                cwd=self._folder,
                start_new_session=True,
            )
            self._living[child.pid] = role
            self._tell()
        return child

    def bury(self, child: "subprocess.Popen[bytes]") -> None:
        """End the child and whatever it started, and forget it."""
        _kill_group(child.pid)
        child.wait()
        with self._lock:
            self._living.pop(child.pid, None)
            self._tell()

    def close(self) -> None:
        """End every child at once, and start none any more."""
        with self._lock:
            self._closed = True
            for pid in self._living:
                _kill_group(pid)

    def complaint(self, log: str) -> str:
        """The last lines of a log, for a person."""
        lines = self._log(log).read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-_LAST_LINES:])

    def _log(self, name: str) -> Path:
        return self._folder / "logs" / f"{name}.log"

    def _tell(self) -> None:
        by_role: dict[str, list[int]] = {}
        for pid, role in self._living.items():
            by_role.setdefault(role, []).append(pid)
        fresh = self._folder / "processen.json.nieuw"
        fresh.write_text(json.dumps(by_role), encoding="utf-8")
        fresh.replace(self._folder / "processen.json")


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _environment(folder: Path) -> dict[str, str]:
    """This process's own, without settings of another installation that lie around."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_PREFIX)}
    path = os.pathsep.join([str(_ROOT), *filter(None, [inherited.get("PYTHONPATH")])])
    if inherited.pop(_NO_BYTECODE, None):
        # Not beside the sources, then; but thirty processes need not all compile them.
        inherited["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    return {**inherited, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}
