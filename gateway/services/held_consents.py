"""One statement of consent as its own organisation holds it, with everything that is kept of it.

Another organisation's is neither held nor opened: it costs what an unknown id costs (design 2.5).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from gateway.caller import Caller
from gateway.refusals import NotFoundError
from gateway.services.own_casus import own_candidate
from gateway.wiring import Parts
from privacy.consent import Statement
from privacy.consent_changes import details_of
from privacy.consent_events import Event
from privacy.disclosure import Disclosure
from privacy.dossier import Dossier
from privacy.log.entries import Auditsoort
from privacy.question import Ask, Gathered
from privacy.store import tables
from privacy.store.dossiers import Lock, load_own

_MOMENTS: Final = select(
    tables.toestemming.c.casus_id, tables.toestemming.c.nummer, tables.toestemming.c.opgenomen
).where(
    tables.toestemming.c.bronhouder == bindparam("bronhouder"),
    tables.toestemming.c.toestemming_id == bindparam("toestemming_id"),
)


@dataclass(frozen=True, slots=True)
class HeldConsent:
    """A statement as it holds now, its events oldest first, and when each was recorded."""

    dossier: Dossier
    statement: Statement
    events: tuple[Event, ...]
    moments: Mapping[int, datetime]
    details: Mapping[str, Any] = field(repr=False)


Tell = Callable[[HeldConsent, date], Mapping[str, Any]]


def disclose_consent(
    parts: Parts, caller: Caller, toestemming_id: UUID, soort: Auditsoort, tell: Tell
) -> Disclosure:
    """What `tell` makes of one own statement; NotFoundError for any other.

    Ground is that it is the organisation's own (design 2.2); that it was asked stands in the log
    too. Whatever `tell` raises, nothing leaves and nothing is said to have left.
    """
    name = soort.value
    ask = Ask(
        recipient=caller.organisatie,
        purposes=frozenset(),
        herkomst=caller.herkomst,
        soort=soort,
        name=name,
        items=name,
        proof=False,
        single=True,
    )

    def gather(tx: Connection, day: date) -> Gathered:
        held = _load(parts, tx, caller.organisatie, toestemming_id)
        if held is None:
            return Gathered([])
        return Gathered([own_candidate(held.dossier, tell(held, day))])

    disclosure = parts.gate.disclose(ask, gather)
    if not disclosure.onderdelen:
        raise NotFoundError
    return disclosure


def _load(
    parts: Parts, tx: Connection, bronhouder: str, toestemming_id: UUID
) -> HeldConsent | None:
    asked = {"bronhouder": bronhouder, "toestemming_id": toestemming_id}
    rows = tx.execute(_MOMENTS, asked).all()
    casussen = {row.casus_id for row in rows}
    dossier = next(iter(load_own(tx, parts.keys, bronhouder, casussen, Lock.SHARE).values()), None)
    if dossier is None:
        return None
    mine = [each for each in dossier.events if each.statement.toestemming_id == toestemming_id]
    return HeldConsent(
        dossier=dossier,
        statement=next(s for s in dossier.statements if s.toestemming_id == toestemming_id),
        events=tuple(mine),
        moments={row.nummer: row.opgenomen for row in rows},
        details=json.loads(details_of(dossier.keys, mine[-1])),
    )
