"""The feed: what changed since a recipient last looked, told as far as it may know today.

The outbox is read in commit order from an opaque cursor. What a row means for this recipient
is decided now: its ground may have gone since. A recall is owed to whoever once got the casus;
it also stands in a list of its own (`services.terugroepingen`), which needs no policy.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Integer, Row, bindparam, select

from gateway.caller import Caller
from gateway.refusals import ForbiddenError, InvalidRequestError
from gateway.services.feed_items import Feed, OutboxRow
from gateway.services.feed_place import (
    BEGIN,
    after_item,
    after_row,
    last_recall,
    last_whole_row,
    parted,
    with_mark,
)
from gateway.services.lapses import record_lapses
from gateway.wiring import Parts
from privacy.disclosure import Disclosure
from privacy.dossier import Dossier
from privacy.errors import IntegrityError, PlaceOutdatedError
from privacy.log.entries import Auditsoort
from privacy.log.high_water import require_reached
from privacy.plan import owes_notice
from privacy.question import Ask, Candidate, Gathered, given
from privacy.sealed import Sealed
from privacy.store import tables
from privacy.store.direct import Direct
from privacy.store.door import read_door
from privacy.store.dossiers import Lock, load_by_id, load_stands
from privacy.store.engine import reading
from privacy.store.herstel import places_before
from privacy.store.references import note_disclosed
from privacy.store.terugroepingen import Recall, recalls_of_rows
from schemas.terms import Doel, Grondslag

FEED = frozenset({Doel.AANMELDING, Doel.MUTATIES})
#: Rows of the outbox that are looked ahead at once.
_LOOKED_AT = 100
# Built once: building a statement costs as much as running it.
_ROWS: Final = Direct(
    select(*(column for column in tables.mutatie.c if column.name != "stand"))
    .where(tables.mutatie.c.nummer > bindparam("after"))
    .order_by(tables.mutatie.c.nummer)
    .limit(bindparam("most", type_=Integer))
)


@dataclass(frozen=True, slots=True)
class Position:
    """Where in the feed a page ended, and whether more follows; for who delivers it."""

    place: int
    more: bool


@dataclass(slots=True)
class _Page:
    """A page while it is filled."""

    place: int
    more: bool = False
    candidates: list[Candidate] = field(default_factory=list)


def disclose_page(parts: Parts, caller: Caller, na: str | None, limiet: int) -> Disclosure:
    """One page after the cursor `na`, or from the start; InvalidRequestError for another cursor."""
    try:
        position = BEGIN if na is None else parts.keys.read_position(caller.organisatie, na)
    except IntegrityError:
        raise InvalidRequestError("De cursor `na` is niet van deze ontvanger.") from None
    place, mark = parted(position)
    while True:
        try:
            disclosure, _position = disclose_from(parts, caller, place, limiet, mark)
        except PlaceOutdatedError as since:
            # Told before a restore: what it passed may have been other rows than stand there now.
            place, mark = _set_back(parts, place, mark), since.mark
        else:
            return disclosure


def _set_back(parts: Parts, place: int, mark: int) -> int:
    """To where the log was the same; what comes after it is told, perhaps once more."""
    with reading(parts.engine) as tx:
        common = places_before(tx, mark)
    return place if common is None else min(place, after_row(common - 1))


def disclose_from(
    parts: Parts, caller: Caller, position: int, limiet: int, mark: int | None = None
) -> tuple[Disclosure, Position]:
    """One page after a position, through the gate; with the position where it ended.

    `mark` is that of the restore before which the position was told; None for a position that
    stands in the database itself, and was put back with it.
    """
    recipient = caller.organisatie
    purposes = FEED & caller.doelen
    if not purposes:
        raise ForbiddenError(detail="Deze client heeft geen doel waarvoor mutaties gaan.")
    record_lapses(parts, caller.trace_id)
    ask = Ask(
        recipient=recipient,
        purposes=purposes,
        herkomst=caller.herkomst,
        soort=Auditsoort.PAGINA,
        name="mutaties",
        log_refusals=False,
        herstel=mark,
    )
    page = _Page(position)

    def gather(tx: Connection, day: date) -> Gathered:
        # A retried transaction starts the page anew.
        page.place, page.more, page.candidates = position, False, []
        if mark is not None:
            require_reached(tx, last_recall(position), parts.clock.now())
        _fill(tx, Feed(parts, recipient, day, purposes), page, limiet)
        told_after = read_door(tx).herstel if mark is None else mark
        envelope = {
            "ontvanger": recipient,
            "volgende": parts.keys.hide_position(recipient, with_mark(page.place, told_after)),
            "meer": page.more,
        }
        return Gathered(
            page.candidates,
            envelope,
            lambda tx, released, first: note_disclosed(tx, recipient, given(released), first),
            # Another text each time, also where nothing passed; a cursor of before stays good.
            fleeting=frozenset({"volgende"}),
        )

    disclosure = parts.gate.disclose(ask, gather)
    return disclosure, Position(page.place, page.more)


def pass_silence(parts: Parts, caller: Caller, position: int) -> Position:
    """Move over what tells this recipient nothing; `more`: what comes next does tell something.

    For who delivers, so that a page without items is neither asked of the gate nor sent. The
    recipient learns no more than from an empty page: that there is nothing. The log, which is of
    what left, stays as long as it was. Nothing that was sealed leaves this function.
    """
    recipient = caller.organisatie
    record_lapses(parts, caller.trace_id)
    feed = Feed(parts, recipient, parts.clock.day(), FEED & caller.doelen)
    with reading(parts.engine) as tx:
        parts.look(tx)
        while rows := _rows(tx, position, _LOOKED_AT):
            loaded = _Loaded.of(parts, tx, recipient, rows, Lock.NONE)
            for row in rows:
                if feed.is_yet_to_begin(row.dag):
                    return Position(position, more=False)
                if loaded.after(position, feed, row):
                    return Position(position, more=True)
                position = after_row(row.nummer)
    return Position(position, more=False)


def _fill(tx: Connection, feed: Feed, page: _Page, limiet: int) -> None:
    """Add items until the page is full or the outbox ends; rows that tell nothing are passed."""
    # One row more than items are asked for, mostly says whether there are more; only where rows
    # tell nothing is it worth looking further at once.
    ahead = limiet + 1
    while rows := _rows(tx, page.place, ahead):
        loaded = _Loaded.of(feed.parts, tx, feed.recipient, rows, Lock.SHARE)
        for row in rows:
            if feed.is_yet_to_begin(row.dag):
                # Of a day that has not begun here: what it tells shows when it has.
                return
            for place, item in loaded.after(page.place, feed, row):
                if len(page.candidates) == limiet:
                    page.more = True
                    return
                page.candidates.append(item)
                page.place = place
            page.place = after_row(row.nummer)
        ahead = max(limiet + 1, _LOOKED_AT)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What the rows of one chunk refer to."""

    dossiers: dict[UUID, Dossier]
    stands: dict[int, Sealed]
    recalls: dict[int, Recall]

    @classmethod
    def of(
        cls,
        parts: Parts,
        tx: Connection,
        recipient: str,
        rows: Sequence[Row[Any]],
        lock: Lock,
    ) -> "_Loaded":
        ids = {row.casus_id for row in rows}
        dossiers = load_by_id(tx, parts.keys, ids, lock)
        # Also of who did not agree to this recipient: or time would tell of whom there was a row.
        there = {casus: each for casus, each in dossiers.items() if each.keys.has_content}
        wanted = [
            (there[row.casus_id], row.stand_nummer)
            for row in rows
            if row.casus_id in there and row.stand_nummer is not None
        ]
        owing = [row.nummer for row in rows if owes_notice(row.beeindigd, recipient)]
        recalls = recalls_of_rows(tx, recipient, owing)
        return cls(dossiers, load_stands(tx, wanted, partial(_concerns, recipient)), recalls)

    def after(self, place: int, feed: Feed, row: Row[Any]) -> list[tuple[int, Candidate]]:
        """The items of a row beyond a place, each with its own; the gate judges them again."""
        dossier = self.dossiers.get(row.casus_id)
        if dossier is None:
            return []  # erased, and forgotten since the row was read
        stand = self.stands.get(row.stand_nummer)
        each = OutboxRow(row, dossier, stand, self.recalls.get(row.nummer))
        items = (item for item in feed.candidates(each) if _may_leave(feed, item))
        placed = ((after_item(row.nummer, item.caption["soort"]), item) for item in items)
        return [(at, item) for at, item in placed if at > place]


def _concerns(recipient: str, dossier: Dossier) -> bool:
    """Whether it was ever meant for them: damage to what was not is none of theirs."""
    return any(recipient in each.ontvangers for each in dossier.statements)


def _may_leave(feed: Feed, candidate: Candidate) -> bool:
    """Ask ahead what the gate will ask, so that a page is full of what really leaves."""
    if candidate.grondslag is Grondslag.WETTELIJK or candidate.purpose is None:
        return True
    if candidate.purpose not in feed.purposes:
        return False
    answer = feed.parts.rulebook.entitlement(
        candidate.statements, feed.recipient, candidate.purpose, feed.day
    )
    return answer.refusal is None


def _rows(tx: Connection, place: int, most: int) -> Sequence[Row[Any]]:
    return _ROWS.rows(tx, {"after": last_whole_row(place), "most": most})
