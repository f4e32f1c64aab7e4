"""Mapping: how one organisation keeps its register and words its consent form. Only values.

`mapping` reads it from a file. Column names are those of the organisation; all else is ours.
"""

from collections.abc import Mapping as Table
from dataclasses import dataclass
from enum import StrEnum

from schemas.terms import Doel, Vorm


class Datumvorm(StrEnum):
    """A form in which a register may write a day."""

    DD_MM_JJJJ = "dd-mm-jjjj"
    D_M_JJJJ = "d-m-jjjj"
    ISO = "iso"
    CEL = "cel"
    SERIENUMMER = "serienummer"


@dataclass(frozen=True, slots=True)
class Bladbron:
    """Sheets of a spreadsheet, in this order; `*` in a name stands for anything."""

    soort: str
    bladen: tuple[str, ...]
    koprij: int | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Csvbron:
    """A text file with one record a line."""

    scheidingsteken: str
    codering: str
    koprij: int | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Databasebron:
    """Queries on a database; both may use `:dag`, the day of the run.

    `toestemming_query` gives one row a statement, tied to its record by the column `sleutel`.
    """

    query: str
    toestemming_query: str | None
    sleutel: str | None


@dataclass(frozen=True, slots=True)
class Httpbron:
    """Pages of JSON: where the list of records stands, and where the next page is named."""

    lijst: str
    volgende: str | None


Bron = Bladbron | Csvbron | Databasebron | Httpbron


@dataclass(frozen=True, slots=True)
class Toestemmingsvorm:
    """The organisation's consent form, and where its register notes what was agreed.

    The register names no purpose: `doelen` are those that the form explains. `alleen_totalen`
    are named on the form but get totals only. `velden` are columns, or, where statements are a
    list of their own, paths in one item of `lijst`.
    """

    velden: Table[str, str]
    lijst: str | None
    vast: Table[str, str]
    scheiding: str
    ontvangerwoorden: Table[str, str]
    alleen_totalen: frozenset[str]
    doelen: tuple[Doel, ...]
    verklaring: str
    vorm: Vorm
    talen: frozenset[str]
    ja: frozenset[str]
    nee: frozenset[str]


@dataclass(frozen=True, slots=True)
class Mapping:
    """All that is particular to one organisation; what it does not name is never read."""

    bronhouder: str
    naam: str
    bron: Bron
    velden: Table[str, str]
    vast: Table[str, str]
    datumvormen: frozenset[Datumvorm]
    woorden: Table[str, Table[str, str]]
    nummer_begint_met: tuple[str, ...]
    toestemming: Toestemmingsvorm

    @property
    def statements_apart(self) -> bool:
        """Whether statements are a list of their own and not columns of the record."""
        apart = isinstance(self.bron, Databasebron) and self.bron.toestemming_query is not None
        return apart or self.toestemming.lijst is not None

    @property
    def kolommen(self) -> tuple[str, ...]:
        """Every column of a record that may be read, and no other."""
        eigen = () if self.statements_apart else tuple(self.toestemming.velden.values())
        return tuple(dict.fromkeys((*self.velden.values(), *eigen)))

    @property
    def toestemmingskolommen(self) -> tuple[str, ...]:
        """Every column of a statement that may be read, where statements are apart."""
        return tuple(dict.fromkeys(self.toestemming.velden.values()))
