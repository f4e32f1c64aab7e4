"""Policies and notices: taken in, checked, approved, switched on and off. Each step is one commit.

A step that ends grounds has marked the casussen concerned when it commits; right after it their
recalls are written, and whoever dies in between leaves that to the next read (`services.lapses`).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from gateway.log_copy import copy_soon
from gateway.person import Person
from gateway.services.lapses import record_lapses
from gateway.telemetry import log_failure
from gateway.trace import begin_trace
from gateway.wiring import Parts
from privacy.dpia.answers import Dpia
from privacy.dpia.check import check
from privacy.dpia.findings import Bevinding, Bevindingen
from privacy.errors import PrivacyError, RuleStepError
from privacy.policy import Policy
from privacy.policy_file import RECIPIENT
from privacy.rule_changes import RuleChanges
from privacy.rule_life import Levensloop, Regelsoort, Regelstand, require_same_check
from privacy.store.engine import loser_tries_again, reading, writing
from privacy.store.rulebooks import policy_of, read_lives

Done = TypeVar("Done")
_SHORTEST: Final = 8
_DIGEST: Final = re.compile(r"(?:sha256:)?[0-9a-f]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Text:
    """A file as it was given: its name is for people, to find the fault in."""

    source: str
    text: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A version as it stands, and whether it is new here."""

    life: Levensloop
    new: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """A version with what a check against the DPIA found; recorded only without faults."""

    life: Levensloop
    found: Bevindingen


def take_in_policies(parts: Parts, texts: Sequence[Text]) -> list[Taken]:
    """Keep policies as concepts, all of them or none; PolicyFaultError names the first bad one."""

    def take(steps: RuleChanges) -> list[Taken]:
        return [Taken(*steps.take_in_policy(each.source, each.text)) for each in texts]

    return change(parts, take)


def take_in_notices(parts: Parts, texts: Sequence[Text]) -> list[Taken]:
    """Keep notices, all of them or none; from now on a consent may name them."""

    def take(steps: RuleChanges) -> list[Taken]:
        return [Taken(*steps.take_in_notice(each.source, each.text)) for each in texts]

    return change(parts, take)


def record_checks(parts: Parts, digests: Iterable[str], dpia: Dpia) -> list[Checked]:
    """Check versions against this DPIA, and record it of each that has no fault."""
    wanted = list(digests)

    def take(steps: RuleChanges) -> list[Checked]:
        checked = []
        for digest in wanted:
            life = steps.life(digest)
            found = _found(life, dpia)
            if found.akkoord:
                life = steps.note_check(digest, _details(found, dpia))
            checked.append(Checked(life, found))
        return checked

    return change(parts, take)


def approve(
    parts: Parts, person: Person, digest: str, trace: str, *, controle: str | None = None
) -> Levensloop:
    """One officer approves; RuleStepError says why not, in words for the officer.

    `controle` is the number of the check that was read; None is whichever stands. Who read one and
    meets another has not read its warnings.
    """

    def take(steps: RuleChanges) -> Levensloop:
        if controle is not None:
            require_same_check(steps.life(digest), controle)
        return steps.approve(digest, person.persoon)

    return change(parts, take, trace)


def activate(parts: Parts, named: str) -> Levensloop:
    """Switch on a version, by its digest or as the one of a recipient that is ready."""
    today = parts.clock.now().date()
    return change(parts, lambda steps: steps.activate(_chosen(steps.lives.values(), named), today))


def withdraw_policy(parts: Parts, recipient: str) -> Levensloop:
    """Nothing for this recipient any more, and recalls for what it got."""
    return change(parts, lambda steps: steps.withdraw(recipient))


def recall_notice(parts: Parts, versie: str) -> Levensloop:
    """What was agreed to on this notice ends; who got anything on it gets a recall."""
    return change(parts, lambda steps: steps.recall(versie))


def all_lives(parts: Parts) -> list[Levensloop]:
    """Every version that was ever taken in, the first one first."""
    with reading(parts.engine) as tx:
        return list(read_lives(tx).values())


