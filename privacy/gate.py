"""The gate: the one way out. Read `PrivacyGate.disclose` from top to bottom.

The order is: who and why, ground per casus, policy and notice, filter, audit commit, and only
then a Disclosure. All casussen of one question go through in one transaction; refusals are
recorded in it too, so that the number of entries tells no more than the number of candidates.
"""

import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any, assert_never

from sqlalchemy import Connection, Engine

from privacy._unseal import open_sealed
from privacy.clock import Clock, utc_text
from privacy.consent import Weigering, names_of
from privacy.disclosure import _GATE, Disclosure
from privacy.entitlement import NOTHING, Entitlement, Rulebook
from privacy.errors import ErasedError, PlaceOutdatedError, PolicyUnavailableError
from privacy.filter import filter_fields
from privacy.keys import KeyRing
from privacy.log.append import Appended, append
from privacy.log.commitment import commit, new_salt, occasion
from privacy.log.entries import AuditEntry, Auditsoort, part_of
from privacy.log.hearing import Hearing
from privacy.precision import SUPPORTED, Viewer
from privacy.question import PROCESSOR, Ask, Candidate, Gathered, Part, Released, Toets
from privacy.rules import Rules
from privacy.sealed import Sealed
from privacy.store.door import hold_door
from privacy.store.engine import loser_tries_again, writing
from privacy.store.epochs import keep_up
from schemas.canonical import canonical
from schemas.terms import Grondslag, JaOfNee, Precisie

