"""Notes and checkpoints that others published are read and believed; altered ones are not."""

import base64
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from sigstore._internal.rekor.checkpoint import SignedCheckpoint
from sigstore._internal.trust import Keyring
from sigstore.errors import VerificationError

from deploy.controle.controleer import (
    ED25519,
    MEDEONDERTEKENING,
    KloptNietError,
    NietTeLezenError,
    Notitie,
    Sleutel,
    Vertrouwen,
)
from privacy.log.notes import parse_note, sign
from tests import published
from tests.unit.controle.outsider import Outsider

NEUMANN = Sleutel.lees(published.NEUMANN_KEY, ED25519)
WITNESS = Sleutel.lees(published.PUBLIC_WITNESS_KEY, MEDEONDERTEKENING)


def trust(key: str, *witnesses: Sleutel, needed: int = 0) -> Vertrouwen:
    log = Sleutel.lees(key, ED25519)
    return Vertrouwen(log, log.naam, witnesses, needed)


def test_the_published_note_of_go_is_signed_by_its_key():
    assert Notitie.lees(published.NEUMANN_NOTE).door(NEUMANN)


@given(st.data())
def test_a_published_note_of_which_a_bit_was_flipped_is_not_believed(data):
    """Statement 1, for the signature: whatever bit of text or signature it was."""
    whole = published.NEUMANN_NOTE.encode()
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    altered = bytearray(whole)
    altered[bit // 8] ^= 1 << bit % 8
    try:
        found = Notitie.lees(altered.decode()).door(NEUMANN)
    except (KloptNietError, UnicodeDecodeError):
        return
    assert found is None


def test_the_examples_of_c2sp_have_the_form_that_we_read():
    text = published.QUASIMODO_NOTE.partition("\n\n\u2014")[0] + "\n"
    note, sofa = Notitie.lees(published.QUASIMODO_NOTE), Notitie.lees(published.SOFA_NOTE)

    assert note.tekst == text
    assert [(name, len(raw)) for name, _, raw in note.handtekeningen] == [
        ("quasimodo.example/salvatore", 64)
    ]
    assert [(name, len(raw)) for name, _, raw in sofa.handtekeningen] == [
        ("example.com/behind-the-sofa", 64),
        ("witness.example.com/w1", 8 + 64),
    ]
    assert int.from_bytes(sofa.handtekeningen[1][2][:8]) == 1_679_315_147


def test_the_checkpoint_of_a_public_test_log_is_believed():
    punt = trust(published.TEST_LOG_KEY).controlepunt(published.TEST_LOG_NOTE)

    assert punt.omvang == 1


def test_a_checkpoint_that_a_public_witness_cosigned_is_believed():
    believed = trust(published.PUBLIC_LOG_KEY, WITNESS, needed=1)

    punt = believed.controlepunt(published.COSIGNED_NOTE)

    assert believed.genoeg(punt)
    assert (punt.omvang, punt.medeondertekend) == (9266, {WITNESS.naam: 1_791_066_002})


def test_the_time_of_a_cosignature_is_signed_with_it():
    note = Notitie.lees(published.COSIGNED_NOTE)
    name, mark, raw = note.handtekeningen[1]
    later = raw[:7] + bytes([raw[7] ^ 1]) + raw[8:]
    line = base64.b64encode(mark + later).decode()
    old = base64.b64encode(mark + raw).decode()

    with pytest.raises(KloptNietError, match=name):
        trust(published.PUBLIC_LOG_KEY, WITNESS).controlepunt(
            published.COSIGNED_NOTE.replace(old, line)
        )


def test_lines_of_keys_that_nobody_trusts_are_passed_over():
    punt = trust(published.PUBLIC_LOG_KEY).controlepunt(published.COSIGNED_NOTE)

    assert punt.medeondertekend == {}


def test_a_checkpoint_of_another_log_is_refused():
    log = Sleutel.lees(published.PUBLIC_LOG_KEY, ED25519)

    with pytest.raises(KloptNietError, match="ander log"):
        Vertrouwen(log, "elders.example").controlepunt(published.COSIGNED_NOTE)
    with pytest.raises(KloptNietError, match="niet ondertekend"):
        trust(published.NEUMANN_KEY).controlepunt(published.COSIGNED_NOTE)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "a\n",
        "a\n\n",
        "a\n\n— PeterNeumann\n",
        "a\n\n- PeterNeumann x08go/ZJ\n",
        "a\n\n— Peter+Neumann x08go/ZJ\n",
        "a\n\n— PeterNeumann x08g\n",
        "a\n\n— PeterNeumann x08go/ZJ",
        "a\n\n— PeterNeumann geen base64\n",
        "a\tb\n\n— PeterNeumann x08go/ZJ\n",
        "a\n\n" + "— PeterNeumann x08go/ZJ\n" * 101,
        "a\ud800\n\n— PeterNeumann x08go/ZJ\n",
    ],
)
def test_what_has_another_form_is_no_note(note):
    with pytest.raises(KloptNietError):
        Notitie.lees(note)


@pytest.mark.parametrize(
    "text",
    [
        "gateway.example\n1\n",
        "gateway.example\n01\n{root}\n",
        "gateway.example\n-1\n{root}\n",
        "gateway.example\n１\n{root}\n",
        "gateway.example\n99999999999999999999\n{root}\n",
        "gateway.example\n1\nAAAA\n",
        "gateway.example\n1\n{root}=\n",
        "gateway.example\n1\n{root}\n\nmeer\n",
    ],
)
def test_what_has_another_form_is_no_checkpoint(outsider: Outsider, text):
    log = outsider.log
    text = text.replace("{root}", log.checkpoint(1).text().split("\n")[2])
    note = f"{text}\n{sign(text, log.origin, log.private).encode()}\n"

    with pytest.raises(KloptNietError):
        trust(log.key.encode()).controlepunt(note)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PieterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10",
        "PeterNeumann+c74f20a3+Apc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWx",
        published.PUBLIC_WITNESS_KEY,
    ],
)
def test_what_is_no_key_of_a_log_is_refused(key):
    with pytest.raises(NietTeLezenError):
        Sleutel.lees(key, ED25519)


def test_our_checkpoints_are_believed_by_the_outsider_and_by_sigstore(outsider: Outsider):
    """Independent check: a note that we make, read and verified by code that we did not write."""
    note, log = outsider.note(), outsider.log
    ring = Keyring()
    public = Ed25519PublicKey.from_public_bytes(log.key.public)
    ring._keyring[log.key.key_id] = SimpleNamespace(verify=public.verify)

    theirs = SignedCheckpoint.from_text(note)
    theirs.signed_note.verify(ring, log.key.key_id)
    punt = trust(log.key.encode()).controlepunt(note)

    told = theirs.checkpoint
    assert (told.origin, told.log_size, told.log_hash) == (
        log.origin,
        punt.omvang,
        punt.wortel.hex(),
    )
    altered = SignedCheckpoint.from_text(note.replace(f"\n{punt.omvang}\n", "\n41\n"))
    with pytest.raises(VerificationError):
        altered.signed_note.verify(ring, log.key.key_id)


def test_our_reader_reads_what_others_published():
    for note in (published.NEUMANN_NOTE, published.QUASIMODO_NOTE, published.COSIGNED_NOTE):
        assert parse_note(note).encode() == note
