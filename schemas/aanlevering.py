"""The schemas of an aanlevering: the envelope, and one item of it with its consents.

The envelope is read first and its items one by one, so that each has its own result.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Any, ClassVar, Final, cast

from marshmallow import ValidationError

from schemas.base import RecordSchema
from schemas.errors import RefusedValueError
from schemas.faults import Fout, Foutcode, faults_of
from schemas.fields import Json, Kenmerk, Tijdstip, Waarde
from schemas.nested import Genest, Lijst
from schemas.records import Aanleveringsitem, camel
from schemas.samenvatting import samenvatting_schema
from schemas.sensitivity import KEY, Gevoeligheid
from schemas.toestemming import toestemming_schema

#: Design 9: one aanlevering holds up to a thousand items.
MOST_ITEMS: Final = 1000
_MOST_TOESTEMMINGEN: Final = 100
#: Where all of these are absent or empty, an item is about nobody.
_SAYS: Final = ("samenvatting", "casus_id", "toestemmingen")


class AanleveringsitemSchema(RecordSchema):
    """One item: all but `samenvatting` and `toestemmingen`, which `item_schema` adds.

    That a summary's bronhouder is the organisation that sends it is not checked here: only
    the token says who that is.
    """

    record: ClassVar[type] = Aanleveringsitem
    title: ClassVar[str] = "Aanleveringsitem"

    stand_van = Tijdstip(required=True)
    casus_id = Kenmerk()

    def faults(self, values: dict[str, Any], at_fault: Collection[str]) -> list[Fout]:
        """Refuse an item that says of nobody anything."""
        says_something = any(values.get(name) for name in _SAYS)
        if says_something or any(camel(name) in at_fault for name in _SAYS):
            return []
        return [Fout("samenvatting", Foutcode.ONTBREEKT)]


@lru_cache(maxsize=8)
def item_schema(
    day: date, ontvangers: frozenset[str], verklaringen: frozenset[str]
) -> AanleveringsitemSchema:
    """Build the schema of an item for that day, these recipients and these notices."""
    toestemming = Genest(toestemming_schema(day, ontvangers, verklaringen))
    configured = AanleveringsitemSchema.from_dict(
        {
            "samenvatting": Genest(samenvatting_schema(day)),
            "toestemmingen": Lijst(
                toestemming,
                least=0,
                most=_MOST_TOESTEMMINGEN,
                key=attrgetter("toestemming_id"),
                required=True,
            ),
        },
        name="ConfiguredAanleveringsitemSchema",
    )
    return cast("type[AanleveringsitemSchema]", configured)()


def check_item(
    wire: object,
    *,
    day: date,
    ontvangers: frozenset[str],
    verklaringen: frozenset[str],
    prefix: str = "",
) -> tuple[Aanleveringsitem | None, list[Fout]]:
    """Read one item, or tell all that is wrong with it; `prefix` is the item's own pointer."""
    try:
        item: Aanleveringsitem = item_schema(day, ontvangers, verklaringen).load(wire)
    except ValidationError as error:
        return None, faults_of(error, prefix)
    return item, []


@dataclass(frozen=True, slots=True)
class Aanlevering:
    """The envelope; its items stand in it as they came, for `check_item`."""

    items: list[object] = field(metadata={KEY: Gevoeligheid.BIJZONDER})


class Ongelezen(Waarde):
    """The items, counted and not yet looked at."""

    def parse(self, value: object) -> list[object]:
        """Take 1 to 1,000 items as they are."""
        if type(value) is not list:
            raise RefusedValueError(Foutcode.VERKEERD_TYPE)
        if not value:
            raise RefusedValueError(Foutcode.TE_WEINIG)
        if len(value) > MOST_ITEMS:
            raise RefusedValueError(Foutcode.TE_VEEL)
        return value

    def json_schema(self) -> Json:
        """Say what JSON Schema can say of the list; `json_schema` adds what an item is."""
        items = {"$ref": "#/$defs/aanleveringsitem"}
        return {"type": "array", "minItems": 1, "maxItems": MOST_ITEMS, "items": items}


class AanleveringSchema(RecordSchema):
    """The envelope `{"items": […]}` of 1 to 1,000 items."""

    record: ClassVar[type] = Aanlevering
    title: ClassVar[str] = "Aanlevering"

    items = Ongelezen(required=True)
