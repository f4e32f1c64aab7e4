"""Proofs after RFC 9162: those that we make are accepted, and nothing else is (statement 1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.log.errors import ProofError
from privacy.log.merkle import EMPTY_ROOT
from privacy.log.proofs import (
    MOST_HASHES,
    consistency,
    inclusion,
    verify_consistency,
    verify_inclusion,
)
from tests.unit.privacy.log.trees import LEAVES, MOST, SIZES, flipped, hashes, root_of


def test_every_inclusion_proof_up_to_130_entries_is_accepted():
    for size in range(1, MOST + 1):
        for index in range(size):
            path = hashes(inclusion(index, size))
            verify_inclusion(LEAVES[index], index, size, path, root_of(0, size))


def test_every_consistency_proof_up_to_130_entries_is_accepted():
    for size in range(MOST + 1):
        for old in range(size + 1):
            path = hashes(consistency(old, size))
            verify_consistency(old, size, root_of(0, old), root_of(0, size), path)


@given(SIZES, st.data())
def test_a_flipped_bit_in_an_inclusion_proof_is_refused(size, data):
    index = data.draw(st.integers(0, size - 1))
    path = hashes(inclusion(index, size))
    given_hashes = [LEAVES[index], *path, root_of(0, size)]
    which = data.draw(st.integers(0, len(given_hashes) - 1))
    given_hashes[which] = flipped(given_hashes[which], data.draw(st.integers(0, 255)))
    leaf, *path, root = given_hashes

    with pytest.raises(ProofError):
        verify_inclusion(leaf, index, size, path, root)


@given(SIZES, st.data())
def test_a_flipped_bit_in_a_consistency_proof_is_refused(size, data):
    old = data.draw(st.integers(1, size))
    given_hashes = [root_of(0, old), *hashes(consistency(old, size)), root_of(0, size)]
    which = data.draw(st.integers(0, len(given_hashes) - 1))
    given_hashes[which] = flipped(given_hashes[which], data.draw(st.integers(0, 255)))
    before, *path, root = given_hashes

    with pytest.raises(ProofError):
        verify_consistency(old, size, before, root, path)


@given(SIZES, st.data())
def test_a_proof_is_of_one_place_only(size, data):
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1).filter(lambda at: at != index) | st.just(size))
    path = hashes(inclusion(index, size))

    with pytest.raises(ProofError):
        verify_inclusion(LEAVES[index], other, size, path, root_of(0, size))


@given(SIZES, st.data(), st.booleans())
def test_a_hash_too_many_or_too_few_is_refused(size, data, longer):
    old = data.draw(st.integers(1, size))
    path = hashes(consistency(old, size))
    if not longer and not path:
        return
    changed = [*path, LEAVES[0]] if longer else path[:-1]

    with pytest.raises(ProofError):
        verify_consistency(old, size, root_of(0, old), root_of(0, size), changed)


def test_from_nothing_anything_may_grow_and_only_from_nothing():
    verify_consistency(0, 5, EMPTY_ROOT, root_of(0, 5), [])

    with pytest.raises(ProofError, match="wortel"):
        verify_consistency(0, 5, LEAVES[0], root_of(0, 5), [])


@pytest.mark.parametrize(("old", "size"), [(6, 5), (-1, 5)])
def test_a_tree_does_not_shrink(old, size):
    with pytest.raises(ProofError, match="omvang"):
        verify_consistency(old, size, LEAVES[0], LEAVES[0], [])


def test_what_is_no_hash_is_refused_before_anything_is_computed():
    with pytest.raises(ProofError, match="hash"):
        verify_inclusion(b"kort", 0, 1, [], root_of(0, 1))
    with pytest.raises(ProofError, match="lengte"):
        verify_inclusion(LEAVES[0], 0, 1, [LEAVES[0]] * (MOST_HASHES + 1), root_of(0, 1))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_there_is_no_proof_of_what_is_not_in_the_tree(index, size):
    with pytest.raises(ValueError, match="no such entry"):
        inclusion(index, size)


def test_there_is_no_proof_that_a_tree_begins_with_a_larger_one():
    with pytest.raises(ValueError, match="larger"):
        consistency(4, 3)
