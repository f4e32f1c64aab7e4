"""Trees of small leaves, made by the definition of RFC 9162 2.1.1 and nothing cleverer."""

from functools import cache

from hypothesis import strategies as st

from privacy.log.merkle import EMPTY_ROOT, leaf_hash, node_hash
from privacy.log.proofs import Range

LEAVES = [leaf_hash(bytes([at])) for at in range(256)]
#: Up to here every tree is tried.
MOST = 130
SIZES = st.integers(1, MOST)


@cache
def root_of(first: int, last: int) -> bytes:
    """MTH of the leaves from `first` up to `last`."""
    if first == last:
        return EMPTY_ROOT
    if last - first == 1:
        return LEAVES[first]
    middle = first + 1
    while first + 2 * (middle - first) < last:
        middle = first + 2 * (middle - first)
    return node_hash(root_of(first, middle), root_of(middle, last))


def hashes(ranges: list[Range]) -> list[bytes]:
    return [root_of(each.first, each.last) for each in ranges]


def flipped(data: bytes, bit: int) -> bytes:
    """The same but for one bit, counted round from the first byte."""
    at = bit // 8 % len(data)
    return data[:at] + bytes([data[at] ^ 1 << bit % 8]) + data[at + 1 :]
