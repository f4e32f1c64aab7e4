"""Read the whole log again and say whether it is what its head says. Memory stays bounded.

What can be found inside the database is found here, and named where it can be: also, by the
checkpoints that the signer left there, entries that were rewritten together with their leaf
hashes, tiles and head. Two things cannot be found here, and need a copy elsewhere (a recipient's
receipt, a witness): a tail cut off together with the newest checkpoints, and a whole database put
back to an earlier day.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Final

from sqlalchemy import Connection, Row, func, select

from privacy.log.access import altered
from privacy.log.form import are_canonical, is_canonical
from privacy.log.head import read_head
from privacy.log.merkle import Frontier, leaf_hash, leaf_hashes
from privacy.log.tables import HEAD_ID, audithoofd, auditregel
from privacy.log.tiles import HEIGHT, WIDTH, root_of
from privacy.log.trust import Trust
from privacy.log.verify_checkpoints import Checkpoints, Mis, first_beyond
from privacy.log.verify_tiles import Tiles, tile_beyond

#: Read at once: whole tiles.
_CHUNK: Final = 2 * WIDTH
#: Whoever changed more rows of the access log than this, changed it.
_MOST_ALTERED: Final = 20


class Reden(StrEnum):
    """What is wrong with the log."""

    GEWIJZIGD = "gewijzigd"  # the bytes are not those of the leaf hash
    VORM = "vorm"  # the leaf hash fits, but no writer of ours writes such bytes
    ONTBREEKT = "ontbreekt"  # there is no entry with this number
    TE_VEEL = "te_veel"  # there is an entry beyond the size that the head tells
    WORTEL = "wortel"  # all entries fit their leaf hashes, the tree does not fit the root
    RAND = "rand"  # the root fits, but the next append would start from another edge
    KORTER = "korter"  # a checkpoint counts more entries than there are
    CONTROLEPUNT = "controlepunt"  # a checkpoint has another root than the entries before it
    HANDTEKENING = "handtekening"  # a checkpoint is not what the log signed
    MEDEONDERTEKENING = "medeondertekening"  # a cosignature is not what a witness signed
    TEGEL = "tegel"  # a stored tile has another root than its entries, is missing or too many
    TOEGANG = "toegang"  # a row of the access log is not what the tree has a digest of, or gone


_OF: Final = {
    Mis.WORTEL: Reden.CONTROLEPUNT,
    Mis.HANDTEKENING: Reden.HANDTEKENING,
    Mis.MEDEONDERTEKENING: Reden.MEDEONDERTEKENING,
}
#: A reason, and between which entries to look: from the first, up to the second.
_Found = tuple[Reden, tuple[int, int] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was found: `size` and `root` as recomputed, up to the first bad entry if there is one.

    `first_bad` is None where no single entry can be named. That is so with `wortel` and
    `controlepunt`: entries and their leaf hashes were altered, swapped or renumbered together,
    and only who kept the leaf hashes elsewhere can say which. `between` says as far as can be
    said here among which entries that was. A drop with renumbering shows as `ontbreekt` at the
    end. `checkpoints` counts those that hold, `attested` is the size of the newest of them.
    `access` has the numbers of the first rows of the access log that were changed or are gone,
    whatever else is wrong: these rows are no part of the tree.
    """

    size: int
    root: bytes
    first_bad: int | None = None
    reason: Reden | None = None
    between: tuple[int, int] | None = None
    checkpoints: int = 0
    attested: int = 0
    access: tuple[int, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return self.reason is None


class _Again:
    """The tree made again, with all that is held against it on the way."""

    def __init__(self, tx: Connection, size: int, trust: Trust | None) -> None:
        self.frontier = Frontier()
        self.tiles = Tiles(tx)
        self.checkpoints = Checkpoints(tx, size, trust)
        self.checkpoints.look(self.frontier)

    def extend(self, leaves: Sequence[bytes]) -> None:
        at = 0
        while at < len(leaves):
            some = leaves[at : at + WIDTH - self.frontier.size % WIDTH]
            if len(some) == WIDTH and self.checkpoints.none_before(self.frontier.size + WIDTH):
                self._extend_tile(root_of(some))
            else:
                self.checkpoints.grow(self.frontier, some)
                self.tiles.extend(some)
            at += len(some)

    def _extend_tile(self, root: bytes) -> None:
        # What is inside is hashed once, for the tile and for the tree.
        self.tiles.extend_tile(root)
        self.frontier.extend_subtree(root, HEIGHT)
        self.checkpoints.look(self.frontier)


def verify(
    tx: Connection, trust: Trust | None = None, *, told: Callable[[int], None] | None = None
) -> Verification:
    """Check numbers, bytes, leaf hashes, form, size, root, frontier, checkpoints, tiles and rows.

    Appending may go on meanwhile: what is checked is the log as it stood at the start. `told`
    hears how many entries were read. Without `trust` no signature is looked at. Raises
    LogUnavailableError when there is no head to check against.
    """
    head = read_head(tx)
    again = _Again(tx, head.omvang, trust)
    found = _check_entries(tx, head.omvang, again, told) or _check_end(
        tx, again.frontier.size, head.omvang
    )
    number, reason = found or (None, None)
    between = None
    if reason is None:
        reason, between = _check_whole(tx, again, head.wortel, head.rand) or (None, None)
    access = tuple(islice(altered(tx), _MOST_ALTERED))
    if reason is None and access:
        number, reason = access[0], Reden.TOEGANG
    return Verification(
        size=again.frontier.size,
        root=again.frontier.root(),
        first_bad=number,
        reason=reason,
        between=between,
        checkpoints=again.checkpoints.good,
        attested=again.checkpoints.newest,
        access=access,
    )


def _check_entries(
    tx: Connection, size: int, again: _Again, told: Callable[[int], None] | None
) -> tuple[int, Reden] | None:
    entries = (
        select(auditregel.c.nummer, auditregel.c.regel, auditregel.c.blad)
        .where(auditregel.c.nummer < size)
        .order_by(auditregel.c.nummer)
        .execution_options(yield_per=_CHUNK)
    )
    with tx.execute(entries) as rows:
        for chunk in rows.partitions():
            if found := _check_chunk(chunk, again):
                return found
            if told is not None:
                told(again.frontier.size)
    return None


def _check_chunk(rows: Sequence[Row[int, bytes, bytes]], again: _Again) -> tuple[int, Reden] | None:
    first = again.frontier.size
    numbers, lines, leaves = zip(*rows, strict=True)
    if _are_sound(first, numbers, lines, leaves):
        again.extend(leaves)
        return None
    good: list[bytes] = []
    found = None
    for expected, (number, line, leaf) in enumerate(rows, first):
        if found := _check_entry(expected, number, line, leaf):
            break
        good.append(leaf)
    again.extend(good)
    return found


def _are_sound(
    first: int, numbers: Sequence[int], lines: Sequence[bytes], leaves: Sequence[bytes]
) -> bool:
    """Whether `_check_entry` surely finds nothing: the same three things, of all at once."""
    return (
        list(numbers) == list(range(first, first + len(numbers)))
        and leaf_hashes(lines) == list(leaves)
        and are_canonical(lines)
    )


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


def _check_whole(tx: Connection, again: _Again, root: bytes, rand: bytes) -> _Found | None:
    misfit = again.checkpoints.first_misfit
    between = None if misfit is None else (misfit.after, misfit.omvang)
    if again.frontier.root() != root:
        return Reden.WORTEL, between
    if again.frontier.to_bytes() != rand:
        return Reden.RAND, None
    beyond = first_beyond(tx)
    if beyond is not None:
        return Reden.KORTER, (again.frontier.size, beyond)
    if misfit is not None:
        return _OF[misfit.mis], between
    bad = again.tiles.bad or tile_beyond(tx)
    return None if bad is None else (Reden.TEGEL, (bad[0], bad[0] + bad[1]))
