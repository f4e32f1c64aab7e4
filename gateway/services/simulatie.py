"""`pia simuleer`: what a new policy would change, counted in people. Nothing leaves.

The stored casussen are read in one transaction that holds nothing and writes nothing; people are
told apart by digests under a key that is forgotten with the run. That it was run is in the log
before its outcome is told to anyone (design 2.4).
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.wiring import Parts
from privacy.comparison import held, person_mark
from privacy.dossier import Dossier
from privacy.keys import KEY_BYTES
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.policy import Policy
from privacy.question import PROCESSOR
from privacy.sealed import Sealed
from privacy.simulation import Bekeken, Doelgevolg, Simulation, with_policies
from privacy.store.engine import reading, writing
from privacy.store.scan import count_casussen, scan

_NAME_BYTES: Final = 4
#: How many casussen were looked at, of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Uitkomst:
    """What was found. People whose casus is unreadable, or who has no summary, are in no count."""

    casussen: int
    onleesbaar: int
    zonder_samenvatting: int
    gevolgen: Sequence[Doelgevolg]


def _unseen(_done: int, _total: int) -> None:
    """Nobody watches."""


def simulate(parts: Parts, policies: Sequence[Policy], progress: Progress = _unseen) -> Uitkomst:
    """Today's casussen under the rules in force, and under the same with these policies."""
    old = parts.rules_now()
    simulation = Simulation(
        old, with_policies(old, policies), parts.clock.day(), lambda: secrets.token_hex(_NAME_BYTES)
    )
    found = _gone_through(parts, simulation, progress)
    _log(parts, policies)
    return found


def _gone_through(parts: Parts, simulation: Simulation, progress: Progress) -> Uitkomst:
    key = secrets.token_bytes(KEY_BYTES)
    done = unreadable = without = 0

    def concerns(dossier: Dossier) -> bool:
        return simulation.concerns(dossier.statements)

    with reading(parts.engine) as tx:
        total = count_casussen(tx)
        for lot in scan(tx, parts.keys, concerns):
            for dossier, stand in lot.gelezen:
                if stand is not None:
                    simulation.look_at(_looked_at(dossier, stand, key))
                elif dossier.stand_nummer is None and concerns(dossier):
                    without += 1
            done += len(lot)
            unreadable += lot.onleesbaar
            progress(done, total)
    return Uitkomst(done, unreadable, without, simulation.gevolgen)


def _looked_at(dossier: Dossier, stand: Sealed, key: bytes) -> Bekeken:
    return Bekeken(person_mark(stand, key), dossier.statements, held(stand))


def _log(parts: Parts, policies: Sequence[Policy]) -> None:
    """One entry per new policy, so that each is found again by its digest."""
    now = parts.clock.now()
    entries = [
        AuditEntry(
            soort=Auditsoort.PIA_GESIMULEERD,
            tijd=now,
            organisatie=PROCESSOR,
            ontvanger=each.ontvanger,
            beleid=each.digest,
        )
        for each in policies
    ]
    with writing(parts.engine) as tx:
        append(tx, entries, now)
