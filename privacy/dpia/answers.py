"""What a DPIA says, typed: the answers that a policy stands on, and none of the others.

Every answer that is read must be there: of a DPIA that is not filled in where a policy leans on
it, nothing is concluded. An answer that is absent, or of another kind, is named by its place.
Numbers are the questions of Model DPIA Rijksdienst 3.0. Names of people (19.4, 19.5, 20.1) are
not read. Not judged here: whether the answers agree with each other or with a policy.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final

from privacy.clock import AMSTERDAM
from privacy.dpia import rows
from privacy.dpia.errors import DpiaFaultError
from privacy.dpia.fields import alike
from privacy.dpia.form import read_form
from privacy.dpia.reading import Reading
from schemas.sensitivity import Gevoeligheid

#: Where the form answers for a class that may not be processed without an exception.
EXCEPTIONS: Final[Mapping[Gevoeligheid, str]] = MappingProxyType(
    {
        Gevoeligheid.BIJZONDER: "12.1",
        Gevoeligheid.STRAFRECHTELIJK: "12.2",
        Gevoeligheid.NATIONAAL_NUMMER: "12.3",
    }
)
_OPEN: Final = re.compile(r"\bnadere? advies\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OpenVraag:
    """A question of law that the DPIA itself leaves open; for whom, and in its own words."""

    plaats: str
    paragraaf: str
    verwerkingen: tuple[str, ...]
    tekst: str


@dataclass(frozen=True, slots=True)
class Dpia:
    """One DPIA, named by `digest`, as it was exported at `gemaakt_op`."""

    digest: str
    gemaakt_op: date
    voorstel: str
    gegevens: tuple[rows.Gegeven, ...]
    verwerkingen: tuple[rows.Verwerking, ...]
    doeleinden: tuple[str, ...]
    partijen: tuple[rows.Partij, ...]
    termijnen: tuple[rows.Bewaartermijn, ...]
    gronden: tuple[rows.Grond, ...]
    verwerkt: Mapping[Gevoeligheid, bool]
    uitzonderingen: Mapping[Gevoeligheid, tuple[rows.Uitzondering, ...]]
    doelbinding: tuple[rows.Doelbinding, ...]
    evenredigheid: str
    inzage: bool
    vaststelling: rows.Vaststelling

    @property
    def open_questions(self) -> tuple[OpenVraag, ...]:
        """Every exception and ground for which the DPIA says that further advice is wanted."""
        asked = [
            OpenVraag(f"{each.plaats}.{task}", task, each.verwerkingen, each.uitzonderingsgrond)
            for soort, given in self.uitzonderingen.items()
            for each in given
            for task in [f"{EXCEPTIONS[soort]}.2.4"]
        ]
        asked += [
            OpenVraag(f"{each.plaats}.11.1.1.2", "11.1.1.2", (each.verwerking,), each.toelichting)
            for each in self.gronden
        ]
        return tuple(each for each in asked if _OPEN.search(each.tekst))


def load_dpia(path: Path) -> Dpia:
    """The DPIA in a file; DpiaFaultError where it cannot be read."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DpiaFaultError(
            path.name, (f"het bestand is niet te lezen: {error.strerror}",)
        ) from None
    return read_dpia(path.name, content)


def read_dpia(source_name: str, content: bytes) -> Dpia:
    """The DPIA in the content of a file; DpiaFaultError names each place that is not right."""
    form = read_form(source_name, content)
    reading = Reading(form)
    dpia = Dpia(
        digest=form.digest,
        gemaakt_op=form.created.astimezone(AMSTERDAM).date(),
        voorstel=reading.text(reading.single, "1.1"),
        gegevens=tuple(rows.read_gegeven(reading, row) for row in reading.rows("2.1")),
        verwerkingen=_verwerkingen(reading),
        doeleinden=_doeleinden(reading),
        partijen=tuple(rows.read_partij(reading, row) for row in reading.rows("6.1.1")),
        termijnen=tuple(rows.read_termijn(reading, row) for row in reading.rows("10.1.1")),
        gronden=tuple(rows.read_grond(reading, row) for row in reading.rows("11.1.1")),
        verwerkt=MappingProxyType(
            {soort: reading.yes(f"{task}.1") for soort, task in EXCEPTIONS.items()}
        ),
        uitzonderingen=_uitzonderingen(reading),
        doelbinding=tuple(rows.read_doelbinding(reading, row) for row in reading.rows("13.1.1")),
        evenredigheid=reading.text(reading.single, "14.2"),
        inzage=reading.yes_if_it_applies("15.1.1"),
        vaststelling=rows.read_vaststelling(reading),
    )
    _check_partijen(reading, dpia)
    if reading.faults:
        raise DpiaFaultError(source_name, tuple(reading.faults))
    return dpia


def _verwerkingen(reading: Reading) -> tuple[rows.Verwerking, ...]:
    """Everything refers to a processing by its name: no two may have the same."""
    found: dict[str, rows.Verwerking] = {}
    for row in reading.rows("3.1"):
        each = rows.read_verwerking(reading, row)
        if each.naam and alike(each.naam) in found:
            reading.fault(row, "3.1.1", "deze verwerking staat er twee keer")
        found[alike(each.naam)] = each
    return tuple(found.values())


def _doeleinden(reading: Reading) -> tuple[str, ...]:
    """The form gives a purpose under the group of its processing, 5.1, or as a row of its own."""
    grouped = tuple(row for row in reading.rows_if_any("5.1") if "5.1.1" in row.values)
    return tuple(reading.text(row, "5.1.1") for row in grouped or reading.rows("5.1.1"))


def _check_partijen(reading: Reading, dpia: Dpia) -> None:
    """The form's export does not say in which processing a party takes part: 6.1.1.3 must."""
    known = {alike(each.naam) for each in dpia.verwerkingen}
    if dpia.partijen and not any(alike(each.verwerking) in known for each in dpia.partijen):
        reading.faults.append(
            "answers.6.1.1: geen partij noemt in 6.1.1.3 een verwerking uit 3.1.1; het formulier"
            " voert niet uit bij welke verwerking een partij hoort, schrijf die naam dus in 6.1.1.3"
        )


def _uitzonderingen(
    reading: Reading,
) -> Mapping[Gevoeligheid, tuple[rows.Uitzondering, ...]]:
    return MappingProxyType(
        {
            soort: tuple(
                rows.read_uitzondering(reading, row, f"{task}.2")
                for row in reading.rows_if_any(f"{task}.2")
            )
            for soort, task in EXCEPTIONS.items()
        }
    )
