"""Precisions that a recipient can join over its purposes into more than each of them tells.

A recipient knows one casus by the same casusreferentie for every purpose, so whatever it gets of
one field for one purpose it can lay beside what it gets for another. Two precisions of one field
therefore always tell at least the finer; some tell more than both. And an age group that may be
asked every day tells the birthday on the day that it changes.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from privacy.dpia.fields import name_of
from privacy.dpia.findings import Bevinding, Regel
from privacy.policy import Policy
from privacy.precision import finer
from schemas.terms import Doel, Precisie

_PARAGRAPH: Final = "14.2"
_WHOLE: Final = "de volledige waarde"
_BIRTHDAY: Final = "op den duur de volledige datum"
#: What a single precision of these is worth to someone who asks every day.
_ALONE: Final[Mapping[Precisie, str]] = MappingProxyType({Precisie.LEEFTIJDSGROEP: _BIRTHDAY})


def joins(policy: Policy) -> tuple[Bevinding, ...]:
    """Every field of which the recipient can learn more than one of its lines says."""
    return tuple(_found(policy))


def joined(precisions: frozenset[Precisie]) -> str | None:
    """What several precisions of one field tell together; None where no more than each does."""
    if Precisie.VOLLEDIG in precisions and len(precisions) > 1:
        return _WHOLE
    if Precisie.LEEFTIJDSGROEP in precisions:
        return _BIRTHDAY
    if len(precisions) < 2:  # noqa: PLR2004  one precision has nothing to be joined with
        return None
    finest, *others = precisions
    for other in others:
        finest = finer(finest, other)
    return _WHOLE if finest is Precisie.VOLLEDIG else f"altijd de precisie {finest}"


def _found(policy: Policy) -> Iterator[Bevinding]:
    for field, given in _by_field(policy).items():
        learned = joined(frozenset(given.values()))
        if learned is None:
            continue
        lines = " en ".join(f"{precision} bij {doel}" for doel, precision in given.items())
        yield Bevinding(
            plaats=f"doelen.{_coarsest_for(given)}.velden",
            veld=field,
            regel=Regel.SAMENVOEGEN,
            paragraaf=_PARAGRAPH,
            tekst=(
                f"{name_of(field)} gaat als {lines}. Met de casusreferentie leidt"
                f" {policy.ontvanger} daaruit {learned} af."
            ),
        )


def _by_field(policy: Policy) -> dict[str, dict[Doel, Precisie]]:
    found: dict[str, dict[Doel, Precisie]] = {}
    for doel, rule in policy.doelen.items():
        for field, precision in rule.velden.items():
            found.setdefault(field, {})[doel] = precision
    return found


def _coarsest_for(given: Mapping[Doel, Precisie]) -> Doel:
    """The purpose whose line promises most, and so misleads most."""
    order = list(Precisie)
    return max(given, key=lambda doel: order.index(given[doel]))
