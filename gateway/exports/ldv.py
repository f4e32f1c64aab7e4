"""Records of Logboek Dataverwerkingen 1.0.0: one per action and per person (LDV 4.1, 4.2).

The entry of a page, pack or delivery is the parent; each of its casussen is a child with a data
subject. Detail level 2: the names of the fields that left, never a value. No client, no member of
staff, no stack trace. A refusal that was handled well is `Unset`; `Error` is an answer of 500,
with which nothing left: what was to be disclosed was rolled back with its entries (design 2.4).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from gateway.exports.ids import parent_id, span_id, subject_id, trace_id
from gateway.exports.reading import Logregel
from gateway.exports.vaste import NOT_ABOUT_PEOPLE
from gateway.exports.verwerkingen import Verwerkingen
from privacy.log.entries import Auditsoort

OK: Final = "Ok"
UNSET: Final = "Unset"
ERROR: Final = "Error"
_REFUSALS: Final = frozenset({Auditsoort.WEIGERING, Auditsoort.TOEGANG_GEWEIGERD})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Herkomstgegevens:
    """What records are made with beside the entry: the register, and the key of pseudonyms."""

    uitgever: str
    verwerkingen: Verwerkingen
    sleutel: bytes = field(repr=False)

    @property
    def resource(self) -> dict[str, Any]:
        """Which installation tells it (OpenTelemetry's own names)."""
        return {"attributes": {"service.name": "lso-gateway", "service.namespace": self.uitgever}}

    def subject(self, pseudoniem: str) -> dict[str, str]:
        """The person, and of what kind that name is (LDV-04)."""
        return {
            "dpl.core.data_subject_id": subject_id(self.sleutel, pseudoniem),
            "dpl.core.data_subject_id_type": f"{self.uitgever}/v1/verwerkingen#betrokkene",
        }


def ldv_record(regel: Logregel, bron: Herkomstgegevens) -> dict[str, Any] | None:
    """The record of an entry; None of one that is about no person."""
    if regel.soort in NOT_ABOUT_PEOPLE:
        return None
    moment = milliseconds(regel)
    return {
        **place_in_trace(regel),
        "status": status(regel),
        "name": regel.soort.replace("_", " "),
        "start_time": moment,
        "end_time": moment,
        "resource": bron.resource,
        "attributes": _attributes(regel, bron),
    }


def place_in_trace(regel: Logregel) -> dict[str, str]:
    """The ids; without a parent where nothing comes before it."""
    ids = {"trace_id": trace_id(regel), "span_id": span_id(regel)}
    parent = parent_id(regel)
    return ids if parent is None else {**ids, "parent_span_id": parent}


def status(regel: Logregel) -> str:
    """Of a refusal Unset: that was handled as it should. Error only for what broke."""
    if regel.soort is Auditsoort.VERZOEK_MISLUKT:
        return ERROR
    return UNSET if regel.soort in _REFUSALS else OK


def milliseconds(regel: Logregel) -> int:
    """Since 1970, in whole milliseconds, as the entry has them."""
    return (datetime.fromisoformat(regel.told["tijd"]) - _EPOCH) // _MILLISECOND


def _attributes(regel: Logregel, bron: Herkomstgegevens) -> dict[str, Any]:
    told: Mapping[str, Any] = regel.told
    found: dict[str, Any] = {
        "dpl.core.processing_activity_id": bron.verwerkingen.of(regel),
        "lso_gateway.logregel": regel.nummer,
    }
    if "pseudoniem" in told:
        found |= bron.subject(told["pseudoniem"])
    if "velden" in told:
        found["lso_gateway.velden"] = sorted(told["velden"])
    if "transactie" in told:
        found["lso_gateway.fsc_transaction_id"] = told["transactie"]
    return found
