"""Restriction of processing of an own casus, on the grounds of AVG 18 lid 1 and AVG 21.

While one ground stands, nothing of the casus leaves on consent, and a bewaringstoets answers as
for someone who is not known. It is kept all the same: deliveries and withdrawals go on. Who got
it before is told that it is restricted. When the last ground goes, the ground of consent begins
anew: partners are told the casus as it stands then, and nothing of what passed meanwhile.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from gateway.caller import Caller
from gateway.idempotency import Idempotency, write_once
from gateway.services.kennisgevingen import notify
from gateway.services.own_casus import hold_own
from gateway.wiring import Parts
from privacy.clock import utc_text
from privacy.dossier import Dossier
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort, Herkomst
from privacy.plan import Situation
from privacy.recording import record_plans
from privacy.registration import plan_lift
from privacy.store.beperkingen import gronden_of, note_gronden
from privacy.store.kennisgevingen import Kennisgeving
from privacy.store.references import earlier_recipients
from schemas.betrokkenenrechten import Beperkingsverzoek, BeperkingsverzoekSchema
from schemas.terms import Beperkingsgrond, Kennisgevingssoort

_SCHEMA: Final = BeperkingsverzoekSchema()


def restrict_casus(
    parts: Parts, caller: Caller, casus: UUID, body: Any, idempotency: Idempotency | None = None
) -> dict[str, Any]:
    """Begin or end a restriction on one ground; NotFoundError for any other casus than an own.

    A ground that stands already, or does not stand, changes nothing.
    """
    asked: Beperkingsverzoek = _SCHEMA.load(body)
    return write_once(parts, idempotency, lambda tx: _restrict(parts, tx, caller, casus, asked))


def beperking_text(
    sinds: datetime | None, gronden: Collection[Beperkingsgrond]
) -> dict[str, Any] | None:
    """What the organisation is told of a restriction; None where there is none."""
    if sinds is None:
        return None
    return {"sinds": utc_text(sinds), "gronden": sorted(each.value for each in gronden)}


def _restrict(
    parts: Parts, tx: Connection, caller: Caller, casus: UUID, asked: Beperkingsverzoek
) -> dict[str, Any]:
    parts.hold_rules(tx)
    dossier = hold_own(parts, tx, caller, casus)
    after, sinds = set_grond(parts, tx, caller.herkomst, dossier, asked)
    return {"casusId": str(casus), "beperking": beperking_text(sinds, after)}


def set_grond(
    parts: Parts, tx: Connection, herkomst: Herkomst, dossier: Dossier, asked: Beperkingsverzoek
) -> tuple[frozenset[Beperkingsgrond], datetime | None]:
    """Begin or end one ground of a casus that is held FOR UPDATE; what stands now, and since when.

    What is so already changes nothing and is not in the log again.
    """
    gronden, sinds = gronden_of(dossier), dossier.beperkt_sinds
    after = gronden | {asked.grond} if asked.beperkt else gronden - {asked.grond}
    if after != gronden:
        change = _Change(parts, tx, dossier, parts.clock.now())
        change.write(_entry(herkomst, dossier, asked, change.now), gronden, after)
        sinds = note_gronden(tx, dossier, after, change.now)
    return after, sinds


def tell_lifted(
    parts: Parts, tx: Connection, herkomst: Herkomst, dossier: Dossier, grond: Beperkingsgrond
) -> None:
    """Say once more that a casus, held FOR UPDATE, is restricted no longer (after a restore)."""
    now, asked = parts.clock.now(), Beperkingsverzoek(grond=grond, beperkt=False)
    _Change(parts, tx, dossier, now).write(_entry(herkomst, dossier, asked, now), {grond}, ())


@dataclass(frozen=True, slots=True)
class _Change:
    """One change of the grounds of a casus, in one transaction."""

    parts: Parts
    tx: Connection
    dossier: Dossier
    now: datetime

    def write(
        self,
        entry: AuditEntry,
        before: Collection[Beperkingsgrond],
        after: Collection[Beperkingsgrond],
    ) -> None:
        """What follows: the first ground tells recipients, the last to go begins ground anew."""
        if not before:
            self._begin(entry)
        elif not after:
            self._end(entry)
        else:
            append(self.tx, [entry], self.now)

    def _begin(self, entry: AuditEntry) -> None:
        casus = self.dossier.casus
        earlier = earlier_recipients(self.tx, [casus]).get(casus, {})
        told = dict.fromkeys(earlier, ())
        notice = Kennisgeving(self.dossier, Kennisgevingssoort.BEPERKING, told)
        notify(self.parts, self.tx, [(entry, notice)], self.now)

    def _end(self, entry: AuditEntry) -> None:
        day = self.parts.clock.day()
        plan = plan_lift(self.dossier, Situation.under(self.parts.rulebook, day))
        number = append(self.tx, [entry], self.now).last
        term = self.parts.settings.terugroepingstermijn
        trace = entry.trace
        record_plans(self.tx, {number: plan}, day=day, now=self.now, term_days=term, trace=trace)


def _entry(
    herkomst: Herkomst, dossier: Dossier, asked: Beperkingsverzoek, now: datetime
) -> AuditEntry:
    begins = Auditsoort.VERWERKING_BEPERKT
    return AuditEntry(
        soort=begins if asked.beperkt else Auditsoort.BEPERKING_OPGEHEVEN,
        tijd=now,
        **herkomst,
        reden=asked.grond.value,
        pseudoniem=dossier.keys.pseudoniem(),
    )
