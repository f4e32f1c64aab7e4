"""The Merkle tree of RFC 9162 section 2.1.1 (the same tree as RFC 6962), kept by its right edge.

Pure: knows no table and no entry. A leaf and a node are hashed with different prefixes, so that
a node can never be passed off as an entry.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final, Self

HASH_SIZE: Final = 32
EMPTY_ROOT: Final = sha256().digest()


def leaf_hash(entry: bytes) -> bytes:
    """RFC 9162 2.1.1: HASH(0x00 || d)."""
    return sha256(b"\x00" + entry).digest()


def leaf_hashes(entries: Iterable[bytes]) -> list[bytes]:
    """The leaf hash of each; a call for each would cost a third more."""
    return [sha256(b"\x00" + entry).digest() for entry in entries]


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 9162 2.1.1: HASH(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def parent_hashes(level: Sequence[bytes]) -> list[bytes]:
    """The level above a level of an even number of nodes."""
    each = iter(level)
    return [sha256(b"\x01" + left + right).digest() for left, right in zip(each, each, strict=True)]


class Frontier:
    """A compact range from zero: the roots of the perfect subtrees, the largest (oldest) first.

    As many hashes as `size` has bits set. It is all that appending and the root need: both cost
    the logarithm of the size, and nothing is read again after a restart.
    """

    __slots__ = ("_roots", "size")

    def __init__(self) -> None:
        self.size = 0
        self._roots: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Take one more leaf hash at the right."""
        self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Take leaf hashes at the right, in order.

        The node hash stands in the loop itself: a call for each would cost a quarter more.
        """
        roots, size = self._roots, self.size
        for leaf in leaves:
            root, below = leaf, size
            while below & 1:
                root = sha256(b"\x01" + roots.pop() + root).digest()
                below >>= 1
            roots.append(root)
            size += 1
        self.size = size

    def extend_subtree(self, root: bytes, height: int) -> None:
        """Take 2^height leaves at the right by the root of their subtree.

        Raises ValueError where no subtree of that height can stand: it would not be perfect.
        """
        below, rest = divmod(self.size, 1 << height)
        if rest:
            raise ValueError("a subtree begins at a multiple of its own size")
        while below & 1:
            root = node_hash(self._roots.pop(), root)
            below >>= 1
        self._roots.append(root)
        self.size += 1 << height

    def root(self) -> bytes:
        """Give the root of the whole tree; of the empty one, the hash of nothing."""
        if not self._roots:
            return EMPTY_ROOT
        *older, root = self._roots
        for left in reversed(older):
            root = node_hash(left, root)
        return root

    def to_bytes(self) -> bytes:
        """Write the hashes one after the other; `from_bytes` needs the size beside them."""
        return b"".join(self._roots)

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> Self:
        """Read the frontier that `to_bytes` wrote at this size.

        Raises ValueError where the number of hashes does not fit the size. That the hashes are
        the right ones is not checked here: `privacy.log.verify` does.
        """
        if size < 0 or len(data) != size.bit_count() * HASH_SIZE:
            raise ValueError("the frontier does not fit the size of the tree")
        frontier = cls()
        frontier.size = size
        frontier._roots = [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]
        return frontier
