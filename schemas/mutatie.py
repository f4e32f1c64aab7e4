"""The schemas of a partner's feed: a mutatie, and what AVG 19 adds: a recall or other notice."""

from functools import cache
from typing import Any, ClassVar, Final

from schemas.base import RecordSchema
from schemas.faults import Foutcode
from schemas.fields import Bekend, Code, Dag, Inhoud, Kenmerk, Vast
from schemas.nested import Lijst
from schemas.records import (
    Beperking,
    Casussamenvatting,
    Mutatie,
    Rectificatie,
    Terugroeping,
    wire_names,
)
from schemas.terms import Doel, Kennisgevingssoort, Mutatiesoort

_NAMES: Final = frozenset(wire_names(Casussamenvatting).values())


class MutatieSchema(RecordSchema):
    """A change as the partner receives it; values are text, as precise as its policy says."""

    record: ClassVar[type] = Mutatie
    title: ClassVar[str] = "Mutatie"

    mutatie_id = Kenmerk(required=True)
    casusreferentie = Kenmerk(required=True)
    soort = Code(Mutatiesoort, required=True)
    samenvatting = Inhoud(_NAMES, required=True)
    velden = Inhoud(_NAMES, required=True)


class TerugroepingSchema(RecordSchema):
    """A recall; it stands in the feed as an item of the kind `terugroeping`."""

    record: ClassVar[type] = Terugroeping
    title: ClassVar[str] = "Terugroeping"

    terugroeping_id = Kenmerk(required=True)
    casusreferentie = Kenmerk(required=True)
    soort = Vast(Kennisgevingssoort.TERUGROEPING.value)
    doelen = Lijst(Code(Doel), least=1, most=len(Doel), required=True)
    uiterlijk = Dag(required=True)

    def build(self, values: dict[str, Any]) -> Terugroeping:
        """Make the record, which needs no kind."""
        return Terugroeping(**_without_kind(values))


class BeperkingSchema(RecordSchema):
    """That processing is restricted, for every purpose."""

    record: ClassVar[type] = Beperking
    title: ClassVar[str] = "Beperkingsbericht"

    terugroeping_id = Kenmerk(required=True)
    casusreferentie = Kenmerk(required=True)
    soort = Vast(Kennisgevingssoort.BEPERKING.value)
    doelen = Lijst(Code(Doel), least=1, most=len(Doel), required=True)
    uiterlijk = Dag(required=True)

    def build(self, values: dict[str, Any]) -> Beperking:
        """Make the record, which needs no kind."""
        return Beperking(**_without_kind(values))


class RectificatieSchema(RecordSchema):
    """That fields were wrong; each by its wire name."""

    record: ClassVar[type] = Rectificatie
    title: ClassVar[str] = "Rectificatiebericht"

    terugroeping_id = Kenmerk(required=True)
    casusreferentie = Kenmerk(required=True)
    soort = Vast(Kennisgevingssoort.RECTIFICATIE.value)
    velden = Lijst(
        Bekend(_NAMES, Foutcode.ONBEKENDE_WAARDE), least=1, most=len(_NAMES), required=True
    )
    uiterlijk = Dag(required=True)

    def build(self, values: dict[str, Any]) -> Rectificatie:
        """Make the record, which needs no kind."""
        return Rectificatie(**_without_kind(values))


@cache
def mutatie_schema() -> MutatieSchema:
    """Build the schema once."""
    return MutatieSchema()


@cache
def beperking_schema() -> BeperkingSchema:
    """Build the schema once."""
    return BeperkingSchema()


@cache
def rectificatie_schema() -> RectificatieSchema:
    """Build the schema once."""
    return RectificatieSchema()


@cache
def terugroeping_schema() -> TerugroepingSchema:
    """Build the schema once."""
    return TerugroepingSchema()


def _without_kind(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "soort"}
