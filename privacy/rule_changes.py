"""Taking a step in the life of a policy or notice: event, log entry and effect in one transaction.

A step is alone: who is disclosing or delivering by the rules of before is waited for, and who
comes later goes by the new ones (`privacy.store.door`). So the log has every disclosure on the
right side of the step.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row

from privacy import rule_life
from privacy.errors import PolicyFaultError, RuleStepError
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.notice import parse_notice
from privacy.policy import parse_policy
from privacy.precision import PROCESSOR
from privacy.rule_life import (
    Levensloop,
    Regelgebeurtenis,
    Regelsoort,
    Regelstand,
    Regelstap,
    Regelversie,
)
from privacy.store import rulebooks
from privacy.store.door import hold_alone, note_rules
from privacy.store.verloren import (
    note_applied,
    other_texts_of,
    pending_rules,
    verloren_regel,
)

_KINDS: Final[Mapping[tuple[Regelsoort, Regelstap], Auditsoort]] = {
    (Regelsoort.BELEID, Regelstap.CONCEPT): Auditsoort.BELEID_OPGENOMEN,
    (Regelsoort.BELEID, Regelstap.GECONTROLEERD): Auditsoort.BELEID_GECONTROLEERD,
    (Regelsoort.BELEID, Regelstap.GOEDGEKEURD): Auditsoort.BELEID_GOEDGEKEURD,
    (Regelsoort.BELEID, Regelstap.ACTIEF): Auditsoort.BELEID_ACTIEF,
    (Regelsoort.BELEID, Regelstap.INGETROKKEN): Auditsoort.BELEID_INGETROKKEN,
    (Regelsoort.VERKLARING, Regelstap.OPGENOMEN): Auditsoort.VERKLARING_OPGENOMEN,
    (Regelsoort.VERKLARING, Regelstap.TERUGGEROEPEN): Auditsoort.VERKLARING_TERUGGEROEPEN,
}
_NOTHING: Final[Mapping[str, Any]] = {}


@dataclass(slots=True)
class RuleChanges:
    """Steps of one transaction, one after another. Begin with `begin`; the commit is the caller's.

    Each raises RuleStepError, and has written nothing, where the version is not ready for it.
    """

    tx: Connection
    now: datetime
    trace: str
    lives: dict[str, Levensloop] = field(default_factory=dict)

    @classmethod
    def begin(cls, tx: Connection, now: datetime, trace: str) -> "RuleChanges":
        """Wait until nobody goes by the rules, and read what there is."""
        hold_alone(tx)
        return cls(tx, now, trace, rulebooks.read_lives(tx))

    def take_in_policy(self, source_name: str, text: str) -> tuple[Levensloop, bool]:
        """Keep a policy as a concept, and whether it is new; PolicyFaultError if it is none."""
        policy = parse_policy(source_name, text)
        return self._take_in(Regelsoort.BELEID, policy.digest, policy.ontvanger, text)

    def take_in_notice(self, source_name: str, text: str) -> tuple[Levensloop, bool]:
        """Keep a notice: from now on a consent may name it. One name is one text, for ever."""
        notice = parse_notice(source_name, text)
        same_name = (
            each
            for each in self.lives.values()
            if each.versie.soort is Regelsoort.VERKLARING and each.versie.naam == notice.versie
        )
        differs = any(each.versie.digest != notice.digest for each in same_name)
        if differs or other_texts_of(self.tx, notice.versie, notice.digest):
            fault = "deze versie bestaat al met een andere inhoud"
            raise PolicyFaultError(source_name, (fault,))
        _, new = self._take_in(Regelsoort.VERKLARING, notice.digest, notice.versie, text)
        # Recalled in a stretch that a restore lost: then it does not count for a moment.
        self.apply_lost()
        return self.lives[notice.digest], new

    def note_check(self, digest: str, found: Mapping[str, Any]) -> Levensloop:
        """A check without faults; `found` names the DPIA, and every warning that there was."""
        rule_life.require_checkable(self.life(digest))
        return self._step(digest, Regelstap.GECONTROLEERD, bijzonderheden=found)

    def approve(self, digest: str, door: str) -> Levensloop:
        """One officer's approval, of what was checked last and with the warnings of that check."""
        life = self.life(digest)
        rule_life.require_approvable(life, door)
        of = life.controle.bijzonderheden if life.controle else _NOTHING
        return self._step(digest, Regelstap.GOEDGEKEURD, door=door, bijzonderheden=of)

    def activate(self, digest: str, today: date) -> Levensloop:
        """Switch on; the recipient's version of before is replaced by it."""
        life = self.life(digest)
        policy = rulebooks.policy_of(life.versie)
        if policy is None:
            raise RuleStepError("De tekst van deze versie is niet meer wat is goedgekeurd.")
        rule_life.require_ready(life, policy.herzien_voor, today)
        if rule_life.active_of(self.lives.values(), life.versie.naam) is None:
            # Consents of before may begin to count; to replace a policy changes no ground.
            rulebooks.mark_for_recipient(self.tx, life.versie.naam)
        return self._step(digest, Regelstap.ACTIEF)

    def withdraw(self, recipient: str) -> Levensloop:
        """Nothing for this recipient any more; who got anything before gets a recall."""
        life = rule_life.active_of(self.lives.values(), recipient)
        if life is None:
            raise RuleStepError("Deze ontvanger heeft geen actief beleid.")
        rulebooks.mark_for_recipient(self.tx, recipient)
        return self._step(life.versie.digest, Regelstap.INGETROKKEN)

    def recall(self, versie: str) -> Levensloop:
        """Consents that were given on this notice count no more; it is never taken in again."""
        life = self._notice(versie)
        rule_life.require_standing(life)
        rulebooks.mark_for_notice(self.tx, versie)
        return self._step(life.versie.digest, Regelstap.TERUGGEROEPEN)

    def apply_lost(self) -> int:
        """What officers ended in a stretch that a restore lost, ends again; how many steps.

        A recipient that was switched to another version keeps none: the older one would be wider
        than what was decided. What was switched on here after the restore stands.
        """
        rows = pending_rules(self.tx)
        for row in rows:
            if row.soort == Auditsoort.VERKLARING_TERUGGEROEPEN:
                self._recall_again(row.naam)
            else:
                self._withdraw_again(row)
            note_applied(self.tx, verloren_regel, row, self.now)
        return len(rows)

    def _recall_again(self, versie: str) -> None:
        if self._notice(versie).stand is not Regelstand.TERUGGEROEPEN:
            self.recall(versie)

    def _withdraw_again(self, row: Row[Any]) -> None:
        life = rule_life.active_of(self.lives.values(), row.naam)
        if life is None or rule_life.active_since(life) >= row.gelijk_tot:
            return
        if row.soort == Auditsoort.BELEID_INGETROKKEN or life.versie.digest != row.digest:
            self.withdraw(row.naam)

    def life(self, digest: str) -> Levensloop:
        """A version by its digest; RuleStepError where it was never taken in."""
        if digest not in self.lives:
            raise RuleStepError("Deze versie is niet opgenomen.")
        return self.lives[digest]

    def _notice(self, versie: str) -> Levensloop:
        for each in self.lives.values():
            if each.versie.soort is Regelsoort.VERKLARING and each.versie.naam == versie:
                return each
        raise RuleStepError("Deze verklaring is niet opgenomen.")

    def _take_in(
        self, soort: Regelsoort, digest: str, naam: str, text: str
    ) -> tuple[Levensloop, bool]:
        if digest in self.lives:
            return self.lives[digest], False
        version = Regelversie(digest, soort, naam, text, self.now)
        rulebooks.add_version(self.tx, version)
        self.lives[digest] = Levensloop(version)
        first = Regelstap.CONCEPT if soort is Regelsoort.BELEID else Regelstap.OPGENOMEN
        return self._step(digest, first), True

    def _step(
        self,
        digest: str,
        stap: Regelstap,
        *,
        door: str | None = None,
        bijzonderheden: Mapping[str, Any] = _NOTHING,
    ) -> Levensloop:
        version = self.lives[digest].versie
        nummer = append(self.tx, [self._entry(version, stap)], self.now).first
        event = Regelgebeurtenis(nummer, digest, stap, self.now, door, bijzonderheden)
        rulebooks.add_event(self.tx, event)
        note_rules(self.tx, nummer)
        known = [event, *(e for life in self.lives.values() for e in life.gebeurtenissen)]
        self.lives = rule_life.fold((each.versie for each in self.lives.values()), known)
        return self.lives[digest]

    def _entry(self, version: Regelversie, stap: Regelstap) -> AuditEntry:
        entry = AuditEntry(
            soort=_KINDS[version.soort, stap],
            tijd=self.now,
            organisatie=PROCESSOR,
            trace=self.trace,
            beleid=version.digest,
        )
        if version.soort is Regelsoort.BELEID:
            return replace(entry, ontvanger=version.naam)
        return replace(entry, verklaringen=(version.naam,))
