"""The history of a consent, event by event: nothing of it is ever left out or rewritten (CON-02).

What has no event of its own follows from the day and is added last: that it expired, that what
was explained was recalled, that an interpreter or representative was missing (CON-03).
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from gateway.consent_record.facts import Facts
from privacy.clock import utc_text
from privacy.consent import Statement
from privacy.consent_events import Event, Gebeurtenis

Json = dict[str, Any]

#: Revoked is what a controller does, withdrawn what a person does.
_STATES: Final[Mapping[Gebeurtenis, str]] = {
    Gebeurtenis.GEGEVEN: "dpv:ConsentGiven",
    Gebeurtenis.GEWIJZIGD: "dpv:ConsentGiven",
    Gebeurtenis.GEWEIGERD: "dpv:ConsentRefused",
    Gebeurtenis.INGETROKKEN: "dpv:ConsentWithdrawn",
    Gebeurtenis.VERVALLEN: "dpv:ConsentRevoked",
}


def history(facts: Facts, subject: str, places: Mapping[str, str]) -> list[Json]:
    """Every event oldest first; the last is the state on the day that the record is of."""
    events = [_event(facts, each, subject, places) for each in facts.events]
    controller = places[facts.bronhouder.code]
    return [*events, *(_of_itself(facts, state, at, controller) for state, at in _computed(facts))]


def _event(facts: Facts, event: Event, subject: str, places: Mapping[str, str]) -> Json:
    by_register = event.soort is Gebeurtenis.VERVALLEN
    who = [places[facts.bronhouder.code]] if by_register else [subject, *_present(facts)]
    named = event.statement
    return {
        **_told(_STATES[event.soort], facts.moments[event.nummer], named, who),
        "dct:identifier": f"{named.toestemming_id}:{named.versie}",
        # None of a kind: a withdrawal of all of that kind.
        "dpv:hasRecipient": [places[code] for code in sorted(named.ontvangers) if code in places],
        "dpv:hasPurpose": [
            {"@type": "dpv:Purpose", "dct:identifier": doel.value} for doel in sorted(named.doelen)
        ],
    }


def _present(facts: Facts) -> Iterable[Json]:
    """Who stood beside the person (CON-06): that someone did, never who."""
    if facts.details["vertegenwoordiger"] is not None:
        yield {"@type": "dpv:Representative", "dct:description": "vertegenwoordiger"}
    if facts.details["tolk"]:
        yield {"@type": "dpv:Entity", "dct:description": "tolk"}


def _computed(facts: Facts) -> Iterable[tuple[str, datetime]]:
    said = facts.statement
    stopped = said.ingetrokken_op is not None and said.ingetrokken_op <= facts.dag
    if said.geweigerd or stopped:
        return
    if said.gebrek is not None:
        yield "dpv:ConsentInvalidated", _midnight(said.eerste_dag)
    elif facts.teruggeroepen:
        yield "dpv:ConsentInvalidated", _midnight(facts.dag)
    elif facts.dag > said.laatste_dag:
        yield "dpv:ConsentExpired", _midnight(said.laatste_dag + timedelta(days=1))


def _of_itself(facts: Facts, state: str, at: datetime, controller: str) -> Json:
    return _told(state, at, facts.statement, [controller])


def _told(state: str, at: datetime, named: Statement, who: list[Any]) -> Json:
    return {
        "@type": state,
        "dct:date": utc_text(at),
        "dct:valid": f"{named.eerste_dag.isoformat()}/{named.laatste_dag.isoformat()}",
        "dpv:isImplementedByEntity": who,
        "dpv:hasLegalBasis": "dpv:ExplicitlyExpressedConsent",
    }


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