Gather = Callable[[Connection, date], Gathered]


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What became of one candidate; `content` is None where it was refused, `text` its bytes."""

    candidate: Candidate
    entitlement: Entitlement
    content: Mapping[str, Any] | None
    fields: Mapping[str, Precisie]
    text: bytes = b""


@dataclass(frozen=True, slots=True)
class _Judge:
    """One question under the rules of its transaction, on the day that it is judged by."""

    ask: Ask
    rulebook: Rulebook
    day: date
    pseudonym_key: bytes = field(repr=False)

    def judge(self, candidate: Candidate) -> _Verdict:
        """What may leave of one candidate, or why nothing may."""
        ask, entitlement = self.ask, self._ground(candidate)
        _require_answerable(ask, candidate, entitlement)
        if entitlement.refusal is not None:
            return _Verdict(candidate, entitlement, None, NOTHING)
        viewer = Viewer(ask.recipient, self.day, self.pseudonym_key)
        content: dict[str, Any] = dict(candidate.caption)
        fields: dict[str, Precisie] = {}
        for part in candidate.parts:
            allowed = _narrowed(entitlement.velden, part)
            content[part.name] = _left_of(part.sealed, allowed, viewer)
            fields.update({name: allowed[name] for name in content[part.name]})
        if ask.toets and not ask.toets.is_met(content[part.name] for part in candidate.parts):
            refused = replace(entitlement, refusal=Weigering.ANDERE_STAND)
            return _Verdict(candidate, refused, None, NOTHING)
        return _Verdict(candidate, entitlement, content, fields, canonical(content))

    def _ground(self, candidate: Candidate) -> Entitlement:
        """Find a ground valid that day (design 2.2), or the reason why there is none."""
        ask, day, rulebook = self.ask, self.day, self.rulebook
        match candidate.grondslag:
            case Grondslag.TOESTEMMING if ask.recipient == PROCESSOR:
                return rulebook.processor_entitlement(candidate.statements, day)
            case Grondslag.TOESTEMMING:
                purpose = candidate.purpose
                if purpose is None or purpose not in ask.purposes:
                    raise RuntimeError("A candidate is for a purpose that was not asked for.")
                found = rulebook.entitlement(candidate.statements, ask.recipient, purpose, day)
                return _standing(candidate, found)
            case Grondslag.EIGEN:
                if ask.recipient != candidate.bronhouder:
                    raise RuntimeError("Only the bronhouder itself has the ground eigen.")
                return Entitlement(_EVERYTHING, ())
            case Grondslag.WETTELIJK:
                if candidate.parts:
                    raise RuntimeError("A recall carries no field (AVG 19).")
                return Entitlement(NOTHING, ())
        assert_never(candidate.grondslag)

    def entry(self, verdict: _Verdict, now: datetime, place: int) -> AuditEntry:
        """What the log says of one candidate; `place` is that among the entries of the question."""
        ask = self.ask
        salted = occasion(ask.herkomst.get("trace"), utc_text(now), place)
        candidate, refusal = verdict.candidate, verdict.entitlement.refusal
        return AuditEntry(
            soort=Auditsoort.VERSTREKKING if refusal is None else Auditsoort.WEIGERING,
            tijd=now,
            **part_of(ask.herkomst),
            ontvanger=ask.recipient,
            doel=candidate.purpose,
            grondslag=candidate.grondslag,
            reden=None if refusal is None else refusal.value,
            pseudoniem=candidate.pseudoniem,
            velden=verdict.fields,
            toestemmingen=names_of(verdict.entitlement.statements),
            verklaringen=tuple(
                sorted({each.verklaring for each in verdict.entitlement.statements})
            ),
            beleid=self._policy_digest(),
            afdruk=(
                None if verdict.content is None else commit(verdict.text, candidate.salt(salted))
            ),
        )

    def closing_entry(self, onderdelen: int, afdruk: str, now: datetime) -> AuditEntry:
        """What the log says of the answer as a whole."""
        ask = self.ask
        return AuditEntry(
            soort=ask.soort,
            tijd=now,
            **ask.herkomst,
            ontvanger=ask.recipient,
            onderdelen=onderdelen,
            beleid=self._policy_digest(),
            afdruk=afdruk,
        )

    def _policy_digest(self) -> str | None:
        policies, recipient = self.rulebook.policies, self.ask.recipient
        return policies.of(recipient).digest if recipient in policies.recipients else None


class PrivacyGate:
    """Lets out what consent, policy and notice allow, and nothing without a committed entry."""

    def __init__(
        self,
        *,
        engine: Engine,
        keys: KeyRing,
        rules: Rules,
        clock: Clock,
        hearing: Hearing | None = None,
    ) -> None:
        """`hearing`: how it is known that witnesses of the log are heard; None asks for none."""
        self._engine = engine
        self._rules = rules
        self._clock = clock
        self._hearing = hearing
        self._keys = keys
        self._pseudonym_key = keys.system_key("pseudoniem")
        self._fingerprint_key = keys.system_key("merk")

    @loser_tries_again
    def disclose(self, ask: Ask, gather: Gather) -> Disclosure:
        """Answer one question, or raise and let nothing out.

        SystemRefusalError (no policy in force, log or keys unavailable, no witness heard) is the
        same for every question. A person's refusal is no error: that casus is not in the answer.
        `gather` runs in the gate's transaction, for the day that the gate judges by, and locks
        what it reads; it runs again where the database rolled that back for another.
        """
        with writing(self._engine) as tx:
            # Asked here, since a transaction may have waited for its turn past midnight.
            now, day = self._clock.now(), self._clock.day()
            door = hold_door(tx)
            keep_up(tx, self._keys, door)
            rulebook = self._rules.at(tx, door)
            if not ask.lawful_only:
                door.require_open()
                self._require_heard(tx, now)
            if ask.herstel not in (None, door.herstel):
                raise PlaceOutdatedError(door.herstel)
            if ask.needs_policy:
                rulebook.policies.require_in_force(now, ask.recipient)
            gathered = gather(tx, day)
            _require_lawful(ask, gathered)
            judge = _Judge(ask, rulebook, day, self._pseudonym_key)
            verdicts = [judge.judge(each) for each in gathered.candidates]
            released = [each for each in verdicts if each.content is not None]
            payload = canonical(_payload(ask, gathered, released, now))
            salt = new_salt()
            told = [each for each in verdicts if each.content is not None or ask.log_refusals]
            entries = [judge.entry(each, now, place) for place, each in enumerate(told)]
            entries.append(judge.closing_entry(len(entries), commit(payload, salt), now))
            appended = append(tx, entries, now)
            gathered.settle(
                tx, [Released(each.candidate, each.fields) for each in released], appended.first
            )
        # Committed: from here on the proof exists, and the data may go.
        return Disclosure(
            recipient=ask.recipient,
            body=_body(ask, payload, appended, salt),
            index=appended.last,
            onderdelen=len(released),
            fingerprint=self._fingerprint(ask, gathered, released),
            made_by=_GATE,
        )

    def _require_heard(self, tx: Connection, now: datetime) -> None:
        if self._hearing is not None:
            self._hearing.require(tx, now)

    def _fingerprint(self, ask: Ask, gathered: Gathered, released: Sequence[_Verdict]) -> str:
        """Of recipient and content as released; nothing that was refused or cut off goes in."""
        envelope = {k: v for k, v in gathered.envelope.items() if k not in gathered.fleeting}
        digest = hmac.new(self._fingerprint_key, digestmod=sha256)
        for part in (
            ask.recipient.encode(),
            ask.name.encode(),
            canonical(envelope),
            *(each.text for each in released),
        ):
            digest.update(b"%d:" % len(part))
            digest.update(part)
        return digest.hexdigest()


_EVERYTHING = dict.fromkeys(SUPPORTED, Precisie.VOLLEDIG)


def _payload(
    ask: Ask, gathered: Gathered, released: Sequence[_Verdict], now: datetime
) -> dict[str, Any]:
    made = {"gemaaktOp": utc_text(now)} if ask.proof else {}
    return {**gathered.envelope, **made, ask.items: _told(ask, released)}


def _told(ask: Ask, released: Sequence[_Verdict]) -> Any:
    """What leaves of the casussen that may: all of it, or of a yes-or-no question one word."""
    if ask.toets:
        return ask.toets.yes if released else ask.toets.no
    contents = [each.content for each in released]
    return contents[0] if ask.single and contents else contents


def _require_lawful(ask: Ask, gathered: Gathered) -> None:
    grounds = {each.grondslag for each in gathered.candidates}
    if ask.lawful_only and grounds - {Grondslag.WETTELIJK}:
        raise RuntimeError("Without a policy in force nothing goes but what the law orders.")
    if not ask.needs_policy and Grondslag.TOESTEMMING in grounds:
        raise RuntimeError("On consent nothing goes that no policy was asked for.")


def _require_answerable(ask: Ask, candidate: Candidate, entitlement: Entitlement) -> None:
    """To a yes-or-no question a cause in the system is no "no", of a casus with consent."""
    if ask.toets is None:
        return
    if entitlement.refusal is Weigering.VERKLARING_ONBEKEND:
        raise PolicyUnavailableError("Een verklaring die iemand las, is er niet meer.")
    if entitlement.refusal is None and not candidate.parts:
        raise ErasedError("Er is toestemming, maar geen samenvatting.")
    in_full = entitlement.velden.get(ask.toets.field) is Precisie.VOLLEDIG
    if in_full and not any(_answers(part, ask.toets) for part in candidate.parts):
        raise ErasedError("Er is toestemming, maar wat er staat is van voor die toestemming.")


def _answers(part: Part, toets: Toets) -> bool:
    """Whether a summary holds the field that is asked for, and more of it than that it is there."""
    return open_sealed(part.sealed).get(toets.field) not in (None, JaOfNee.JA)


def _left_of(
    sealed: Sealed, allowed: Mapping[str, Precisie], viewer: Viewer
) -> dict[str, str | None]:
    return filter_fields(open_sealed(sealed), allowed, viewer, sealed.label.casus)


def _standing(candidate: Candidate, found: Entitlement) -> Entitlement:
    """Nothing leaves where processing is restricted, or the ground is written down as over."""
    if found.refusal is not None or not (candidate.is_restricted or candidate.is_over):
        return found
    why = Weigering.BEPERKT if candidate.is_restricted else Weigering.GEEN_TOESTEMMING
    return Entitlement(NOTHING, found.statements, why)


def _narrowed(allowed: Mapping[str, Precisie], part: Part) -> Mapping[str, Precisie]:
    if part.only is None:
        return allowed
    return {name: precisie for name, precisie in allowed.items() if name in part.only}


def _body(ask: Ask, payload: bytes, appended: Appended, salt: bytes) -> bytes:
    """What leaves: exactly the bytes that the log has a digest of, with the proof beside them."""
    if not ask.proof:
        return payload
    bewijs = {
        "index": appended.last,
        "regel": json.loads(appended.lines[-1]),
        "zout": salt.hex(),
    }
    members = sorted(((ask.name, payload), ("bewijs", canonical(bewijs))))
    return b"{%s}" % b",".join(b'"%s":%s' % (name.encode("ascii"), text) for name, text in members)
