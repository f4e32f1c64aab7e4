"""What becomes of each item of a delivery: a plan of rows, or faults; nothing is written here.

Rules in order: whose casus it is, what is stored already, whether the summary says no more than
the consented partners may have, and whether the organisation signed what is new.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from gateway.services.casus_matching import Matched, match
from gateway.services.delivered_items import Incoming
from gateway.services.handtekeningen import unsigned
from gateway.store.ondertekenaars import keys_now
from gateway.wiring import Parts
from privacy.comparison import exceeding
from privacy.consent import Weigering
from privacy.consent_changes import settled, still_given, without
from privacy.consent_signature import PublicKeys
from privacy.plan import Plan, Situation
from privacy.precision import Viewer
from privacy.question import PROCESSOR
from privacy.registration import is_repeat, plan_known, plan_new, with_content_key
from privacy.sealed import Label, Sealed
from privacy.store.dossiers import Lock, load_stands
from schemas.faults import Fout, Foutcode
from schemas.terms import Precisie


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of one item: a plan, or faults; or both, where only the summary is refused.

    A summary that says more than anyone may have is not stored, but the consents that came with
    it count all the same: a withdrawal must never be lost over a summary (AVG 7 lid 3).
    """

    plan: Plan | None = None
    fouten: tuple[Fout, ...] = ()


def plan_items(
    parts: Parts, bronhouder: str, tx: Connection, incoming: Sequence[Incoming], lock: Lock
) -> dict[int, Outcome]:
    """Per item, by its place. The casussen are held as `lock` says."""
    planned = {
        each.place: Outcome(fouten=each.fouten) for each in incoming if each.delivery is None
    }
    good = [each for each in incoming if each.delivery is not None]
    found = match(tx, parts.keys, bronhouder, good, lock)
    matched = [_settled(each) for each in found]
    stands = _stands(tx, matched)
    keys = keys_now(tx, bronhouder)
    for each in matched:
        planned[each.incoming.place] = _plan_one(parts, bronhouder, each, stands, keys)
    return dict(sorted(planned.items()))


def _settled(each: Matched) -> Matched:
    if each.dossier is None:
        return each
    return replace(each, delivery=settled(each.dossier, each.delivery))


def _stands(tx: Connection, matched: Sequence[Matched]) -> dict[int, Sealed]:
    wanted = [
        (each.dossier, each.dossier.stand_nummer)
        for each in matched
        if each.dossier is not None
        and each.dossier.stand_nummer is not None
        and not is_repeat(each.dossier, each.delivery)
    ]
    return load_stands(tx, wanted)


def _plan_one(
    parts: Parts,
    bronhouder: str,
    each: Matched,
    stands: Mapping[int, Sealed],
    keys: PublicKeys,
) -> Outcome:
    if each.fouten:
        return Outcome(fouten=each.fouten)
    dossier = each.dossier
    # Of what is stored already nothing more is stored.
    repeat = dossier is not None and is_repeat(dossier, each.delivery)
    too_much = () if repeat else _too_much(parts, each)
    if too_much:
        too_much = (*_uncounted(each), *too_much)
    # The number of the first row ever is 0.
    number = None if dossier is None else dossier.stand_nummer
    stand = None if number is None else stands.get(number)
    at = Situation.under(parts.rulebook, parts.clock.day(), stand)
    planned = _planned(parts, bronhouder, each, at, too_much)
    events = () if planned.plan is None else planned.plan.events
    refused = unsigned(events, bronhouder, keys, at.day)
    return _without_unsigned(each, refused, at) if refused else planned


def _planned(
    parts: Parts, bronhouder: str, each: Matched, at: Situation, too_much: tuple[Fout, ...]
) -> Outcome:
    dossier, delivery = each.dossier, each.delivery
    if too_much:
        delivery = replace(delivery, sealed=None)
    if dossier is not None:
        plan = with_content_key(parts.keys, plan_known(dossier, delivery, at))
        return Outcome(plan, too_much)
    if each.incoming.kenmerk is None:
        where = f"/items/{each.incoming.place}/casusId"
        return Outcome(fouten=(Fout("casusId", Foutcode.ONBEKENDE_CASUS, where),))
    # A statement that does not count is kept all the same: a question about this person then has
    # its own reason in the log.
    if too_much and not _is_uncounted(each, too_much):
        return Outcome(fouten=too_much)
    label = Label(None, bronhouder, each.incoming.kenmerk)
    return Outcome(plan_new(parts.keys, delivery, label, at), too_much)


def _without_unsigned(each: Matched, refused: Collection[UUID], at: Situation) -> Outcome:
    """Refused, but for what ends with it: that a consent is over needs nobody's signature."""
    fouten = _faults(each, Foutcode.HANDTEKENING_ONGELDIG, "handtekening", refused)
    if each.dossier is None:
        return Outcome(fouten=fouten)
    plan = plan_known(each.dossier, without(each.dossier, each.delivery, refused), at)
    return Outcome(plan if plan.writes else None, fouten)


#: What is missing of a statement that does not count: as a fault, and in which field.
_MISSING: Final = {
    Weigering.TOLK_ONTBREEKT: (Foutcode.TOLK_ONTBREEKT, "tolk"),
    Weigering.VERTEGENWOORDIGER_ONTBREEKT: (
        Foutcode.VERTEGENWOORDIGER_ONTBREEKT,
        "vertegenwoordiger",
    ),
}


def _uncounted(each: Matched) -> tuple[Fout, ...]:
    """Which of the statements do not count, and for want of what."""
    told = [item.statement for item in each.delivery.statements]
    return tuple(
        fout
        for gebrek, (code, veld) in _MISSING.items()
        for fout in _faults(
            each, code, veld, {held.toestemming_id for held in told if held.gebrek is gebrek}
        )
    )


def _is_uncounted(each: Matched, too_much: Sequence[Fout]) -> bool:
    """Whether nothing may be had of this person, and a statement would else have counted."""
    nothing = any(fout.veld == "samenvatting" for fout in too_much)
    return nothing and any(item.statement.gebrek for item in each.delivery.statements)


def _faults(each: Matched, code: Foutcode, veld: str, named: Collection[UUID]) -> tuple[Fout, ...]:
    """One fault for each of these statements, where it stands in the body."""
    where = f"/items/{each.incoming.place}/toestemmingen"
    return tuple(
        Fout(veld, code, f"{where}/{place}/{veld}")
        for place, item in enumerate(each.delivery.statements)
        if item.statement.toestemming_id in named
    )


def _too_much(parts: Parts, each: Matched) -> tuple[Fout, ...]:
    """Refuse what no consented partner of this person may have (AVG 28; design 5).

    A consent that was withdrawn here counts no more, also where the register does not know it.
    """
    sealed = each.delivery.sealed
    if sealed is None:
        return ()
    day = parts.clock.day()
    statements = still_given(each.dossier, each.delivery)
    allowed = parts.rulebook.processor_entitlement(statements, day)
    where = f"/items/{each.incoming.place}/samenvatting"
    if allowed.refusal is not None:
        return (Fout("samenvatting", Foutcode.GEEN_TOESTEMMING, where),)
    viewer = Viewer(PROCESSOR, day, parts.keys.system_key("pseudoniem"))
    # The bronhouder is who the token says; the gateway adds it itself.
    fields = {**allowed.velden, "bronhouder": Precisie.VOLLEDIG}
    return tuple(
        Fout(name, Foutcode.GEEN_TOESTEMMING, f"{where}/{name}")
        for name in exceeding(sealed, fields, viewer)
    )
