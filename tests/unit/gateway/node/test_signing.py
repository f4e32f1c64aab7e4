"""Every statement leaves signed; the key is the organisation's, and the signature no part of it."""

from pathlib import Path

import pytest

from gateway.auth.public_keys import read_signing_jwk
from gateway.node.bron import Bron, load_bron
from gateway.node.connection import read_signing_key
from gateway.node.errors import BronError
from gateway.node.keys import make_node_keys, signing_jwk, signing_registration
from gateway.node.statements import as_sent
from privacy.consent_signature import signer_of, text_of
from tests.signing import signing_key
from tests.unit.gateway.node.test_bron import BRON
from tests.unit.privacy.test_consent_signature import CONSENT, SCHEMA


@pytest.fixture
def bron(tmp_path: Path) -> Bron:
    (tmp_path / "bron.toml").write_text(BRON, encoding="utf-8")
    made = load_bron(tmp_path / "bron.toml")
    make_node_keys(made)
    return made


def test_the_key_that_signs_is_made_beside_the_others_for_this_user_alone(bron):
    assert bron.ondertekening.parent == bron.sleutels
    assert {file.stat().st_mode & 0o077 for file in bron.sleutels.iterdir()} == {0}


def test_the_public_half_is_what_the_gateway_takes(bron):
    kid, _ = read_signing_jwk(signing_jwk(bron).encode())

    assert kid == read_signing_key(bron).kid
    assert '"d"' not in bron.ondertekening.with_suffix(".jwk").read_text()
    assert signing_registration(bron).endswith("--jwk ondertekening.jwk")


def test_making_keys_again_keeps_the_key_that_signs(bron):
    before = read_signing_key(bron).kid

    make_node_keys(bron)

    assert read_signing_key(bron).kid == before


def test_a_key_that_others_may_read_is_refused(bron):
    bron.ondertekening.chmod(0o640)

    with pytest.raises(BronError, match=r"ondertekening\.pem is leesbaar voor anderen"):
        read_signing_key(bron)


def test_without_a_key_nothing_begins(bron):
    bron.ondertekening.unlink()

    with pytest.raises(BronError, match=r"ondertekening\.pem ontbreekt"):
        read_signing_key(bron)


def test_each_statement_is_signed_by_the_organisation_and_the_same_way_each_time():
    key = signing_key("sndvu")
    state = as_sent([CONSENT], SCHEMA)

    [sent] = state.signed("sndvu", key)

    keys = {key.kid: key.key.public_key()}
    assert signer_of(text_of("sndvu", sent), sent["handtekening"], keys) == key.kid
    assert state.signed("sndvu", key) == [sent]


def test_who_signs_is_no_part_of_what_makes_a_casus_changed():
    state = as_sent([CONSENT], SCHEMA)
    text = state.text

    state.signed("sndvu", signing_key("sndvu"))

    assert state.text == text
    assert b"handtekening" not in text


def test_what_was_remembered_before_there_was_a_field_is_signed_with_what_its_absence_means():
    key = signing_key("sndvu")
    [now] = as_sent([CONSENT], SCHEMA).wire
    before = {name: value for name, value in now.items() if name != "curatele"}

    assert text_of("sndvu", before) == text_of("sndvu", now)
    assert key.sign(text_of("sndvu", before)) == key.sign(text_of("sndvu", now))
