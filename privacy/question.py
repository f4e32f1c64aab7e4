"""What is asked of the gate: by whom, what for, about which casussen, in which shape.

Recipient and organisation come from the token, purposes from the route; never from a body.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from privacy.consent import Statement
from privacy.log.entries import Auditsoort, Herkomst
from privacy.precision import PROCESSOR as PROCESSOR  # noqa: PLC0414  asked for here too
from privacy.received import Given, marks_of
from privacy.sealed import Sealed
from schemas.terms import Doel, Grondslag, Precisie


@dataclass(frozen=True, slots=True)
class Toets:
    """A question that is answered by one of two words: no field and no reference leaves.

    `yes` where at least one casus may tell the recipient its `field`, and that has `value`.
    Everything else is `no`, and is a refusal in the log: the recipient cannot tell why.
    """

    field: str
    value: str
    yes: str
    no: str

    def is_met(self, told: Iterable[Mapping[str, str | None]]) -> bool:
        """Whether what the filter left of a casus says yes."""
        return any(part.get(self.field) == self.value for part in told)


@dataclass(frozen=True, slots=True)
class Ask:
    """One question. `soort` is what the answer as a whole is called in the log.

    `name` and `items` are where the answer stands in the body. With `proof`, the body carries
    its own log entry and the salt that opens its digest. `log_refusals` is off for a feed,
    which asks about nobody in particular. `lawful_only` says that every candidate stands on the
    law itself and carries no field: then no policy has to be in force, since a cause in the
    system never stops a withdrawal (design 2.5). With `toets` the answer is one word, and with
    `single` the one thing that was asked for instead of a list of it. `herstel` is the mark of the
    restore after which the asker's place in the outbox was told, where it has one.
    """

    recipient: str
    purposes: frozenset[Doel]
    herkomst: Herkomst
    soort: Auditsoort
    name: str
    items: str = "items"
    proof: bool = True
    log_refusals: bool = True
    lawful_only: bool = False
    toets: Toets | None = None
    single: bool = False
    herstel: int | None = None

    @property
    def needs_policy(self) -> bool:
        """Whether a policy must be in force: not for the law's orders, nor for one's own casus."""
        return not self.lawful_only and (bool(self.purposes) or self.recipient == PROCESSOR)


@dataclass(frozen=True, slots=True)
class Part:
    """A sealed record of a candidate, and the name under which what is left of it leaves.

    `only` narrows what policy and notice allow to these fields; it never widens it.
    """

    name: str
    sealed: Sealed
    only: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One casus that may leave, if there is a ground for it.

    `caption` is what goes with it and tells nothing of the person: references, kinds, moments;
    for the processor also the consents themselves. `salt` makes the salt of the digest in the log
    of what `privacy.log.commitment.occasion` says of the entry. With `is_over` its ground is
    written down as ended: the statements then only say why. With `is_restricted` nothing of it
    leaves on consent, whatever the statements say (AVG 18).
    """

    casus: UUID | None
    bronhouder: str
    pseudoniem: str
    statements: tuple[Statement, ...]
    grondslag: Grondslag
    purpose: Doel | None
    parts: tuple[Part, ...]
    salt: Callable[[str], bytes] = field(repr=False)
    caption: Mapping[str, Any] = field(default_factory=dict)
    is_over: bool = False
    is_restricted: bool = False


@dataclass(frozen=True, slots=True)
class Released:
    """A candidate that leaves, with the fields that do and how precisely."""

    candidate: Candidate
    velden: Mapping[str, Precisie]


def _nothing_to_settle(_tx: Connection, _released: Sequence[Released], _first: int) -> None:
    """Nothing is written beside the log."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one question is about: candidates in order, and the envelope around them.

    `settle` writes, in the same transaction, what follows from what was released. `fleeting`
    names what of the envelope differs with every answer though nothing changed.
    """

    candidates: Sequence[Candidate]
    envelope: Mapping[str, Any] = field(default_factory=dict)
    settle: Callable[[Connection, Sequence[Released], int], None] = _nothing_to_settle
    fleeting: frozenset[str] = frozenset()


def given(released: Iterable[Released]) -> dict[UUID, Given]:
    """What was disclosed of each casus; a recall is no new disclosure."""
    found: dict[UUID, Given] = {}
    for each in released:
        candidate = each.candidate
        if candidate.casus is not None and candidate.grondslag is Grondslag.TOESTEMMING:
            before = found.get(candidate.casus)
            marks = marks_of(each.velden) | (0 if before is None else before.velden)
            reference = UUID(candidate.caption["casusreferentie"])
            found[candidate.casus] = Given(reference, marks)
    return found
