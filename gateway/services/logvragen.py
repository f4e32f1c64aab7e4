"""Questions of an officer to the log: entries by what they say, in pages, the oldest first.

Entries name pseudonyms and never people. That the log was read is itself in the log, before
anything is told (BIO2 8.15): by whom and when; not what was asked, which could name someone.
"""

from itertools import islice
from typing import Any, Final

from gateway.caller import Caller
from gateway.paging import Cursors, Page
from gateway.services.getroffen import find_affected
from gateway.wiring import Parts
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.log.questions import Question, ask_log
from privacy.log.search import Entry
from privacy.store.engine import reading, writing
from schemas.inzage import Logvraag, LogvraagSchema, Logvraagvorm

_SCHEMA: Final = LogvraagSchema()
_PLACE_BYTES: Final = 8


def answer_logvraag(parts: Parts, caller: Caller, body: Any, page: Page) -> dict[str, Any]:
    """A page of entries; or all persons whom a recipient got between two moments."""
    asked: Logvraag = _SCHEMA.load(body)
    question = _question(asked)
    if asked.vorm is Logvraagvorm.GETROFFEN:
        found = find_affected(parts, caller.herkomst, question)
        return {"getroffen": found.wire(), "volgende": None}
    cursors = Cursors(parts.keys, caller.client_id, "auditregels")
    place = cursors.place(page)
    now = parts.clock.now()
    entry = AuditEntry(soort=Auditsoort.LOG_GELEZEN, tijd=now, **caller.herkomst)
    with writing(parts.engine) as tx:
        own = append(tx, [entry], now).first
    # Up to where the log was at the first page: it grows by every page that is read.
    after, until = (-1, own) if place is None else _from_place(place)
    with reading(parts.engine) as tx:
        entries = list(islice(ask_log(tx, question, after, until), page.limiet + 1))
    shown, volgende = cursors.split(entries, page, lambda each: _to_place(each, until))
    items = [{"index": each.nummer, "regel": each.told} for each in shown]
    return {"auditregels": items, "volgende": volgende}


def _question(asked: Logvraag) -> Question:
    return Question(
        soort=asked.soort,
        organisatie=asked.organisatie,
        ontvanger=asked.ontvanger,
        doel=None if asked.doel is None else asked.doel.value,
        trace=asked.trace,
        pseudoniem=asked.pseudoniem,
        van=asked.van,
        tot=asked.tot,
    )


def _to_place(entry: Entry, until: int) -> bytes:
    return entry.nummer.to_bytes(_PLACE_BYTES, "big") + until.to_bytes(_PLACE_BYTES, "big")


def _from_place(place: bytes) -> tuple[int, int]:
    after, until = place[:_PLACE_BYTES], place[_PLACE_BYTES:]
    return int.from_bytes(after, "big"), int.from_bytes(until, "big")
