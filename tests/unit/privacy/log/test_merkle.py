"""The tree is that of RFC 9162, at every size."""

from hashlib import sha256

import pytest

from privacy.log.merkle import EMPTY_ROOT, Frontier, leaf_hash, node_hash
from tests.published import LEAVES, ROOTS


def mth(entries: list[bytes]) -> bytes:
    """MTH as RFC 9162 2.1.1 writes it down: recursive, on entries, with nothing of ours."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return sha256(b"\x01" + mth(entries[:split]) + mth(entries[split:])).digest()


def test_the_published_roots_of_eight_entries_come_out():
    frontier = Frontier()
    found = []

    for leaf in LEAVES:
        frontier.append(leaf_hash(leaf))
        found.append(frontier.root())

    assert found == ROOTS


def test_the_empty_tree_has_the_hash_of_nothing_as_its_root():
    assert Frontier().root() == EMPTY_ROOT == sha256(b"").digest()


def test_every_size_to_130_has_the_root_of_the_recursive_definition():
    given = [f"entry {number}".encode() for number in range(130)]
    frontier = Frontier()

    for size, entry in enumerate(given, 1):
        frontier.append(leaf_hash(entry))

        assert frontier.size == size
        assert frontier.root() == mth(given[:size])


def test_a_frontier_keeps_one_hash_for_each_bit_of_the_size():
    frontier = Frontier()
    frontier.extend(leaf_hash(bytes([number])) for number in range(130))

    assert len(frontier.to_bytes()) == 32 * (130).bit_count()


def test_a_frontier_goes_on_from_its_bytes_as_if_it_had_never_been_away():
    kept, other = Frontier(), Frontier()
    for number in range(100):
        leaf = leaf_hash(bytes([number]))
        kept.append(leaf)
        other = Frontier.from_bytes(other.size, other.to_bytes())
        other.append(leaf)

    assert (other.size, other.root()) == (kept.size, kept.root())


@pytest.mark.parametrize(
    ("size", "hashes"),
    [
        pytest.param(3, 1, id="too few hashes"),
        pytest.param(4, 2, id="too many hashes"),
        pytest.param(0, 1, id="hashes of an empty tree"),
        pytest.param(-1, 0, id="a size below zero"),
    ],
)
def test_a_frontier_that_does_not_fit_its_size_is_refused(size, hashes):
    with pytest.raises(ValueError, match="does not fit"):
        Frontier.from_bytes(size, bytes(32 * hashes))


@pytest.mark.parametrize("height", [0, 1, 3])
def test_a_subtree_stands_for_its_leaves(height):
    leaves = [leaf_hash(bytes([n])) for n in range(24 + (1 << height))]
    one_by_one, at_once, subtree = Frontier(), Frontier(), Frontier()
    one_by_one.extend(leaves)
    subtree.extend(leaves[24:])
    at_once.extend(leaves[:24])
    at_once.extend_subtree(subtree.root(), height)

    assert at_once.size == one_by_one.size
    assert at_once.to_bytes() == one_by_one.to_bytes()


def test_a_subtree_stands_only_where_it_is_perfect():
    frontier = Frontier()
    frontier.append(leaf_hash(b"one"))

    with pytest.raises(ValueError, match="multiple of its own size"):
        frontier.extend_subtree(leaf_hash(b"two"), 1)
    assert frontier.size == 1


def test_a_node_can_not_be_passed_off_as_an_entry():
    left, right = leaf_hash(b"left"), leaf_hash(b"right")

    assert leaf_hash(left + right) != node_hash(left, right)
