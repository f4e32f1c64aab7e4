"""What a page shows: tables of texts, each cell perhaps good, doubtful or wrong."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from privacy.clock import AMSTERDAM


class Toon(StrEnum):
    """How a cell stands out; the text itself says the same, for who sees no colours."""

    GEWOON = ""
    GOED = "success"
    LET_OP = "warning"
    FOUT = "danger"


@dataclass(frozen=True, slots=True)
class Cel:
    """One cell. `naar` is a path of ours that the text leads to."""

    tekst: str
    toon: Toon = Toon.GEWOON
    code: bool = False
    naar: str = ""


@dataclass(frozen=True, slots=True)
class Tabel:
    """One table; `leeg` is what is said where there is no row. The first cell names its row."""

    naam: str
    titel: str
    kop: tuple[str, ...]
    rijen: tuple[tuple[Cel, ...], ...]
    leeg: str
    uitleg: str = ""


def code(tekst: str) -> Cel:
    """A name that is to be read letter by letter."""
    return Cel(tekst, code=True)


def day_text(day: date) -> str:
    """A day as people write it."""
    return f"{day.day}-{day.month}-{day.year}"


def time_text(moment: datetime) -> str:
    """Only the time of day: of what is less than an hour away."""
    return f"{moment.astimezone(AMSTERDAM):%H:%M}"


def moment_text(moment: datetime) -> str:
    """A moment on the clock in Amsterdam."""
    local = moment.astimezone(AMSTERDAM)
    return f"{day_text(local.date())} {local:%H:%M}"
