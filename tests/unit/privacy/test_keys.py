from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from privacy.epoch_files import clear_left_over, destroy_epoch, make_epoch
from privacy.errors import IntegrityError, KeysUnavailableError
from privacy.keys import Epoch, KeyRing
from privacy.vault import _close
from schemas.v_nummer import normalise_v_nummer
from tests.unit.privacy.examples import CASUS

KEY = bytes(range(32))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "sleutels"


@pytest.fixture
def ring(folder: Path) -> KeyRing:
    return KeyRing.create(folder)


def second_epoch(folder: Path) -> KeyRing:
    file = folder / "epoch-000002.key"
    file.write_text("ab" * 32)
    file.chmod(0o600)
    return KeyRing.open(folder)


# Wrapping


def test_what_is_wrapped_for_a_casus_opens_for_that_casus(ring):
    wrapped = ring.wrap(CASUS, "inhoud", KEY)

    assert ring.unwrap(CASUS, "inhoud", 1, wrapped) == KEY
    assert KEY not in wrapped


def test_two_wrappings_of_one_key_differ(ring):
    assert ring.wrap(CASUS, "inhoud", KEY) != ring.wrap(CASUS, "inhoud", KEY)


@pytest.mark.parametrize(
    ("casus", "name", "cut"),
    [
        pytest.param(uuid4(), "inhoud", None, id="another casus"),
        pytest.param(CASUS, "spoor", None, id="another name"),
        pytest.param(CASUS, "inhoud", -1, id="cut off"),
        pytest.param(CASUS, "inhoud", 5, id="nearly nothing left"),
        pytest.param(CASUS, "inhoud", 0, id="nothing left"),
    ],
)
def test_a_wrapped_key_that_does_not_belong_there_is_refused(ring, casus, name, cut):
    wrapped = ring.wrap(CASUS, "inhoud", KEY)[:cut]

    with pytest.raises(IntegrityError):
        ring.unwrap(casus, name, 1, wrapped)


def test_an_altered_wrapped_key_is_refused_wherever_it_was_altered(ring):
    wrapped = bytearray(ring.wrap(CASUS, "inhoud", KEY))

    for at in range(len(wrapped)):
        altered = bytearray(wrapped)
        altered[at] ^= 1
        with pytest.raises(IntegrityError):
            ring.unwrap(CASUS, "inhoud", 1, bytes(altered))


def test_a_key_wrapped_in_one_epoch_does_not_open_in_another(ring, folder):
    wrapped = ring.wrap(CASUS, "inhoud", KEY)
    later = second_epoch(folder)

    assert later.current.number == 2
    assert later.unwrap(CASUS, "inhoud", 1, wrapped) == KEY
    with pytest.raises(IntegrityError):
        later.unwrap(CASUS, "inhoud", 2, wrapped)


def test_a_key_of_an_epoch_that_is_gone_is_a_cause_in_the_system(ring):
    with pytest.raises(KeysUnavailableError):
        ring.unwrap(CASUS, "inhoud", 7, ring.wrap(CASUS, "inhoud", KEY))


# Blind indexes


def test_a_v_nummer_has_one_index_for_each_organisation_and_epoch(ring, folder):
    later = second_epoch(folder)
    indexes = {
        ring.blind_index("sndvu", "0902224584"),
        ring.blind_index("seguro", "0902224584"),
        ring.blind_index("sndvu", "0902224585"),
        later.blind_index("sndvu", "0902224584"),
    }

    assert len(indexes) == 4
    assert ring.blind_index("sndvu", "0902224584") in indexes
    assert later.blind_index("sndvu", "0902224584", epoch=1) in indexes


# Cursors


def test_a_cursor_brings_its_recipient_back_and_is_never_twice_the_same(ring):
    cursors = {ring.hide_position("IND", 41) for _ in range(10)}

    assert len(cursors) == 10
    assert {ring.read_position("IND", cursor) for cursor in cursors} == {41}


@pytest.mark.parametrize("position", [-1, 0, 7, 2**60])
def test_every_position_comes_back_and_all_cursors_are_as_long(ring, position):
    cursor = ring.hide_position("IND", position)

    assert ring.read_position("IND", cursor) == position
    assert len(cursor) == 88


def test_a_cursor_of_another_recipient_is_refused(ring):
    cursor = ring.hide_position("AVIM", 41)

    with pytest.raises(IntegrityError):
        ring.read_position("IND", cursor)


# Files


