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
from privacy.store.dossiers import Lock, load_by_id, open_stand
from privacy.store.engine import looking
from privacy.store.references import note_disclosed
from privacy.store.tables import mutatie
from schemas.terms import Doel, Grondslag
from schemas.verzoeken import Overlegsoort

# Built once: building a statement costs as much as running it.
_FOUND: Final = select(overleg).where(overleg.c.id == bindparam("overleg"))
# Rows of the outbox never change, so that reading one before the casus is held is no matter.
_AGENDA: Final = (
    select(agendapunt.c.id, agendapunt.c.casus_id, mutatie.c.versie, mutatie.c.stand)
    .outerjoin(mutatie, mutatie.c.nummer == agendapunt.c.stand_nummer)
    .where(agendapunt.c.overleg_id == bindparam("overleg"))
    .order_by(agendapunt.c.volgorde)
)
_PURPOSE = {Overlegsoort.LSO: Doel.CASUSOVERLEG, Overlegsoort.MRT: Doel.MRT}


def disclose_pakket(parts: Parts, caller: Caller, overleg_id: UUID) -> Disclosure:
    """The pack of one conference; NotFoundError while it is not frozen, or does not exist."""
    recipient = caller.organisatie
    record_lapses(parts, caller.trace_id)
    with looking(parts.engine) as connection:
        found = connection.execute(_FOUND, {"overleg": overleg_id}).one_or_none()
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
    points = tx.execute(_AGENDA, {"overleg": overleg_id}).all()
    dossiers = load_by_id(tx, parts.keys, (point.casus_id for point in points), Lock.SHARE)
    return [_candidate(wanted, each, dossiers[each.casus_id]) for each in points]


def _candidate(wanted: _For, point: Row[*tuple[Any, ...]], dossier: Dossier) -> Candidate:
    recipient, purpose = wanted
    parts: tuple[Part, ...] = ()
    if point.stand is not None:
        parts = (Part("samenvatting", open_stand(dossier, point.versie, point.stand)),)
    return Candidate(
        casus=dossier.casus,
        bronhouder=dossier.label.bronhouder,
        pseudoniem=dossier.keys.pseudoniem(),
        statements=dossier.statements,
        grondslag=Grondslag.TOESTEMMING,
        purpose=purpose,
        parts=parts,
        salt=dossier.keys.salt(f"{point.id} {recipient}"),
        caption={
            "agendapuntId": str(point.id),
            "casusreferentie": str(dossier.keys.referentie(recipient)),
        },
        is_over=dossier.is_over(*wanted),
    )
