"""What a delivery is made of, and what becomes of it: the plan of rows for one casus."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from privacy.consent import Statement
from privacy.consent_events import Event, Gebeurtenis
from privacy.entitlement import Rulebook
from privacy.sealed import Label, Sealed
from privacy.vault import CasusKeys, WrappedKeys
from schemas.terms import Doel, Itemresultaat

#: A new event has no number until the log gives one; it sorts after every known event.
LATER: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class DeliveredStatement:
    """A statement as delivered, as its version 1: its open part, its details in canonical text.

    `handtekening` is the organisation's signature over it (a compact JWS without its payload). It
    is no part of what is compared: signed anew, a statement is the same statement.
    """

    statement: Statement
    details: bytes = field(repr=False)
    handtekening: bytes = field(default=b"", repr=False)

    def as_event(self, soort: Gebeurtenis, versie: int = 1) -> "NewEvent":
        """What becomes of it in the store."""
        told = self.statement
        if told.versie != versie:
            told = replace(told, versie=versie)
        return NewEvent(Event(soort, LATER, told), self.details, self.handtekening)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to store, with what goes beside it as ciphertext, in clear."""

    event: Event
    details: bytes = field(repr=False)
    handtekening: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One item after validation. `consents` is the text of its statements (`consents_text`).

    With `complete` the statements are the whole consent state of the casus; without it they
    are one statement more (POST /v1/toestemmingen). `shows_age`: it came with a full birth date,
    by which a missing representative could be judged.
    """

    stand_van: datetime
    sealed: Sealed | None
    statements: tuple[DeliveredStatement, ...]
    consents: bytes = field(repr=False)
    complete: bool = True
    shows_age: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """What the delivery meets: the day, the rules in force, and the summary as it stood."""

    day: date
    recipients: frozenset[str]
    stand: Sealed | None = None
    recalled: frozenset[str] = frozenset()

    @classmethod
    def under(cls, rulebook: Rulebook, day: date, stand: Sealed | None = None) -> "Situation":
        """The situation under the policies and notices in force."""
        return cls(day, rulebook.policies.recipients, stand, frozenset(rulebook.notices.recalled))


@dataclass(frozen=True, slots=True)
class Ground:
    """What the statements cover on the day, and for whom that began or ended by this plan.

    `beeindigd` holds a recipient for whom no purpose is left, or `ontvanger:doel` for a purpose
    that ended while others stay (`ended_for`).
    """

    gedekt: Mapping[str, Sequence[str]] = field(default_factory=dict)
    gedekt_tot: date | None = None
    begonnen: tuple[str, ...] = ()
    beeindigd: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Rows to write for one casus; `resultaat` is what the sender is told."""

    resultaat: Itemresultaat
    casus: UUID
    label: Label
    keys: CasusKeys
    stand_van: datetime
    vingerafdruk: bytes
    wrapped: WrappedKeys | None = None  # of a new casus only
    stand: Sealed | None = None  # a new version of the summary
    change: tuple[Sealed, Sealed] | None = None
    events: tuple[NewEvent, ...] = ()
    ground: Ground = field(default_factory=Ground)
    gedekt: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # of before
    stand_nummer: int | None = None

    @property
    def writes(self) -> bool:
        """Whether anything but the moment of the last look changes."""
        return self.resultaat is Itemresultaat.AANGENOMEN


def ended_for(beeindigd: Collection[str], recipient: str) -> frozenset[Doel] | None:
    """Which purposes ended for a recipient by a row: all of Doel where nothing is left; or None."""
    if recipient in beeindigd:
        return frozenset(Doel)
    begin = f"{recipient}:"
    ended = frozenset(Doel(each[len(begin) :]) for each in beeindigd if each.startswith(begin))
    return ended or None
