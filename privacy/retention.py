"""How long what is left of a casus is kept: by the policies of who got it (AVG 5 lid 1 e). Pure.

The term of each purpose counts from its anchor. An anchor that was never told, and a disclosure,
count from the day on which the last consent ended: later than that nothing left.
"""

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from privacy.consent import Pair, Statement, pairs_of
from privacy.dossier import Dossier
from privacy.dpia.terms import Duur, iso_duration
from privacy.policy import Policies
from privacy.store.erasure import ENDED

BESPREKING = "laatste_bespreking"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a casus: who ever got it, and the days that a term can count from."""

    ontvangers: Collection[str]
    dagen: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}))


def last_day(dossier: Dossier, kept: Kept, policies: Policies) -> date | None:
    """The last day on which it is kept; None where no policy says how long who got it may.

    What nobody got is kept as long as the consents were meant for; without any term not beyond
    the consents themselves. A refusal stays as long as it stands in the way of a consent. Whether
    a consent is still alive is not asked here.
    """
    ended = kept.dagen.get(ENDED) or _over_since(dossier)
    named = {pair for each in dossier.events for pair in _pairs(each.statement)}
    got = {pair for pair in named if pair[0] in kept.ontvangers}
    days = {**kept.dagen, ENDED: ended}
    ends = list(_ends(got or named, days, policies))
    if kept.ontvangers and not ends:
        return None
    refused = [each.laatste_dag for each in dossier.statements if each.geweigerd]
    return max([*(ends or [ended]), *refused])


def later(day: date, term: Duur) -> date:
    """A day so much later; of a month that is shorter, its last day."""
    months = day.year * 12 + day.month - 1 + term.months
    year, month = divmod(months, 12)
    if year > date.max.year:
        return date.max
    moved = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    return date.max if term.days > (date.max - moved).days else moved + timedelta(days=term.days)


def _ends(pairs: Iterable[Pair], days: Mapping[str, date], policies: Policies) -> Iterable[date]:
    for recipient, doel in pairs:
        policy = policies.latest(recipient)
        rule = None if policy is None else policy.doelen.get(doel)
        term = None if rule is None else iso_duration(rule.bewaartermijn)
        if rule is not None and term is not None:
            yield later(days.get(rule.anker, days[ENDED]), term)


def _over_since(dossier: Dossier) -> date:
    """For a casus without content: when the last of its statements was over, refusals too."""
    said = (each.statement for each in dossier.events)
    days = [min(each.ingetrokken_op or each.laatste_dag, each.laatste_dag) for each in said]
    return max(days, default=dossier.stand_van.date())


def _pairs(statement: Statement) -> frozenset[Pair]:
    return pairs_of(statement.ontvangers, statement.doelen)
