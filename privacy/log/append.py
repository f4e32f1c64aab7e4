"""Append to the log, inside the transaction that the entries prove.

Order: encode and hash, lock the head row, number, insert, move the head. The head row is the
last lock that a transaction takes, and it is held for as short as can be. Nothing commits here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, update
from sqlalchemy.exc import SQLAlchemyError

from privacy.log.copy import Line
from privacy.log.entries import AuditEntry, encode
from privacy.log.errors import LogUnavailableError
from privacy.log.form import is_canonical
from privacy.log.head import Head, initialise, lock_head
from privacy.log.high_water import note_appended, require_grown
from privacy.log.merkle import Frontier, leaf_hash
from privacy.log.tables import HEAD_ID, audithoofd, auditregel
from privacy.log.tiles import complete
from privacy.store.bulk import insert_rows
from privacy.store.direct import Direct

__all__ = ["CLOCK_SLACK", "Appended", "append", "append_lost", "initialise"]

#: Writers take their time before they queue for the lock, so that a little disorder is ordinary.
#: Only what is further back than this is a clock that went backwards.
CLOCK_SLACK: Final = timedelta(seconds=2)

_MOVE_HEAD: Final = Direct(update(audithoofd).where(audithoofd.c.id == HEAD_ID), Head._fields)


@dataclass(frozen=True, slots=True)
class Appended:
    """Where the entries stand: `first`, and on from there. `lines` are the bytes as stored."""

    first: int
    lines: tuple[bytes, ...]

    @property
    def last(self) -> int:
        """The number of the last one: that of the page or pack, which follows its casussen."""
        return self.first + len(self.lines) - 1


def append(tx: Connection, entries: Sequence[AuditEntry], now: datetime) -> Appended:
    """Append the entries, in order and side by side; they count when `tx` commits.

    Raises EntryRefusedError before anything is locked, LogUnavailableError where the log cannot
    be written (then nothing may be disclosed, design 2.4), and LogShorterError where this process
    knows of entries that are gone (design 2.10).
    """
    if not entries:
        raise ValueError("nothing to append")
    hashed = _hash(entries)
    try:
        head = lock_head(tx)
        require_grown(tx, head.omvang)
        if head.laatste_tijd is not None and now < head.laatste_tijd - CLOCK_SLACK:
            hashed = _hash([replace(entry, klok_terug=True) for entry in entries])
        _store(tx, head, hashed, now)
    except SQLAlchemyError as failure:
        raise LogUnavailableError("the log cannot be written") from failure
    return Appended(head.omvang, tuple(line for line, _ in hashed))


def append_lost(tx: Connection, head: Head, lines: Sequence[Line], now: datetime) -> None:
    """Put entries of a copy back exactly as they were, at the end of the log; `head` is locked.

    ValueError where they do not follow, or are not what our writer writes: then none is put back.
    """
    wanted = range(head.omvang, head.omvang + len(lines))
    if [line.nummer for line in lines] != list(wanted):
        raise ValueError("the entries do not follow the log")
    if not all(is_canonical(line.regel) and leaf_hash(line.regel) == line.blad for line in lines):
        raise ValueError("an entry is not what it says it is")
    if lines:
        _store(tx, head, [(line.regel, line.blad) for line in lines], now)


def _hash(entries: Sequence[AuditEntry]) -> list[tuple[bytes, bytes]]:
    return [(line, leaf_hash(line)) for line in map(encode, entries)]


def _store(tx: Connection, head: Head, hashed: list[tuple[bytes, bytes]], now: datetime) -> None:
    try:
        frontier = Frontier.from_bytes(head.omvang, head.rand)
    except ValueError:
        raise LogUnavailableError("the head of the log is damaged") from None
    frontier.extend(leaf for _, leaf in hashed)
    rows = [
        {"nummer": nummer, "regel": line, "blad": leaf, "opgenomen": now}
        for nummer, (line, leaf) in enumerate(hashed, head.omvang)
    ]
    insert_rows(tx, auditregel, rows)
    complete(tx, head.omvang, frontier.size)
    moved = Head(
        omvang=frontier.size,
        rand=frontier.to_bytes(),
        wortel=frontier.root(),
        laatste_tijd=now if head.laatste_tijd is None else max(now, head.laatste_tijd),
    )
    _MOVE_HEAD.write(tx, moved._asdict())
    note_appended(tx, moved.omvang, now)
