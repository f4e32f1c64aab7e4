"""The schema of a statement of consent, as an organisation sends it."""

from collections.abc import Collection
from datetime import date
from functools import lru_cache
from typing import Any, ClassVar, cast

from schemas.base import RecordSchema
from schemas.faults import Fout, Foutcode
from schemas.fields import Bekend, Code, Dag, JaNee, Kenmerk, Patroon, Tekst
from schemas.nested import Lijst
from schemas.records import Toestemming
from schemas.rules import toestemming_faults
from schemas.terms import Besluit, Doel, Vorm
from schemas.texts import TEXT_LIMIT

#: More than there can be partners or purposes; keeps a body from being mostly one list.
_MOST = 20
_DETACHED_JWS = r"[A-Za-z0-9_-]{2,512}\.\.[A-Za-z0-9_-]{2,512}"


class ToestemmingSchema(RecordSchema):
    """All but `ontvangers` and `verklaring`: what those may be is configuration.

    `toestemming_schema` adds the two.
    """

    record: ClassVar[type] = Toestemming
    title: ClassVar[str] = "Toestemming"

    toestemming_id = Kenmerk(required=True)
    doelen = Lijst(Code(Doel, Foutcode.ONBEKEND_DOEL), least=1, most=_MOST, required=True)
    eerste_dag = Dag(required=True)
    laatste_dag = Dag(required=True)
    vorm = Code(Vorm, required=True)
    taal = Patroon("[a-z]{2,3}", required=True)
    tolk = JaNee(required=True)
    ingetrokken_op = Dag(allow_none=True)
    vertegenwoordiger = Tekst({"maxLength": TEXT_LIMIT}, allow_none=True)
    vertegenwoordiger_vereist = JaNee()
    bewijs_sha256 = Patroon("[0-9a-f]{64}", allow_none=True)
    besluit = Code(Besluit)
    curatele = JaNee()
    handtekening = Patroon(_DETACHED_JWS, allow_none=True)

    def __init__(self, day: date) -> None:
        super().__init__()
        self._day = day

    def faults(self, values: dict[str, Any], at_fault: Collection[str]) -> list[Fout]:
        """Apply the rules of consent."""
        return toestemming_faults(values, self._day)


@lru_cache(maxsize=8)
def toestemming_schema(
    day: date, ontvangers: frozenset[str], verklaringen: frozenset[str]
) -> ToestemmingSchema:
    """Build the schema for that day, these recipients and these notices; built once for them."""
    ontvanger = Bekend(ontvangers, Foutcode.ONBEKENDE_ONTVANGER)
    configured = ToestemmingSchema.from_dict(
        {
            "ontvangers": Lijst(ontvanger, least=1, most=_MOST, required=True),
            "verklaring": Bekend(verklaringen, Foutcode.ONBEKENDE_VERKLARING, required=True),
        },
        name="ConfiguredToestemmingSchema",
    )
    return cast("type[ToestemmingSchema]", configured)(day)
