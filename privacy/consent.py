"""Consent: does a statement cover this recipient, purpose and day? Pure; computed, never stored.

Events are append-only; `state_of` folds those of one statement into what holds. Expiry needs
no job, because every question is asked for a day (CON-03). An explicit withdrawal is final for
its statement: no later delivery of the register brings it back; a new statement can.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from operator import attrgetter
from typing import Final
from uuid import UUID

from schemas.terms import Doel

#: A person has one or two statements. An entry of the log has room for no more than these, and
#: one item with very many must not be able to stop a whole batch or pack.
MOST_NAMED: Final = 40


class Gebeurtenis(StrEnum):
    """What happened to a statement."""

    GEGEVEN = "gegeven"
    GEWIJZIGD = "gewijzigd"
    VERVALLEN = "vervallen"  # stands no longer in the organisation's consent state
    INGETROKKEN = "ingetrokken"  # an explicit act, for some or all recipients


class Weigering(StrEnum):
    """Why the gate refused; for the log only, the outside sees one answer."""

    GEEN_TOESTEMMING = "geen_toestemming"
    NOG_NIET = "toestemming_nog_niet_begonnen"
    VERLOPEN = "toestemming_verlopen"
    INGETROKKEN = "toestemming_ingetrokken"
    ANDERE_ONTVANGER = "andere_ontvanger"
    ANDER_DOEL = "ander_doel"
    VERKLARING_ONBEKEND = "verklaring_onbekend"
    GEEN_VELD = "geen_veld_toegestaan"
    ANDERE_STAND = "andere_stand"  # of a yes-or-no question: this casus does not make it a yes
    GEWIST = "gewist"
    BEPERKT = "beperkt"


#: From the least to the most telling cause: of several statements the nearest miss is logged.
_NEAREST = (
    Weigering.GEEN_TOESTEMMING,
    Weigering.ANDERE_ONTVANGER,
    Weigering.ANDER_DOEL,
    Weigering.NOG_NIET,
    Weigering.VERLOPEN,
    Weigering.INGETROKKEN,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What holds of one statement: the open part, without who speaks or in which language."""

    toestemming_id: UUID
    versie: int
    ontvangers: frozenset[str]
    doelen: frozenset[Doel]
    eerste_dag: date
    laatste_dag: date
    verklaring: str
    ingetrokken_op: date | None = None
    ingetrokken_voor: frozenset[str] = frozenset()  # withdrawn for these, and it stays for others

    def holds_on(self, day: date) -> bool:
        """Whether this statement counts on a day, whoever it names."""
        if self.ingetrokken_op is not None and day >= self.ingetrokken_op:
            return False
        return self.eerste_dag <= day <= self.laatste_dag

    def miss(self, recipient: str, purpose: Doel, day: date) -> Weigering | None:
        """None where this statement covers; else why not."""
        if recipient not in self.ontvangers:
            gone = recipient in self.ingetrokken_voor
            return Weigering.INGETROKKEN if gone else Weigering.ANDERE_ONTVANGER
        if purpose not in self.doelen:
            return Weigering.ANDER_DOEL
        if self.ingetrokken_op is not None and day >= self.ingetrokken_op:
            return Weigering.INGETROKKEN
        if day < self.eerste_dag:
            return Weigering.NOG_NIET
        if day > self.laatste_dag:
            return Weigering.VERLOPEN
        return None


@dataclass(frozen=True, slots=True)
class Event:
    """One event of one statement, in the order of the log (`nummer`); details as ciphertext."""

    soort: Gebeurtenis
    nummer: int
    statement: Statement
    bijzonderheden: bytes = b""


@dataclass(frozen=True, slots=True)
class _Withdrawal:
    """An explicit withdrawal: of which statement, from which day, for whom."""

    nummer: int
    toestemming_id: UUID
    day: date
    recipients: frozenset[str]


def state_of(events: Sequence[Event]) -> Statement:
    """Fold the events of one statement, oldest first, into what holds.

    A withdrawal that names no recipient is of the statement as a whole: whoever it is later said
    to name as well, it has ended.
    """
    latest = events[0].statement
    gone: frozenset[str] = frozenset()
    days: list[date] = []
    whole = False
    for event in events:
        if event.soort is Gebeurtenis.INGETROKKEN:
            gone |= event.statement.ontvangers
            whole = whole or not event.statement.ontvangers
            days.append(event.statement.ingetrokken_op or event.statement.eerste_dag)
        else:
            latest = event.statement
    # The version is that of the last event: what holds now is told apart from what held before.
    if latest.versie != (last := events[-1].statement.versie):
        latest = replace(latest, versie=last)
    return _without(latest, latest.ontvangers if whole else gone, days) if days else latest


def states_of(events: Iterable[Event]) -> tuple[Statement, ...]:
    """What holds of every statement of one casus.

    A statement that arrives after an explicit withdrawal and says it was given on that day or
    before is the withdrawn one under another name, as when a register was corrected: it is
    withdrawn for the same recipients. Only what was given later gives anew.
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
    """The explicit withdrawals of one statement, each with the recipients it was for."""
    named = events[0].statement.ontvangers
    for event in events:
        told = event.statement
        if event.soort is Gebeurtenis.INGETROKKEN:
            day = told.ingetrokken_op or told.eerste_dag
            yield _Withdrawal(event.nummer, told.toestemming_id, day, told.ontvangers or named)
        else:
            named = told.ontvangers


def _heir(first: Event, state: Statement, withdrawals: Iterable[_Withdrawal]) -> Statement:
    earlier = [
        each
        for each in withdrawals
        if each.toestemming_id != state.toestemming_id
        and each.nummer < first.nummer
        and state.eerste_dag <= each.day
    ]
    gone = frozenset(name for each in earlier for name in each.recipients)
    return _without(state, gone, [each.day for each in earlier])


def _without(statement: Statement, gone: frozenset[str], days: Sequence[date]) -> Statement:
    """A statement withdrawn for some of its recipients, or, where none is left, ended."""
    if not statement.ontvangers & gone:
        return statement
    left = statement.ontvangers - gone
    if left:
        withdrawn = statement.ingetrokken_voor | (statement.ontvangers & gone)
        return replace(statement, ontvangers=left, ingetrokken_voor=withdrawn)
    known = [statement.ingetrokken_op] if statement.ingetrokken_op else []
    return replace(statement, ingetrokken_op=min([*days, *known]))


def covering(
    statements: Iterable[Statement], recipient: str, purpose: Doel, day: date
) -> tuple[Statement, ...]:
    """Every statement that covers: any one is enough."""
    return tuple(each for each in statements if each.miss(recipient, purpose, day) is None)


def nearest_miss(
    statements: Iterable[Statement], recipient: str, purpose: Doel, day: date
) -> Weigering:
    """Why none covers, told by the statement that came nearest."""
    misses = [each.miss(recipient, purpose, day) for each in statements]
    found = [miss for miss in misses if miss is not None]
    return max(found, key=_NEAREST.index, default=Weigering.GEEN_TOESTEMMING)


def names_of(statements: Iterable[Statement]) -> tuple[str, ...]:
    """Statements as the log names them, `id:version`; no more than fit in one entry."""
    names = [f"{each.toestemming_id}:{each.versie}" for each in statements]
    return tuple(names[:MOST_NAMED])
