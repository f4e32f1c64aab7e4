"""Consent: does a statement cover this recipient, purpose and day? Pure; computed, never stored.

A statement covers pairs of recipient and purpose. Expiry needs no job, because every question
is asked for a day (CON-03). Deny beats permit: who refused a pair is asked anew before any
earlier statement counts for it again. What a statement is, is folded from its events
(`privacy.consent_events`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import product
from typing import Final
from uuid import UUID

from schemas.terms import Doel

#: A person has one or two statements. An entry of the log has room for no more than these, and
#: one item with very many must not be able to stop a whole batch or pack.
MOST_NAMED: Final = 40

#: One recipient and one purpose: the smallest thing that can be agreed to, refused or withdrawn.
Pair = tuple[str, Doel]


class Weigering(StrEnum):
    """Why the gate refused; for the log only, the outside sees one answer."""

    GEEN_TOESTEMMING = "geen_toestemming"
    NOG_NIET = "toestemming_nog_niet_begonnen"
    VERLOPEN = "toestemming_verlopen"
    INGETROKKEN = "toestemming_ingetrokken"
    GEWEIGERD = "toestemming_geweigerd"
    TOLK_ONTBREEKT = "tolk_ontbreekt"
    VERTEGENWOORDIGER_ONTBREEKT = "vertegenwoordiger_ontbreekt"
    ANDERE_ONTVANGER = "andere_ontvanger"
    ANDER_DOEL = "ander_doel"
    VERKLARING_ONBEKEND = "verklaring_onbekend"
    VERKLARING_TERUGGEROEPEN = "verklaring_teruggeroepen"
    GEEN_VELD = "geen_veld_toegestaan"
    ANDERE_STAND = "andere_stand"  # of a yes-or-no question: this casus does not make it a yes
    GEWIST = "gewist"
    BEPERKT = "beperkt"


#: What can be amiss with a statement from the day it was given, so that it never counts.
GEBREKEN: Final = frozenset({Weigering.TOLK_ONTBREEKT, Weigering.VERTEGENWOORDIGER_ONTBREEKT})

#: From the least to the most telling cause: of several statements the nearest miss is logged.
_NEAREST = (
    Weigering.GEEN_TOESTEMMING,
    Weigering.ANDERE_ONTVANGER,
    Weigering.ANDER_DOEL,
    Weigering.NOG_NIET,
    Weigering.VERLOPEN,
    Weigering.TOLK_ONTBREEKT,
    Weigering.VERTEGENWOORDIGER_ONTBREEKT,
    Weigering.INGETROKKEN,
    Weigering.GEWEIGERD,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What holds of one statement: the open part, without who speaks or in which language.

    `uitgezonderd` are pairs that it once covered and that were withdrawn; the rest stays. A
    `geweigerd` one is a refusal: it covers nothing, and stands in the way of what was given
    before. `gebrek` is one of GEBREKEN, or None for a statement that counts. `beeindigd` was ended
    by what somebody did: it counts no more, also by a clock that has not come to that day.
    """

    toestemming_id: UUID
    versie: int
    ontvangers: frozenset[str]
    doelen: frozenset[Doel]
    eerste_dag: date
    laatste_dag: date
    verklaring: str
    ingetrokken_op: date | None = None
    uitgezonderd: frozenset[Pair] = frozenset()
    geweigerd: bool = False
    gebrek: Weigering | None = None
    beeindigd: bool = False

    @property
    def pairs(self) -> frozenset[Pair]:
        """What it names and was not withdrawn, whether it counts or not."""
        return pairs_of(self.ontvangers, self.doelen) - self.uitgezonderd

    def holds_on(self, day: date) -> bool:
        """Whether this statement counts on a day, whoever it names."""
        if self.geweigerd or self.beeindigd or self.gebrek is not None:
            return False
        if self.ingetrokken_op is not None and day >= self.ingetrokken_op:
            return False
        return self.eerste_dag <= day <= self.laatste_dag

    def miss(self, recipient: str, purpose: Doel, day: date) -> Weigering | None:
        """None where this statement covers; else why not."""
        if (recipient, purpose) in self.uitgezonderd:
            return Weigering.INGETROKKEN
        if recipient not in self.ontvangers:
            return Weigering.ANDERE_ONTVANGER
        if purpose not in self.doelen:
            return Weigering.ANDER_DOEL
        return Weigering.GEWEIGERD if self.geweigerd else self._miss_on(day)

    def _miss_on(self, day: date) -> Weigering | None:
        if self.beeindigd or (self.ingetrokken_op is not None and day >= self.ingetrokken_op):
            return Weigering.INGETROKKEN
        if day < self.eerste_dag:
            return Weigering.NOG_NIET
        if day > self.laatste_dag:
            return Weigering.VERLOPEN
        return self.gebrek


@lru_cache(maxsize=1024)
def pairs_of(recipients: frozenset[str], purposes: frozenset[Doel]) -> frozenset[Pair]:
    """Every recipient with every purpose."""
    return frozenset(product(recipients, purposes))


def reach(
    statements: Iterable[Statement], day: date
) -> Iterator[tuple[Statement, frozenset[Pair]]]:
    """Each statement that counts on a day, with the pairs that it covers then."""
    known = tuple(statements)
    refusals = [each for each in known if each.geweigerd]
    for each in known:
        if each.holds_on(day):
            pairs = each.pairs - _denied(refusals, each, day) if refusals else each.pairs
            if pairs:
                yield each, pairs


def is_alive(statements: Iterable[Statement], day: date) -> bool:
    """Whether anything agreed to counts on a day, or begins to later; whatever policies say."""
    known = tuple(statements)
    days = {day, *(each.eerste_dag for each in known if each.eerste_dag > day)}
    return any(next(reach(known, each), None) is not None for each in days)


def covering(
    statements: Iterable[Statement], recipient: str, purpose: Doel, day: date
) -> tuple[Statement, ...]:
    """Every statement that covers: any one is enough, but for a refusal of the same or later."""
    known = tuple(statements)
    covers = tuple(each for each in known if each.miss(recipient, purpose, day) is None)
    refusals = [each for each in known if each.geweigerd] if covers else []
    if not refusals:
        return covers
    pair = (recipient, purpose)
    return tuple(each for each in covers if pair not in _denied(refusals, each, day))


def _denied(refusals: Iterable[Statement], given: Statement, day: date) -> frozenset[Pair]:
    """What was refused since a statement was given: on the same day a refusal is the later."""
    return frozenset(
        pair
        for each in refusals
        if given.eerste_dag <= each.eerste_dag <= day
        for pair in each.pairs
    )


def nearest_miss(
    statements: Iterable[Statement], recipient: str, purpose: Doel, day: date
) -> Weigering:
    """Why none covers, told by the statement that came nearest."""
    misses = [each.miss(recipient, purpose, day) for each in statements]
    found = [Weigering.GEWEIGERD if miss is None else miss for miss in misses]
    return max(found, key=_NEAREST.index, default=Weigering.GEEN_TOESTEMMING)


def names_of(statements: Iterable[Statement]) -> tuple[str, ...]:
    """Statements as the log names them, `id:version`; no more than fit in one entry."""
    names = [f"{each.toestemming_id}:{each.versie}" for each in statements]
    return tuple(names[:MOST_NAMED])
