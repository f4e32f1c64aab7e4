"""Read the whole log again and say whether it is what its head says. Memory stays bounded.

What can be found inside the database is found here, and named where it can be. Three things
cannot, and need a copy of a root elsewhere (a recipient's receipt, a witness): an entry that was
rewritten together with its leaf hash, the frontier and the root; a tail cut off together with a
rewritten head; a whole database put back to an earlier day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, Row, func, select

from privacy.log.form import is_canonical
from privacy.log.head import read_head
from privacy.log.merkle import Frontier, leaf_hash
from privacy.log.tables import HEAD_ID, audithoofd, auditregel

_CHUNK: Final = 1000


class Reden(StrEnum):
    """What is wrong with the log."""

    GEWIJZIGD = "gewijzigd"  # the bytes are not those of the leaf hash
    VORM = "vorm"  # the leaf hash fits, but no writer of ours writes such bytes
    ONTBREEKT = "ontbreekt"  # there is no entry with this number
    TE_VEEL = "te_veel"  # there is an entry beyond the size that the head tells
    WORTEL = "wortel"  # all entries fit their leaf hashes, the tree does not fit the root
    RAND = "rand"  # the root fits, but the next append would start from another edge


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found: `size` and `root` as recomputed, up to the first bad entry if there is one.

    `first_bad` is None where no single entry can be named. That is so with `wortel`: entries
    and their leaf hashes were altered, swapped or renumbered together, and only who kept the
    leaf hashes elsewhere can say which. A drop with renumbering shows as `ontbreekt` at the end.
    """

    size: int
    root: bytes
    first_bad: int | None = None
    reason: Reden | None = None

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return self.reason is None


def verify(tx: Connection) -> Verification:
    """Check numbers, bytes, leaf hashes, form, size, root and frontier.

    Appending may go on meanwhile: what is checked is the log as it stood at the start. Raises
    LogUnavailableError when there is no head to check against.
    """
    head = read_head(tx)
    frontier = Frontier()
    found = (
        _check_entries(tx, head.omvang, frontier)
        or _check_end(tx, frontier.size, head.omvang)
        or _check_head(frontier, head.wortel, head.rand)
    )
    number, reason = found or (None, None)
    return Verification(frontier.size, frontier.root(), number, reason)


def _check_entries(tx: Connection, size: int, frontier: Frontier) -> tuple[int, Reden] | None:
    entries = (
        select(auditregel.c.nummer, auditregel.c.regel, auditregel.c.blad)
        .where(auditregel.c.nummer < size)
        .order_by(auditregel.c.nummer)
        .execution_options(yield_per=_CHUNK)
    )
    with tx.execute(entries) as rows:
        for chunk in rows.partitions():
            if found := _check_chunk(chunk, frontier):
                return found
    return None


def _check_chunk(
    rows: Sequence[Row[int, bytes, bytes]], frontier: Frontier
) -> tuple[int, Reden] | None:
    good: list[bytes] = []
    found = None
    for expected, (number, line, leaf) in enumerate(rows, frontier.size):
        if found := _check_entry(expected, number, line, leaf):
            break
        good.append(leaf)
    frontier.extend(good)
    return found


def _check_entry(expected: int, number: int, line: bytes, leaf: bytes) -> tuple[int, Reden] | None:
    if number < expected:
        return number, Reden.TE_VEEL
    if number > expected:
        return expected, Reden.ONTBREEKT
    if leaf_hash(line) != leaf:
        return number, Reden.GEWIJZIGD
    if not is_canonical(line):
        return number, Reden.VORM
    return None


def _check_end(tx: Connection, counted: int, size: int) -> tuple[int, Reden] | None:
    if counted < size:
        return counted, Reden.ONTBREEKT
    # One statement, so that head and entries are of one moment: the log may be growing.
    end = select(audithoofd.c.omvang).where(audithoofd.c.id == HEAD_ID).scalar_subquery()
    beyond = tx.execute(
        select(func.min(auditregel.c.nummer)).where(auditregel.c.nummer >= end)
    ).scalar_one()
    return None if beyond is None else (beyond, Reden.TE_VEEL)


def _check_head(frontier: Frontier, root: bytes, rand: bytes) -> tuple[None, Reden] | None:
    if frontier.root() != root:
        return None, Reden.WORTEL
    if frontier.to_bytes() != rand:
        return None, Reden.RAND
    return None
