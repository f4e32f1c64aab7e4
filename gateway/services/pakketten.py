"""The pack: what a partner may see of a frozen agenda, one part per casus.

Freezing fixed agenda and versions; gate, consent and policy decide at each download. A casus
without a ground for this partner today is simply not there.
"""

from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, select

from gateway.caller import Caller
from gateway.refusals import ForbiddenError, NotFoundError
from gateway.services.lapses import record_lapses
from gateway.store.overleggen import agendapunt, overleg
from gateway.wiring import Parts
from privacy.disclosure import Disclosure
from privacy.dossier import Dossier
from privacy.log.entries import Auditsoort
from privacy.question import Ask, Candidate, Gathered, Part, given
from privacy.sealed import Sealed
from privacy.store.direct import Direct
from privacy.store.dossiers import Lock, load_by_id, load_stands
from privacy.store.engine import looking
from privacy.store.references import note_disclosed
from schemas.terms import Doel, Grondslag
from schemas.verzoeken import Overlegsoort

# Built once: building a statement costs as much as running it.
_FOUND: Final = Direct(select(overleg).where(overleg.c.id == bindparam("overleg")))
_AGENDA: Final = Direct(
    select(agendapunt.c.id, agendapunt.c.casus_id, agendapunt.c.stand_nummer)
    .where(agendapunt.c.overleg_id == bindparam("overleg"))
    .order_by(agendapunt.c.volgorde)
)
_PURPOSE = {Overlegsoort.LSO: Doel.CASUSOVERLEG, Overlegsoort.MRT: Doel.MRT}


def disclose_pakket(parts: Parts, caller: Caller, overleg_id: UUID) -> Disclosure:
    """The pack of one conference; NotFoundError while it is not frozen, or does not exist."""
    recipient = caller.organisatie
    record_lapses(parts, caller.trace_id)
    with looking(parts.engine) as connection:
        found = _FOUND.row(connection, {"overleg": overleg_id})
    if found is None or found.bevroren_op is None:
        raise NotFoundError
    purpose = _PURPOSE[Overlegsoort(found.soort)]
    if purpose not in caller.doelen:
        raise ForbiddenError(detail="Deze client heeft het doel van dit overleg niet.")
    ask = Ask(
        recipient=recipient,
        purposes=frozenset({purpose}),
        herkomst=caller.herkomst,
        soort=Auditsoort.PAKKET,
        name="pakket",
        items="casussen",
    )

    def gather(tx: Connection, _day: date) -> Gathered:
        envelope = {
            "overlegId": str(found.id),
            "datum": found.datum.isoformat(),
            "ontvanger": recipient,
        }
        return Gathered(
            _candidates(parts, tx, (ask.recipient, purpose), overleg_id),
            envelope,
            lambda tx, released, first: note_disclosed(tx, recipient, given(released), first),
        )

    return parts.gate.disclose(ask, gather)


#: For whom, and for what.
_For = tuple[str, Doel]


def _candidates(parts: Parts, tx: Connection, wanted: _For, overleg_id: UUID) -> list[Candidate]:
    points = _AGENDA.rows(tx, {"overleg": overleg_id})
    dossiers = load_by_id(tx, parts.keys, (point.casus_id for point in points), Lock.SHARE)
    # Erased since the agenda was read: as if it had never been on it.
    there = [each for each in points if not dossiers[each.casus_id].keys.is_erased]
    # Read now that they are held: content may be destroyed, and is then not there.
    numbered = [(dossiers[each.casus_id], each.stand_nummer) for each in there]
    stands = load_stands(tx, [each for each in numbered if each[1] is not None])
    return [
        _candidate(wanted, each, dossiers[each.casus_id], stands.get(each.stand_nummer))
        for each in there
    ]


def _candidate(
    wanted: _For, point: Row[*tuple[Any, ...]], dossier: Dossier, stand: Sealed | None
) -> Candidate:
    recipient, purpose = wanted
    parts = () if stand is None else (Part("samenvatting", stand),)
    return Candidate(
        casus=dossier.casus,
        bronhouder=dossier.label.bronhouder,
        pseudoniem=dossier.keys.pseudoniem(),
        statements=dossier.statements,
        grondslag=Grondslag.TOESTEMMING,
        purpose=purpose,
        parts=parts,
        salt=dossier.keys.salt,
        caption={
            "agendapuntId": str(point.id),
            "casusreferentie": str(dossier.keys.referentie(recipient)),
        },
        is_over=dossier.is_over(*wanted),
        is_restricted=dossier.is_restricted,
    )
