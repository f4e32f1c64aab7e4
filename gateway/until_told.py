"""Running until SIGTERM or SIGINT: what is under way is finished, and then it is over."""

import signal
from collections.abc import Callable
from typing import Final, Protocol

_STOP: Final = (signal.SIGTERM, signal.SIGINT)


class Running(Protocol):
    """What goes on in threads of its own, until `stop` has returned."""

    def stop(self) -> None: ...


def run_until_told(start: Callable[[], Running]) -> None:
    """Start, wait for either signal, stop. A signal that comes before the start is done waits."""
    # Blocked before any thread starts, so that all inherit it and only `sigwait` takes them.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)
    try:
        running = start()
        signal.sigwait(_STOP)
        running.stop()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
