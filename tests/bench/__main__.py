"""CPU per item, beside what the same bytes cost raw, on PostgreSQL and on SQLite.

    make bench                  1,000, 10,000 and 100,000 stored casussen
    make bench ARGS="--kort"    1,000 only
    make bench ARGS="--log"     the log at 10,000 to 1,000,000 entries (--kort: to 100,000)
    make bench ARGS="--tokens"  what a token costs, and what its binding adds to a call

The figures of a quiet machine, and what they mean: docs/performance.md.
"""

import argparse
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from rich.console import Console

from tests.bench import evidence, tokens
from tests.bench.cpu import Meter, Noise
from tests.bench.house import House
from tests.bench.raw import Raw
from tests.bench.sample import Samples
from tests.bench.table import show
from tests.bench.work import WORKS, load
from tests.postgres import databases, server

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 5


def main() -> None:
    """Measure, and print; nothing stays behind."""
    asked = argparse.ArgumentParser(prog="make bench", description=__doc__)
    asked.add_argument("--kort", action="store_true", help="alleen bij 1.000 opgeslagen casussen")
    asked.add_argument("--database", choices=("postgresql", "sqlite"), action="append")
    asked.add_argument("--tokens", action="store_true", help="alleen wat identiteit kost")
    asked.add_argument("--log", action="store_true", help="alleen wat het log kost")
    options = asked.parse_args()
    console, noise = Console(), Noise()
    console.print(f"Python {platform.python_version()}, {os.cpu_count()} processoren")
    sizes = SIZES[:1] if options.kort else SIZES
    begun = time.monotonic()
    for name in options.database or ("postgresql", "sqlite"):
        with _folder() as folder:
            if options.tokens:
                _identity(folder, name, noise, console)
                continue
            if options.log:
                _log(folder, name, evidence.SIZES[: 2 if options.kort else 3], noise, console)
                continue
            house = _on_postgresql(folder, console) if name == "postgresql" else _on_sqlite(folder)
            show(console, name, _measure(house, sizes, noise, console))
            house.close()
    console.print(f"Ruis van deze machine: {noise}")
    console.print(f"In {time.monotonic() - begun:.0f} s.")


def _measure(
    house: House, sizes: tuple[int, ...], noise: Noise, console: Console
) -> dict[int, dict[str, Samples]]:
    """Rounds of all kinds of work in turn, so that what disturbs one disturbs its neighbours."""
    figures: dict[int, dict[str, Samples]] = {}
    for size in sizes:
        house.refresh_tokens()
        batches = list(load(house, size))
        figures[size] = {work.name: Samples() for work in WORKS}
        for _ in range(ROUNDS):
            house.refresh_tokens()
            for work in WORKS:
                noise.sample()
                figures[size][work.name].rounds.append(work.round(house))
        console.print(
            f"Geladen tot {size} casussen in {len(batches)} aanleveringen: "
            f"{statistics.median(batches) * 1e3:.3f} ms per casus (mediaan); "
            f"na de metingen {len(house.casussen)}."
        )
    return figures


def _identity(folder: Path, name: str, noise: Noise, console: Console) -> None:
    database, meter = f"sqlite:///{folder / 'gateway.sqlite'}", Meter()
    if name == "postgresql":
        maintenance = server.start(folder)
        database, meter = databases.create(maintenance, "bench"), Meter.of_server(maintenance)
    door = tokens.Door.build(folder, database, meter)
    tokens.show(console, name, tokens.measure(door, noise))
    door.app.parts.engine.dispose()


def _log(folder: Path, name: str, sizes: tuple[int, ...], noise: Noise, console: Console) -> None:
    urls = [f"sqlite:///{folder / each}.sqlite" for each in ("log", "schrijvers")]
    if name == "postgresql":
        maintenance = server.start(folder)
        urls = [databases.create(maintenance, each) for each in ("log", "schrijvers")]
    noise.sample()
    evidence.show(console, name, evidence.measure(urls[0], sizes, console))
    evidence.writers(urls[1], console)
    noise.sample()


@contextmanager
def _folder() -> Iterator[Path]:
    """A place for databases and keys; a server that was started in it is stopped again."""
    with tempfile.TemporaryDirectory(prefix="lso-bench-") as made:
        folder = Path(made)
        folder.chmod(0o711)  # the server may run as another account
        try:
            yield folder
        finally:
            server.stop(folder)
            folder.mkdir(exist_ok=True)


def _on_postgresql(folder: Path, console: Console) -> House:
    maintenance = server.start(folder)
    meter = Meter.of_server(maintenance)
    with psycopg.connect(maintenance) as connection:
        console.print(f"PostgreSQL {connection.info.parameter_status('server_version')}")
    raw = Raw.postgresql(databases.create(maintenance, "kaal"), meter)
    return House.build(folder, databases.create(maintenance, "bench"), meter, raw)


def _on_sqlite(folder: Path) -> House:
    meter = Meter()
    raw = Raw.sqlite(folder / "kaal.sqlite", meter)
    return House.build(folder, f"sqlite:///{folder / 'gateway.sqlite'}", meter, raw)


if __name__ == "__main__":
    main()
