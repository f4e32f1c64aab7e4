"""What officers did in the stretch that a restore lost: ended again, and told to the operator.

A recalled notice and a withdrawn policy end again. Where a recipient had been switched to another
version, the one of yesterday ends as well: which of both is the wider nobody knows here. Until
officers switch a version on, that recipient gets nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from gateway.services.regels import change
from gateway.wiring import Parts
from privacy.log.terms import Auditsoort
from privacy.rule_changes import RuleChanges
from privacy.rule_life import active_of
from privacy.store.engine import reading
from privacy.store.herstel import Herstel
from privacy.store.rulebooks import read_lives
from privacy.store.verloren import lost_rules, pending_rules

_POLICY: Final = frozenset({Auditsoort.BELEID_ACTIEF, Auditsoort.BELEID_INGETROKKEN})


@dataclass(frozen=True, slots=True)
class VerlorenRegels:
    """How many steps were lost; which notices were recalled; who gets nothing now.

    `zonder_beleid` names for each recipient the version that was in force, None where it had been
    withdrawn.
    """

    aantal: int
    teruggeroepen: tuple[str, ...]
    zonder_beleid: Mapping[str, str | None]


def apply_rules(parts: Parts) -> None:
    """Take again the lost steps that ended something; doing it twice is doing it once."""
    with reading(parts.engine) as tx:
        if not pending_rules(tx):
            return
    change(parts, RuleChanges.apply_lost)


def tell_lost_rules(tx: Connection, found: Herstel) -> VerlorenRegels:
    """What the operator tells the officers, before the last organisation speaks."""
    rows = lost_rules(tx, found.id)
    recalled = {row.naam for row in rows if row.soort == Auditsoort.VERKLARING_TERUGGEROEPEN}
    # The last step of each recipient is what was in force.
    last = {row.naam: row for row in rows if row.soort in _POLICY}
    lives = read_lives(tx).values()
    return VerlorenRegels(
        aantal=len(rows),
        teruggeroepen=tuple(sorted(recalled)),
        zonder_beleid={
            naam: row.digest if row.soort == Auditsoort.BELEID_ACTIEF else None
            for naam, row in sorted(last.items())
            if active_of(lives, naam) is None
        },
    )
