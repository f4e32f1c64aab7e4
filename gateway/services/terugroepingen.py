"""Recalls on their own: what a partner may use no longer, and its word that it does not.

The list answers where the feed cannot: without a policy in force, behind a shut door, to a
partner without any purpose, and of a casus whose keys are gone. A cause in the system never stops
a recall (design 2.5).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from gateway.caller import Caller
from gateway.paging import Cursors, Page
from gateway.refusals import NotFoundError
from gateway.services.lapses import record_lapses
from gateway.services.recall_items import recall_candidate, recall_text
from gateway.wiring import Parts
from privacy.clock import utc_text
from privacy.disclosure import Disclosure
from privacy.errors import PlaceOutdatedError
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.log.high_water import require_reached
from privacy.question import Ask, Candidate, Gathered
from privacy.store.engine import reading, writing
from privacy.store.herstel import places_before
from privacy.store.terugroepingen import (
    Recall,
    confirm_recall,
    find_recall,
    load_traces,
    recalls_after,
)
from schemas.terms import Kennisgevingssoort

_RECALL: Final = Kennisgevingssoort.TERUGROEPING
_PLACE_BYTES: Final = 8
_MARK_BYTES: Final = 4
#: Before the first entry of the log.
_BEGIN: Final = -1


def disclose_terugroepingen(
    parts: Parts, caller: Caller, page: Page, *, only_open: bool
) -> Disclosure:
    """One page of the caller's own recalls, in order of the log; `only_open`: the unconfirmed."""
    record_lapses(parts, caller.trace_id)
    # Two lists: the place in one is no place in the other.
    lijst = "open terugroepingen" if only_open else "terugroepingen"
    cursors = Cursors(parts.keys, caller.client_id, lijst)
    after, mark = _parted(cursors.place(page))
    while True:
        try:
            return _disclose(parts, caller, _Asked(cursors, page, after, mark), only_open=only_open)
        except PlaceOutdatedError as since:
            # Told before a restore: other recalls may stand where this one already passed.
            after, mark = _set_back(parts, after, mark), since.mark


@dataclass(frozen=True, slots=True)
class _Asked:
    """A page after a number, which was told after the restore with this mark."""

    cursors: Cursors
    page: Page
    after: int
    mark: int


def _disclose(parts: Parts, caller: Caller, asked: _Asked, *, only_open: bool) -> Disclosure:
    def place(recall: Recall) -> bytes:
        number = recall.nummer.to_bytes(_PLACE_BYTES, "big")
        return number + asked.mark.to_bytes(_MARK_BYTES, "big")

    def gather(tx: Connection, _day: date) -> Gathered:
        require_reached(tx, asked.after, parts.clock.now())
        most = asked.page.limiet + 1
        found = recalls_after(tx, caller.organisatie, asked.after, most, only_open=only_open)
        recalls, volgende = asked.cursors.split(found, asked.page, place)
        envelope = {
            "ontvanger": caller.organisatie,
            "volgende": volgende,
            "meer": volgende is not None,
        }
        items = candidates(parts, tx, recalls)
        told = [
            replace(item, caption=_in_list(each)) for item, each in zip(items, recalls, strict=True)
        ]
        return Gathered(told, envelope, fleeting=frozenset({"volgende"}))

    ask = replace(recall_ask(caller, "terugroepingen"), herstel=asked.mark)
    return parts.gate.disclose(ask, gather)


def _parted(place: bytes | None) -> tuple[int, int]:
    """Number and mark again; a cursor of before there was a mark has 0."""
    if place is None:
        return _BEGIN, 0
    number, mark = place[:_PLACE_BYTES], place[_PLACE_BYTES:]
    return int.from_bytes(number, "big"), int.from_bytes(mark, "big")


def _set_back(parts: Parts, after: int, mark: int) -> int:
    """To where the log was the same; what comes after it is told, perhaps once more."""
    with reading(parts.engine) as tx:
        common = places_before(tx, mark)
    return after if common is None else min(after, common - 1)


def recall_ask(caller: Caller, name: str) -> Ask:
    """For recalls and nothing else; `name` is what the page is called in its body."""
    return Ask(
        recipient=caller.organisatie,
        purposes=frozenset(),
        herkomst=caller.herkomst,
        soort=Auditsoort.PAGINA,
        name=name,
        lawful_only=True,
    )


def candidates(parts: Parts, tx: Connection, recalls: Sequence[Recall]) -> list[Candidate]:
    """For the gate, in the same order."""
    traces = load_traces(tx, parts.keys, {each.casus for each in recalls})
    return [recall_candidate(each, *traces[each.casus]) for each in recalls]


def confirm_terugroeping(parts: Parts, caller: Caller, terugroeping_id: UUID) -> dict[str, Any]:
    """Take the partner's word that it stopped; the first time counts, and again changes nothing.

    NotFoundError for another's, as for one that is not there.
    """
    now = parts.clock.now()
    with writing(parts.engine) as tx:
        recall = find_recall(tx, caller.organisatie, terugroeping_id)
        if recall is None:
            raise NotFoundError
        if confirm_recall(tx, recall, now):
            [item] = candidates(parts, tx, [recall])
            entry = AuditEntry(
                soort=Auditsoort.TERUGROEPING_BEVESTIGD,
                tijd=now,
                **caller.herkomst,
                ontvanger=recall.ontvanger,
                # Of what the word is, where it is no recall.
                reden=None if recall.soort is _RECALL else recall.soort.value,
                pseudoniem=item.pseudoniem,
            )
            append(tx, [entry], now)
        # Read again: another request may have confirmed it just before.
        kept = find_recall(tx, caller.organisatie, terugroeping_id) or recall
    return _in_list(kept)


def _in_list(recall: Recall) -> dict[str, Any]:
    confirmed = recall.bevestigd_op
    told = recall_text(recall)
    return {**told, "bevestigdOp": None if confirmed is None else utc_text(confirmed)}
