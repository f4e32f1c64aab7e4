"""What the gateway answers, as values. A repr shows no content.

Names are as on the wire; what stands in a summary stays plain data: the reader is a partner.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from connectors.errors import NotUnderstoodError, Wirefault
from connectors.evidence import Bewijs, Opened
from connectors.problems import read_fault
from connectors.wire import Fields
from schemas.terms import Itemresultaat


@dataclass(frozen=True, slots=True)
class Itemantwoord:
    """What became of one item of an aanlevering."""

    resultaat: Itemresultaat
    casus_id: UUID | None
    problemen: tuple[Wirefault, ...]


@dataclass(frozen=True, slots=True)
class Beleid:
    """The digests of policies by recipient, and of notices by version."""

    beleid: Mapping[str, str]
    verklaringen: Mapping[str, str]
    #: To be shown at the next call; empty where the gateway says none.
    logstand: str = field(default="", repr=False)
    #: The restore after which this organisation must send everything again.
    herstel: UUID | None = None


@dataclass(frozen=True, slots=True)
class Overleg:
    """A planned case conference."""

    overleg_id: UUID
    datum: date
    soort: str


@dataclass(frozen=True, slots=True)
class Agendaantwoord:
    """What became of one nominated casus."""

    casus_id: UUID
    resultaat: Itemresultaat
    agendapunt_id: UUID | None


@dataclass(frozen=True, slots=True)
class Mutatiepagina:
    """One page of the feed, its signature and proof checked.

    `items` holds mutaties and recalls, in order. `body` and `signature` are what a dossier keeps.
    """

    items: tuple[dict[str, Any], ...] = field(repr=False)
    volgende: str = field(repr=False)
    meer: bool
    ontvanger: str
    bewijs: Bewijs
    body: bytes = field(repr=False)
    signature: str = field(repr=False)
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Pakket:
    """The pack of one overleg, its signature and proof checked."""

    overleg_id: UUID
    datum: date
    ontvanger: str
    casussen: tuple[dict[str, Any], ...] = field(repr=False)
    bewijs: Bewijs
    body: bytes = field(repr=False)
    signature: str = field(repr=False)
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Controlepuntantwoord:
    """The newest checkpoint of the log, as text, and the proof from the size that was named."""

    tekst: str
    bewijs: tuple[str, ...] = ()


def read_itemantwoord(told: Fields) -> Itemantwoord:
    problems = told.listed("problemen") if told.has("problemen") else ()
    return Itemantwoord(
        _resultaat(told),
        told.optional_uuid("casusId"),
        tuple(read_fault(problem.plain()) for problem in problems),
    )


def read_beleid(told: Fields) -> Beleid:
    stand = told.inner("logstand").text("handtekening") if told.has("logstand") else ""
    herstel = told.inner("herstel").uuid("herstelId") if told.has("herstel") else None
    return Beleid(told.texts("beleid"), told.texts("verklaringen"), stand, herstel)


def read_overleg(told: Fields) -> Overleg:
    return Overleg(told.uuid("overlegId"), told.day("datum"), told.text("soort"))


def read_agendaantwoord(told: Fields) -> Agendaantwoord:
    return Agendaantwoord(
        told.uuid("casusId"), _resultaat(told), told.optional_uuid("agendapuntId")
    )


def read_mutatiepagina(opened: Opened, body: bytes, signature: str, etag: str) -> Mutatiepagina:
    return Mutatiepagina(
        items=tuple(item.plain() for item in opened.part.listed("items")),
        volgende=opened.part.text("volgende"),
        meer=opened.part.boolean("meer"),
        ontvanger=opened.ontvanger,
        bewijs=opened.bewijs,
        body=body,
        signature=signature,
        etag=etag,
    )


def read_pakket(opened: Opened, body: bytes, signature: str, etag: str) -> Pakket:
    return Pakket(
        overleg_id=opened.part.uuid("overlegId"),
        datum=opened.part.day("datum"),
        ontvanger=opened.ontvanger,
        casussen=tuple(casus.plain() for casus in opened.part.listed("casussen")),
        bewijs=opened.bewijs,
        body=body,
        signature=signature,
        etag=etag,
    )


def read_controlepunt(told: Fields) -> Controlepuntantwoord:
    bewijs = told.words("bewijs") if told.has("bewijs") else ()
    return Controlepuntantwoord(told.text("controlepunt"), bewijs)


def _resultaat(told: Fields) -> Itemresultaat:
    text = told.text("resultaat")
    if text not in frozenset(Itemresultaat):
        raise NotUnderstoodError("resultaat is een onbekende waarde")
    return Itemresultaat(text)