def change(parts: Parts, take: Callable[[RuleChanges], Done], trace: str | None = None) -> Done:
    """Take steps in one transaction, and then write down what ended with them."""
    trace = trace or begin_trace(None).trace_id
    done = _commit(parts, take, trace)
    try:
        record_lapses(parts, trace)
    except PrivacyError as error:
        # The step is taken; who reads next writes down what is left.
        log_failure(error, trace=trace)
    # What officers end must not come back with a backup: so it is copied at once.
    copy_soon(parts)
    return done


@loser_tries_again
def _commit(parts: Parts, take: Callable[[RuleChanges], Done], trace: str) -> Done:
    with writing(parts.engine) as tx:
        return take(RuleChanges.begin(tx, parts.clock.now(), trace))


def policies_of(lives: Iterable[Levensloop]) -> list[tuple[Levensloop, Policy | None]]:
    """The versions of policies with what they say; None where the text is not what it was."""
    return [
        (each, policy_of(each.versie)) for each in lives if each.versie.soort is Regelsoort.BELEID
    ]


def find(lives: Iterable[Levensloop], named: str) -> Levensloop:
    """A policy by its digest or the beginning of it; RuleStepError for none or several."""
    start = named.removeprefix("sha256:")
    if len(start) < _SHORTEST:
        raise RuleStepError(
            f"Noem minstens {_SHORTEST} tekens van de digest; `pia tonen` laat ze zien."
        )
    found = [each for each in lives if each.versie.digest.removeprefix("sha256:").startswith(start)]
    if not found:
        raise RuleStepError("Deze versie is niet opgenomen (pia tonen laat zien welke wel).")
    if len(found) > 1:
        raise RuleStepError("Er zijn meer versies die zo beginnen: noem meer tekens.")
    return found[0]


def _chosen(lives: Iterable[Levensloop], named: str) -> str:
    """The digest that is meant: of a recipient the version that is nearest to being switched on."""
    known = list(lives)
    mine = [
        each
        for each in known
        if each.versie.soort is Regelsoort.BELEID and each.versie.naam == named
    ]
    if not mine and RECIPIENT.fullmatch(named) and not _DIGEST.fullmatch(named):
        raise RuleStepError(f"Van {named} is geen beleid opgenomen (pia opnemen).")
    if not mine:
        return find(known, named).versie.digest
    for stand in (Regelstand.GOEDGEKEURD, Regelstand.GECONTROLEERD, Regelstand.CONCEPT):
        found = [each for each in mine if each.stand is stand]
        if len(found) > 1:
            raise RuleStepError(f"Deze ontvanger heeft meer versies die {stand} zijn: noem er een.")
        if found:
            return found[0].versie.digest
    raise RuleStepError("Voor deze ontvanger is geen nieuwe versie opgenomen.")


def _found(life: Levensloop, dpia: Dpia) -> Bevindingen:
    policy = policy_of(life.versie)
    if policy is None:
        raise RuleStepError("De tekst van deze versie is niet meer wat is opgenomen.")
    return check(policy, dpia)


def _details(found: Bevindingen, dpia: Dpia) -> dict[str, Any]:
    """What officers approve on: which DPIA, how far that is, and every warning (DPIA 18 to 20)."""
    settled = dpia.vaststelling
    return {
        "dpia": dpia.digest,
        "dpiaVan": dpia.gemaakt_op.isoformat(),
        "dpiaVersie": settled.versie,
        "dpiaStatus": settled.status,
        "adviesOp": settled.advies_op.isoformat() if settled.advies_op else None,
        "advies": settled.advies,
        "ondertekendOp": [day.isoformat() for day in settled.ondertekend_op],
        "waarschuwingen": [sentence(each) for each in found.waarschuwingen],
    }


def sentence(finding: Bevinding) -> str:
    """One finding on one line: where in the policy, what, and the question of the DPIA."""
    where = f"[{finding.plaats}] " if finding.plaats else ""
    field = f"{finding.veld}: " if finding.veld else ""
    source = f" (DPIA {finding.paragraaf})" if finding.paragraaf else ""
    return f"{where}{field}{finding.tekst}{source}"
