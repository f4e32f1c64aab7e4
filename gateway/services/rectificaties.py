"""Rectification: who got a field that was wrong is told so, by its name (AVG 16, 19).

By itself where a delivery corrects: whoever sees the correction in its feed is told there; every
other recipient that ever got the field as precisely as it changed gets a notice. And at the word
of the organisation, for whoever ever got the field at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from gateway.caller import Caller
from gateway.idempotency import Idempotency, write_once
from gateway.services.kennisgevingen import Owed, notify
from gateway.services.own_casus import hold_own
from gateway.wiring import Parts
from privacy.comparison import corrected, seen_in
from privacy.dossier import Dossier
from privacy.log.entries import AuditEntry, Auditsoort, Herkomst
from privacy.plan import Plan
from privacy.precision import PROCESSOR, Viewer
from privacy.received import fields_of
from privacy.sealed import Sealed
from privacy.store.dossiers import Lock, load_by_id
from privacy.store.kennisgevingen import Kennisgeving
from privacy.store.references import earlier_recipients
from privacy.store.terugroepingen import due_by
from schemas.betrokkenenrechten import Rectificatieverzoek, RectificatieverzoekSchema
from schemas.terms import Doel, Kennisgevingssoort, Precisie

_SCHEMA: Final = RectificatieverzoekSchema()


def rectify_casus(
    parts: Parts, caller: Caller, casus: UUID, body: Any, idempotency: Idempotency | None = None
) -> dict[str, Any]:
    """Tell whoever ever got one of these fields that it was wrong; NotFoundError as elsewhere.

    The right value comes by a delivery, for who may have it. Not checked: that it came.
    """
    asked: Rectificatieverzoek = _SCHEMA.load(body)
    return write_once(parts, idempotency, lambda tx: _rectify(parts, tx, caller, casus, asked))


def _rectify(
    parts: Parts, tx: Connection, caller: Caller, casus: UUID, asked: Rectificatieverzoek
) -> dict[str, Any]:
    parts.hold_rules(tx)
    dossier = hold_own(parts, tx, caller, casus)
    now, wrong = parts.clock.now(), set(asked.velden)
    earlier = earlier_recipients(tx, [casus]).get(casus, {})
    notice = notice_of(dossier, wrong, earlier)
    notify(parts, tx, [(rectification_entry(caller.herkomst, dossier, wrong, now), notice)], now)
    uiterlijk = due_by(parts.clock.day(), parts.settings.terugroepingstermijn)
    return {
        "casusId": str(casus),
        "velden": sorted(wrong),
        "ontvangers": sorted(notice.ontvangers),
        "uiterlijk": uiterlijk.isoformat(),
    }


def tell_corrections(
    parts: Parts, tx: Connection, herkomst: Herkomst, plans: Iterable[Plan]
) -> None:
    """Owe a notice of what these plans, written just now, correct, where no feed will tell it.

    The casussen are held FOR UPDATE.
    """
    viewer = _viewer(parts, PROCESSOR)
    wrong = {
        plan.casus: (plan.change, fields)
        for plan in plans
        if plan.change is not None and (fields := corrected(*plan.change, viewer))
    }
    earlier = earlier_recipients(tx, wrong)
    dossiers = load_by_id(tx, parts.keys, earlier, Lock.UPDATE) if earlier else {}
    now, owed = parts.clock.now(), list[Owed]()
    for casus in [each for each in wrong if each in earlier]:  # in the order of the delivery
        correction = _Correction(parts, dossiers[casus], *wrong[casus])
        if told := correction.owed_to(earlier[casus]):
            notice = Kennisgeving(dossiers[casus], Kennisgevingssoort.RECTIFICATIE, told)
            named = {name for velden in told.values() for name in velden}
            owed.append((rectification_entry(herkomst, dossiers[casus], named, now), notice))
    notify(parts, tx, owed, now)


@dataclass(frozen=True, slots=True)
class _Correction:
    """What one row of the outbox corrects of a casus, as it stands with that row."""

    parts: Parts
    dossier: Dossier
    change: tuple[Sealed, Sealed]
    wrong: frozenset[str]

    def owed_to(self, earlier: Mapping[str, int]) -> dict[str, Sequence[str]]:
        """Per recipient the fields that it has wrong, and that its feed does not tell of."""
        told: dict[str, Sequence[str]] = {}
        for recipient, marks in earlier.items():
            seen = seen_in(*self.change, fields_of(marks), _viewer(self.parts, recipient))
            left = (seen & self.wrong) - self._in_feed(recipient)
            if left:
                told[recipient] = sorted(left)
        return told

    def _in_feed(self, recipient: str) -> frozenset[str]:
        """What its feed tells of this row, by the consent, policy and notice of now."""
        dossier, rules = self.dossier, self.parts.rulebook
        begun = dossier.gedekt.get(recipient, {}).get(Doel.MUTATIES)
        number = dossier.stand_nummer
        if dossier.is_restricted or begun is None or number is None or begun >= number:
            return frozenset()
        if recipient not in rules.policies.recipients:
            return frozenset()
        day = self.parts.clock.day()
        answer = rules.entitlement(dossier.statements, recipient, Doel.MUTATIES, day)
        return seen_in(*self.change, answer.velden, _viewer(self.parts, recipient))


def _viewer(parts: Parts, recipient: str) -> Viewer:
    return Viewer(recipient, parts.clock.day(), parts.keys.system_key("pseudoniem"))


def notice_of(dossier: Dossier, wrong: set[str], earlier: Mapping[str, int]) -> Kennisgeving:
    """The notice for whoever ever got one of these fields."""
    got = {name: sorted(wrong & fields_of(marks).keys()) for name, marks in earlier.items()}
    told = {name: velden for name, velden in got.items() if velden}
    return Kennisgeving(dossier, Kennisgevingssoort.RECTIFICATIE, told)


def rectification_entry(
    herkomst: Herkomst, dossier: Dossier, velden: Iterable[str], now: datetime
) -> AuditEntry:
    """What the log says of it."""
    return AuditEntry(
        soort=Auditsoort.RECTIFICATIE,
        tijd=now,
        **herkomst,
        pseudoniem=dossier.keys.pseudoniem(),
        # That they were wrong; nothing of what they say.
        velden=dict.fromkeys(sorted(velden), Precisie.JA_NEE),
    )
