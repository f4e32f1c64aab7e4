"""One casus of the caller's own: held for a change, where each right begins, or shown to it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from gateway.caller import Caller
from gateway.refusals import NotFoundError
from gateway.wiring import Parts
from privacy.dossier import Dossier
from privacy.question import Candidate, Part
from privacy.store.dossiers import Lock, load_own
from schemas.terms import Grondslag


def hold_own(parts: Parts, tx: Connection, caller: Caller, casus: UUID) -> Dossier:
    """The casus, held FOR UPDATE; NotFoundError for another's, as for one that is not there.

    What is being disclosed of it goes first, and what comes after sees the change.
    """
    dossier = load_own(tx, parts.keys, caller.organisatie, [casus], Lock.UPDATE).get(casus)
    if dossier is None:
        raise NotFoundError
    return dossier


def own_candidate(
    dossier: Dossier, caption: Mapping[str, Any], parts: tuple[Part, ...] = ()
) -> Candidate:
    """For the gate: the ground is that the casus is the asker's own (design 2.2)."""
    return Candidate(
        casus=dossier.casus,
        bronhouder=dossier.label.bronhouder,
        pseudoniem=dossier.keys.pseudoniem(),
        statements=dossier.statements,
        grondslag=Grondslag.EIGEN,
        purpose=None,
        parts=parts,
        salt=dossier.keys.salt,
        caption=caption,
    )
