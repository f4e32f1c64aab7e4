"""The stored roots of full tiles, held against the entries that they are made of.

They are what proofs are made from. One that was altered hides nothing, for a proof made of it
fails; but whoever waits for a proof then waits in vain, and does not know why.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, func, select

from privacy.log.tables import HEAD_ID, audithoofd, audittegel
from privacy.log.tiles import HEIGHT, WIDTH, known_roots, root_of

#: No tile of ours is ever of a higher one: that would take 2^56 entries.
_LEVELS: Final = 7


class Tiles:
    """All levels of tiles, made again of the leaf hashes as they are read.

    `bad` is where the first tile begins that is missing or has another root: the number of the
    entry at its left edge, and how many entries it stands for. None where there is none.
    """

    def __init__(self, tx: Connection) -> None:
        self._tx = tx
        self._open: list[list[bytes]] = [[]]
        self._full = [0]
        self._read: dict[int, tuple[int, dict[int, bytes]]] = {}
        self.bad: tuple[int, int] | None = None

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Take leaf hashes, in order; memory holds no more than what is not yet a full tile."""
        self._extend(0, leaves)

    def extend_tile(self, root: bytes) -> None:
        """Take a whole tile of leaf hashes by its root, where the one before it is full."""
        self._note(0, [root])
        self._extend(1, [root])

    def _extend(self, niveau: int, hashes: Sequence[bytes]) -> None:
        while hashes:
            if niveau == len(self._open):
                self._open.append([])
                self._full.append(0)
            hashes = self._close(niveau, hashes)
            niveau += 1

    def _close(self, niveau: int, hashes: Sequence[bytes]) -> list[bytes]:
        """Give the roots of the tiles of this level that are full now."""
        waiting = self._open[niveau]
        waiting += hashes
        whole = len(waiting) // WIDTH
        roots = [root_of(waiting[at * WIDTH : (at + 1) * WIDTH]) for at in range(whole)]
        del waiting[: whole * WIDTH]
        self._note(niveau, roots)
        return roots

    def _note(self, niveau: int, roots: list[bytes]) -> None:
        for nummer, root in enumerate(roots, self._full[niveau]):
            if self.bad is None and self._stored(niveau, nummer) != root:
                entries = WIDTH << (HEIGHT * niveau)
                self.bad = (nummer * entries, entries)
        self._full[niveau] += len(roots)

    def _stored(self, niveau: int, nummer: int) -> bytes | None:
        """One of the stored roots, which are read many at once and as they come in order."""
        first = nummer - nummer % WIDTH
        if self._read.get(niveau, (None, {}))[0] != first:
            self._read[niveau] = first, known_roots(self._tx, niveau, first, first + WIDTH)
        return self._read[niveau][1].get(nummer)


def tile_beyond(tx: Connection) -> tuple[int, int] | None:
    """The first tile that counts more entries than there are, told as `Tiles.bad`; None if none.

    Each statement has head and tiles of one moment: the log may be growing.
    """
    end = select(audithoofd.c.omvang).where(audithoofd.c.id == HEAD_ID).scalar_subquery()
    for niveau in range(_LEVELS):
        entries = WIDTH << (HEIGHT * niveau)
        of = audittegel.c.niveau == niveau, audittegel.c.nummer >= end // entries
        nummer = tx.execute(select(func.min(audittegel.c.nummer)).where(*of)).scalar_one()
        if nummer is not None:
            return nummer * entries, entries
    return None
