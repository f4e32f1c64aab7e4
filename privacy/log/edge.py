"""What the signer knows of the log by itself, and how it goes along with what was added.

The edge is kept outside the database. Whatever becomes of that, nothing is signed that does not
begin with what was signed before (statement 5). A log that was cut off and got exactly the same
entries again is the same log.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from sqlalchemy import Connection, Row, select

from privacy.log.errors import SignerRefusedError
from privacy.log.head import read_head
from privacy.log.merkle import Frontier, leaf_hash
from privacy.log.tables import auditregel

_CHUNK: Final = 1000


@dataclass(frozen=True, slots=True)
class Edge:
    """Size, frontier and root of the log, as far as it was read."""

    omvang: int = 0
    rand: bytes = field(default=b"", repr=False)
    wortel: bytes = field(default_factory=lambda: Frontier().root())

    @classmethod
    def of(cls, frontier: Frontier) -> Self:
        """The edge of a tree."""
        return cls(frontier.size, frontier.to_bytes(), frontier.root())

    def to_bytes(self) -> bytes:
        """As it is kept in a file."""
        told = {"omvang": self.omvang, "rand": self.rand.hex(), "wortel": self.wortel.hex()}
        return json.dumps(told).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` wrote; ValueError where frontier, size and root do not fit."""
        try:
            told = json.loads(data)
            rand, wortel = bytes.fromhex(told["rand"]), bytes.fromhex(told["wortel"])
            found = cls.of(Frontier.from_bytes(int(told["omvang"]), rand))
        except (KeyError, TypeError):
            raise ValueError("this is no edge of a log") from None
        if found.wortel != wortel:
            raise ValueError("the edge does not have the root that it is said to have")
        return found


def follow(tx: Connection, known: Edge) -> Edge:
    """The edge of the log as it is now, of which only what is new was read.

    SignerRefusedError where the log is shorter than what is known, an entry is not that of its
    leaf hash or is missing, or the head of the log has another root. Not checked: the form of
    entries, and what was read before (`privacy.log.verify`).
    """
    head = read_head(tx)
    if head.omvang < known.omvang:
        raise SignerRefusedError("korter", head.omvang)
    frontier = Frontier.from_bytes(known.omvang, known.rand)
    added = (
        select(auditregel.c.nummer, auditregel.c.regel, auditregel.c.blad)
        .where(auditregel.c.nummer >= known.omvang, auditregel.c.nummer < head.omvang)
        .order_by(auditregel.c.nummer)
        .execution_options(yield_per=_CHUNK)
    )
    with tx.execute(added) as rows:
        for chunk in rows.partitions():
            frontier.extend(_leaves(chunk, frontier.size))
    if frontier.size != head.omvang:
        raise SignerRefusedError("regel_ontbreekt", frontier.size)
    if frontier.root() != head.wortel:
        raise SignerRefusedError("andere_wortel")
    return Edge.of(frontier)


def _leaves(rows: Sequence[Row[int, bytes, bytes]], first: int) -> list[bytes]:
    leaves = []
    for expected, (nummer, regel, blad) in enumerate(rows, first):
        if nummer != expected:
            raise SignerRefusedError("regel_ontbreekt", expected)
        if leaf_hash(regel) != blad:
            raise SignerRefusedError("regel_gewijzigd", nummer)
        leaves.append(blad)
    return leaves
