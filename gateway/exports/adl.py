"""Records of Authorization Decision Log 1.0.0: one per casus that might leave, allowed or not.

The question and its answer have the form of AuthZEN NLgov: may this recipient have this casus for
this purpose, and if so, which fields in which precision. Policy, DPIA, consents and notices are
named by version, so that the decision can be made again (ADL-02). A denial is `Unset`. Nothing is
decided from a cache: each record is of a decision of its own, in the trace that asked (ADL-04).
"""

from collections.abc import Mapping
from typing import Any, Final

from gateway.exports.ldv import Herkomstgegevens, milliseconds, place_in_trace, status
from gateway.exports.reading import Logregel
from privacy.log.entries import Auditsoort
from privacy.precision import SUPPORTED
from schemas.terms import Grondslag

_EVALUATION: Final = "adl.access_evaluation"
_DECISIONS: Final = frozenset(
    {Auditsoort.VERSTREKKING, Auditsoort.WEIGERING, Auditsoort.TOEGANG_GEWEIGERD}
)
_ORGANISATION: Final = "organisatie"


def adl_record(regel: Logregel, bron: Herkomstgegevens) -> dict[str, Any] | None:
    """The record of an entry; None of one in which nothing was decided."""
    if regel.soort not in _DECISIONS:
        return None
    return {
        **place_in_trace(regel),
        "event_name": _EVALUATION,
        "timestamp": milliseconds(regel),
        "status": status(regel),
        "resource": bron.resource,
        "attributes": _attributes(regel, bron),
        "body": {
            "adl.core.request": _request(regel, bron),
            "adl.core.response": _response(regel),
            "adl.core.policies": _policies(regel, bron),
            "adl.core.information": _information(regel.told),
            "adl.core.configuration": {"logformaat": regel.told["v"]},
        },
    }


def _attributes(regel: Logregel, bron: Herkomstgegevens) -> dict[str, Any]:
    told = regel.told
    found: dict[str, Any] = {"lso_gateway.logregel": regel.nummer}
    if "pseudoniem" in told:
        found |= bron.subject(told["pseudoniem"])
    if "transactie" in told:
        found["adl.fsc.transaction_id"] = told["transactie"]
    return found


def _request(regel: Logregel, bron: Herkomstgegevens) -> dict[str, Any]:
    told = regel.told
    casus = told.get("pseudoniem")
    return {
        "subject": {"type": _ORGANISATION, "id": told.get("ontvanger", told["organisatie"])},
        "action": {
            "name": "toegang" if casus is None else "verstrekken",
            "properties": {"processing_activity_id": bron.verwerkingen.of(regel)},
        },
        "resource": (
            {"type": "gateway", "id": bron.uitgever}
            if casus is None
            else {"type": "casus", "id": bron.subject(casus)["dpl.core.data_subject_id"]}
        ),
        "context": {
            "time": told["tijd"],
            **{key: told[key] for key in ("doel", "grondslag", "gemachtigde") if key in told},
        },
    }


def _response(regel: Logregel) -> dict[str, Any]:
    """What may leave is an obligation on whoever lets it out: these fields, and no others."""
    told = regel.told
    velden: Mapping[str, str] = told.get("velden", {})
    context: dict[str, Any] = {"velden": dict(velden)}
    context["weggelaten"] = sorted(set(SUPPORTED) - set(velden))
    if "reden" in told:
        context["reden"] = told["reden"]
    return {"decision": regel.soort is Auditsoort.VERSTREKKING, "context": context}


def _policies(regel: Logregel, bron: Herkomstgegevens) -> list[dict[str, str]]:
    """The policy by its digest; for the person's own organisation and by law there is none."""
    told = regel.told
    policy = bron.verwerkingen.policy_of(regel)
    if policy is None:
        return []
    address = bron.verwerkingen.of(regel)
    found = {"type": "beleid", "id": address, "versie": policy.digest, "dpia": policy.dpia}
    rules = [rule for doel, rule in policy.doelen.items() if doel == told.get("doel")]
    if rules and told.get("grondslag") == Grondslag.TOESTEMMING:
        found["bron"] = rules[0].bron
    return [found]


def _information(told: Mapping[str, Any]) -> list[dict[str, str]]:
    """The statements as `id:version`, and the notices that the person was read."""
    statements = [
        {"type": "toestemming", "id": name, "versie": version}
        for name, _, version in (each.partition(":") for each in told.get("toestemmingen", ()))
    ]
    notices = [{"type": "verklaring", "id": each} for each in told.get("verklaringen", ())]
    return [*statements, *notices]
