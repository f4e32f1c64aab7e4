"""Registration: what one delivered item makes of a casus. Decides; writes nothing.

The answer is a plan of rows for `privacy.store.registrations`, or a reason to refuse. The
newest `standVan` wins, whatever the order of arrival; of one moment the greater content wins,
so that any order and repetition of deliveries ends in the same state. A delivered list
of consents is the whole consent state of its casus: what stands in it no longer has ended.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from privacy.comparison import change, precedes, same
from privacy.consent import Statement, is_alive
from privacy.consent_changes import (
    as_delivered,
    consents_text,
    ended_event,
    judged_alike,
    latest_of,
    new_events,
    next_version,
)
from privacy.consent_events import Gebeurtenis, states_of
from privacy.dossier import Dossier, coverage
from privacy.keys import KeyRing
from privacy.plan import Delivery, Ground, NewEvent, Plan, Situation
from privacy.sealed import Label
from privacy.vault import make_keys
from schemas.terms import Doel, Itemresultaat

_FEED = frozenset({Doel.AANMELDING, Doel.MUTATIES})


def plan_new(ring: KeyRing, delivery: Delivery, label: Label, at: Situation) -> Plan:
    """A casus that this organisation had not delivered before."""
    casus = uuid4()
    keys, wrapped = make_keys(ring, casus)
    events = new_events(keys, delivery, (), at.day)
    return Plan(
        resultaat=Itemresultaat.AANGENOMEN,
        casus=casus,
        label=Label(casus, label.bronhouder, label.kenmerk, versie=1),
        keys=keys,
        stand_van=delivery.stand_van,
        vingerafdruk=keys.fingerprint(delivery.sealed, delivery.consents),
        wrapped=wrapped,
        stand=delivery.sealed,
        nummer=delivery.sealed or delivery.nummer,
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
    if _is_same(dossier, delivery, fingerprint):
        return plan
    if delivery.complete and _is_outdated(dossier, delivery, at):
        return replace(plan, resultaat=Itemresultaat.VEROUDERD, stand_van=dossier.stand_van)
    plan = _with_consent(plan, delivery, dossier, at)
    if not delivery.complete:
        # One statement more says nothing of when the register was read. What was delivered
        # last is no longer what is stored: without a fingerprint the next delivery is compared.
        plan = replace(plan, stand_van=dossier.stand_van, vingerafdruk=b"")
    return _without_summary(_with_summary(plan, delivery, at), dossier, delivery.consents)


def with_content_key(ring: KeyRing, plan: Plan) -> Plan:
    """A plan that stores a summary where the content was destroyed: with a key that is new."""
    if plan.stand is None or plan.keys.has_content:
        return plan
    keys, wrapped = plan.keys.renewed(ring)
    return replace(plan, keys=keys, renewed=wrapped)


def is_repeat(dossier: Dossier, delivery: Delivery) -> bool:
    """Whether exactly this state was delivered last: then the stored summary need not be read.

    Not where a statement is judged in another way now than when it was stored.
    """
    fingerprint = dossier.keys.fingerprint(delivery.sealed, delivery.consents)
    return _is_same(dossier, delivery, fingerprint)


def _is_same(dossier: Dossier, delivery: Delivery, fingerprint: bytes) -> bool:
    delivered_last = delivery.complete and fingerprint == dossier.vingerafdruk
    return delivered_last and judged_alike(dossier, delivery)


def plan_lapse(dossier: Dossier, at: Situation) -> Plan:
    """A casus of which some ground may have ended by itself since it was last told."""
    ground = _ground(dossier.statements, dossier.gedekt, at)
    plan = replace(_as_it_is(dossier), resultaat=Itemresultaat.AANGENOMEN, ground=ground)
    return _without_summary(plan, dossier)


def changes_ground(plan: Plan) -> bool:
    """Whether any purpose of any recipient began or ended by this plan, told in a feed or not."""
    after = {name: frozenset(doelen) for name, doelen in plan.ground.gedekt.items()}
    return after != {name: frozenset(doelen) for name, doelen in plan.gedekt.items()}


def plan_withdrawal(dossier: Dossier, new: NewEvent, at: Situation) -> Plan:
    """An explicit withdrawal: final for its statement, for the recipients and purposes it names."""
    plan = replace(
        _as_it_is(dossier),
        resultaat=Itemresultaat.AANGENOMEN,
        events=(new,),
        ground=_ground_after(dossier, (new,), at),
    )
    return _without_summary(plan, dossier)


def plan_endings(dossier: Dossier, ended: Collection[UUID], at: Situation) -> Plan:
    """Statements that their organisation names no more; a refusal stands in the way for good."""
    latest = latest_of(dossier.events)
    events = tuple(
        ended_event(dossier.keys, latest[each], at.day, next_version(dossier.events, each))
        for each in sorted(latest.keys() & set(ended))
        if latest[each].soort not in {Gebeurtenis.VERVALLEN, Gebeurtenis.GEWEIGERD}
    )
    if not events:
        return _as_it_is(dossier)
    return replace(
        _as_it_is(dossier),
        resultaat=Itemresultaat.AANGENOMEN,
        events=events,
        ground=_ground_after(dossier, events, at),
        # What was delivered last is no longer what is stored: the next delivery is compared.
        vingerafdruk=b"",
    )


def plan_lift(dossier: Dossier, at: Situation) -> Plan:
    """Processing is restricted no longer: every ground that there is now begins anew (AVG 18).

    So that each recipient is told the casus as it stands, and nothing of what passed meanwhile.
    """
    plan = plan_lapse(dossier, at)
    begun, _none = _transitions({}, plan.ground.gedekt)
    ground = replace(plan.ground, begonnen=begun)
    return _without_summary(replace(plan, gedekt={}, ground=ground, restricted=False), dossier)


def plan_erasure(dossier: Dossier, recipients: Sequence[str]) -> Plan:
    """The last row of a casus that is erased: a recall of everything for whoever ever got it."""
    return replace(
        _as_it_is(dossier),
        resultaat=Itemresultaat.AANGENOMEN,
        ground=Ground(beeindigd=tuple(recipients)),
        stand_nummer=None,
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
        restricted=dossier.is_restricted,
    )


def _ground_after(dossier: Dossier, new: Iterable[NewEvent], at: Situation) -> Ground:
    """The ground of a known casus once these events are added to its own."""
    events = (*dossier.events, *(each.event for each in new))
    return _ground(states_of(events), dossier.gedekt, at)


def _ground(
    statements: Iterable[Statement], before: Mapping[str, Collection[str]], at: Situation
) -> Ground:
    # A recall ends what was given on a notice; who said no on it has said no all the same.
    known = tuple(statements)
    standing = (each for each in known if each.geweigerd or each.verklaring not in at.recalled)
    gedekt, until = coverage(standing, at.recipients, at.day)
    begun, ended = _transitions(before, gedekt)
    return Ground(gedekt, until, begun, ended, leeft=is_alive(known, at.day))


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
    held = consents_text(as_delivered(dossier))
    without_summary = dossier.vingerafdruk == dossier.keys.fingerprint(None, held)
    new = delivery.sealed
    if new is None or without_summary:
        return new is None and (not without_summary or delivery.consents < held)
    if at.stand is not None and not same(at.stand, new):
        return precedes(new, at.stand)
    return delivery.consents < held


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
        nummer=new,
        change=None if at.stand is None else change(at.stand, new),
    )


def _without_summary(plan: Plan, dossier: Dossier, consents: bytes | None = None) -> Plan:
    """Where the content ends no digest of it is left: only one of `consents`, as delivered last.

    A summary that comes again later is then taken for what it is here: new.
    """
    if not plan.ends_content or not plan.vingerafdruk:
        return plan
    told = consents_text(as_delivered(dossier)) if consents is None else consents
    return replace(plan, vingerafdruk=plan.keys.fingerprint(None, told))


def _with_consent(plan: Plan, delivery: Delivery, dossier: Dossier, at: Situation) -> Plan:
    events = new_events(plan.keys, delivery, dossier.events, at.day)
    ground = _ground_after(dossier, events, at)
    changed = bool(events or ground.begonnen or ground.beeindigd)
    resultaat = Itemresultaat.AANGENOMEN if changed else plan.resultaat
    return replace(plan, resultaat=resultaat, events=events, ground=ground)


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
