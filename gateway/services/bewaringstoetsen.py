"""The question before detention: is this person in guidance? Answered by one of two words.

Yes only where a casus in guidance stands on consent for this recipient and purpose, today.
Whatever else is the case is answered alike, in the same time, with as many entries in the log:
one for each organisation, a decoy's where it has no casus, and one for the question itself.
"""

import secrets
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from gateway.caller import Caller
from gateway.refusals import ForbiddenError
from gateway.services.lapses import record_lapses
from gateway.wiring import Parts
from privacy.disclosure import Disclosure
from privacy.log.entries import Auditsoort
from privacy.question import Ask, Candidate, Gathered, Part, Toets
from privacy.store.dossiers import Lock
from privacy.store.lookups import Found, look_up
from schemas.terms import Doel, Grondslag, Precisie, Status
from schemas.verzoeken import Casusvraag, CasusvraagSchema, Toetsuitkomst

_PURPOSE: Final = Doel.BEWARINGSTOETS
_FIELD: Final = "status"
_TOETS: Final = Toets(
    field=_FIELD,
    value=Status.IN_BEGELEIDING.value,
    yes=Toetsuitkomst.IN_BEGELEIDING.value,
    no=Toetsuitkomst.NIET_BEKEND.value,
)
_SCHEMA: Final = CasusvraagSchema()
_PSEUDONIEM_BYTES: Final = 16


def answer_toets(parts: Parts, caller: Caller, body: Any) -> Disclosure:
    """The answer; ForbiddenError to who may never be told yes, whomever the question is about.

    So that a client or policy that is set up wrong is not taken for "not in guidance".
    """
    asked: Casusvraag = _SCHEMA.load(body)
    recipient = caller.organisatie
    if _PURPOSE not in caller.doelen:
        raise ForbiddenError(detail="Deze client heeft het doel van een bewaringstoets niet.")
    record_lapses(parts, caller.trace_id)
    ask = Ask(
        recipient=recipient,
        purposes=frozenset({_PURPOSE}),
        herkomst=caller.herkomst,
        soort=Auditsoort.BEWARINGSTOETS,
        name="bewaringstoets",
        items="uitkomst",
        toets=_TOETS,
    )

    def gather(tx: Connection, _day: date) -> Gathered:
        # By the rules of this transaction, and before anybody is looked for.
        if parts.policies.of(recipient).fields(_PURPOSE).get(_FIELD) is not Precisie.VOLLEDIG:
            raise ForbiddenError(detail="Het beleid van deze ontvanger kent geen bewaringstoets.")
        codes = (each.code for each in parts.settings.bronhouders)
        found = look_up(tx, parts.keys, asked.v_nummer, codes, Lock.SHARE)
        return Gathered([_candidate(caller, each) for each in found], {"ontvanger": recipient})

    return parts.gate.disclose(ask, gather)


def _candidate(caller: Caller, found: Found) -> Candidate:
    dossier, stand = found.dossier, found.stand
    only = frozenset({_FIELD})
    pseudoniem, nobody = dossier.keys.pseudoniem(), secrets.token_hex(_PSEUDONIEM_BYTES)
    if not found.exists:
        # A decoy has another name each time: who reads the log must not see that it is one. Its
        # salt comes of a key that no other process ever had.
        pseudoniem = nobody
    return Candidate(
        casus=dossier.casus if found.exists else None,
        bronhouder=dossier.label.bronhouder,
        pseudoniem=pseudoniem,
        statements=dossier.statements,
        grondslag=Grondslag.TOESTEMMING,
        purpose=_PURPOSE,
        parts=() if stand is None else (Part("samenvatting", stand, only),),
        salt=dossier.keys.salt,
        is_over=dossier.is_over(caller.organisatie, _PURPOSE),
        is_restricted=dossier.is_restricted,
    )
