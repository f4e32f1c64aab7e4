"""Recalls on their own: what a partner may use no longer, and its word that it does not.

The list answers where the feed cannot: without a policy in force, behind a shut door, to a
partner without any purpose, and of a casus whose keys are gone. A cause in the system never stops
a recall (design 2.5).
"""

from collections.abc import Sequence
from dataclasses import replace
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
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.question import Ask, Candidate, Gathered
from privacy.store.engine import writing
from privacy.store.terugroepingen import (
    Recall,
    confirm_recall,
    find_recall,
    load_traces,
    recalls_after,
)

_PLACE_BYTES: Final = 8
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
    place = cursors.place(page)
    after = _BEGIN if place is None else int.from_bytes(place, "big")

    def gather(tx: Connection, _day: date) -> Gathered:
        most = page.limiet + 1
        found = recalls_after(tx, caller.organisatie, after, most, only_open=only_open)
        recalls, volgende = cursors.split(found, page, _place)
        envelope = {
            "ontvanger": caller.organisatie,
            "volgende": volgende,
            "meer": volgende is not None,
        }
        items = candidates(parts, tx, recalls, "lijst")
        told = [
            replace(item, caption=_in_list(each)) for item, each in zip(items, recalls, strict=True)
        ]
        return Gathered(told, envelope, fleeting=frozenset({"volgende"}))

    return parts.gate.disclose(recall_ask(caller, "terugroepingen"), gather)


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


def candidates(
    parts: Parts, tx: Connection, recalls: Sequence[Recall], occasion: str
) -> list[Candidate]:
    """For the gate, in the same order."""
    traces = load_traces(tx, parts.keys, {each.casus for each in recalls})
    return [recall_candidate(each, *traces[each.casus], occasion) for each in recalls]


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
            [item] = candidates(parts, tx, [recall], "bevestiging")
            entry = AuditEntry(
                soort=Auditsoort.TERUGROEPING_BEVESTIGD,
                tijd=now,
                **caller.herkomst,
                ontvanger=recall.ontvanger,
                pseudoniem=item.pseudoniem,
            )
            append(tx, [entry], now)
        # Read again: another request may have confirmed it just before.
        kept = find_recall(tx, caller.organisatie, terugroeping_id) or recall
    return _in_list(kept)


def _in_list(recall: Recall) -> dict[str, Any]:
    confirmed = recall.bevestigd_op
    told = {name: value for name, value in recall_text(recall).items() if name != "soort"}
    return {**told, "bevestigdOp": None if confirmed is None else utc_text(confirmed)}


def _place(recall: Recall) -> bytes:
    return recall.nummer.to_bytes(_PLACE_BYTES, "big")
