"""The node's way to the gateway: what is at fault with its files is said before it calls."""

from dataclasses import replace
from pathlib import Path

import pytest

from connectors.jwk import new_key, to_pem
from connectors.tokens import Binding
from gateway.node.bron import Bron, load_bron
from gateway.node.connection import make_transport, read_key
from gateway.node.errors import BronError
from gateway.node.keys import registration
from tests.certificates import Authority
from tests.unit.gateway.node.test_bron import BRON

SECRET = "geheim"


@pytest.fixture
def bron(tmp_path: Path) -> Bron:
    (tmp_path / "bron.toml").write_text(BRON, encoding="utf-8")
    return load_bron(tmp_path / "bron.toml")


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def opened(bron: Bron) -> None:
    make_transport(bron, None, lambda: None).close()


def faults(bron: Bron) -> str:
    with pytest.raises(BronError) as refused:
        opened(bron)
    return " ".join(refused.value.faults)


def with_certificate(bron: Bron, certificate: Path, key: Path) -> Bron:
    return replace(bron, binding=Binding.MTLS, certificaat=certificate, certificaatsleutel=key)


def test_a_certificate_with_its_key_and_an_authority_are_taken(bron, authority):
    pair = authority.give("node")

    opened(replace(with_certificate(bron, pair.certificate, pair.key), ca=authority.file))


def test_without_a_certificate_and_an_authority_of_its_own_nothing_is_looked_for(bron):
    opened(bron)


def test_a_certificate_with_the_key_of_another_is_refused(bron, authority):
    one, other = authority.give("node"), authority.give("ander")

    told = faults(with_certificate(bron, one.certificate, other.key))

    assert "[gateway] certificaat: node.pem" in told


@pytest.mark.parametrize("content", [None, b"", SECRET.encode()], ids=["gone", "empty", "nonsense"])
@pytest.mark.parametrize("which", ["certificate", "key"])
def test_a_file_that_is_none_is_named_and_not_shown(bron, authority, which: str, content):
    pair = authority.give("node")
    path: Path = getattr(pair, which)
    path.unlink() if content is None else path.write_bytes(content)

    told = faults(with_certificate(bron, pair.certificate, pair.key))

    assert "node.pem ontbreekt" in told
    assert SECRET not in told


def test_a_key_with_a_password_is_refused_and_nobody_is_asked_for_it(bron, authority):
    pair = authority.give("node", password=SECRET.encode())

    assert "zonder wachtwoord" in faults(with_certificate(bron, pair.certificate, pair.key))


def test_the_key_of_a_certificate_that_others_can_read_is_refused(bron, authority):
    pair = authority.give("node")
    pair.key.chmod(0o640)

    told = faults(with_certificate(bron, pair.certificate, pair.key))

    assert "certificaatsleutel: node-sleutel.pem is leesbaar voor anderen" in told


@pytest.mark.parametrize("content", [None, b"", SECRET.encode()], ids=["gone", "empty", "nonsense"])
def test_an_authority_that_is_none_is_named_and_not_shown(bron, tmp_path, content):
    file = tmp_path / "eigen-ca.pem"
    if content is not None:
        file.write_bytes(content)

    told = faults(replace(bron, ca=file))

    assert "[gateway] ca: eigen-ca.pem" in told
    assert SECRET not in told


def test_the_key_of_the_node_itself_is_read_only_by_itself(bron):
    bron.sleutel.touch(0o600)
    bron.sleutel.write_bytes(to_pem(new_key()))
    assert read_key(bron).is_private

    bron.sleutel.chmod(0o604)

    with pytest.raises(BronError, match="leesbaar voor anderen"):
        read_key(bron)


def test_the_registration_is_told_as_it_is_to_be_typed(bron, authority):
    pair = authority.give("node")

    assert registration(bron) == (
        "lso-gateway client toevoegen sndvu-node --organisatie sndvu --soort bronhouder"
        " --jwks sndvu-node.json --binding dpop"
    )
    assert registration(with_certificate(bron, pair.certificate, pair.key)).endswith(
        "--binding mtls --certificaat node.pem"
    )
