"""A dossier: one casus with its keys opened and its consent, as a transaction found it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from privacy.consent import Statement, reach
from privacy.consent_events import Event
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
    gedekt: Mapping[str, Mapping[str, int]]  # recipient and purpose, to the row it began with
    beperkt_sinds: datetime | None = None
    beperking: bytes | None = field(default=None, repr=False)  # its grounds, as ciphertext

    @property
    def casus(self) -> UUID:
        """The random id of the casus."""
        if self.label.casus is None:
            raise RuntimeError("A dossier always has a casus.")
        return self.label.casus

    @property
    def is_restricted(self) -> bool:
        """Whether nothing of it leaves on consent now (AVG 18). Grounds go on beside it."""
        return self.beperkt_sinds is not None

    def is_over(self, recipient: str, purpose: Doel) -> bool:
        """Whether no ground for this is written down, whatever the statements say.

        Around midnight, or on another replica, one request can be of the day before: what
        was recorded as ended stays ended for it, or a recall would be missed.
        """
        return purpose not in self.gedekt.get(recipient, {})


def coverage(
    statements: Iterable[Statement], recipients: frozenset[str], day: date
) -> tuple[dict[str, list[Doel]], date | None]:
    """Per recipient the purposes covered on a day, and the last day on which that holds.

    Only known recipients count. The day is None where nothing is covered.
    """
    covered: dict[str, dict[Doel, date]] = {}
    for each, pairs in reach(statements, day):
        for recipient, doel in pairs:
            if recipient in recipients:
                until = covered.setdefault(recipient, {})
                until[doel] = max(until.get(doel, each.laatste_dag), each.laatste_dag)
    gedekt = {name: sorted(until) for name, until in sorted(covered.items())}
    return gedekt, min((last for each in covered.values() for last in each.values()), default=None)
