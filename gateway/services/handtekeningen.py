"""Whether the organisation signed what a delivery brings (statement 33).

Only what is new or changed is looked at: the rest was, when it was accepted, and stays. What only
takes away needs no signature: a withdrawal must never be lost for want of a key (AVG 7 lid 3).
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from privacy.consent import Statement
from privacy.consent_events import Gebeurtenis
from privacy.consent_signature import PublicKeys, signer_of, text_of
from privacy.plan import NewEvent
from schemas.terms import Besluit

#: Events that the organisation brings; the other two are the gateway's own.
DELIVERED: Final = frozenset({Gebeurtenis.GEGEVEN, Gebeurtenis.GEWIJZIGD, Gebeurtenis.GEWEIGERD})


def unsigned(
    events: Sequence[NewEvent], bronhouder: str, keys: PublicKeys, day: date
) -> frozenset[UUID]:
    """Ids of the statements among these events that should have been signed and are not."""
    return frozenset(
        new.event.statement.toestemming_id
        for new in events
        if new.event.soort in DELIVERED
        and gives(new.event.soort, new.event.statement, day)
        and signer_of(
            stored_text(bronhouder, new.event.soort, new.event.statement, new.details),
            new.handtekening.decode("ascii"),
            keys,
        )
        is None
    )


def gives(soort: Gebeurtenis, statement: Statement, day: date) -> bool:
    """Whether a statement, as delivered, can be a ground today or later."""
    if soort is Gebeurtenis.GEWEIGERD or statement.laatste_dag < day:
        return False
    return statement.ingetrokken_op is None or statement.ingetrokken_op > day


def stored_text(bronhouder: str, soort: Gebeurtenis, statement: Statement, details: bytes) -> bytes:
    """What was signed, made again of what is stored."""
    besluit = Besluit.GEWEIGERD if soort is Gebeurtenis.GEWEIGERD else Besluit.GEGEVEN
    opened: Mapping[str, Any] = {
        "toestemmingId": statement.toestemming_id,
        "ontvangers": statement.ontvangers,
        "doelen": statement.doelen,
        "eersteDag": statement.eerste_dag,
        "laatsteDag": statement.laatste_dag,
        "verklaring": statement.verklaring,
        "ingetrokkenOp": statement.ingetrokken_op,
        "besluit": besluit,
    }
    return text_of(bronhouder, {**json.loads(details), **opened})
