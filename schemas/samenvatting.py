"""The schema of a casussamenvatting: all of it or the part that crosses.

Each field may come as precisely as a policy lets it leave, and the text itself says how
precisely that is: an age group, a month and the words `ja` and `nee` look like no full value.
A name is the exception, since any text can be one: a name that is written `ja` is told as `ja`
in either precision. Whether a value is more precise than anyone may have is not checked here:
the consents decide that. A pseudonym never crosses, since the gateway makes it for each
recipient: of a name that leaves as one, the organisation says `ja`. Nor does the V-nummer come
in any form but its own: by it the gateway finds the casus.
"""

from collections.abc import Collection
from datetime import date
from functools import lru_cache
from typing import Any, ClassVar, Final

from schemas.base import RecordSchema
from schemas.faults import Fout
from schemas.fields import GROVE_DAG, GroveCode, GroveDag, Tekst
from schemas.records import Casussamenvatting
from schemas.rules import check_samenvatting
from schemas.terms import (
    V_NUMMER,
    Begeleidingsscenario,
    Geslacht,
    JaOfNee,
    Leeftijdsgroep,
    Lijn,
    Rol,
    Status,
    Uitstroomreden,
)
from schemas.texts import CODE, TEXT_LIMIT

_GEBOORTEDATUM: Final = f"^({'|'.join((GROVE_DAG, *Leeftijdsgroep, *JaOfNee))})$"


class CasussamenvattingSchema(RecordSchema):
    """Only the V-nummer must be there; an empty field is null where a register may have none."""

    record: ClassVar[type] = Casussamenvatting
    title: ClassVar[str] = "Casussamenvatting"

    v_nummer = Tekst({"pattern": f"^{V_NUMMER.pattern}$"}, required=True)
    naam = Tekst({"minLength": 1, "maxLength": TEXT_LIMIT})
    geboortedatum = Tekst({"pattern": _GEBOORTEDATUM}, allow_none=True)
    geslacht = GroveCode(Geslacht)
    nationaliteit = Tekst({"pattern": f"^([0-9]{{4}}|{JaOfNee.JA})$"})
    status = GroveCode(Status)
    lijn = GroveCode(Lijn, allow_none=True)
    datum_aanmelding = GroveDag()
    datum_instroom = GroveDag(allow_none=True)
    datum_uitstroom = GroveDag(allow_none=True)
    uitstroomreden = GroveCode(Uitstroomreden, allow_none=True)
    begeleidingsscenario = GroveCode(Begeleidingsscenario, allow_none=True)
    bronhouder = Tekst({"pattern": f"^{CODE.pattern}$"})
    rol = GroveCode(Rol)

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