def test_keys_that_were_made_open_again_and_are_the_same(ring, folder):
    again = KeyRing.open(folder)

    assert again.system_key("pseudoniem") == ring.system_key("pseudoniem")
    assert again.blind_index("sndvu", "1") == ring.blind_index("sndvu", "1")


def test_keys_for_one_purpose_tell_nothing_of_those_for_another(ring):
    assert ring.system_key("pseudoniem") != ring.system_key("idempotentie")


def test_a_key_file_is_made_for_its_owner_alone(ring, folder):
    assert {file.stat().st_mode & 0o777 for file in folder.glob("*.key")} == {0o600}


def test_keys_that_exist_are_never_overwritten(ring, folder):
    before = {file.name: file.read_bytes() for file in folder.iterdir()}

    with pytest.raises(KeysUnavailableError):
        KeyRing.create(folder)

    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        pytest.param("systeem.key", lambda file: file.chmod(0o640), id="readable by a group"),
        pytest.param("epoch-000001.key", lambda file: file.chmod(0o604), id="readable by all"),
        pytest.param("systeem.key", Path.unlink, id="gone"),
        pytest.param("epoch-000001.key", Path.unlink, id="no epoch"),
        pytest.param("systeem.key", lambda file: file.write_text("ab"), id="too short"),
        pytest.param("systeem.key", lambda file: file.write_text("geen sleutel"), id="no key"),
        pytest.param(
            "epoch-000001.key",
            lambda file: file.rename(file.with_name("epoch-oud.key")),
            id="without a number",
        ),
    ],
)
def test_keys_that_cannot_be_trusted_are_refused(ring, folder, name, spoil):
    spoil(folder / name)

    with pytest.raises(KeysUnavailableError):
        KeyRing.open(folder)


def test_no_key_is_printed(ring):
    assert repr(ring) == "<KeyRing epochs [1]>"
    assert repr(ring.current) == "Epoch(number=1)"


# Which number it is


@pytest.mark.parametrize(
    "written",
    ["0902224584", "090 222 4584", "V-nr: 0902.224.584", ' ="0902224584" ', "vnr0902224584"],
)
def test_statement_21_every_way_of_writing_a_number_is_found_by_one_index(ring, written):
    """Statement 21."""
    number = normalise_v_nummer(written)

    assert number is not None
    assert ring.blind_index("sndvu", number) == ring.blind_index("sndvu", "0902224584")


@given(number=st.from_regex(r"[0-9]{10}", fullmatch=True, alphabet="0123456789"))
def test_statement_21_the_index_of_one_organisation_is_never_that_of_another(number):
    """Statement 21."""
    ring = KeyRing({each: Epoch.of(each, bytes([each]) * 32) for each in (1, 2)}, bytes(32))
    indexes = ring.blind_indexes(("sndvu", "seguro", "toevlucht"), number)

    assert len(set(indexes)) == 6


@pytest.mark.slow
def test_statement_22_no_nonce_comes_back_in_a_million_encryptions():
    """Statement 22: of one key and one text; a nonce is 96 random bits."""
    cipher = AESGCM(bytes(32))
    nonces = {_close(cipher, b"", b"")[1:13] for _ in range(1_000_000)}

    assert len(nonces) == 1_000_000


# Files


def test_a_key_is_overwritten_before_it_is_removed(ring, folder, monkeypatch):
    """So that the blocks that are let go of hold another key, of nothing."""
    secret = (folder / "epoch-000001.key").read_bytes()
    last_seen = []
    unlink = Path.unlink
    monkeypatch.setattr(
        Path, "unlink", lambda path: (last_seen.append(path.read_bytes()), unlink(path))
    )

    destroy_epoch(folder, 1)

    assert len(last_seen) == 1
    assert len(last_seen[0]) >= len(secret)
    assert not any(secret[at : at + 8] in last_seen[0] for at in range(len(secret) - 8))
    assert [path.name for path in folder.iterdir()] == ["systeem.key"]


def test_what_one_who_was_killed_left_is_cleared_away_and_never_read(folder, ring):
    (folder / ".nieuw-000002-0123456789abcdef").write_text("ab")
    (folder / ".vernietigd-000001").write_text("halverwege")

    assert KeyRing.open(folder).epochs == {1}
    clear_left_over(folder)

    assert sorted(path.name for path in folder.iterdir()) == ["epoch-000001.key", "systeem.key"]


def test_a_key_that_another_made_meanwhile_is_left_as_it_is(folder, ring):
    before = (folder / "epoch-000001.key").read_bytes()

    make_epoch(folder, 1)

    assert (folder / "epoch-000001.key").read_bytes() == before
