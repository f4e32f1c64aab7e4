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

#: In a row of the outbox, among what ended: it owes a notice to who got the casus before (AVG 19).
KENNISGEVING: Final = "*"
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
    by which a missing representative could be judged. `nummer` holds the V-nummer also where the
    summary itself may not be kept: a casus is found again by it, in the next epoch too.
    """

    stand_van: datetime
    sealed: Sealed | None
    statements: tuple[DeliveredStatement, ...]
    consents: bytes = field(repr=False)
    complete: bool = True
    shows_age: bool = False
    nummer: Sealed | None = None


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
    that ended while others stay (`ended_for`). Not `leeft`: no consent is left, nor one that
    begins later, and so the content goes (design 8); a recalled notice or a policy that was
    switched off ends no consent.
    """

    gedekt: Mapping[str, Sequence[str]] = field(default_factory=dict)
    gedekt_tot: date | None = None
    begonnen: tuple[str, ...] = ()
    beeindigd: tuple[str, ...] = ()
    leeft: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """Rows to write for one casus; `resultaat` is what the sender is told.

    `wrapped` are the keys of a new casus, `renewed` those of one that gets content anew after its
    content was destroyed.
    """

    resultaat: Itemresultaat
    casus: UUID
    label: Label
    keys: CasusKeys
    stand_van: datetime
    vingerafdruk: bytes
    wrapped: WrappedKeys | None = None
    renewed: WrappedKeys | None = None
    stand: Sealed | None = None  # a new version of the summary
    nummer: Sealed | None = None  # the V-nummer, where it is new or another than before
    change: tuple[Sealed, Sealed] | None = None
    events: tuple[NewEvent, ...] = ()
    ground: Ground = field(default_factory=Ground)
    gedekt: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # of before
    stand_nummer: int | None = None
    restricted: bool = False

    @property
    def writes(self) -> bool:
        """Whether anything but the moment of the last look changes."""
        return self.resultaat is Itemresultaat.AANGENOMEN

    @property
    def ends_content(self) -> bool:
        """Whether there is a summary, and no consent is left to keep it for.

        Not while processing is restricted: then it is kept, and nothing else (AVG 18 lid 2).
        """
        kept = self.ground.leeft or self.stand is not None or self.restricted
        return not kept and self.stand_nummer is not None


def owes_notice(beeindigd: Collection[str], recipient: str) -> bool:
    """Whether a row may owe a recipient a recall or another notice, if it got the casus before."""
    return KENNISGEVING in beeindigd or ended_for(beeindigd, recipient) is not None


def ended_for(beeindigd: Collection[str], recipient: str) -> frozenset[Doel] | None:
    """Which purposes ended for a recipient by a row: all of Doel where nothing is left; or None."""
    if recipient in beeindigd:
        return frozenset(Doel)
    begin = f"{recipient}:"
    ended = frozenset(Doel(each[len(begin) :]) for each in beeindigd if each.startswith(begin))
    return ended or None
