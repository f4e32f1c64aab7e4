"""The answers that a policy stands on, one kind of row per question of the form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from privacy.dpia.form import Row
from privacy.dpia.reading import Reading
from schemas.sensitivity import Gevoeligheid

#: The form's words for the classes of personal data (2.1.4).
_CLASSES: Final[Mapping[str, Gevoeligheid]] = MappingProxyType(
    {each.value: each for each in Gevoeligheid}
    | {"nationaal identificatienummer": Gevoeligheid.NATIONAAL_NUMMER}
)


@dataclass(frozen=True, slots=True)
class Gegeven:
    """2.1: one datum and its class."""

    naam: str
    soort: Gevoeligheid


@dataclass(frozen=True, slots=True)
class Verwerking:
    """3.1: one processing, what it is for, and which data it uses."""

    naam: str
    doel: str
    gegevens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Partij:
    """6.1.1: one party in one processing: its roles, and which data it has."""

    plaats: str
    naam: str
    rollen: tuple[str, ...]
    verwerking: str
    gegevens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bewaartermijn:
    """10.1.1: how long data are kept for a purpose, in the words of the form."""

    plaats: str
    doel: str
    gegevens: tuple[str, ...]
    woorden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grond:
    """11.1.1: a legal ground; the explanation begins with the processing and a colon."""

    plaats: str
    grond: str
    toelichting: str

    @property
    def verwerking(self) -> str:
        """The processing that the explanation names."""
        return self.toelichting.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Uitzondering:
    """12.1.2, 12.2.2 or 12.3.2: why data of a protected class may be processed."""

    plaats: str
    verwerkingen: tuple[str, ...]
    gegevens: tuple[str, ...]
    uitzonderingsgrond: str


@dataclass(frozen=True, slots=True)
class Doelbinding:
    """13.1.1: data used for a purpose, and whether that agrees with why they were collected."""

    doel: str
    gegevens: tuple[str, ...]
    uitkomst: str


@dataclass(frozen=True, slots=True)
class Vaststelling:
    """18 to 20: whether there is a summary, version and status, advice of the FG, signature."""

    samenvatting: str
    versie: str
    status: str
    advies_op: date | None
    advies: str
    ondertekend_op: tuple[date, ...]


def read_gegeven(reading: Reading, row: Row) -> Gegeven:
    """A class that the form does not have is a fault."""
    word = reading.text(row, "2.1.4")
    soort = _CLASSES.get(word.strip().casefold())
    if word and soort is None:
        reading.fault(row, "2.1.4", f"deze soort bestaat niet; kies uit: {', '.join(_CLASSES)}")
    return Gegeven(reading.name(row, "2.1.1"), soort or Gevoeligheid.BIJZONDER)


def read_verwerking(reading: Reading, row: Row) -> Verwerking:
    return Verwerking(
        naam=reading.name(row, "3.1.1"),
        doel=reading.text(row, "3.1.2"),
        gegevens=reading.names(row, "3.1.3"),
    )


def read_partij(reading: Reading, row: Row) -> Partij:
    return Partij(
        plaats=row.place,
        naam=reading.name(row, "6.1.1.1"),
        rollen=reading.name_or_names(row, "6.1.1.2"),
        verwerking=reading.name(row, "6.1.1.3"),
        gegevens=reading.names(row, "6.1.1.4"),
    )


def read_termijn(reading: Reading, row: Row) -> Bewaartermijn:
    """The form asks for the term and for its reason; either answer may hold the term."""
    words = tuple(reading.text_if_any(row, task) for task in ("10.1.1.5", "10.1.1.4"))
    return Bewaartermijn(
        plaats=row.place,
        doel=reading.text(row, "10.1.1.1"),
        gegevens=reading.names(row, "10.1.1.3"),
        woorden=tuple(each for each in words if each.strip()),
    )


def read_grond(reading: Reading, row: Row) -> Grond:
    return Grond(row.place, reading.name(row, "11.1.1.1"), reading.text(row, "11.1.1.2"))


def read_uitzondering(reading: Reading, row: Row, task: str) -> Uitzondering:
    """The form has the ground of 12.1.2 under 12.1.2.5, or under 12.2.2.4 by a slip of its own."""
    ground = f"{task}.4"
    if task == "12.1.2":
        ground = "12.2.2.4" if "12.2.2.4" in row.values else "12.1.2.5"
    return Uitzondering(
        plaats=row.place,
        verwerkingen=reading.names(row, f"{task}.1"),
        gegevens=reading.names(row, f"{task}.3"),
        uitzonderingsgrond=reading.text(row, ground),
    )


def read_doelbinding(reading: Reading, row: Row) -> Doelbinding:
    return Doelbinding(
        doel=reading.text(row, "13.1.1.3"),
        gegevens=reading.names(row, "13.1.1.2"),
        uitkomst=reading.text(row, "13.1.1.5"),
    )


def read_vaststelling(reading: Reading) -> Vaststelling:
    """None of it need be there: a DPIA is exported before it is signed, too."""
    last = (reading.rows_if_any("19.1") or (Row("answers.19.1", {}),))[-1]
    signed = [_day(reading, row, "20.1.6") for row in reading.rows_if_any("20.1")]
    return Vaststelling(
        samenvatting=reading.text_if_any(reading.single, "18"),
        versie=reading.text_if_any(last, "19.1.1"),
        status=reading.text_if_any(reading.single, "19.2"),
        advies_op=_day(reading, reading.single, "19.5.6"),
        advies=reading.text_if_any(reading.single, "19.5.7"),
        ondertekend_op=tuple(day for day in signed if day is not None),
    )


def _day(reading: Reading, row: Row, task: str) -> date | None:
    text = reading.text_if_any(row, task)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        reading.fault(row, task, "dit is geen dag (JJJJ-MM-DD)")
        return None
