"""What a restore brought back and the log knows to be erased: erased again, before the door opens.

Its keys came back with the backup. Whoever got it is told once more, since nobody here knows any
longer who was.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from gateway.services.lost_withdrawals import by_gateway
from gateway.services.wissingen import erase_with_agenda
from gateway.wiring import Parts
from privacy.log.search import told_in, told_since
from privacy.log.terms import Auditsoort
from privacy.store.dossiers import Lock, load_by_id
from privacy.store.engine import loser_tries_again, reading, writing
from privacy.store.herstel import Herstel
from privacy.store.terugroepingen import find_traces
from privacy.store.verloren import kept_lines

_ERASED: Final = (Auditsoort.CASUS_GEWIST, Auditsoort.BEWAARTERMIJN_VERSTREKEN)


def erase_again(parts: Parts, found: Herstel) -> int:
    """Erase what was erased in the stretch that was lost; how many. Doing it twice is once."""
    with reading(parts.engine) as tx:
        back = risen(parts, tx, found)
    for pseudoniem, casus in back.items():
        _erase(parts, casus, pseudoniem)
    return len(back)


def risen(parts: Parts, tx: Connection, found: Herstel) -> dict[str, UUID]:
    """The casussen that are here again, by the name that the log says is erased."""
    told = [*told_since(tx, _ERASED, found.omvang), *told_in(kept_lines(tx, found.id), _ERASED)]
    traces = find_traces(tx, parts.keys, {each["pseudoniem"] for each in told})
    return {name: casus for name, (casus, _keys) in traces.items()}


@loser_tries_again
def _erase(parts: Parts, casus: UUID, pseudoniem: str) -> None:
    with writing(parts.engine) as tx:
        parts.hold_rules(tx)
        dossier = load_by_id(tx, parts.keys, [casus], Lock.UPDATE)[casus]
        if not dossier.keys.is_erased and dossier.keys.pseudoniem() == pseudoniem:
            erase_with_agenda(parts, tx, dossier, by_gateway(dossier.label.bronhouder))
