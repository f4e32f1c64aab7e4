"""What one row of the outbox means for one recipient, as candidates for the gate.

A row begins, ends or changes a ground, or owes a notice. Identification goes with every item that
tells of a casus; a recall carries the reference alone (AVG 19). Where only some purposes ended,
the recall stands before whatever else the row tells.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row

from gateway.services.recall_items import recall_candidate
from gateway.wiring import Parts
from privacy.comparison import Told, told, told_at_start
from privacy.dossier import Dossier
from privacy.errors import IntegrityError
from privacy.precision import Viewer
from privacy.question import Candidate, Part
from privacy.sealed import Label, Sealed, seal
from privacy.store.terugroepingen import Recall
from schemas.terms import Doel, Grondslag, Mutatiesoort, Precisie

#: Goes with every item, so that the recipient knows whom it is about; as far as it may.
_IDENTIFICATION = frozenset({"vNummer", "bronhouder"})


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A row with the casus it is about and the summary as it stood then.

    `recall` is there where the row owes this recipient one: it got the casus before.
    """

    row: Row[Any]
    dossier: Dossier
    stand: Sealed | None
    recall: Recall | None


@dataclass(frozen=True, slots=True)
class Feed:
    """The feed of one recipient on one day, for the purposes that its client holds."""

    parts: Parts
    recipient: str
    day: date
    purposes: frozenset[Doel]

    def is_yet_to_begin(self, day: date) -> bool:
        """Whether it begins within a day, as between replicas around midnight.

        A row of a later day was written by a clock that was wrong: nobody waits for that.
        """
        return timedelta() < day - self.day <= timedelta(days=1)

    def candidates(self, each: OutboxRow) -> tuple[Candidate, ...]:
        """The items of one row, in the order in which they are told."""
        row, dossier, stand = each.row, each.dossier, each.stand
        recalled = () if each.recall is None else (self._recall(each, each.recall),)
        if stand is None or self.recipient in row.beeindigd or dossier.is_restricted:
            return recalled
        begins = dossier.gedekt.get(self.recipient, {})
        started = tuple(
            item
            for item in (self._start(each, stand) if self.recipient in row.begonnen else ())
            if item.purpose is not None and begins.get(item.purpose) == row.nummer
        )
        # Content that was destroyed after the row was read tells nothing.
        if row.verandering is None or not dossier.keys.has_content:
            return recalled + started
        # What came before the ground for a purpose began is never told for it. It is compared all
        # the same, so that passing it takes as long for everyone.
        is_told = begins.get(Doel.MUTATIES, row.nummer) < row.nummer
        try:
            changes = self._changes(each, stand, row.verandering)
        except IntegrityError:
            if is_told:
                raise
            changes = ()
        return recalled + started + (changes if is_told else ())

    def _changes(self, each: OutboxRow, stand: Sealed, change: bytes) -> tuple[Candidate, ...]:
        row, dossier = each.row, each.dossier
        label = Label(dossier.casus, dossier.label.bronhouder, dossier.label.kenmerk, row.versie)
        old, new = dossier.keys.decrypt_change(change, label)
        items = told(old, new, self._visible(dossier), self._viewer())
        return tuple(self._mutatie(each, item, stand, new) for item in items)

    def _start(self, each: OutboxRow, stand: Sealed) -> tuple[Candidate, ...]:
        nothing = seal(stand.label, {})
        first = self._candidate(
            each,
            Mutatiesoort.AANMELDING,
            Doel.AANMELDING,
            (Part("samenvatting", stand), Part("velden", nothing)),
        )
        follow = told_at_start(stand, self._visible(each.dossier), self._viewer())
        return (first, *(self._mutatie(each, item, stand, nothing) for item in follow))

    def _mutatie(self, each: OutboxRow, item: Told, stand: Sealed, new: Sealed) -> Candidate:
        parts = (
            Part("samenvatting", stand, _IDENTIFICATION),
            Part("velden", new, frozenset(item.velden)),
        )
        return self._candidate(each, item.soort, Doel.MUTATIES, parts)

    def _candidate(
        self, each: OutboxRow, soort: Mutatiesoort, purpose: Doel, parts: tuple[Part, ...]
    ) -> Candidate:
        name = self._name(each, soort.value)
        return Candidate(
            casus=each.dossier.casus,
            bronhouder=each.dossier.label.bronhouder,
            pseudoniem=each.dossier.keys.pseudoniem(),
            statements=each.dossier.statements,
            grondslag=Grondslag.TOESTEMMING,
            purpose=purpose,
            parts=parts,
            salt=each.dossier.keys.salt,
            is_restricted=each.dossier.is_restricted,
            caption={
                "mutatieId": str(name),
                "casusreferentie": str(each.dossier.keys.referentie(self.recipient)),
                "soort": soort.value,
            },
        )

    def _recall(self, each: OutboxRow, recall: Recall) -> Candidate:
        return recall_candidate(recall, each.dossier.label.bronhouder, each.dossier.keys)

    def _viewer(self) -> Viewer:
        return Viewer(self.recipient, self.day, self.parts.keys.system_key("pseudoniem"))

    def _visible(self, dossier: Dossier) -> Mapping[str, Precisie]:
        """What the recipient sees of a change today."""
        rules = self.parts.rulebook
        answer = rules.entitlement(dossier.statements, self.recipient, Doel.MUTATIES, self.day)
        return answer.velden

    def _name(self, each: OutboxRow, soort: str) -> UUID:
        """The same item has the same id in every page; two recipients cannot match theirs."""
        return uuid5(each.row.mutatie_id, f"{self.recipient} {soort}")
