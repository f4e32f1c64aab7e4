"""The schemas of a partner's feed: a mutatie, and a terugroeping (recall) among them."""

from functools import cache
from typing import Any, ClassVar, Final

from schemas.base import RecordSchema
from schemas.fields import Code, Dag, Inhoud, Kenmerk, Vast
from schemas.nested import Lijst
from schemas.records import Casussamenvatting, Mutatie, Terugroeping, wire_names
from schemas.terms import Doel, Mutatiesoort

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
    soort = Vast("terugroeping")
    doelen = Lijst(Code(Doel), least=1, most=len(Doel), required=True)
    uiterlijk = Dag(required=True)

    def build(self, values: dict[str, Any]) -> Terugroeping:
        """Make the record, which needs no kind."""
        return Terugroeping(**{name: value for name, value in values.items() if name != "soort"})


@cache
def mutatie_schema() -> MutatieSchema:
    """Build the schema once."""
    return MutatieSchema()


@cache
def terugroeping_schema() -> TerugroepingSchema:
    """Build the schema once."""
    return TerugroepingSchema()
