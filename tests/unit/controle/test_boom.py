"""Statement 1: three implementations of one tree agree, and accept nothing else.

Ours makes the proofs. They are judged by the outsider's program, written from the RFC alone, and
inclusion also by the verifier in sigstore, which none of us wrote.
"""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore.errors import VerificationError

from deploy.controle.controleer import (
    Boom,
    KloptNietError,
    bladhash,
    controleer_groei,
    controleer_opname,
)
from privacy.log.proofs import consistency, inclusion
from tests.published import CONSISTENCIES, INCLUSIONS, LEAVES, ROOTS
from tests.unit.privacy.log.trees import LEAVES as OURS
from tests.unit.privacy.log.trees import MOST, SIZES, flipped, hashes, root_of


def test_the_tree_has_the_eight_roots_that_rfc_6962_published():
    boom = Boom()
    for leaf, root in zip(LEAVES, ROOTS, strict=True):
        boom.groei(bladhash(leaf))
        assert boom.wortel() == root


def test_the_published_proofs_are_accepted():
    for index, size, path in INCLUSIONS:
        controleer_opname(bladhash(LEAVES[index]), index, size, path, ROOTS[size - 1])
    for old, new, path in CONSISTENCIES:
        controleer_groei((old, ROOTS[old - 1]), (new, ROOTS[new - 1]), path)


def test_every_proof_of_ours_up_to_130_entries_is_accepted_by_the_outsider():
    """Statement 1."""
    for size in range(1, MOST + 1):
        root = root_of(0, size)
        for at in range(size):
            controleer_opname(OURS[at], at, size, hashes(inclusion(at, size)), root)
            path = hashes(consistency(at, size))
            controleer_groei((at, root_of(0, at)), (size, root), path)
        controleer_groei((size, root), (size, root), [])


def test_every_inclusion_proof_of_ours_up_to_130_entries_is_accepted_by_sigstore():
    """Statement 1: by code that we did not write."""
    for size in range(1, MOST + 1):
        for at in range(size):
            verify_merkle_inclusion(for_sigstore(at, size, hashes(inclusion(at, size))))


def for_sigstore(at: int, size: int, path: list[bytes]) -> SimpleNamespace:
    proof = SimpleNamespace(log_index=at, tree_size=size, hashes=path, root_hash=root_of(0, size))
    entry = SimpleNamespace(inclusion_proof=proof, canonicalized_body=bytes([at]))
    return SimpleNamespace(_inner=entry)


@given(SIZES, st.data())
def test_a_flipped_bit_of_an_inclusion_proof_is_refused_by_both(size, data):
    """Statement 1."""
    at = data.draw(st.integers(0, size - 1))
    path = hashes(inclusion(at, size))
    told = [*path, OURS[at], root_of(0, size)]
    which = data.draw(st.integers(0, len(told) - 1))
    told[which] = flipped(told[which], data.draw(st.integers(0, 255)))
    *path, leaf, root = told

    with pytest.raises(KloptNietError):
        controleer_opname(leaf, at, size, path, root)
    if which < len(path):
        with pytest.raises(VerificationError):
            verify_merkle_inclusion(for_sigstore(at, size, path))


@given(SIZES, st.data())
def test_a_flipped_bit_of_a_consistency_proof_is_refused(size, data):
    """Statement 1."""
    old = data.draw(st.integers(1, size))
    told = [root_of(0, old), *hashes(consistency(old, size)), root_of(0, size)]
    which = data.draw(st.integers(0, len(told) - 1))
    told[which] = flipped(told[which], data.draw(st.integers(0, 255)))
    before, *path, root = told

    with pytest.raises(KloptNietError):
        controleer_groei((old, before), (size, root), path)


@given(SIZES, st.data())
def test_a_proof_is_not_good_for_another_place_size_or_length(size, data):
    at = data.draw(st.integers(0, size - 1))
    path, root = hashes(inclusion(at, size)), root_of(0, size)
    other = data.draw(st.integers(-1, MOST).filter(lambda each: each != at))
    spare = data.draw(st.binary(min_size=32, max_size=32))

    with pytest.raises(KloptNietError):
        controleer_opname(OURS[at], other, size, path, root)
    with pytest.raises(KloptNietError):
        controleer_opname(OURS[at], at, size, [*path, spare], root)
    if path:
        with pytest.raises(KloptNietError):
            controleer_opname(OURS[at], at, size, path[:-1], root)


@given(st.integers(2, MOST), st.data())
def test_a_consistency_proof_is_not_good_for_another_beginning(size, data):
    old = data.draw(st.integers(1, size - 1))
    path, root = hashes(consistency(old, size)), root_of(0, size)
    other = data.draw(st.integers(1, size).filter(lambda each: each != old))

    with pytest.raises(KloptNietError):
        controleer_groei((other, root_of(0, old)), (size, root), path)
    with pytest.raises(KloptNietError):
        controleer_groei((old, root_of(0, old)), (size, root), path[:-1])
    with pytest.raises(KloptNietError):
        controleer_groei((old, root_of(0, old)), (size, root), [*path, root])


def test_a_log_that_became_shorter_is_refused():
    with pytest.raises(KloptNietError, match="korter"):
        controleer_groei((5, root_of(0, 5)), (4, root_of(0, 4)), [])


def test_two_roots_of_one_size_are_refused():
    with pytest.raises(KloptNietError, match="andere wortel"):
        controleer_groei((4, root_of(0, 4)), (4, root_of(0, 5)), [])


def test_an_empty_log_has_one_root():
    with pytest.raises(KloptNietError, match="leeg log"):
        controleer_groei((0, root_of(0, 1)), (4, root_of(0, 4)), [])
