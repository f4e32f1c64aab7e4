"""The schema of a casussamenvatting: all of it or the part that crosses."""

from collections.abc import Collection
from datetime import date
from functools import lru_cache
from typing import Any, ClassVar

from schemas.base import RecordSchema
from schemas.faults import Fout
from schemas.fields import Code, Dag, Tekst
from schemas.records import Casussamenvatting
from schemas.rules import check_samenvatting
from schemas.terms import (
    V_NUMMER,
    Begeleidingsscenario,
    Geslacht,
    Lijn,
    Rol,
    Status,
    Uitstroomreden,
)
from schemas.texts import CODE, TEXT_LIMIT

_GEBOORTEDATUM = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"


class CasussamenvattingSchema(RecordSchema):
    """Only the V-nummer must be there; an empty field is null where a register may have none."""

    record: ClassVar[type] = Casussamenvatting
    title: ClassVar[str] = "Casussamenvatting"

    v_nummer = Tekst({"pattern": f"^{V_NUMMER.pattern}$"}, required=True)
    naam = Tekst({"minLength": 1, "maxLength": TEXT_LIMIT})
    geboortedatum = Tekst({"pattern": _GEBOORTEDATUM}, allow_none=True)
    geslacht = Code(Geslacht)
    nationaliteit = Tekst({"pattern": "^[0-9]{4}$"})
    status = Code(Status)
    lijn = Code(Lijn, allow_none=True)
    datum_aanmelding = Dag()
    datum_instroom = Dag(allow_none=True)
    datum_uitstroom = Dag(allow_none=True)
    uitstroomreden = Code(Uitstroomreden, allow_none=True)
    begeleidingsscenario = Code(Begeleidingsscenario, allow_none=True)
    bronhouder = Tekst({"pattern": f"^{CODE.pattern}$"})
    rol = Code(Rol)

    def __init__(self, day: date) -> None:
        super().__init__()
        self._day = day

    def faults(self, values: dict[str, Any], at_fault: Collection[str]) -> list[Fout]:
        """Apply the rules of REGELS to the fields that were shared."""
        samenvatting = Casussamenvatting(**{"v_nummer": "", **values})
        return check_samenvatting(samenvatting, self._day, complete=False, at_fault=at_fault)


@lru_cache(maxsize=8)
def samenvatting_schema(day: date) -> CasussamenvattingSchema:
    """Build the schema with the rules as they are on that day; built once a day."""
    return CasussamenvattingSchema(day)
