"""Statement 15: what the log costs as it grows, to append 300, to prove, to read all of it again.

Wall time, since that is what waits: medians and the 99th percentile of many, beside what the
same machine takes to commit nothing but a row.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, func, select, text

from privacy.log.append import append
from privacy.log.head import read_head
from privacy.log.tables import auditregel
from privacy.log.tiles import StoredTree
from privacy.log.verify import verify
from privacy.store.engine import make_engine, reading, writing
from tests.unit.privacy.log.examples import LATER, entries, prepare

SIZES = (10_000, 100_000, 1_000_000)
_PACK = 301
_AT_ONCE = 8_192
_ASKED = 400
_WRITERS = 8
_SECONDS = 4.0


@dataclass(frozen=True)
class Grown:
    """Milliseconds, but for `verify`, which is seconds."""

    size: int
    append: Sequence[float]
    proof: Sequence[float]
    consistency: Sequence[float]
    verify: float


def measure(url: str, sizes: Sequence[int], console: Console) -> list[Grown]:
    """Fill a log to each size, and ask it."""
    engine = make_engine(url)
    prepare(engine)
    grown = []
    for size in sizes:
        begun = time.perf_counter()
        _fill(engine, size)
        console.print(f"{size} regels, gevuld in {time.perf_counter() - begun:.0f} s")
        grown.append(_ask(engine, size))
    engine.dispose()
    return grown


def show(console: Console, name: str, grown: Sequence[Grown]) -> None:
    """A row for each size."""
    table = Table(title=f"Het log op {name}")
    for column in (
        "regels",
        "300 erbij p50/p99 ms",
        "bewijs p50/p99 ms",
        "consistentie",
        "nalezen",
    ):
        table.add_column(column, justify="right")
    for each in grown:
        table.add_row(
            f"{each.size:,}",
            _shown(each.append),
            _shown(each.proof),
            _shown(each.consistency),
            f"{each.verify:.1f} s",
        )
    console.print(table)


def writers(url: str, console: Console) -> None:
    """Appends of one entry by 8 at once, beside 8 that commit a row and nothing else."""
    engine = make_engine(url)
    prepare(engine)
    with writing(engine) as tx:
        tx.execute(text("CREATE TABLE kaal (wat text)"))
    raw = _rate(engine, lambda tx, _n: tx.execute(text("INSERT INTO kaal VALUES ('x')")))
    ours = _rate(engine, lambda tx, n: append(tx, entries(1, n), LATER))
    with reading(engine) as tx:
        size, count = read_head(tx).omvang, tx.execute(select(func.count(auditregel.c.nummer)))
        sound = verify(tx).sound and count.scalar_one() == size
    console.print(
        f"8 schrijvers: {ours:.0f} regels per seconde, kaal {raw:.0f} rijen per seconde "
        f"(verhouding {ours / raw:.2f}); het log klopt: {sound}."
    )
    engine.dispose()


def _fill(engine: Engine, size: int) -> None:
    with reading(engine) as tx:
        at = read_head(tx).omvang
    while at < size:
        count = min(_AT_ONCE, size - at)
        with writing(engine) as tx:
            append(tx, entries(count, at), LATER)
        at += count


def _ask(engine: Engine, size: int) -> Grown:
    appended = [_timed(lambda n=n: _append(engine, size + n * _PACK)) for n in range(200)]
    with reading(engine) as tx:
        now = read_head(tx).omvang
    places = [(n * 7_919_777) % now for n in range(_ASKED)]
    proofs = [_timed(lambda at=at: _prove(engine, now, at)) for at in places]
    consistencies = [_timed(lambda at=at: _follow(engine, now, at)) for at in places]
    begun = time.perf_counter()
    with reading(engine) as tx:
        assert verify(tx).sound
    return Grown(size, appended, proofs, consistencies, time.perf_counter() - begun)


def _append(engine: Engine, start: int) -> None:
    with writing(engine) as tx:
        append(tx, entries(_PACK, start), LATER)


def _prove(engine: Engine, size: int, index: int) -> None:
    with reading(engine) as tx:
        StoredTree(tx, size).inclusion(index)


def _follow(engine: Engine, size: int, old: int) -> None:
    with reading(engine) as tx:
        StoredTree(tx, size).consistency(old)


def _timed(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1e3


def _rate(engine: Engine, work: Callable[..., object]) -> float:
    until = time.perf_counter() + _SECONDS

    def one(writer: int) -> int:
        done = 0
        while time.perf_counter() < until:
            with writing(engine) as tx:
                work(tx, writer * 1_000_000 + done)
            done += 1
        return done

    with ThreadPoolExecutor(_WRITERS) as pool:
        return sum(pool.map(one, range(_WRITERS))) / _SECONDS


def _shown(times: Sequence[float]) -> str:
    return f"{statistics.median(times):.2f} / {statistics.quantiles(times, n=100)[98]:.2f}"
