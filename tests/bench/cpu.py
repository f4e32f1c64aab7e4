"""CPU time of this process and of a PostgreSQL server, and how noisy this machine is.

Wall time says little beside other work on the machine; CPU time varies too, by caches and clock
speed, and `Noise` says how much.
"""

import platform
import statistics
import time
from dataclasses import dataclass, field

import psutil
import psycopg

_LINUX = platform.system() == "Linux"
#: One loop of about ten milliseconds.
_TURNS = 200_000


@dataclass(frozen=True)
class Meter:
    """`server` is the postmaster; None where the database lives in this process."""

    server: psutil.Process | None = None

    @classmethod
    def of_server(cls, url: str) -> "Meter":
        """The server behind a URL, on this machine: the parent of any of its backends."""
        with psycopg.connect(url) as connection:
            parent = psutil.Process(connection.info.backend_pid).parent()
        if parent is None:
            raise RuntimeError("The server is not on this machine.")
        return cls(parent)

    def client(self) -> float:
        """Seconds of CPU that this process used, threads included."""
        return time.process_time()

    def database(self) -> float:
        """Seconds of CPU of every process of the server, also of those that have ended."""
        if self.server is None:
            return 0.0
        own = self.server.cpu_times()
        alive = (_seconds(each) for each in (self.server, *self.server.children()))
        return own.children_user + own.children_system + sum(alive)


@dataclass
class Noise:
    """The same pure work again and again: what its time varies by is not ours."""

    seconds: list[float] = field(default_factory=list)

    def sample(self) -> None:
        """One turn of the loop."""
        begun, total = time.process_time(), 0
        for number in range(_TURNS):
            total += number & 7
        self.seconds.append(time.process_time() - begun)

    def __str__(self) -> str:
        least, most = min(self.seconds), max(self.seconds)
        middle = statistics.median(self.seconds)
        return (
            f"{len(self.seconds)} x dezelfde lus: {least * 1e3:.1f} tot {most * 1e3:.1f} ms, "
            f"mediaan {middle * 1e3:.1f} ms ({middle / least:.2f}x en ten hoogste "
            f"{most / least:.2f}x het minimum)"
        )


def _seconds(process: psutil.Process) -> float:
    try:
        if _LINUX:
            # clock_getcpuclockid(3): nanoseconds, where /proc counts hundredths of a second.
            return time.clock_gettime((~process.pid << 3) | 2)
        times = process.cpu_times()
    except (OSError, psutil.NoSuchProcess):
        return 0.0  # ended just now: the postmaster counts it from here on
    return times.user + times.system
