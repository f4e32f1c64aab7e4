"""A process that has to be there: the gateway and the worker. Whoever kills it, it comes back."""

import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import Final

from gateway.demo.errors import ClosedError, DemoError
from gateway.demo.persistence import REPEATS
from gateway.demo.processes import Processes

#: A process that ends by itself this often in a row has a fault, and says so in its log.
_ENDED_BY_ITSELF: Final = 3
_PAUSE_SECONDS: Final = 0.1
_PATIENCE_SECONDS: Final = 15


class Service:
    """One such process, from `start` until `stop`; started again up to `REPEATS` times."""

    def __init__(
        self,
        processes: Processes,
        role: str,
        arguments: Sequence[str],
        settings: Mapping[str, str],
    ) -> None:
        self._processes = processes
        self._role = role
        self._arguments = arguments
        self._settings = settings
        self._lock = Lock()
        self._stopping = Event()
        self._given_up = False
        self._child: subprocess.Popen[bytes] | None = None
        self._watcher = Thread(target=self._watch, name=f"demo-{role}", daemon=True)

    def start(self) -> "Service":
        self._watcher.start()
        return self

    def stop(self) -> None:
        """Ask it to end, as an operator would, and wait until it has."""
        self._stopping.set()
        with self._lock:
            if self._child is not None and self._child.poll() is None:
                self._child.send_signal(signal.SIGTERM)
        self._watcher.join(_PATIENCE_SECONDS)
        if self._watcher.is_alive() and self._child is not None:
            self._processes.bury(self._child)
            self._watcher.join()

    def require(self) -> None:
        """DemoError, with the end of its log, once it is not started again any more."""
        if self._given_up:
            told = self._processes.complaint(self._role)
            raise DemoError(f"Het proces {self._role} blijft niet draaien:\n{told}")

    def _watch(self) -> None:
        by_itself = 0
        for _ in range(REPEATS + 1):
            child = self._spawn()
            if child is None:
                return
            code = child.wait()
            self._processes.bury(child)
            by_itself = by_itself + 1 if code >= 0 else 0
            if self._stopping.is_set() or by_itself == _ENDED_BY_ITSELF:
                break
            self._stopping.wait(_PAUSE_SECONDS)
        self._given_up = not self._stopping.is_set()

    def _spawn(self) -> "subprocess.Popen[bytes] | None":
        with self._lock:
            if self._stopping.is_set():
                return None
            with suppress(ClosedError):
                self._child = self._processes.spawn(
                    self._role, self._arguments, self._role, self._settings
                )
                return self._child
            return None
