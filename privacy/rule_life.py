"""The life of a policy or a notice: which steps there are, in what order, and who may take them.

    policy   concept → gecontroleerd → goedgekeurd, by two → actief → vervangen or ingetrokken
    notice   opgenomen → teruggeroepen

A version never changes: another text is another version. Its state is folded from its events and
never stored. A policy that was checked anew is approved anew, and so is one that was replaced or
withdrawn before it comes back. Pure; not checked here: whether the DPIA supports a policy
(`privacy.dpia.check`), and who is an officer (the roles of the console).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any, Final

from privacy.errors import RuleStepError

#: Neither officer may act alone (design 6).
APPROVERS: Final = 2


class Regelsoort(StrEnum):
    """What a version is of."""

    BELEID = "beleid"
    VERKLARING = "verklaring"


class Regelstap(StrEnum):
    """What happened to a version."""

    CONCEPT = "concept"
    GECONTROLEERD = "gecontroleerd"
    GOEDGEKEURD = "goedgekeurd"
    ACTIEF = "actief"
    INGETROKKEN = "ingetrokken"
    OPGENOMEN = "opgenomen"
    TERUGGEROEPEN = "teruggeroepen"


class Regelstand(StrEnum):
    """How a version stands. That it was replaced follows from another being switched on."""

    CONCEPT = "concept"
    GECONTROLEERD = "gecontroleerd"
    GOEDGEKEURD = "goedgekeurd"
    ACTIEF = "actief"
    VERVANGEN = "vervangen"
    INGETROKKEN = "ingetrokken"
    OPGENOMEN = "opgenomen"
    TERUGGEROEPEN = "teruggeroepen"


@dataclass(frozen=True, slots=True)
class Regelversie:
    """One version: the digest of what it says, and the text as it was given.

    `naam` is the recipient of a policy, the version of a notice.
    """

    digest: str
    soort: Regelsoort
    naam: str
    tekst: str = field(repr=False)
    opgenomen: datetime


@dataclass(frozen=True, slots=True)
class Regelgebeurtenis:
    """One step, numbered by its entry in the log. `door` is who approved; None for a command."""

    nummer: int
    digest: str
    stap: Regelstap
    opgenomen: datetime
    door: str | None = None
    bijzonderheden: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Levensloop:
    """What became of one version. `controle` and `goedkeuringen` are those that count now."""

    versie: Regelversie
    stand: Regelstand = Regelstand.CONCEPT
    controle: Regelgebeurtenis | None = None
    goedkeuringen: tuple[Regelgebeurtenis, ...] = ()
    gebeurtenissen: tuple[Regelgebeurtenis, ...] = ()

    @property
    def approvers(self) -> frozenset[str]:
        """Who approved what was checked last."""
        return frozenset(each.door for each in self.goedkeuringen if each.door)

    @property
    def still_needed(self) -> int:
        """How many officers have yet to approve."""
        return APPROVERS - len(self.approvers)

    @property
    def ended_on(self) -> datetime | None:
        """When a notice was recalled."""
        ends = (e.opgenomen for e in self.gebeurtenissen if e.stap is Regelstap.TERUGGEROEPEN)
        return next(ends, None)


_OF_STEP: Final[Mapping[Regelstap, Regelstand]] = {
    Regelstap.CONCEPT: Regelstand.CONCEPT,
    Regelstap.GECONTROLEERD: Regelstand.GECONTROLEERD,
    Regelstap.ACTIEF: Regelstand.ACTIEF,
    Regelstap.INGETROKKEN: Regelstand.INGETROKKEN,
    Regelstap.OPGENOMEN: Regelstand.OPGENOMEN,
    Regelstap.TERUGGEROEPEN: Regelstand.TERUGGEROEPEN,
}


def fold(
    versies: Iterable[Regelversie], gebeurtenissen: Iterable[Regelgebeurtenis]
) -> dict[str, Levensloop]:
    """What became of every version, by digest, in the order in which they were first taken in."""
    lives = {each.digest: Levensloop(each) for each in versies}
    active: dict[str, str] = {}
    for event in sorted(gebeurtenissen, key=attrgetter("nummer")):
        life = lives[event.digest] = _after(lives[event.digest], event)
        if event.stap is Regelstap.ACTIEF:
            before = active.get(life.versie.naam)
            active[life.versie.naam] = event.digest
            if before is not None and before != event.digest:
                lives[before] = _over(lives[before], Regelstand.VERVANGEN)
        elif event.stap is Regelstap.INGETROKKEN:
            active.pop(life.versie.naam, None)
    return dict(sorted(lives.items(), key=lambda item: _begun(item[1])))


def _after(life: Levensloop, event: Regelgebeurtenis) -> Levensloop:
    life = replace(life, gebeurtenissen=(*life.gebeurtenissen, event))
    if event.stap is Regelstap.GOEDGEKEURD:
        life = replace(life, goedkeuringen=(*life.goedkeuringen, event))
        return life if life.still_needed > 0 else replace(life, stand=Regelstand.GOEDGEKEURD)
    stand = _OF_STEP[event.stap]
    if event.stap is Regelstap.GECONTROLEERD:
        return replace(life, stand=stand, controle=event, goedkeuringen=())
    return _over(life, stand) if stand is Regelstand.INGETROKKEN else replace(life, stand=stand)


def _over(life: Levensloop, stand: Regelstand) -> Levensloop:
    """What was approved is used up: coming back is deciding anew."""
    return replace(life, stand=stand, goedkeuringen=())


def _begun(life: Levensloop) -> int:
    return life.gebeurtenissen[0].nummer if life.gebeurtenissen else 0


def active_of(lives: Iterable[Levensloop], recipient: str) -> Levensloop | None:
    """The version that a recipient is served by; None where there is none."""
    found = (
        each
        for each in lives
        if each.versie.soort is Regelsoort.BELEID
        and each.versie.naam == recipient
        and each.stand is Regelstand.ACTIEF
    )
    return next(found, None)


def active_since(life: Levensloop) -> int:
    """The number of the step by which a version was last switched on; -1 where it never was."""
    on = (each.nummer for each in life.gebeurtenissen if each.stap is Regelstap.ACTIEF)
    return max(on, default=-1)


def missing(life: Levensloop) -> tuple[str, ...]:
    """What has to happen before a policy can be switched on, a sentence each; nothing if it can."""
    match life.stand:
        case Regelstand.ACTIEF | Regelstand.GOEDGEKEURD:
            return ()
        case Regelstand.GECONTROLEERD:
            officers = "één officer" if life.still_needed == 1 else "twee verschillende officers"
            return (f"Goedkeuring door {officers} in de console.",)
        case _:
            return (
                "Een controle tegen de DPIA, zonder fouten (pia vastleggen).",
                "Goedkeuring door twee verschillende officers in de console.",
            )


def require_checkable(life: Levensloop) -> None:
    """RuleStepError for what is no policy, or is in force already."""
    _require_policy(life)
    if life.stand is Regelstand.ACTIEF:
        raise RuleStepError("Dit beleid is al actief; een wijziging is een nieuwe versie.")


def require_approvable(life: Levensloop, door: str) -> None:
    """RuleStepError unless this person is the first or the second to approve what was checked."""
    _require_policy(life)
    if life.stand is Regelstand.ACTIEF:
        raise RuleStepError("Dit beleid is al actief.")
    if door in life.approvers:
        raise RuleStepError(
            "U hebt dit beleid al goedgekeurd. De tweede goedkeuring is van iemand anders."
        )
    if life.stand is Regelstand.GOEDGEKEURD:
        raise RuleStepError("Dit beleid is al door twee officers goedgekeurd.")
    if life.stand is not Regelstand.GECONTROLEERD:
        raise RuleStepError("Dit beleid is nog niet gecontroleerd tegen de DPIA.")


def require_same_check(life: Levensloop, nummer: str) -> None:
    """RuleStepError where another check counts now than the one with this number."""
    if life.controle is not None and nummer != str(life.controle.nummer):
        raise RuleStepError(
            "Dit beleid is intussen opnieuw gecontroleerd. Lees de waarschuwingen opnieuw."
        )


def require_ready(life: Levensloop, review: date, today: date) -> None:
    """RuleStepError that says everything that is missing before this policy can be switched on."""
    _require_policy(life)
    if life.stand is Regelstand.ACTIEF:
        raise RuleStepError("Dit beleid is al actief.")
    left = missing(life)
    if today > review:
        left = (*left, f"Een nieuwe versie: dit beleid moest vóór {review.isoformat()} herzien.")
    if left:
        raise RuleStepError(f"Dit beleid kan nog niet aan. Nodig: {' '.join(left)}")


def require_standing(life: Levensloop) -> None:
    """RuleStepError for a notice that was recalled already, or is none."""
    if life.versie.soort is not Regelsoort.VERKLARING:
        raise RuleStepError("Dit is geen verklaring.")
    if life.stand is Regelstand.TERUGGEROEPEN:
        raise RuleStepError("Deze verklaring is al teruggeroepen.")


def _require_policy(life: Levensloop) -> None:
    if life.versie.soort is not Regelsoort.BELEID:
        raise RuleStepError("Dit is geen beleid.")
