"""A dossier: one casus with its keys opened and its consent, as a transaction found it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from privacy.consent import Event, Statement
from privacy.sealed import Label
from privacy.vault import CasusKeys
from schemas.terms import Doel


@dataclass(frozen=True, slots=True)
class Dossier:
    """One casus as it stands in this transaction."""

    label: Label
    keys: CasusKeys
    statements: tuple[Statement, ...]
    events: tuple[Event, ...]
    stand_nummer: int | None
    stand_van: datetime
    vingerafdruk: bytes | None
    gedekt: Mapping[str, Sequence[str]]
    gedekt_sinds: Mapping[str, int]

    @property
    def casus(self) -> UUID:
        """The random id of the casus."""
        if self.label.casus is None:
            raise RuntimeError("A dossier always has a casus.")
        return self.label.casus


def coverage(
    statements: Iterable[Statement], recipients: frozenset[str], day: date
) -> tuple[dict[str, list[str]], date | None]:
    """Per recipient the purposes covered on a day, and the last day on which that holds.

    Only known recipients count. The day is None where nothing is covered.
    """
    covered: dict[str, set[Doel]] = {}
    last: dict[tuple[str, Doel], date] = {}
    for each in statements:
        for recipient in each.ontvangers & recipients:
            for doel in each.doelen:
                if each.miss(recipient, doel, day) is None:
                    covered.setdefault(recipient, set()).add(doel)
                    known = last.get((recipient, doel), each.laatste_dag)
                    last[recipient, doel] = max(known, each.laatste_dag)
    gedekt = {
        name: sorted(doel.value for doel in doelen) for name, doelen in sorted(covered.items())
    }
    return gedekt, min(last.values(), default=None)
