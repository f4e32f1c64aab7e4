"""The agenda of a conference as each may know it, in pages.

The municipality sees number, organisation and state of every item; an organisation its own
items, and by nothing how many others there are.
"""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, select

from gateway.caller import Caller
from gateway.paging import Cursors, Page
from gateway.parties import Soort
from gateway.store.overleggen import agendapunt
from gateway.wiring import Parts

_PLACE_BYTES: Final = 8


def agenda_page(
    parts: Parts, tx: Connection, caller: Caller, overleg_id: UUID, page: Page
) -> dict[str, Any]:
    """One page, in the order of the agenda; new items come at its end."""
    cursors = Cursors(parts.keys, caller.client_id, f"agendapunten {overleg_id}")
    query = select(agendapunt).where(agendapunt.c.overleg_id == overleg_id)
    if caller.soort is Soort.BRONHOUDER:
        query = query.where(agendapunt.c.bronhouder == caller.organisatie)
    place = cursors.place(page)
    if place is not None:
        query = query.where(agendapunt.c.volgorde > int.from_bytes(place, "big"))
    found = tx.execute(query.order_by(agendapunt.c.volgorde).limit(page.limiet + 1)).all()
    rows, volgende = cursors.split(found, page, _place)
    return {"agendapunten": [_wire(row, caller) for row in rows], "volgende": volgende}


def _place(row: Row[Any]) -> bytes:
    return int(row.volgorde).to_bytes(_PLACE_BYTES, "big")


def _wire(row: Row[Any], caller: Caller) -> dict[str, Any]:
    item = {
        "agendapuntId": str(row.id),
        "bronhouder": row.bronhouder,
        "staat": "vastgesteld" if row.stand_nummer is not None else "ingebracht",
    }
    if caller.soort is Soort.BRONHOUDER:
        item["casusId"] = str(row.casus_id)
    else:
        # A number instead: the municipality gets no casus.
        item["nummer"] = row.volgorde
    return item
