"""Which casus an item is about: by its id, by its V-nummer, or by one of its consents.

Only casussen of the organisation itself are ever looked at, so another organisation's casus
with the same V-nummer changes nothing in the answer.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from gateway.services.delivered_items import Incoming
from privacy.dossier import Dossier
from privacy.keys import KeyRing
from privacy.plan import Delivery
from privacy.store import tables
from privacy.store.chosen import in_chunks, over
from privacy.store.dossiers import Lock, find_own, load_own
from schemas.faults import Fout, Foutcode

_OWN_CONSENTS: Final = over(
    tables.toestemming.c.toestemming_id,
    select(tables.toestemming.c.toestemming_id, tables.toestemming.c.casus_id)
    .where(tables.toestemming.c.bronhouder == bindparam("bronhouder"))
    .where,
)


@dataclass(frozen=True, slots=True)
class Matched:
    """An item with its casus, None where it is new; or why it can be neither."""

    incoming: Incoming
    delivery: Delivery
    dossier: Dossier | None
    fouten: tuple[Fout, ...] = ()


def match(
    tx: Connection, ring: KeyRing, bronhouder: str, incoming: Sequence[Incoming], lock: Lock
) -> list[Matched]:
    """Find the casussen of all items at once, and hold them in id order."""
    by_consent = _by_consent(tx, bronhouder, incoming)
    kenmerken = (index for each in incoming for index in each.kenmerken)
    wanted = find_own(tx, bronhouder, kenmerken)
    wanted |= {each.casus_id for each in incoming if each.casus_id is not None}
    wanted |= {by_consent[name] for name in _bare(incoming) if name in by_consent}
    # Held all together, and only then looked at: another may have changed them meanwhile.
    own = load_own(tx, ring, bronhouder, wanted, lock)
    by_index = {each.label.kenmerk: each for each in own.values()}
    return _each_once([_match_one(each, own, by_index, by_consent) for each in incoming])


def _each_once(matched: list[Matched]) -> list[Matched]:
    """Refuse items that turn out to be about one casus, each named in another way."""
    counted = Counter(each.dossier.casus for each in matched if each.dossier is not None)
    return [
        replace(each, dossier=None, fouten=(_named_twice(each.incoming),))
        if each.dossier is not None and counted[each.dossier.casus] > 1
        else each
        for each in matched
    ]


def _named_twice(incoming: Incoming) -> Fout:
    name, pointer = "toestemmingen", "/toestemmingen"
    if incoming.casus_id is not None:
        name, pointer = "casusId", "/casusId"
    elif incoming.kenmerk is not None:
        name, pointer = "vNummer", "/samenvatting/vNummer"
    return Fout(name, Foutcode.DUBBEL_VERSCHILLEND, f"/items/{incoming.place}{pointer}")


def _match_one(
    each: Incoming,
    own: Mapping[UUID, Dossier],
    by_index: Mapping[bytes, Dossier],
    by_consent: Mapping[UUID, UUID],
) -> Matched:
    delivery = each.delivery
    if delivery is None:
        raise RuntimeError("Only checked items are matched.")
    where = f"/items/{each.place}"
    # Under whichever epoch it stands: also while casussen move from one to the next.
    named = next((by_index[index] for index in each.kenmerken if index in by_index), None)
    of_consents = {by_consent[name] for name in each.toestemming_ids if name in by_consent}
    casus = named
    if each.casus_id is not None:
        casus = own.get(each.casus_id)
        if casus is None:
            fout = Fout("casusId", Foutcode.ONBEKENDE_CASUS, f"{where}/casusId")
            return Matched(each, delivery, None, (fout,))
        if named is not None and named.casus != casus.casus:
            pointer = f"{where}/samenvatting/vNummer"
            fout = Fout("vNummer", Foutcode.VNUMMER_VAN_ANDERE_CASUS, pointer)
            return Matched(each, delivery, None, (fout,))
    elif each.kenmerk is None and len(of_consents) == 1:
        casus = own.get(next(iter(of_consents)))
    if of_consents - ({casus.casus} if casus is not None else set()):
        fout = Fout("toestemmingen", Foutcode.STRIJDIG, f"{where}/toestemmingen")
        return Matched(each, delivery, None, (fout,))
    return Matched(each, delivery, casus)


def _bare(incoming: Sequence[Incoming]) -> set[UUID]:
    """Consents of items that name their casus in no other way."""
    bare = [each for each in incoming if each.casus_id is None and each.kenmerk is None]
    return {name for each in bare for name in each.toestemming_ids}


def _by_consent(tx: Connection, bronhouder: str, incoming: Sequence[Incoming]) -> dict[UUID, UUID]:
    """Consent id to the casus that it was given for."""
    names = (name for each in incoming for name in each.toestemming_ids)
    rows = in_chunks(tx, _OWN_CONSENTS, names, {"bronhouder": bronhouder})
    return {row.toestemming_id: row.casus_id for row in rows}
