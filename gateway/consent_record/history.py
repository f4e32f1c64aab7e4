"""The history of a consent, event by event: nothing of it is ever left out or rewritten (CON-02).

What has no event of its own stands among them with its own moment: that it expired, that what was
explained was recalled, that an interpreter or representative was missing (CON-03).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from gateway.consent_record.facts import Facts
from privacy.clock import utc_text
from privacy.consent import Statement
from privacy.consent_events import Event, Gebeurtenis, state_of

Json = dict[str, Any]

#: Revoked is what a controller does, withdrawn what a person does.
_STATES: Final[Mapping[Gebeurtenis, str]] = {
    Gebeurtenis.GEGEVEN: "dpv:ConsentGiven",
    Gebeurtenis.GEWIJZIGD: "dpv:ConsentGiven",
    Gebeurtenis.GEWEIGERD: "dpv:ConsentRefused",
    Gebeurtenis.INGETROKKEN: "dpv:ConsentWithdrawn",
    Gebeurtenis.VERVALLEN: "dpv:ConsentRevoked",
}
_GIVEN: Final = frozenset({Gebeurtenis.GEGEVEN, Gebeurtenis.GEWIJZIGD})


def history(facts: Facts, subject: str, places: Mapping[str, str]) -> list[Json]:
    """Every event oldest first, and where it ended by itself, that; the last is how it stands.

    Of another day it differs only by what was added.
    """
    controller, told = places[facts.bronhouder.code], list[Json]()
    given: Event | None = None
    for number, event in enumerate(facts.events, start=1):
        end = None if given is None else _end_of(facts, given)
        if given is not None and end is not None and end[1] <= facts.moments[event.nummer]:
            told.append(_told(*end, given.statement, [controller]))
            given = None
        told.append(_event(facts, event, subject, places))
        given = _standing(facts.events[:number], given)
    end = None if given is None else _end_of(facts, given)
    if given is not None and end is not None:
        told.append(_told(*end, given.statement, [controller]))
    return told


def _standing(events: Sequence[Event], before: Event | None) -> Event | None:
    """What can still end by itself after these events; of a part that was withdrawn, the rest."""
    last = events[-1]
    given = before if last.soort is Gebeurtenis.INGETROKKEN else last
    if given is None or given.soort not in _GIVEN:
        return None
    return None if state_of(events).ingetrokken_op else given


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


def _end_of(facts: Facts, given: Event) -> tuple[str, datetime] | None:
    """When and how what was given ended without an event of its own; None: it did not."""
    said, ends = given.statement, list[tuple[datetime, str]]()
    if said.gebrek is not None:
        ends.append((_midnight(said.eerste_dag), "dpv:ConsentInvalidated"))
    if (recalled := facts.teruggeroepen.get(said.verklaring)) is not None:
        # What was given on it afterwards never counted.
        at = max(recalled, facts.moments[given.nummer])
        ends.append((at, "dpv:ConsentInvalidated"))
    if facts.dag > said.laatste_dag:
        ends.append((_midnight(said.laatste_dag + timedelta(days=1)), "dpv:ConsentExpired"))
    if not ends:
        return None
    at, state = min(ends)
    return state, at


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
