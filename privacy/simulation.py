"""Simulation: what would leave under a new policy, against what leaves today. Pure; opens nothing.

Two rulebooks with the same notices are asked about the same statements, on the same day. Of a
person is known here only a mark, of a record only which fields it holds and how precisely; the
outcome holds counts, field names and precisions. What is not told: what leaves to a recipient
that is not on the new policy's table, since for it nothing changes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from operator import attrgetter
from types import MappingProxyType
from typing import Final

from privacy.consent import Statement
from privacy.entitlement import NOTHING, Fields, Rulebook
from privacy.policy import Policies, Policy
from privacy.precision import coarser
from schemas.terms import Doel, Precisie

#: Cases that are shown of one recipient and purpose, so that someone sees what a change means.
MOST_EXAMPLES: Final = 3

#: From one precision to another; None where the field does not leave.
Stap = tuple[Precisie | None, Precisie | None]


class Gevolg(StrEnum):
    """What becomes of one field."""

    NIEUW = "nieuw"
    VERVALT = "vervalt"
    FIJNER = "fijner"
    GROVER = "grover"


@dataclass(frozen=True, slots=True)
class Verschil:
    """One field that the new policy names otherwise than the one in force."""

    ontvanger: str
    doel: Doel
    veld: str
    van: Precisie | None
    naar: Precisie | None

    @property
    def gevolg(self) -> Gevolg:
        """What kind of difference; the precisions of one field always differ in fineness."""
        if self.van is None:
            return Gevolg.NIEUW
        if self.naar is None:
            return Gevolg.VERVALT
        return Gevolg.GROVER if coarser(self.van, self.naar) is self.naar else Gevolg.FIJNER


@dataclass(frozen=True, slots=True)
class Bekeken:
    """One casus: whose it is, the statements it stands on, and what is held of it.

    `mens` is the same for two casussen of one person. `velden` is empty without a summary.
    """

    mens: bytes
    statements: tuple[Statement, ...]
    velden: Mapping[str, Precisie] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Voorbeeld:
    """What would change for one casus. `naam` is of this simulation alone."""

    naam: str
    velden: Mapping[str, Stap]


@dataclass(slots=True)
class Telling:
    """For whom one difference makes a difference: whose notice covers it, too.

    `nog_te_sturen` are those of whom the gateway does not hold it yet: nothing of it leaves
    before the organisation has delivered again.
    """

    gedekt: set[bytes] = field(default_factory=set)
    nog_te_sturen: set[bytes] = field(default_factory=set)
    stappen: dict[Stap, set[bytes]] = field(default_factory=dict)

    def add(self, mens: bytes, stap: Stap, *, held: bool) -> None:
        """Count one casus of a person; a person counts once."""
        self.gedekt.add(mens)
        self.stappen.setdefault(stap, set()).add(mens)
        if not held:
            self.nog_te_sturen.add(mens)


@dataclass(slots=True)
class Doelgevolg:
    """One recipient and purpose: the differences, and who agreed to it."""

    ontvanger: str
    doel: Doel
    verschillen: Mapping[Verschil, Telling]
    mensen: set[bytes] = field(default_factory=set)
    voorbeelden: list[Voorbeeld] = field(default_factory=list)


def with_policies(rulebook: Rulebook, policies: Iterable[Policy]) -> Rulebook:
    """The same rules, with these policies in the place of those of their recipients."""
    in_force = rulebook.policies
    merged = {name: in_force.of(name) for name in in_force.recipients}
    merged |= {each.ontvanger: each for each in policies}
    return Rulebook(Policies(merged), rulebook.notices)


def differences(old: Rulebook, new: Rulebook) -> tuple[Verschil, ...]:
    """Every field of which a recipient's policy says otherwise, in a fixed order."""
    found = [
        Verschil(recipient, doel, name, was.get(name), now.get(name))
        for recipient in new.policies.recipients
        for doel in Doel
        for was, now in [(_named(old, recipient, doel), _named(new, recipient, doel))]
        for name in was.keys() | now.keys()
        if was.get(name) is not now.get(name)
    ]
    return tuple(sorted(found, key=attrgetter("ontvanger", "doel", "veld")))


class Simulation:
    """Casus after casus under both rulebooks; `gevolgen` is the outcome."""

    def __init__(
        self, old: Rulebook, new: Rulebook, day: date, new_name: Callable[[], str]
    ) -> None:
        self._old, self._new, self._day, self._new_name = old, new, day, new_name
        grouped: dict[tuple[str, Doel], dict[Verschil, Telling]] = {}
        for each in differences(old, new):
            grouped.setdefault((each.ontvanger, each.doel), {})[each] = Telling()
        self.gevolgen: Sequence[Doelgevolg] = tuple(
            Doelgevolg(recipient, doel, counts) for (recipient, doel), counts in grouped.items()
        )

    def concerns(self, statements: tuple[Statement, ...]) -> bool:
        """Whether someone with these statements agreed to a recipient and purpose that change."""
        return any(self._agreed(each, statements) for each in self.gevolgen)

    def look_at(self, casus: Bekeken) -> None:
        """Count one casus in."""
        for each in self.gevolgen:
            if self._agreed(each, casus.statements):
                each.mensen.add(casus.mens)
                self._count(each, casus)

    def _agreed(self, pair: Doelgevolg, statements: tuple[Statement, ...]) -> bool:
        # Asked of the new rules, which know every recipient; a recalled notice counts for none.
        told = self._new.entitlement(statements, pair.ontvanger, pair.doel, self._day)
        recalled = self._new.notices.recalled
        return any(each.verklaring not in recalled for each in told.statements)

    def _count(self, pair: Doelgevolg, casus: Bekeken) -> None:
        was = _leaves(self._old, casus.statements, pair, self._day)
        now = _leaves(self._new, casus.statements, pair, self._day)
        steps: dict[str, Stap] = {}
        for verschil, telling in pair.verschillen.items():
            name = verschil.veld
            stap = was.get(name), now.get(name)
            if stap[0] is not stap[1]:
                steps[name] = stap
                telling.add(casus.mens, stap, held=self._is_held(casus, name, stap))
        if steps and len(pair.voorbeelden) < MOST_EXAMPLES:
            pair.voorbeelden.append(Voorbeeld(self._new_name(), MappingProxyType(steps)))

    def _is_held(self, casus: Bekeken, name: str, stap: Stap) -> bool:
        """Whether what would leave more is here already."""
        wanted, here = stap[1], casus.velden.get(name)
        if wanted is None or (stap[0] is not None and coarser(stap[0], wanted) is wanted):
            return True
        if here is None:
            return False
        # Of a pseudonym the gateway needs no more than that there is something.
        if wanted is Precisie.PSEUDONIEM or coarser(here, wanted) is wanted:
            return True
        # As fine as anyone may have it today, and yet coarse: the register knows no more.
        sent = self._old.processor_entitlement(casus.statements, self._day).velden.get(name)
        return sent is not None and coarser(sent, wanted) is wanted


def _named(rulebook: Rulebook, recipient: str, doel: Doel) -> Fields:
    known = recipient in rulebook.policies.recipients
    return rulebook.policies.of(recipient).fields(doel) if known else NOTHING


def _leaves(
    rulebook: Rulebook, statements: tuple[Statement, ...], pair: Doelgevolg, day: date
) -> Fields:
    if pair.ontvanger not in rulebook.policies.recipients:
        return NOTHING
    return rulebook.entitlement(statements, pair.ontvanger, pair.doel, day).velden
