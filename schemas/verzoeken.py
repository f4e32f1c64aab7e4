"""The small requests: a consent alone, a withdrawal, an overleg, what is put on its agenda."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, ClassVar, cast
from uuid import UUID

from schemas.base import RecordSchema
from schemas.faults import Fout, Foutcode
from schemas.fields import Bekend, Code, Dag, Kenmerk, Tekst
from schemas.nested import Genest, Lijst
from schemas.records import Toestemming
from schemas.sensitivity import KEY, Gevoeligheid
from schemas.terms import V_NUMMER, Doel
from schemas.toestemming import toestemming_schema

_GEWOON = {KEY: Gevoeligheid.GEWOON}
_MOST_RECIPIENTS = 20
#: As many as one aanlevering can hold.
_MOST_CASUSSEN = 1000


class Toetsuitkomst(StrEnum):
    """The answers to a bewaringstoets; the second says no more than "not the first"."""

    IN_BEGELEIDING = "in_begeleiding"
    NIET_BEKEND = "niet_bekend"


class Overlegsoort(StrEnum):
    """What kind of conference."""

    LSO = "lso"
    MRT = "mrt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Toestemmingsverzoek:
    """One consent for a casus that the organisation delivered before."""

    casus_id: UUID = field(metadata=_GEWOON)
    toestemming: Toestemming = field(metadata=_GEWOON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intrekking:
    """A withdrawal; without a day it is today's, without recipients or purposes it is of all."""

    ingetrokken_op: date | None = field(default=None, metadata=_GEWOON)
    ontvangers: tuple[str, ...] | None = field(default=None, metadata=_GEWOON)
    doelen: tuple[Doel, ...] | None = field(default=None, metadata=_GEWOON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlegplan:
    """An overleg on a day."""

    datum: date = field(metadata=_GEWOON)
    soort: Overlegsoort = field(metadata=_GEWOON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agendering:
    """Casussen that an organisation puts on the agenda."""

    casussen: tuple[UUID, ...] = field(metadata=_GEWOON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Casusvraag:
    """A question about the person of this V-nummer; in a body, never in a URL (ADR-13)."""

    v_nummer: str = field(metadata={KEY: Gevoeligheid.NATIONAAL_NUMMER})


class CasusvraagSchema(RecordSchema):
    """The V-nummer alone, exactly as it is delivered: ten digits."""

    record: ClassVar[type] = Casusvraag
    title: ClassVar[str] = "Casusvraag"

    v_nummer = Tekst({"pattern": f"^{V_NUMMER.pattern}$"}, required=True)

    def faults(self, values: dict[str, Any], at_fault: Collection[str]) -> list[Fout]:
        """No check digit: it has none (ID-02)."""
        if "vNummer" in at_fault or V_NUMMER.fullmatch(values["v_nummer"]):
            return []
        return [Fout("vNummer", Foutcode.GEEN_V_NUMMER)]


class IntrekkingSchema(RecordSchema):
    """All but `ontvangers`, which `intrekking_schema` adds."""

    record: ClassVar[type] = Intrekking
    title: ClassVar[str] = "Intrekking"

    ingetrokken_op = Dag(allow_none=True)
    doelen = Lijst(
        Code(Doel, Foutcode.ONBEKEND_DOEL), least=1, most=_MOST_RECIPIENTS, allow_none=True
    )


class ToestemmingsverzoekSchema(RecordSchema):
    """All but `toestemming`, which `toestemmingsverzoek_schema` adds."""

    record: ClassVar[type] = Toestemmingsverzoek
    title: ClassVar[str] = "Toestemmingsverzoek"

    casus_id = Kenmerk(required=True)


class OverlegplanSchema(RecordSchema):
    """An overleg to plan."""

    record: ClassVar[type] = Overlegplan
    title: ClassVar[str] = "Overleg"

    datum = Dag(required=True)
    soort = Code(Overlegsoort, required=True)


class AgenderingSchema(RecordSchema):
    """Casussen for the agenda; each at most once."""

    record: ClassVar[type] = Agendering
    title: ClassVar[str] = "Agendapunten"

    casussen = Lijst(Kenmerk(), least=1, most=_MOST_CASUSSEN, required=True)


@lru_cache(maxsize=4)
def intrekking_schema(ontvangers: frozenset[str]) -> IntrekkingSchema:
    """Build the schema of a withdrawal for these recipients."""
    known = Bekend(ontvangers, Foutcode.ONBEKENDE_ONTVANGER)
    listed = Lijst(known, least=1, most=_MOST_RECIPIENTS, allow_none=True)
    configured = IntrekkingSchema.from_dict({"ontvangers": listed}, name="ConfiguredIntrekking")
    return cast("type[IntrekkingSchema]", configured)()


@lru_cache(maxsize=8)
def toestemmingsverzoek_schema(
    day: date, ontvangers: frozenset[str], verklaringen: frozenset[str]
) -> ToestemmingsverzoekSchema:
    """Build the schema of a consent alone for that day, these recipients and these notices."""
    nested = Genest(toestemming_schema(day, ontvangers, verklaringen), required=True)
    configured = ToestemmingsverzoekSchema.from_dict(
        {"toestemming": nested}, name="ConfiguredToestemmingsverzoek"
    )
    return cast("type[ToestemmingsverzoekSchema]", configured)()
