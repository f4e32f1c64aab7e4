"""What a set of statements entitles a recipient to: per field the precision that may leave.

Per covering statement the coarser of policy and notice; over several statements the finest,
since any one statement that covers is enough. For the gateway itself, which is a processor
(AVG 28) and no recipient, it is the union over every partner and purpose the person agreed to.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from privacy.consent import Pair, Statement, Weigering, covering, nearest_miss, reach
from privacy.notice import Notices
from privacy.policy import Policies
from privacy.precision import coarser, finer
from schemas.terms import Doel, Precisie

Fields = Mapping[str, Precisie]
NOTHING: Fields = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Fields that may leave on these statements; or, with no fields, why nothing may."""

    velden: Fields
    statements: tuple[Statement, ...]
    refusal: Weigering | None = None


class Rulebook:
    """The policies and notices in force, asked together. Pure; answers are cached."""

    def __init__(self, policies: Policies, notices: Notices) -> None:
        self.policies = policies
        self.notices = notices
        self.lesser = lru_cache(maxsize=512)(self._lesser)
        self._union = lru_cache(maxsize=4096)(self._union_of)
        self._held = lru_cache(maxsize=4096)(self._held_by_processor)

    def entitlement(
        self, statements: Iterable[Statement], recipient: str, purpose: Doel, day: date
    ) -> Entitlement:
        """What `recipient` may have for `purpose` on `day`."""
        known = tuple(statements)
        covers = covering(known, recipient, purpose, day)
        if not covers:
            return Entitlement(NOTHING, (), nearest_miss(known, recipient, purpose, day))
        standing = tuple(each for each in covers if each.verklaring not in self.notices.recalled)
        if not standing:
            return Entitlement(NOTHING, covers, Weigering.VERKLARING_TERUGGEROEPEN)
        fields = self._union(frozenset((recipient, purpose, each.verklaring) for each in standing))
        if not fields:
            known_notice = any(self.notices.of(each.verklaring) for each in standing)
            why = Weigering.GEEN_VELD if known_notice else Weigering.VERKLARING_ONBEKEND
            return Entitlement(NOTHING, standing, why)
        return Entitlement(fields, standing)

    def processor_entitlement(self, statements: Iterable[Statement], day: date) -> Entitlement:
        """What the gateway may hold for this person: the union of its partners' entitlements.

        The V-nummer always goes along in full: the gateway finds the casus by it.
        """
        used = [
            (each, pairs)
            for each, pairs in reach(statements, day)
            if each.verklaring not in self.notices.recalled
        ]
        fields = self._held(frozenset((pairs, each.verklaring) for each, pairs in used))
        if not fields:
            return Entitlement(NOTHING, (), Weigering.GEEN_TOESTEMMING)
        return Entitlement(fields, tuple(each for each, _ in used))

    def _held_by_processor(self, reached: frozenset[tuple[frozenset[Pair], str]]) -> Fields:
        wanted = frozenset(
            (recipient, doel, versie)
            for pairs, versie in reached
            for recipient, doel in pairs
            if recipient in self.policies.recipients
        )
        fields = self._union(wanted)
        return MappingProxyType({**fields, "vNummer": Precisie.VOLLEDIG}) if fields else NOTHING

    def _union_of(self, wanted: frozenset[tuple[str, Doel, str]]) -> Fields:
        union: dict[str, Precisie] = {}
        for recipient, purpose, versie in sorted(wanted):
            for name, precisie in self.lesser(recipient, purpose, versie).items():
                union[name] = finer(union.get(name, precisie), precisie)
        return MappingProxyType(union)

    def _lesser(self, recipient: str, purpose: Doel, versie: str) -> Fields:
        """The coarser of policy and notice, per field that both name."""
        notice = self.notices.of(versie)
        if notice is None:
            return NOTHING
        explained = notice.fields(recipient, purpose)
        allowed = self.policies.of(recipient).fields(purpose)
        return MappingProxyType(
            {
                name: coarser(precisie, explained[name])
                for name, precisie in allowed.items()
                if name in explained
            }
        )
