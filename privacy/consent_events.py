"""The events of consent, and the fold that makes of them what holds. Append-only; pure.

An explicit withdrawal is final for its statement: no later delivery of the register brings it
back; a new statement can.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from operator import attrgetter
from uuid import UUID

from privacy.consent import Pair, Statement, pairs_of


class Gebeurtenis(StrEnum):
    """What happened to a statement. That it expires is no event: it follows from the day."""

    GEGEVEN = "gegeven"
    GEWEIGERD = "geweigerd"
    GEWIJZIGD = "gewijzigd"
    VERVALLEN = "vervallen"  # stands no longer in the organisation's consent state
    INGETROKKEN = "ingetrokken"  # an explicit act, for some or all recipients and purposes


@dataclass(frozen=True, slots=True)
class Event:
    """One event of one statement, in the order of the log (`nummer`); the rest as ciphertext.

    Of a withdrawal, `statement` names what is withdrawn: no recipients is all of them, no
    purposes all of those, also what it is later said to name as well.
    """

    soort: Gebeurtenis
    nummer: int
    statement: Statement
    bijzonderheden: bytes = field(default=b"", repr=False)
    handtekening: bytes = field(default=b"", repr=False)
    gebrek: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _Withdrawal:
    """An explicit withdrawal: of which statement, from which day, of which pairs."""

    nummer: int
    toestemming_id: UUID
    day: date
    pairs: frozenset[Pair]


def state_of(events: Sequence[Event]) -> Statement:
    """Fold the events of one statement, oldest first, into what holds."""
    latest = as_said(events[0])
    acts: list[Statement] = []
    for event in events:
        if event.soort is Gebeurtenis.INGETROKKEN:
            acts.append(event.statement)
        else:
            latest = as_said(event)
    # The version is that of the last event: what holds now is told apart from what held before.
    if latest.versie != (last := events[-1].statement.versie):
        latest = replace(latest, versie=last)
    if not acts or latest.geweigerd:
        return latest
    gone = frozenset(pair for act in acts for pair in _named_by(act, latest))
    return _without(latest, gone, [_day_of(act) for act in acts])


def as_said(event: Event) -> Statement:
    """The statement of one event: a refusal, or an end, is one by its event, not by its row."""
    refused = event.soort is Gebeurtenis.GEWEIGERD
    told = event.statement
    if event.soort is Gebeurtenis.VERVALLEN:
        return replace(told, geweigerd=False, beeindigd=True)
    # Almost none is refused, and a copy costs as much as all the rest.
    return told if told.geweigerd is refused else replace(told, geweigerd=refused)


def states_of(events: Iterable[Event]) -> tuple[Statement, ...]:
    """What holds of every statement of one casus.

    A statement that arrives after an explicit withdrawal and says it was given on that day or
    before is the withdrawn one under another name, as when a register was corrected: the same
    pairs are withdrawn of it. Only what was given later gives anew.
    """
    by_statement: dict[UUID, list[Event]] = {}
    for event in sorted(events, key=attrgetter("nummer")):
        by_statement.setdefault(event.statement.toestemming_id, []).append(event)
    withdrawals = [each for known in by_statement.values() for each in _withdrawals(known)]
    states = [(known[0], state_of(known)) for known in by_statement.values()]
    if not withdrawals:
        return tuple(state for _first, state in states)
    return tuple(_heir(first, state, withdrawals) for first, state in states)


def _withdrawals(events: Sequence[Event]) -> Iterable[_Withdrawal]:
    """The explicit withdrawals of one statement, each with the pairs that it then had.

    And with those that it was later said to have, where it was of all.
    """
    named = events[0].statement
    latest = [each.statement for each in events if each.soort is not Gebeurtenis.INGETROKKEN][-1]
    for event in events:
        told = event.statement
        if event.soort is Gebeurtenis.INGETROKKEN:
            pairs = _named_by(told, named) | _named_by(told, latest)
            yield _Withdrawal(event.nummer, told.toestemming_id, _day_of(told), pairs)
        else:
            named = told


def _named_by(act: Statement, named: Statement) -> frozenset[Pair]:
    return pairs_of(act.ontvangers or named.ontvangers, act.doelen or named.doelen)


def _day_of(act: Statement) -> date:
    return act.ingetrokken_op or act.eerste_dag


def _heir(first: Event, state: Statement, withdrawals: Iterable[_Withdrawal]) -> Statement:
    if state.geweigerd:
        return state  # a refusal gives nothing that could be withdrawn
    earlier = [
        each
        for each in withdrawals
        if each.toestemming_id != state.toestemming_id
        and each.nummer < first.nummer
        and state.eerste_dag <= each.day
    ]
    gone = frozenset(pair for each in earlier for pair in each.pairs)
    return _without(state, gone, [each.day for each in earlier])


def _without(statement: Statement, gone: frozenset[Pair], days: Sequence[date]) -> Statement:
    """A statement less some of its pairs, or, where none is left, ended.

    What stays names only recipients and purposes of which something is left.
    """
    gone &= statement.pairs
    if not gone:
        return statement
    left = statement.pairs - gone
    if left:
        return replace(
            statement,
            ontvangers=frozenset(recipient for recipient, _ in left),
            doelen=frozenset(purpose for _, purpose in left),
            uitgezonderd=statement.uitgezonderd | gone,
        )
    known = [statement.ingetrokken_op] if statement.ingetrokken_op else []
    return replace(statement, ingetrokken_op=min([*days, *known]), beeindigd=True)
