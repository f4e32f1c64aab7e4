"""What can be wrong with a register or its mapping, said to who keeps it.

ConnectorError
├── RegisterError   the register cannot be read as a whole; `soort` is one of a closed list
└── MappingError    the mapping file cannot be used; `fouten` names each table and key

Both hold names of files, sheets, columns and keys, never anything out of a cell. The error of
the library beneath is not kept: it can repeat what it read.
"""

from enum import StrEnum
from typing import Self

from connectors.errors import ConnectorError


class Registerfout(StrEnum):
    """Why a register cannot be read: what is wrong, and what to do."""

    wat: str
    te_doen: str

    def __new__(cls, code: str, wat: str, te_doen: str) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.wat = wat
        member.te_doen = te_doen
        return member

    BESTAND_ONTBREEKT = (
        "bestand_ontbreekt",
        "Dit bestand is er niet.",
        "Kijk na of het is verplaatst of een andere naam heeft.",
    )
    GEEN_TOEGANG = (
        "geen_toegang",
        "Dit bestand mag of kan niet worden gelezen.",
        "Sluit het in andere programma's, of vraag de beheerder om leesrechten.",
    )
    BESTAND_LEEG = (
        "bestand_leeg",
        "Dit bestand is leeg.",
        "Sla het register opnieuw op en probeer het nog eens.",
    )
    AFGEBROKEN = (
        "afgebroken",
        "Dit bestand is beschadigd of houdt halverwege op.",
        "Open het register zelf, sla het opnieuw op en probeer het nog eens.",
    )
    VERSLEUTELD = (
        "versleuteld",
        "Dit bestand is met een wachtwoord beveiligd.",
        "Sla het register zonder wachtwoord op, op een plek waar alleen u bij kunt.",
    )
    ANDER_SOORT = (
        "ander_soort",
        "Dit is een ander soort bestand dan de mapping zegt.",
        "Sla het op in het juiste soort (Opslaan als), of pas 'soort' in de mapping aan.",
    )
    BLAD_ONTBREEKT = (
        "blad_ontbreekt",
        "Dit werkblad staat niet in het bestand.",
        "Geef het blad zijn oude naam terug, of pas 'bladen' in de mapping aan.",
    )
    KOPRIJ_ONTBREEKT = (
        "koprij_ontbreekt",
        "De rij met kolomnamen is niet gevonden.",
        "Zet de kolomnamen terug, of pas 'koprij' in de mapping aan.",
    )
    KOLOM_ONTBREEKT = (
        "kolom_ontbreekt",
        "Deze kolom staat niet in het register.",
        "Geef de kolom zijn oude naam terug, of pas de mapping aan.",
    )
    KOLOM_DUBBEL = (
        "kolom_dubbel",
        "Deze kolom staat er meer dan één keer.",
        "Geef elke kolom een eigen naam.",
    )
    RIJVORM = (
        "rijvorm",
        "Deze regel heeft meer of minder vakken dan de kop, of aanhalingstekens die niet kloppen.",
        "Maak het bestand opnieuw, en zet tekst met een scheidingsteken tussen aanhalingstekens.",
    )
    CODERING = (
        "codering",
        "De letters in dit bestand zijn anders vastgelegd dan de mapping zegt.",
        "Sla het opnieuw op, of pas 'codering' in de mapping aan.",
    )
    QUERY = (
        "query",
        "De database gaf geen antwoord op de vraag in de mapping.",
        "Kijk na of de database bereikbaar is en of de tabellen zijn veranderd.",
    )
    ONBEREIKBAAR = (
        "onbereikbaar",
        "Het systeem gaf deze pagina niet.",
        "Er is niets verstuurd. Probeer het later nog eens, of vraag de beheerder.",
    )
    ANDER_ANTWOORD = (
        "ander_antwoord",
        "Het systeem antwoordde iets anders dan de JSON die is afgesproken.",
        "Vraag de beheerder of het systeem is veranderd; er is niets verstuurd.",
    )
    ANDERE_HERKOMST = (
        "andere_herkomst",
        "De volgende pagina staat op een andere server en wordt niet opgehaald.",
        "Vraag de beheerder na te gaan waarom het systeem daarheen verwijst.",
    )
    TE_VEEL_PAGINAS = (
        "te_veel_paginas",
        "De pagina's verwijzen in een kring, of het zijn er te veel.",
        "Vraag de beheerder het systeem na te kijken; er is niets verstuurd.",
    )


class RegisterError(ConnectorError):
    """The register cannot be read, so nothing of it is used. `plaats` says where it went wrong."""

    def __init__(self, soort: Registerfout, plaats: str = "") -> None:
        """`plaats` is a file, sheet, column, line or page; never the content of a cell."""
        super().__init__()
        self.soort = soort
        self.plaats = plaats
        start = f"{plaats}: " if plaats else ""
        self.args = (f"{start}{soort.wat} {soort.te_doen}",)


class MappingError(ConnectorError):
    """The mapping file cannot be used; each fault names its table and key, in Dutch."""

    def __init__(self, bestand: str, fouten: tuple[str, ...]) -> None:
        super().__init__()
        self.bestand = bestand
        self.fouten = fouten
        self.args = (f"{bestand}: " + "; ".join(fouten),)
