"""One casus of the caller's own, held for a change: where each right of a person begins."""

from uuid import UUID

from sqlalchemy import Connection

from gateway.caller import Caller
from gateway.refusals import NotFoundError
from gateway.wiring import Parts
from privacy.dossier import Dossier
from privacy.store.dossiers import Lock, load_own


def hold_own(parts: Parts, tx: Connection, caller: Caller, casus: UUID) -> Dossier:
    """The casus, held FOR UPDATE; NotFoundError for another's, as for one that is not there.

    What is being disclosed of it goes first, and what comes after sees the change.
    """
    dossier = load_own(tx, parts.keys, caller.organisatie, [casus], Lock.UPDATE).get(casus)
    if dossier is None:
        raise NotFoundError
    return dossier
