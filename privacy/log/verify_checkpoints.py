"""Every stored checkpoint, held against the tree as it is made again, and against its signers.

Who rewrites entries, leaf hashes, tiles and head together is found here: the checkpoints that
were signed before no longer fit, and the first that does not says between which entries to look.
Who takes those away as well is not: that takes a copy elsewhere (a witness, a receipt).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, Row, bindparam, func, select

from privacy.log.errors import NoteError
from privacy.log.merkle import Frontier
from privacy.log.notes import SignedNote, parse_note, parse_signature
from privacy.log.tables import HEAD_ID, audithoofd, controlepunt, medeondertekening
from privacy.log.trust import Trust

_AT_ONCE: Final = 200
_PAGE: Final = (
    select(controlepunt.c.omvang, controlepunt.c.wortel, controlepunt.c.tekst)
    .where(controlepunt.c.omvang > bindparam("after"), controlepunt.c.omvang <= bindparam("last"))
    .order_by(controlepunt.c.omvang)
    .limit(_AT_ONCE)
)
_COSIGNED: Final = (
    select(medeondertekening.c.omvang, medeondertekening.c.regel)
    .where(medeondertekening.c.omvang.between(bindparam("first"), bindparam("last")))
    .order_by(medeondertekening.c.omvang)
)


class Mis(StrEnum):
    """What is wrong with a checkpoint."""

    WORTEL = "wortel"  # the entries before it do not lead to its root
    HANDTEKENING = "handtekening"  # not what the log signed
    MEDEONDERTEKENING = "medeondertekening"  # not what a witness signed


@dataclass(frozen=True, slots=True)
class Misfit:
    """The first checkpoint that does not hold, and the size of the last one before it that did."""

    omvang: int
    after: int
    mis: Mis


class Checkpoints:
    """The stored checkpoints up to a size, each looked at when the tree has grown to it.

    Without `trust` (no key of the log in the settings) only roots are looked at, no signatures.
    `good` counts those that hold, `newest` is the size of the last of them.
    """

    def __init__(self, tx: Connection, last: int, trust: Trust | None) -> None:
        self._tx = tx
        self._trusted = () if trust is None else _signers(trust)
        self._rows = self._read(last)
        self._next = next(self._rows, None)
        self.good = 0
        self.newest = 0
        self.first_misfit: Misfit | None = None

    def none_before(self, size: int) -> bool:
        """Whether the next checkpoint, if there is one, is of this size or a greater one."""
        return self._next is None or self._next[0].omvang >= size

    def grow(self, frontier: Frontier, leaves: Sequence[bytes]) -> None:
        """Take leaf hashes into the tree, and stop at each size that a checkpoint has."""
        at = 0
        while at < len(leaves):
            upto = len(leaves) if self._next is None else self._next[0].omvang - frontier.size
            some = leaves[at : at + upto]
            frontier.extend(some)
            at += len(some)
            self.look(frontier)

    def look(self, frontier: Frontier) -> None:
        """Judge the checkpoint of the size that the tree has now, if there is one."""
        while self._next is not None and self._next[0].omvang <= frontier.size:
            row, lines = self._next
            mis = self._judge(row, lines, frontier.root())
            if mis is None:
                self.good += 1
                self.newest = row.omvang
            elif self.first_misfit is None:
                self.first_misfit = Misfit(row.omvang, self.newest, mis)
            self._next = next(self._rows, None)

    def _judge(self, row: Row[int, bytes, str], lines: Iterable[str], root: bytes) -> Mis | None:
        if self._trusted:
            mis = _signed(row, lines, self._trusted)
            if mis is not None:
                return mis
        return None if row.wortel == root else Mis.WORTEL

    def _read(self, last: int) -> Iterator[tuple[Row[int, bytes, str], list[str]]]:
        after = -1
        while rows := self._tx.execute(_PAGE, {"after": after, "last": last}).all():
            first, after = rows[0].omvang, rows[-1].omvang
            cosigned: dict[int, list[str]] = {}
            for found in self._tx.execute(_COSIGNED, {"first": first, "last": after}):
                cosigned.setdefault(found.omvang, []).append(found.regel)
            for row in rows:
                yield row, cosigned.get(row.omvang, [])


def first_beyond(tx: Connection) -> int | None:
    """The size of the first checkpoint that counts more entries than there are; None if none.

    One statement, so that checkpoints and head are of one moment: the log may be growing.
    """
    size = select(audithoofd.c.omvang).where(audithoofd.c.id == HEAD_ID).scalar_subquery()
    found: int | None = tx.execute(
        select(func.min(controlepunt.c.omvang)).where(controlepunt.c.omvang > size)
    ).scalar_one()
    return found


def _signers(trust: Trust) -> tuple[Trust, ...]:
    """The present key and those before it; how many cosigned is not asked of what was stored."""
    origins = (trust.origin, *(key.name for key in trust.earlier))
    keys = (trust.log, *trust.earlier)
    return tuple(
        Trust(origin, key, trust.witnesses) for origin, key in zip(origins, keys, strict=True)
    )


def _signed(
    row: Row[int, bytes, str], lines: Iterable[str], trusted: Sequence[Trust]
) -> Mis | None:
    try:
        note = parse_note(row.tekst)
    except NoteError:
        return Mis.HANDTEKENING
    wanted = (row.omvang, row.wortel)
    if not any(_told(note, trust) == wanted for trust in trusted):
        return Mis.HANDTEKENING
    try:
        note.with_signatures(map(parse_signature, lines)).verified(trusted[0].witnesses)
    except NoteError:
        return Mis.MEDEONDERTEKENING
    return None


def _told(note: SignedNote, trust: Trust) -> tuple[int, bytes] | None:
    try:
        told = trust.checkpoint(note)
    except NoteError:
        return None
    return told.size, told.root
