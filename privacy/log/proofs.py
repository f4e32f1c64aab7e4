"""Proofs of the tree after RFC 9162: of inclusion (2.1.3) and of consistency (2.1.4).

Making one is naming ranges of leaves whose roots are asked for; checking one needs nothing but
hashes. Pure: where the roots come from is not known here (`privacy.log.tiles`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from privacy.log.errors import ProofError
from privacy.log.merkle import EMPTY_ROOT, HASH_SIZE, node_hash

#: No tree of ours comes near; a longer path is somebody's mischief (C2SP tlog-witness).
MOST_HASHES: Final = 63


@dataclass(frozen=True, slots=True)
class Range:
    """The leaves from `first` up to, not with, `last`; what their root is, is one proof line."""

    first: int
    last: int

    def split(self) -> "tuple[Range, Range]":
        """At the largest power of two that leaves something: how RFC 9162 2.1.1 builds a tree."""
        middle = self.first + (1 << ((self.last - self.first - 1).bit_length() - 1))
        return Range(self.first, middle), Range(middle, self.last)

    def perfect(self) -> "Iterator[tuple[int, int]]":
        """The perfect subtrees it is made of, from the left, each as (height, place)."""
        at = self.first
        while at < self.last:
            height = (self.last - at).bit_length() - 1
            yield height, at >> height
            at += 1 << height


def inclusion(index: int, size: int) -> list[Range]:
    """PATH(index, D[size]), from the sibling of the leaf upward. ValueError outside the tree."""
    if not 0 <= index < size:
        raise ValueError("no such entry in a tree of this size")
    whole, path = Range(0, size), []
    while whole.last - whole.first > 1:
        left, right = whole.split()
        inside, beside = (left, right) if index < left.last else (right, left)
        path.append(beside)
        whole = inside
    return path[::-1]


def consistency(old: int, size: int) -> list[Range]:
    """PROOF(old, D[size]), in the order of the RFC; empty from nothing and to itself."""
    if not 0 <= old <= size:
        raise ValueError("a tree is not consistent with a larger one")
    if old in (0, size):
        return []
    whole, path, at_begin = Range(0, size), [], True
    while old != whole.last:
        left, right = whole.split()
        inside, beside = (left, right) if old <= left.last else (right, left)
        at_begin = at_begin and inside is left
        path.append(beside)
        whole = inside
    # A subtree from the very beginning is the old tree itself, whose root the asker has.
    return (path if at_begin else [*path, whole])[::-1]


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """RFC 9162 2.1.3.2. ProofError unless the leaf hash stands at `index` under this root."""
    if not 0 <= index < size:
        raise ProofError("index")
    _require_hashes((leaf, root), path)
    at, last, found = index, size - 1, leaf
    for hash_ in path:
        if last == 0:
            raise ProofError("lengte")
        if at & 1 or at == last:
            found = node_hash(hash_, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, hash_)
        at, last = at >> 1, last >> 1
    if last != 0:
        raise ProofError("lengte")
    if found != root:
        raise ProofError("wortel")


def verify_consistency(
    old: int, size: int, old_root: bytes, root: bytes, path: Sequence[bytes]
) -> None:
    """RFC 9162 2.1.4.2. ProofError unless the tree of `size` begins with that of `old` leaves."""
    if not 0 <= old <= size:
        raise ProofError("omvang")
    _require_hashes((old_root, root), path)
    if old in (0, size):
        if path:
            raise ProofError("lengte")
        if old_root != (EMPTY_ROOT if old == 0 else root):
            raise ProofError("wortel")
        return
    _walk(old, size, old_root, root, path)


def _walk(old: int, size: int, old_root: bytes, root: bytes, path: Sequence[bytes]) -> None:
    # An old tree that is perfect is itself the first subtree of the path.
    hashes = chain((old_root,), path) if old & (old - 1) == 0 else iter(path)
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = next(hashes, b"")
    for hash_ in hashes:
        if last == 0:
            raise ProofError("lengte")
        if at & 1 or at == last:
            before, after = node_hash(hash_, before), node_hash(hash_, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, hash_)
        at, last = at >> 1, last >> 1
    if last != 0:
        raise ProofError("lengte")
    if before != old_root or after != root:
        raise ProofError("wortel")


def _require_hashes(roots: Sequence[bytes], path: Sequence[bytes]) -> None:
    if len(path) > MOST_HASHES:
        raise ProofError("lengte")
    if any(len(each) != HASH_SIZE for each in chain(roots, path)):
        raise ProofError("hash")
