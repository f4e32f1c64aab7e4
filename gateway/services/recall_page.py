"""A page of recalls alone, for a partner that is brought its feed while the feed stands still.

It looks like any page of the feed and its items are those of the feed, under the same ids; its
cursor is that of the feed, which it does not move.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from gateway.caller import Caller
from gateway.services.feed_place import with_mark
from gateway.services.lapses import record_lapses
from gateway.services.terugroepingen import candidates, recall_ask
from gateway.wiring import Parts
from privacy.disclosure import Disclosure
from privacy.question import Gathered
from privacy.store.door import read_door
from privacy.store.engine import reading
from privacy.store.terugroepingen import recalls_after


@dataclass(frozen=True, slots=True)
class RecallPage:
    """What was released; `last` is the number of its last recall, `more` whether others follow."""

    disclosure: Disclosure
    last: int
    more: bool


def disclose_recalls(
    parts: Parts, caller: Caller, position: int, after: int, most: int
) -> RecallPage | None:
    """The recalls after a number; `position` is where the feed stands. None where there are none.

    No policy has to be in force, and no door open (AVG 19, design 2.5).
    """
    recipient = caller.organisatie
    record_lapses(parts, caller.trace_id)
    with reading(parts.engine) as tx:
        ahead = recalls_after(tx, recipient, after, most + 1)
    if not ahead:
        return None
    found = ahead[:most]

    def gather(tx: Connection, _day: date) -> Gathered:
        # The position stands in this database: it is of after its newest restore.
        place = with_mark(position, read_door(tx).herstel)
        envelope = {
            "ontvanger": recipient,
            "volgende": parts.keys.hide_position(recipient, place),
            "meer": len(ahead) > most,
        }
        items = candidates(parts, tx, found)
        return Gathered(items, envelope, fleeting=frozenset({"volgende"}))

    disclosure = parts.gate.disclose(recall_ask(caller, "mutaties"), gather)
    return RecallPage(disclosure, found[-1].nummer, len(ahead) > most)
