"""What an officer asks: a report about one person (AVG 15), and questions to the log itself."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final

from schemas.base import RecordSchema
from schemas.errors import RefusedValueError
from schemas.faults import Fout, Foutcode
from schemas.fields import Code, Json, Patroon, Tekst, Tijdstip, Waarde
from schemas.nested import Genest, Lijst
from schemas.sensitivity import KEY, Gevoeligheid
from schemas.terms import V_NUMMER, Doel

_GEWOON: Final = {KEY: Gevoeligheid.GEWOON}
_PSEUDONIEM: Final = r"[0-9a-f]{32}(?:[0-9a-f]{32})?"
_ORGANISATIE: Final = r"[A-Za-z0-9][A-Za-z0-9&+._-]{0,31}"
#: Of a breach nothing but the recipient and the period is asked.
_NARROWING: Final = ("soort", "organisatie", "doel", "trace", "pseudoniem")
#: More entries about one casus than a life of guidance gives.
_MOST_POSITIONS: Final = 100_000


class Rapportvorm(StrEnum):
    """What the report covers. Said in so many words, since it joins what organisations hold."""

    GEZAMENLIJK = "gezamenlijk"


class Logvraagvorm(StrEnum):
    """What is told: the entries themselves, or whom they are about."""

    REGELS = "regels"
    GETROFFEN = "getroffen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wisbewijs:
    """What is left to know an erased casus by: its pseudonym in the log, and where it stands."""

    pseudoniem: str = field(metadata=_GEWOON)
    logposities: tuple[int, ...] = field(metadata=_GEWOON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inzageverzoek:
    """A request for access; by V-nummer, or by the receipt of an erasure."""

    vorm: Rapportvorm = field(metadata=_GEWOON)
    v_nummer: str | None = field(default=None, metadata={KEY: Gevoeligheid.NATIONAAL_NUMMER})
    wisbewijs: Wisbewijs | None = field(default=None, metadata=_GEWOON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Logvraag:
    """A question to the log: every entry for which all of this holds; `van` is in, `tot` is not."""

    vorm: Logvraagvorm = field(default=Logvraagvorm.REGELS, metadata=_GEWOON)
    soort: str | None = field(default=None, metadata=_GEWOON)
    organisatie: str | None = field(default=None, metadata=_GEWOON)
    ontvanger: str | None = field(default=None, metadata=_GEWOON)
    doel: Doel | None = field(default=None, metadata=_GEWOON)
    van: datetime | None = field(default=None, metadata=_GEWOON)
    tot: datetime | None = field(default=None, metadata=_GEWOON)
    trace: str | None = field(default=None, metadata=_GEWOON)
    pseudoniem: str | None = field(default=None, metadata=_GEWOON)


class Logpositie(Waarde):
    """The number of an entry: whole, from 0."""

    def parse(self, value: Any) -> int:
        if type(value) is not int:
            raise RefusedValueError(Foutcode.VERKEERD_TYPE)
        if not 0 <= value < 2**53:
            raise RefusedValueError(Foutcode.ONBEKENDE_WAARDE)
        return value

    def json_schema(self) -> Json:
        return {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}


class WisbewijsSchema(RecordSchema):
    """Of an erasure receipt what a report is made with."""

    record: ClassVar[type] = Wisbewijs
    title: ClassVar[str] = "Wisbewijs"

    pseudoniem = Patroon(_PSEUDONIEM, required=True)
    logposities = Lijst(Logpositie(), least=1, most=_MOST_POSITIONS, required=True)


class InzageverzoekSchema(RecordSchema):
    """The body of POST /v1/inzageverzoeken."""

    record: ClassVar[type] = Inzageverzoek
    title: ClassVar[str] = "Inzageverzoek"

    vorm = Code(Rapportvorm, required=True)
    v_nummer = Tekst({"pattern": f"^{V_NUMMER.pattern}$"})
    wisbewijs = Genest(WisbewijsSchema())

    def faults(self, values: dict[str, Any], at_fault: Collection[str]) -> list[Fout]:
        """Exactly one of the two; a V-nummer has no check digit (ID-02)."""
        if {"vNummer", "wisbewijs"} & set(at_fault):
            return []
        number, receipt = values["v_nummer"], values["wisbewijs"]
        if (number is None) is (receipt is None):
            return [Fout("vNummer", Foutcode.ONTBREEKT if number is None else Foutcode.STRIJDIG)]
        if number is not None and not V_NUMMER.fullmatch(number):
            return [Fout("vNummer", Foutcode.GEEN_V_NUMMER)]
        return []


class LogvraagSchema(RecordSchema):
    """The body of POST /v1/auditregels/zoekopdrachten."""

    record: ClassVar[type] = Logvraag
    title: ClassVar[str] = "Logvraag"

    vorm = Code(Logvraagvorm)
    soort = Patroon("[a-z][a-z_]{1,39}")
    organisatie = Patroon(_ORGANISATIE)
    ontvanger = Patroon(_ORGANISATIE)
    doel = Code(Doel, Foutcode.ONBEKEND_DOEL)
    van = Tijdstip()
    tot = Tijdstip()
    trace = Patroon("[0-9a-f]{32}")
    pseudoniem = Patroon(_PSEUDONIEM)

    def faults(self, values: dict[str, Any], at_fault: Collection[str]) -> list[Fout]:
        """Whom it concerns is asked of one recipient, a time with both ends, and nothing more."""
        found = []
        van, tot = values.get("van"), values.get("tot")
        if van is not None and tot is not None and tot <= van:
            found.append(Fout("tot", Foutcode.EINDE_VOOR_BEGIN))
        if values.get("vorm") is Logvraagvorm.GETROFFEN:
            needed = {"ontvanger", "van", "tot"} - set(at_fault)
            found += [Fout(name, Foutcode.ONTBREEKT) for name in sorted(needed) if not values[name]]
            # Anything more would leave out people whom it does concern.
            found += [Fout(name, Foutcode.STRIJDIG) for name in _NARROWING if values.get(name)]
        return found
