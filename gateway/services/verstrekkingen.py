"""Who received what of an organisation's own casus: that casus alone, as the log has it.

Of the same person at another organisation it tells nothing, nor whether there is any. No salt
goes with it: entries about a casus open in the person's own report only (design 7).
"""

from collections.abc import Callable
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from gateway.caller import Caller
from gateway.inzage.lines import Parties, own_lines_of
from gateway.refusals import NotFoundError
from gateway.services.own_casus import own_candidate
from gateway.services.spoorzoeken import trace
from gateway.wiring import Parts
from privacy.disclosure import Disclosure
from privacy.dossier import Dossier
from privacy.log.entries import Auditsoort
from privacy.question import Ask, Gathered
from privacy.store.dossiers import Lock, load_own
from privacy.store.engine import reading

NAME: Final = "verstrekkingen"


def disclose_verstrekkingen(parts: Parts, caller: Caller, casus: UUID) -> Disclosure:
    """The lines of one own casus; NotFoundError for whatever else."""
    load = _loader(parts, caller.organisatie, casus)
    with reading(parts.engine) as tx:
        own = load(tx, Lock.NONE)
    before = trace(parts, [] if own is None else [own.keys.pseudoniem()])
    parties = Parties.of(parts.settings)
    ask = Ask(
        recipient=caller.organisatie,
        purposes=frozenset(),
        herkomst=caller.herkomst,
        soort=Auditsoort.VERSTREKKINGEN_INGEZIEN,
        name=NAME,
        items="casus",
        single=True,
    )

    def gather(tx: Connection, _day: date) -> Gathered:
        envelope = {"ontvanger": caller.organisatie}
        held = load(tx, Lock.SHARE)
        if held is None:
            return Gathered([], envelope)
        name = held.keys.pseudoniem()
        told = own_lines_of(before.until_now(tx, [name])[name], parties)
        caption = {"casusId": str(held.casus), "regels": told}
        return Gathered([own_candidate(held, caption)], envelope)

    disclosure = parts.gate.disclose(ask, gather)
    if not disclosure.onderdelen:
        raise NotFoundError
    return disclosure


def _loader(
    parts: Parts, bronhouder: str, casus: UUID
) -> Callable[[Connection, Lock], Dossier | None]:
    def load(tx: Connection, lock: Lock) -> Dossier | None:
        return load_own(tx, parts.keys, bronhouder, [casus], lock).get(casus)

    return load
