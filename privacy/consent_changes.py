"""The consents of one delivery beside those that are stored: which events make up the difference.

An event is appended for what is new, changed, refused or named no more; nothing is ever changed
in place. What is amiss with a statement (`gebrek`) is settled when it first comes.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from privacy.consent import Statement, Weigering
from privacy.consent_events import Event, Gebeurtenis, as_said, states_of
from privacy.dossier import Dossier
from privacy.plan import LATER, DeliveredStatement, Delivery, NewEvent
from privacy.vault import CasusKeys
from schemas.canonical import canonical


def new_events(
    keys: CasusKeys, delivery: Delivery, known: Sequence[Event], day: date
) -> tuple[NewEvent, ...]:
    """Events that bring the known statements to the delivered state. Numbers come later."""
    latest = latest_of(known)
    events: list[NewEvent] = []
    for item in delivery.statements:
        before = latest.pop(item.statement.toestemming_id, None)
        new = _event_for(keys, item, before, next_version(known, item.statement.toestemming_id))
        if new is not None:
            events.append(new)
    if delivery.complete:
        events.extend(
            ended_event(keys, event, day, next_version(known, event.statement.toestemming_id))
            for event in latest.values()
            if event.soort is not Gebeurtenis.VERVALLEN
        )
    return tuple(events)


def _event_for(
    keys: CasusKeys, item: DeliveredStatement, before: Event | None, versie: int
) -> NewEvent | None:
    if before is None:
        return item.as_event(_first_kind(item))
    unchanged = (
        before.soort is not Gebeurtenis.VERVALLEN
        and replace(item.statement, versie=before.statement.versie) == as_said(before)
        and details_of(keys, before) == item.details
    )
    if unchanged:
        return None
    kind = Gebeurtenis.GEWEIGERD if item.statement.geweigerd else Gebeurtenis.GEWIJZIGD
    return item.as_event(kind, versie)


def _first_kind(item: DeliveredStatement) -> Gebeurtenis:
    return Gebeurtenis.GEWEIGERD if item.statement.geweigerd else Gebeurtenis.GEGEVEN


def ended_event(keys: CasusKeys, event: Event, day: date, versie: int) -> NewEvent:
    was = event.statement
    ended = replace(was, versie=versie, ingetrokken_op=min(day, was.ingetrokken_op or day))
    return NewEvent(Event(Gebeurtenis.VERVALLEN, LATER, ended), details_of(keys, event))


def latest_of(known: Iterable[Event]) -> dict[UUID, Event]:
    """Per statement how it was last delivered; an explicit withdrawal is no delivery."""
    return {
        event.statement.toestemming_id: event
        for event in known
        if event.soort is not Gebeurtenis.INGETROKKEN
    }


def next_version(known: Iterable[Event], toestemming_id: UUID) -> int:
    """The version of the next event of a statement: no two of its events have the same."""
    mine = (e.statement.versie for e in known if e.statement.toestemming_id == toestemming_id)
    return max(mine, default=0) + 1


def settled(dossier: Dossier, delivery: Delivery) -> Delivery:
    """A delivery in which what is amiss with a statement is as it holds beside what is stored.

    Nothing is held afterwards against a statement that counted, whatever the settings say now.
    That someone was too young to agree alone is taken back by nothing but a birth date.
    """
    held = latest_of(dossier.events)
    statements = tuple(_settled(dossier, each, held, delivery) for each in delivery.statements)
    return (
        delivery if statements == delivery.statements else replace(delivery, statements=statements)
    )


def _settled(
    dossier: Dossier,
    item: DeliveredStatement,
    latest: Mapping[UUID, Event],
    delivery: Delivery,
) -> DeliveredStatement:
    before, now = latest.get(item.statement.toestemming_id), item.statement
    if before is None or before.soort is Gebeurtenis.GEWEIGERD:
        return item
    if before.statement.gebrek == now.gebrek:
        return item
    # What it is judged by: when it was given, in which language, and who spoke.
    if before.statement.eerste_dag != now.eerste_dag:
        return item
    if details_of(dossier.keys, before) != item.details:
        return item
    stays = before.statement.gebrek is None or (
        before.statement.gebrek is Weigering.VERTEGENWOORDIGER_ONTBREEKT and not delivery.shows_age
    )
    return replace(item, statement=replace(now, gebrek=before.statement.gebrek)) if stays else item


def judged_alike(dossier: Dossier, delivery: Delivery) -> bool:
    """Whether what is amiss with each statement is what was stored of it."""
    held = {
        name: event.statement.gebrek
        for name, event in latest_of(dossier.events).items()
        if event.statement.gebrek is not None and event.soort is not Gebeurtenis.VERVALLEN
    }
    told = (each.statement for each in delivery.statements)
    return held == {each.toestemming_id: each.gebrek for each in told if each.gebrek is not None}


def without(dossier: Dossier, delivery: Delivery, refused: Collection[UUID]) -> Delivery:
    """What is left of a delivery of which some statements are refused: these stay as they were.

    The summary is left out with them; what ended with the rest has ended all the same.
    """
    held = {each.statement.toestemming_id: each for each in as_delivered(dossier)}
    left = tuple(
        held.get(name) if (name := each.statement.toestemming_id) in refused else each
        for each in delivery.statements
    )
    statements = tuple(each for each in left if each is not None)
    return replace(delivery, sealed=None, statements=statements, consents=consents_text(statements))


def as_delivered(dossier: Dossier) -> list[DeliveredStatement]:
    """The statements of the newest delivery; what was withdrawn here by an act, as delivered."""
    latest = latest_of(dossier.events).values()
    return [
        DeliveredStatement(replace(as_said(event), versie=1), details_of(dossier.keys, event))
        for event in latest
        if event.soort is not Gebeurtenis.VERVALLEN
    ]


def still_given(dossier: Dossier | None, delivery: Delivery) -> tuple[Statement, ...]:
    """The delivered statements, less what was withdrawn here by an explicit act: that is final.

    Also of one that is new here and was given no later: it is the withdrawn one, renamed.
    """
    names = {item.statement.toestemming_id for item in delivery.statements}
    held = () if dossier is None else dossier.events
    known = {event.statement.toestemming_id for event in held}
    given = [Event(_kind_of(item, known), LATER, item.statement) for item in delivery.statements]
    return tuple(each for each in states_of((*held, *given)) if each.toestemming_id in names)


def _kind_of(item: DeliveredStatement, known: Collection[UUID]) -> Gebeurtenis:
    if item.statement.geweigerd or item.statement.toestemming_id not in known:
        return _first_kind(item)
    return Gebeurtenis.GEWIJZIGD


def consents_text(statements: Iterable[DeliveredStatement]) -> bytes:
    """Statements in canonical text: the same state gives the same text, in whichever order."""
    return canonical(sorted(_fields_of(each) for each in statements))


def _fields_of(item: DeliveredStatement) -> list[str]:
    held = item.statement
    return [
        str(held.toestemming_id),
        " ".join(sorted(held.ontvangers)),
        " ".join(sorted(held.doelen)),
        held.eerste_dag.isoformat(),
        held.laatste_dag.isoformat(),
        held.verklaring,
        "" if held.ingetrokken_op is None else held.ingetrokken_op.isoformat(),
        "geweigerd" if held.geweigerd else "",
        item.details.decode(),
    ]


def details_of(keys: CasusKeys, event: Event) -> bytes:
    """The details of a stored event, in canonical text."""
    statement = event.statement
    return keys.decrypt_spoor(
        event.bijzonderheden, details_table(statement.toestemming_id), statement.versie
    )


def details_table(toestemming_id: UUID) -> str:
    """What the details of a statement are bound to."""
    return f"toestemming {toestemming_id}"


def signature_table(toestemming_id: UUID) -> str:
    """What the signature of a statement is bound to."""
    return f"handtekening {toestemming_id}"


def gebrek_table(toestemming_id: UUID) -> str:
    """What is bound to a statement of what is amiss with it."""
    return f"gebrek {toestemming_id}"
