"""The figures as a table: for each kind of work one row for each size of the store."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from tests.bench.sample import Samples
from tests.bench.work import WORKS, Work

#: By size of the store, then by name of the work.
Figures = Mapping[int, Mapping[str, Samples]]
_HEADINGS = (
    ("werk", "left"),
    ("opgeslagen", "right"),
    ("min", "right"),
    ("mediaan", "right"),
    ("database", "right"),
    ("doel", "right"),
    ("kaal", "right"),
    ("COPY/executemany", "right"),
    ("SHA-256", "right"),
    ("AES-GCM", "right"),
    ("x kaal", "right"),
)


def show(console: Console, title: str, figures: Figures) -> None:
    """Print one database's table, and how each kind of work grew with the store."""
    table = Table(title=f"{title}: CPU in ms", title_justify="left")
    for heading, side in _HEADINGS:
        table.add_column(heading, justify=side)  # type: ignore[arg-type]
    for work in WORKS:
        for size, by_name in figures.items():
            table.add_row(*_row(work, size, by_name[work.name]))
        table.add_section()
    console.print(table)
    sizes = sorted(figures)
    if len(sizes) > 1:
        console.print(_growth(figures, sizes[0], sizes[-1]))


def _row(work: Work, size: int, samples: Samples) -> tuple[str, ...]:
    least, middle = (seconds * 1e3 / work.units for seconds in (samples.least, samples.middle))
    first = (
        f"{work.name}, per {work.unit}",
        f"{size:,}".replace(",", "."),
        _ms(least),
        _ms(middle),
        f"{samples.database_share:.0%}",
        "" if work.goal is None else f"{work.goal:g}" + (" !" if middle > work.goal else ""),
    )
    raw = samples.raw
    if raw is None:
        return first
    each = (raw.total, raw.store, raw.digest, raw.encrypt)
    costs = (_ms(seconds * 1e3 / work.units) for seconds in each)
    return (*first, *costs, f"{samples.least / raw.total:.1f}")


def _growth(figures: Figures, small: int, large: int) -> str:
    grown = (
        f"{work.name} {figures[large][work.name].least / figures[small][work.name].least:.2f}x"
        for work in WORKS
    )
    return f"Groei van {small} naar {large} (minima): " + "; ".join(grown)


def _ms(value: float) -> str:
    """Three figures, whatever the size."""
    return f"{value:.{0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 4}f}"
