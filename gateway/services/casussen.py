"""An organisation's own casussen, as the gateway holds them: found by V-nummer or by id.

Ground is that it is its own (design 2.2), so that it sees a casus also when consent is over.
Another organisation's casus is neither held nor opened: it answers as one that does not exist,
in the same time (design 2.5).
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from gateway.caller import Caller
from gateway.refusals import NotFoundError
from gateway.services.beperkingen import beperking_text
from gateway.services.own_casus import own_candidate
from gateway.wiring import Parts
from privacy.clock import utc_text
from privacy.disclosure import Disclosure
from privacy.dossier import Dossier
from privacy.log.entries import Auditsoort
from privacy.question import Ask, Candidate, Gathered, Part
from privacy.sealed import Sealed
from privacy.store.beperkingen import gronden_of
from privacy.store.dossiers import Lock, find_own, load_own, load_stands
from schemas.verzoeken import Casusvraag, CasusvraagSchema

_SCHEMA: Final = CasusvraagSchema()
Find = Callable[[Connection], Iterable[UUID]]


def find_casussen(parts: Parts, caller: Caller, body: Any) -> Disclosure:
    """The own casus of this V-nummer, in a list; an empty list for whatever else."""
    asked: Casusvraag = _SCHEMA.load(body)
    own = caller.organisatie

    def find(tx: Connection) -> Iterable[UUID]:
        # Made here, where the gate holds the keys as they are.
        return find_own(tx, own, parts.keys.blind_indexes((own,), asked.v_nummer))

    return _disclose(parts, caller, "casussen", find)


def show_casus(parts: Parts, caller: Caller, casus: UUID) -> Disclosure:
    """One own casus; NotFoundError for whatever else. That it was asked stands in the log too."""
    disclosure = _disclose(parts, caller, "casus", lambda _tx: [casus])
    if not disclosure.onderdelen:
        raise NotFoundError
    return disclosure


def _disclose(parts: Parts, caller: Caller, items: str, find: Find) -> Disclosure:
    ask = Ask(
        recipient=caller.organisatie,
        purposes=frozenset(),
        herkomst=caller.herkomst,
        soort=Auditsoort.CASUS_INGEZIEN,
        name=items,
        items=items,
        proof=False,
        single=items == "casus",
    )

    def gather(tx: Connection, _day: date) -> Gathered:
        own = load_own(tx, parts.keys, caller.organisatie, find(tx), Lock.SHARE)
        wanted = [
            (each, each.stand_nummer) for each in own.values() if each.stand_nummer is not None
        ]
        stands = load_stands(tx, wanted)
        return Gathered([_candidate(each, stands) for each in own.values()])

    return parts.gate.disclose(ask, gather)


def _candidate(dossier: Dossier, stands: dict[int, Sealed]) -> Candidate:
    stand = None if dossier.stand_nummer is None else stands[dossier.stand_nummer]
    caption = {
        "casusId": str(dossier.casus),
        "standVan": utc_text(dossier.stand_van),
        "beperking": beperking_text(dossier.beperkt_sinds, gronden_of(dossier)),
    }
    return own_candidate(dossier, caption, () if stand is None else (Part("samenvatting", stand),))
