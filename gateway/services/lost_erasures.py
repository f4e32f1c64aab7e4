"""What a restore brought back and the log knows to be erased: erased again, before the door opens.

Its keys came back with the backup. Whoever got it is told once more, since nobody here knows any
longer who was.
"""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlalchemy import select

from gateway.services.lost_withdrawals import by_gateway
from gateway.services.wissingen import erase_with_agenda
from gateway.wiring import Parts
from privacy.log.search import pseudonyms_in, pseudonyms_since
from privacy.log.terms import Auditsoort
from privacy.store import tables
from privacy.store.dossiers import Lock, load_by_id
from privacy.store.engine import loser_tries_again, reading, writing
from privacy.store.herstel import Herstel, kept_lines
from privacy.store.terugroepingen import load_traces

_ERASED: Final = (Auditsoort.CASUS_GEWIST, Auditsoort.BEWAARTERMIJN_VERSTREKEN)


def erase_again(parts: Parts, found: Herstel) -> int:
    """Erase what was erased in the stretch that was lost; how many. Doing it twice is once."""
    with reading(parts.engine) as tx:
        lost = pseudonyms_since(tx, _ERASED, found.omvang)
        lost |= pseudonyms_in(kept_lines(tx, found.id), _ERASED)
        if not lost:
            return 0
        there = select(tables.casus.c.id).where(tables.casus.c.gewist_op.is_(None))
        traces = load_traces(tx, parts.keys, tx.execute(there).scalars().all())
        back = [
            casus
            for casus, (_bronhouder, keys) in traces.items()
            if keys is not None and keys.pseudoniem() in lost
        ]
    for each in back:
        _erase(parts, each, lost)
    return len(back)


@loser_tries_again
def _erase(parts: Parts, casus: UUID, lost: Collection[str]) -> None:
    with writing(parts.engine) as tx:
        parts.hold_rules(tx)
        dossier = load_by_id(tx, parts.keys, [casus], Lock.UPDATE)[casus]
        if not dossier.keys.is_erased and dossier.keys.pseudoniem() in lost:
            erase_with_agenda(parts, tx, dossier, by_gateway(dossier.label.bronhouder))
