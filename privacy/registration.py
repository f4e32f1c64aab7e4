"""Registration: what one delivered item makes of a casus. Decides; writes nothing.

The answer is a plan of rows for `privacy.store.registrations`, or a reason to refuse. The
newest `standVan` wins, whatever the order of arrival; of one moment the greater content wins,
so that any order and repetition of deliveries ends in the same state. A delivered list
of consents is the whole consent state of its casus: what stands in it no longer has ended.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

from privacy.comparison import change, precedes, same
from privacy.consent import Statement, Weigering
from privacy.consent_events import Event, Gebeurtenis, states_of
from privacy.dossier import Dossier, coverage
from privacy.keys import KeyRing
from privacy.plan import LATER, DeliveredStatement, Delivery, Ground, NewEvent, Plan, Situation
from privacy.sealed import Label
from privacy.vault import CasusKeys, make_keys
from schemas.canonical import canonical
from schemas.terms import Doel, Itemresultaat

_FEED = frozenset({Doel.AANMELDING, Doel.MUTATIES})


def plan_new(ring: KeyRing, delivery: Delivery, label: Label, at: Situation) -> Plan:
    """A casus that this organisation had not delivered before."""
    casus = uuid4()
    keys, wrapped = make_keys(ring, casus)
    events = _new_events(keys, delivery, (), at.day)
    return Plan(
        resultaat=Itemresultaat.AANGENOMEN,
        casus=casus,
        label=Label(casus, label.bronhouder, label.kenmerk, versie=1),
        keys=keys,
        stand_van=delivery.stand_van,
        vingerafdruk=keys.fingerprint(delivery.sealed, delivery.consents),
        wrapped=wrapped,
        stand=delivery.sealed,
        events=events,
        ground=_ground(states_of(each.event for each in events), {}, at),
    )


def plan_known(dossier: Dossier, delivery: Delivery, at: Situation) -> Plan:
    """A casus that is known: what is new in it, or that nothing is."""
    fingerprint = dossier.keys.fingerprint(delivery.sealed, delivery.consents)
    plan = replace(
        _as_it_is(dossier),
        stand_van=max(delivery.stand_van, dossier.stand_van),
        vingerafdruk=fingerprint,
    )
    if (
        delivery.complete
        and fingerprint == dossier.vingerafdruk
        and _judged_alike(dossier, delivery)
    ):
        return plan
    if delivery.complete and _is_outdated(dossier, delivery, at):
        return replace(plan, resultaat=Itemresultaat.VEROUDERD, stand_van=dossier.stand_van)
    plan = _with_consent(plan, delivery, dossier, at)
    if not delivery.complete:
        # One statement more says nothing of when the register was read. What was delivered
        # last is no longer what is stored: without a fingerprint the next delivery is compared.
        plan = replace(plan, stand_van=dossier.stand_van, vingerafdruk=b"")
    return _with_summary(plan, delivery, at)


def is_repeat(dossier: Dossier, delivery: Delivery) -> bool:
    """Whether exactly this state was delivered last: then the stored summary need not be read.

    Not where a statement is judged in another way now than when it was stored.
    """
    fingerprint = dossier.keys.fingerprint(delivery.sealed, delivery.consents)
    same = delivery.complete and fingerprint == dossier.vingerafdruk
    return same and _judged_alike(dossier, delivery)


def settled(dossier: Dossier, delivery: Delivery) -> Delivery:
    """A delivery in which what is amiss with a statement is as it holds beside what is stored.

    Nothing is held afterwards against a statement that counted, whatever the settings say now.
    That someone was too young to agree alone is taken back by nothing but a birth date.
    """
    held = _latest(dossier.events)
    statements = tuple(_settled(dossier, each, held, delivery) for each in delivery.statements)
    return (
        delivery if statements == delivery.statements else replace(delivery, statements=statements)
    )


def without(dossier: Dossier, delivery: Delivery, refused: Collection[UUID]) -> Delivery:
    """What is left of a delivery of which some statements are refused: these stay as they were.

    The summary is left out with them; what ended with the rest has ended all the same.
    """
    held = {each.statement.toestemming_id: each for each in _as_delivered(dossier)}
    left = tuple(
        held.get(name) if (name := each.statement.toestemming_id) in refused else each
        for each in delivery.statements
    )
    statements = tuple(each for each in left if each is not None)
    return replace(delivery, sealed=None, statements=statements, consents=consents_text(statements))


def plan_lapse(dossier: Dossier, at: Situation) -> Plan:
    """A casus of which some ground may have ended by itself since it was last told."""
    ground = _ground(dossier.statements, dossier.gedekt, at)
    return replace(_as_it_is(dossier), resultaat=Itemresultaat.AANGENOMEN, ground=ground)


def changes_ground(plan: Plan) -> bool:
    """Whether any purpose of any recipient began or ended by this plan, told in a feed or not."""
    after = {name: frozenset(doelen) for name, doelen in plan.ground.gedekt.items()}
    return after != {name: frozenset(doelen) for name, doelen in plan.gedekt.items()}


def plan_withdrawal(dossier: Dossier, new: NewEvent, at: Situation) -> Plan:
    """An explicit withdrawal: final for its statement, for the recipients and purposes it names."""
    return replace(
        _as_it_is(dossier),
        resultaat=Itemresultaat.AANGENOMEN,
        events=(new,),
        ground=_ground(states_of((*dossier.events, new.event)), dossier.gedekt, at),
    )


def plan_endings(dossier: Dossier, ended: Collection[UUID], at: Situation) -> Plan:
    """Statements that their organisation names no more; a refusal stands in the way for good."""
    latest = _latest(dossier.events)
    events = tuple(
        _ended(dossier.keys, latest[each], at.day, next_version(dossier.events, each))
        for each in sorted(latest.keys() & set(ended))
        if latest[each].soort not in {Gebeurtenis.VERVALLEN, Gebeurtenis.GEWEIGERD}
    )
    if not events:
        return _as_it_is(dossier)
    statements = states_of([*dossier.events, *(each.event for each in events)])
    return replace(
        _as_it_is(dossier),
        resultaat=Itemresultaat.AANGENOMEN,
        events=events,
        ground=_ground(statements, dossier.gedekt, at),
        # What was delivered last is no longer what is stored: the next delivery is compared.
        vingerafdruk=b"",
    )


def plan_owed(dossier: Dossier, ended: Sequence[str], at: Situation) -> Plan:
    """What a recipient got and has no ground for, though nothing here ended (`Ground`)."""
    plan = plan_lapse(dossier, at)
    owed = (*plan.ground.beeindigd, *(each for each in ended if each not in plan.ground.beeindigd))
    return replace(plan, ground=replace(plan.ground, beeindigd=owed))


def _as_it_is(dossier: Dossier) -> Plan:
    return Plan(
        resultaat=Itemresultaat.ONGEWIJZIGD,
        casus=dossier.casus,
        label=dossier.label,
        keys=dossier.keys,
        stand_van=dossier.stand_van,
        vingerafdruk=dossier.vingerafdruk or b"",
        stand_nummer=dossier.stand_nummer,
        gedekt=dossier.gedekt,
    )


def _ground(
    statements: Iterable[Statement], before: Mapping[str, Collection[str]], at: Situation
) -> Ground:
    # A recall ends what was given on a notice; who said no on it has said no all the same.
    standing = (each for each in statements if each.geweigerd or each.verklaring not in at.recalled)
    gedekt, until = coverage(standing, at.recipients, at.day)
    begun, ended = _transitions(before, gedekt)
    return Ground(gedekt, until, begun, ended)


def _is_outdated(dossier: Dossier, delivery: Delivery, at: Situation) -> bool:
    if delivery.stand_van != dossier.stand_van:
        return delivery.stand_van < dossier.stand_van
    return _loses_tie(dossier, delivery, at)


def _loses_tie(dossier: Dossier, delivery: Delivery, at: Situation) -> bool:
    """Of two states read at one moment one must win, and the same one in any order of arrival.

    So both are compared as they were delivered: one with a summary wins, then the greater
    summary, then the greater consent state.
    """
    if not dossier.vingerafdruk:
        return True  # a single statement was added since
    held = consents_text(_as_delivered(dossier))
    without_summary = dossier.vingerafdruk == dossier.keys.fingerprint(None, held)
    new = delivery.sealed
    if new is None or without_summary:
        return new is None and (not without_summary or delivery.consents < held)
    if at.stand is not None and not same(at.stand, new):
        return precedes(new, at.stand)
    return delivery.consents < held


def _judged_alike(dossier: Dossier, delivery: Delivery) -> bool:
    """Whether what is amiss with each statement is what was stored of it."""
    held = {
        name: event.statement.gebrek
        for name, event in _latest(dossier.events).items()
        if event.statement.gebrek is not None and event.soort is not Gebeurtenis.VERVALLEN
    }
    told = (each.statement for each in delivery.statements)
    return held == {each.toestemming_id: each.gebrek for each in told if each.gebrek is not None}


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


def _as_delivered(dossier: Dossier) -> list[DeliveredStatement]:
    """The statements of the newest delivery; what was withdrawn here by an act, as delivered."""
    latest = _latest(dossier.events).values()
    return [
        DeliveredStatement(
            replace(event.statement, versie=1, geweigerd=event.soort is Gebeurtenis.GEWEIGERD),
            details_of(dossier.keys, event),
        )
        for event in latest
        if event.soort is not Gebeurtenis.VERVALLEN
    ]


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


def still_given(dossier: Dossier | None, delivery: Delivery) -> tuple[Statement, ...]:
    """The delivered statements, less what was withdrawn here by an explicit act: that is final."""
    given = [Event(_first_kind(item), -1, item.statement) for item in delivery.statements]
    if dossier is None:
        return states_of(given)
    names = {event.statement.toestemming_id for event in given}
    withdrawn = [
        event
        for event in dossier.events
        if event.soort is Gebeurtenis.INGETROKKEN and event.statement.toestemming_id in names
    ]
    return states_of((*given, *withdrawn))


def _with_summary(plan: Plan, delivery: Delivery, at: Situation) -> Plan:
    new = delivery.sealed
    if new is None or (at.stand is not None and same(at.stand, new)):
        return plan
    versie = plan.label.versie + 1
    return replace(
        plan,
        resultaat=Itemresultaat.AANGENOMEN,
        label=replace(plan.label, versie=versie, kenmerk=new.label.kenmerk),
        stand=new,
        change=None if at.stand is None else change(at.stand, new),
    )


def _with_consent(plan: Plan, delivery: Delivery, dossier: Dossier, at: Situation) -> Plan:
    events = _new_events(plan.keys, delivery, dossier.events, at.day)
    statements = states_of([*dossier.events, *(each.event for each in events)])
    ground = _ground(statements, dossier.gedekt, at)
    changed = bool(events or ground.begonnen or ground.beeindigd)
    resultaat = Itemresultaat.AANGENOMEN if changed else plan.resultaat
    return replace(plan, resultaat=resultaat, events=events, ground=ground)


def _new_events(
    keys: CasusKeys, delivery: Delivery, known: Sequence[Event], day: date
) -> tuple[NewEvent, ...]:
    """Events that bring the known statements to the delivered state. Numbers come later."""
    latest = _latest(known)
    events: list[NewEvent] = []
    for item in delivery.statements:
        before = latest.pop(item.statement.toestemming_id, None)
        new = _event_for(keys, item, before, next_version(known, item.statement.toestemming_id))
        if new is not None:
            events.append(new)
    if delivery.complete:
        events.extend(
            _ended(keys, event, day, next_version(known, event.statement.toestemming_id))
            for event in latest.values()
            if event.soort is not Gebeurtenis.VERVALLEN
        )
    return tuple(events)


def _latest(known: Iterable[Event]) -> dict[UUID, Event]:
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


def _event_for(
    keys: CasusKeys, item: DeliveredStatement, before: Event | None, versie: int
) -> NewEvent | None:
    if before is None:
        return item.as_event(_first_kind(item))
    refused = before.soort is Gebeurtenis.GEWEIGERD
    unchanged = (
        before.soort is not Gebeurtenis.VERVALLEN
        and replace(item.statement, versie=before.statement.versie)
        == replace(before.statement, geweigerd=refused)
        and details_of(keys, before) == item.details
    )
    if unchanged:
        return None
    kind = Gebeurtenis.GEWEIGERD if item.statement.geweigerd else Gebeurtenis.GEWIJZIGD
    return item.as_event(kind, versie)


def _first_kind(item: DeliveredStatement) -> Gebeurtenis:
    return Gebeurtenis.GEWEIGERD if item.statement.geweigerd else Gebeurtenis.GEGEVEN


def _ended(keys: CasusKeys, event: Event, day: date, versie: int) -> NewEvent:
    was = event.statement
    ended = replace(was, versie=versie, ingetrokken_op=min(day, was.ingetrokken_op or day))
    return NewEvent(Event(Gebeurtenis.VERVALLEN, LATER, ended), details_of(keys, event))


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


def _transitions(
    before: Mapping[str, Collection[str]], after: Mapping[str, Collection[str]]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Recipients for whom a purpose of the feed began; and what ended (`Ground.beeindigd`)."""
    begun = tuple(
        name for name, doelen in after.items() if _FEED & set(doelen) - set(before.get(name, ()))
    )
    ended = tuple(
        code
        for name, doelen in before.items()
        for code in _ended_codes(name, set(map(Doel, doelen)), after.get(name))
    )
    return begun, ended


def _ended_codes(
    recipient: str, before: Collection[Doel], after: Collection[str] | None
) -> list[str]:
    if after is None:
        return [recipient]
    return [f"{recipient}:{doel}" for doel in sorted(before) if doel not in after]
