"""Signed notes and receipts: what is trusted is checked, and what is not trusted is passed over."""

from base64 import b64encode
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from privacy.log.errors import NoteError, ProofError
from privacy.log.notes import (
    Checkpoint,
    Kind,
    SignedNote,
    VerifierKey,
    cosign,
    parse_note,
    sign,
    unbase64,
)
from privacy.log.proofs import inclusion
from privacy.log.trust import LogProof, Trust
from tests.unit.privacy.log.trees import LEAVES, hashes, root_of

ORIGIN = "gateway.voorbeeld.nl/log"
LOG, WITNESS, STRANGER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))
LOG_KEY = VerifierKey.of(ORIGIN, LOG, Kind.NOTE)
WITNESS_KEY = VerifierKey.of("ngo.voorbeeld.nl/getuige", WITNESS, Kind.COSIGNATURE)
AT = 1_800_000_000
SIZE = 21
TRUST = Trust(ORIGIN, LOG_KEY, (WITNESS_KEY,), 1)


def a_note(size: int = SIZE, origin: str = ORIGIN, key: Ed25519PrivateKey = LOG) -> SignedNote:
    text = Checkpoint(origin, size, root_of(0, size)).text()
    return SignedNote(text, (sign(text, ORIGIN, key), cosign(text, WITNESS_KEY.name, WITNESS, AT)))


def a_proof(index: int = 4, size: int = SIZE) -> LogProof:
    return LogProof(index, tuple(hashes(inclusion(index, size))), a_note(size))


def test_a_receipt_is_checked_with_nothing_but_the_keys_and_the_entry():
    told = LogProof.parse(a_proof().encode()).verify(LEAVES[4], TRUST)

    assert told == Checkpoint(ORIGIN, SIZE, root_of(0, SIZE))


@given(st.integers(1, 130), st.data())
def test_whatever_is_written_is_read_back(size, data):
    proof = a_proof(data.draw(st.integers(0, size - 1)), size)

    assert LogProof.parse(proof.encode()) == proof


@pytest.mark.parametrize(
    ("proof", "leaf"),
    [
        (a_proof(), LEAVES[5]),
        (replace(a_proof(), index=5), LEAVES[4]),
        (replace(a_proof(), note=a_note(SIZE + 1)), LEAVES[4]),
        (replace(a_proof(), index=SIZE), LEAVES[4]),
    ],
    ids=["of another entry", "of another place", "of another size", "beyond the log"],
)
def test_a_receipt_of_something_else_is_refused(proof, leaf):
    """Statement 14."""
    with pytest.raises(ProofError):
        proof.verify(leaf, TRUST)


@pytest.mark.parametrize(
    ("note", "rule"),
    [
        (a_note(origin="elders.voorbeeld.nl/log"), "andere_herkomst"),
        (a_note(key=STRANGER), "onbekende_sleutel"),
        (replace(a_note(), signatures=a_note().signatures[:1]), "te_weinig_getuigen"),
        (replace(a_note(), signatures=a_note().signatures[1:]), "onbekende_sleutel"),
        (replace(a_note(), text=a_note(SIZE + 1).text), "handtekening"),
    ],
    ids=["another log", "another key", "no witness", "no log", "another text"],
)
def test_a_receipt_under_another_signature_is_refused(note, rule):
    """Statement 14: the receipt of another log fails."""
    with pytest.raises(NoteError, match=rule):
        replace(a_proof(), note=note).verify(LEAVES[4], TRUST)


def test_a_line_of_a_stranger_is_passed_over_and_a_wrong_line_of_a_friend_is_not():
    note = a_note()
    stranger = sign(note.text, "vreemde.nl", STRANGER)
    forged = replace(note.signatures[1], raw=note.signatures[1].raw[:-1] + b"\x00")

    assert TRUST.checkpoint(note.with_signatures([stranger])).size == SIZE
    with pytest.raises(NoteError, match="handtekening"):
        TRUST.checkpoint(replace(note, signatures=(note.signatures[0], forged)))


def test_a_cosignature_says_when_and_cannot_be_dated_otherwise():
    line = a_note().signatures[1]
    later = replace(line, raw=(AT + 1).to_bytes(8) + line.raw[8:])

    assert line.time == AT
    with pytest.raises(NoteError, match="handtekening"):
        TRUST.checkpoint(replace(a_note(), signatures=(a_note().signatures[0], later)))


def test_one_witness_that_signs_twice_is_one_witness():
    note = a_note().with_signatures([cosign(a_note().text, WITNESS_KEY.name, WITNESS, AT + 1)])

    with pytest.raises(NoteError, match="te_weinig_getuigen"):
        replace(TRUST, enough=2).checkpoint(note)


def test_a_key_is_written_as_a_vkey_and_read_back():
    assert VerifierKey.parse(WITNESS_KEY.encode()) == WITNESS_KEY


def test_the_published_key_and_signature_of_signed_note_are_accepted():
    """The example of the package golang.org/x/mod/sumdb/note, which signed-note describes."""
    key = VerifierKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    note = parse_note(
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"  # noqa: E501
    )

    assert list(note.verified([key])) == [key]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "zonder handtekening\n",
        "tek\ud800st\n\n\u2014 naam AAAAAAAA\n",
        "tekst\n\n- streepje AAAAAAAA\n",
        "tekst\n\n— naam geen-base64\n",
        "tekst\n\n— naam AAAA\n",
        "tekst\n\n— na+am AAAAAAAA\n",
        "te\x07kst\n\n— naam AAAAAAAA\n",
        "tekst\n\n— naam AAAAAAAA",
        "tekst\n\n" + "— naam AAAAAAAA\n" * 65,
    ],
)
def test_what_is_no_note_is_refused(text):
    with pytest.raises(NoteError, match="vorm"):
        parse_note(text)


@pytest.mark.parametrize(
    "text",
    [
        "log\n5\n",
        "log\n05\nAAAA\n",
        "log\n5\nAAAA\n",
        f"log\n-1\n{b64encode(bytes(32)).decode()}\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(NoteError, match="vorm"):
        Checkpoint.parse(text)


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        ("@v1", "@v2"),
        ("index 4", "index 04"),
        ("index 4", "plaats 4"),
        ("index 4\n", "index 4\nAAAA\n"),
        ("index 4\n", ""),
        ("=\n", "==\n"),
    ],
)
def test_what_is_no_receipt_is_refused(there, instead):
    with pytest.raises(NoteError, match="vorm"):
        LogProof.parse(a_proof().encode().replace(there, instead))


def test_extra_data_is_passed_over_since_nobody_signed_it():
    text = a_proof().encode().replace("index 4", "extra AAAA\nindex 4")

    assert LogProof.parse(text) == a_proof()


@pytest.mark.parametrize("text", ["", "naam", "naam+00000000+AAAA", "naam+00000000+" + "A" * 44])
def test_what_is_no_key_is_refused(text):
    with pytest.raises(NoteError, match="vorm"):
        VerifierKey.parse(text)


def test_a_hash_is_written_in_one_way_only():
    """Statement 1: the bits that base64 has to spare are bits too."""
    with pytest.raises(NoteError, match="vorm"):
        unbase64("A" * 42 + "B=")
