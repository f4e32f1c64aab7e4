"""The command line from an empty folder to a client that is registered, and frozen."""

import json
import stat

import pytest
from click.testing import CliRunner

from connectors.jwk import key_id, new_key, to_jwks
from gateway.cli import cli
from tests.getuigen import GETUIGE, LOGSLEUTEL

PARTIES = '[[bronhouder]]\ncode = "sndvu"\nnaam = "SNDVU"\n'


@pytest.fixture
def run(tmp_path, monkeypatch):
    (tmp_path / "gateway.toml").write_text(LOGSLEUTEL + PARTIES + GETUIGE)
    environ = {
        "LSO_GATEWAY_INSTELLINGEN": str(tmp_path / "gateway.toml"),
        "LSO_GATEWAY_DATABASE": f"sqlite:///{tmp_path / 'gateway.sqlite'}",
        "LSO_GATEWAY_SLEUTELS": str(tmp_path / "sleutels"),
        "LSO_GATEWAY_UITGEVER": "https://gateway.example",
        "LSO_GATEWAY_LOGKOPIE": str(tmp_path),
        "LSO_GATEWAY_CONTACT": "lso@gemeente.example",
    }
    monkeypatch.setattr("os.environ", environ)
    return lambda *words: CliRunner().invoke(cli, words)


@pytest.fixture
def jwks(tmp_path):
    key = new_key()
    path = tmp_path / "sleutels-van-de-node.json"
    path.write_text(json.dumps(to_jwks({key_id(key): key})))
    return path


@pytest.fixture
def ready(run):
    assert run("sleutels", "aanmaken").exit_code == 0
    assert run("db", "upgrade").exit_code == 0


def add(run, jwks, *more):
    words = ("client", "toevoegen", "sndvu-node", "--organisatie", "sndvu", "--jwks", str(jwks))
    return run(*words, "--soort", "bronhouder", *more)


def test_keys_are_made_once_and_for_this_user_alone(run, tmp_path):
    assert run("sleutels", "aanmaken").exit_code == 0
    for path in (tmp_path / "sleutels").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = run("sleutels", "aanmaken")
    assert again.exit_code == 1
    assert "bestaat al" in again.output


def test_without_keys_the_other_commands_say_how_to_make_them(run):
    answer = run("db", "upgrade")
    assert answer.exit_code == 2
    assert "sleutels aanmaken" in answer.output


@pytest.mark.usefixtures("ready")
def test_a_client_is_added_shown_and_frozen(run, jwks):
    assert add(run, jwks).exit_code == 0
    (shown,) = json.loads(run("client", "tonen", "--json").output)["clients"]
    assert shown["clientId"] == "sndvu-node"
    assert "casussen:aanleveren" in shown["scopes"]
    assert shown["doelen"] == []
    assert not shown["bevroren"]
    assert run("client", "bevriezen", "sndvu-node").exit_code == 0
    assert json.loads(run("client", "tonen", "--json").output)["clients"][0]["bevroren"]
    assert "bevroren" in run("client", "tonen").output


@pytest.mark.usefixtures("ready")
def test_a_client_is_added_once(run, jwks):
    assert add(run, jwks).exit_code == 0
    assert add(run, jwks).exit_code == 1
    assert run("client", "bevriezen", "bestaat-niet").exit_code == 1


@pytest.mark.usefixtures("ready")
def test_a_client_of_nobody_or_with_a_scope_of_others_is_refused(run, jwks):
    assert add(run, jwks, "--organisatie", "elders").exit_code == 2
    assert add(run, jwks, "--scope", "mutaties:lezen").exit_code == 2


@pytest.mark.usefixtures("ready")
def test_keys_that_hold_a_secret_or_are_weak_are_refused(run, jwks):
    key = new_key()
    wrong = {
        "a private key": {"keys": [key.as_dict(private=True)]},
        "a shared secret": {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]},
        "no key": {"keys": []},
        "one kid twice": {"keys": [{**key.as_dict(private=False), "kid": "a"}] * 2},
        "no key set": [],
    }
    for sentence, content in wrong.items():
        jwks.write_text(json.dumps(content))
        answer = add(run, jwks)
        assert answer.exit_code == 2, sentence
        assert "c2VjcmV0" not in answer.output


def test_every_fault_of_the_settings_is_listed(run, monkeypatch):
    monkeypatch.setattr("os.environ", {})
    answer = run("client", "tonen")
    assert answer.exit_code == 2
    assert answer.output.count("  - ") == 7
    assert "Traceback" not in answer.output


@pytest.mark.usefixtures("ready")
def test_serve_refuses_a_database_that_was_not_upgraded(run, tmp_path):
    (tmp_path / "gateway.sqlite").unlink()
    answer = run("serve")
    assert answer.exit_code == 1
    assert "db upgrade" in answer.output
