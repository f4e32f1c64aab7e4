"""The tree as it is stored, in tiles of 256 hashes (C2SP tlog-tiles, height 8).

A tile of level 0 is the leaf hashes of 256 entries, which stand with the entries; a tile of a
higher level is the roots of 256 full tiles of the level below. So only the root of each full
tile is kept: a row for 256 entries, written once, in the transaction that filled the tile.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, select

from privacy.log.errors import LogUnavailableError
from privacy.log.merkle import EMPTY_ROOT, node_hash, parent_hashes
from privacy.log.proofs import Range, consistency, inclusion
from privacy.log.tables import auditregel, audittegel
from privacy.store.bulk import insert_rows

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT

_LEAVES: Final = (
    select(auditregel.c.blad)
    .where(auditregel.c.nummer.between(bindparam("first"), bindparam("last")))
    .order_by(auditregel.c.nummer)
)
_ROOTS: Final = (
    select(audittegel.c.wortel)
    .where(
        audittegel.c.niveau == bindparam("niveau"),
        audittegel.c.nummer.between(bindparam("first"), bindparam("last")),
    )
    .order_by(audittegel.c.nummer)
)


def read_hashes(tx: Connection, niveau: int, first: int, count: int) -> list[bytes]:
    """Hashes of a level from a place on: leaf hashes, or the roots of full tiles below.

    LogUnavailableError where not all of them are there.
    """
    asked = {"first": first, "last": first + count - 1}
    if niveau == 0:
        found = tx.execute(_LEAVES, asked).scalars().all()
    else:
        found = tx.execute(_ROOTS, {**asked, "niveau": niveau - 1}).scalars().all()
    if len(found) != count:
        raise LogUnavailableError("a tile of the log is not whole")
    return list(found)


def complete(tx: Connection, before: int, after: int) -> None:
    """Note the root of each tile that became full when the log grew; mostly there is none.

    A log that was cut and gets the same entries again may find its tiles there; LogUnavailableError
    where such a one has another root, for then it is of other entries.
    """
    niveau = 0
    while before >> HEIGHT < after >> HEIGHT:
        before, after = before >> HEIGHT, after >> HEIGHT
        roots = {nummer: _root_of_tile(tx, niveau, nummer) for nummer in range(before, after)}
        there = known_roots(tx, niveau, before, after)
        if any(roots[nummer] != root for nummer, root in there.items()):
            raise LogUnavailableError("a tile of other entries is in the place of a new one")
        rows = [
            {"niveau": niveau, "nummer": nummer, "wortel": root}
            for nummer, root in roots.items()
            if nummer not in there
        ]
        if rows:
            insert_rows(tx, audittegel, rows)
        niveau += 1


def known_roots(tx: Connection, niveau: int, first: int, after: int) -> dict[int, bytes]:
    """The stored roots of tiles by their number, from one up to another; absent where none is."""
    table = audittegel.c
    found = select(table.nummer, table.wortel).where(
        table.niveau == niveau, table.nummer.between(first, after - 1)
    )
    return {row.nummer: row.wortel for row in tx.execute(found)}


def catch_up(tx: Connection, size: int) -> None:
    """Note the roots of a log that was written before there were tiles."""
    if size >= WIDTH and tx.execute(select(audittegel.c.nummer).limit(1)).first() is None:
        complete(tx, 0, size)


def _root_of_tile(tx: Connection, niveau: int, nummer: int) -> bytes:
    return root_of(read_hashes(tx, niveau, nummer * WIDTH, WIDTH))


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    level = list(hashes)
    while len(level) > 1:
        level = parent_hashes(level)
    return level[0]


class StoredTree:
    """The tree of the first `size` entries, read as far as a proof needs it.

    For one transaction. Nothing is checked here: a hash that was altered gives a proof that fails.
    """

    def __init__(self, tx: Connection, size: int) -> None:
        self.size = size
        self._tx = tx
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def root(self) -> bytes:
        """The root of the whole; of the empty tree, the hash of nothing."""
        return self._root(Range(0, self.size)) if self.size else EMPTY_ROOT

    def inclusion(self, index: int) -> list[bytes]:
        """The inclusion path of an entry. ValueError outside the tree."""
        return self._roots(inclusion(index, self.size))

    def consistency(self, old: int) -> list[bytes]:
        """The proof that this tree begins with that of `old` entries. ValueError beyond it."""
        return self._roots(consistency(old, self.size))

    def _roots(self, ranges: Iterable[Range]) -> list[bytes]:
        return [self._root(each) for each in ranges]

    def _root(self, whole: Range) -> bytes:
        *others, root = [self._subtree(*each) for each in whole.perfect()]
        for left in reversed(others):
            root = node_hash(left, root)
        return root

    def _subtree(self, height: int, place: int) -> bytes:
        """The root of a perfect subtree, from the hashes of the level that it stands in."""
        niveau, above = divmod(height, HEIGHT)
        first = place << above
        tile = self._tile(niveau, first // WIDTH)
        at = first % WIDTH
        return root_of(tile[at : at + (1 << above)])

    def _tile(self, niveau: int, nummer: int) -> list[bytes]:
        if (niveau, nummer) not in self._tiles:
            there = self.size >> (HEIGHT * niveau)
            count = min(WIDTH, there - nummer * WIDTH)
            found = read_hashes(self._tx, niveau, nummer * WIDTH, count)
            self._tiles[niveau, nummer] = found
        return self._tiles[niveau, nummer]
