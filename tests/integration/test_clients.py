"""A registration that changes holds from the next call on, on every replica (statement 28)."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from joserfc.jwk import ECKey, RSAKey

from gateway.app import create_app
from gateway.cli import cli
from gateway.parties import Soort
from gateway.store.clients import add_client, find_caller, lock_client, replace_client
from gateway.store.withdrawn_tokens import digest_of, forget_tokens, withdraw_token
from gateway.wiring import build
from privacy.clock import real_clock
from privacy.log.head import initialise
from privacy.store.engine import looking, writing
from tests.api.world import (
    ASSERTION,
    Hands,
    Machine,
    machine,
    registered,
    settings_for,
)
from tests.getuigen import GETUIGE, LOGSLEUTEL

PARTIES = '[[bronhouder]]\ncode = "sndvu"\nnaam = "SNDVU"\n'
CALLED = "/v1/overleggen"
NODE = "sndvu-node"


@dataclass
class House:
    """Two replicas over one database, the command line beside them, and one client."""

    replicas: list[FlaskClient]
    run: Callable[..., Result]
    hands: Hands
    node: Machine
    folder: Path

    def say(self, *words: str) -> None:
        answer = self.run("client", *words)
        assert answer.exit_code == 0, answer.output
        self.hands.moment = real_clock().now()

    def jwks(self, key: ECKey | RSAKey) -> str:
        file = self.folder / f"{key.thumbprint()}.json"
        file.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
        return str(file)

    def tokens(self, who: Machine | None = None) -> list[str]:
        """One of each replica."""
        return [(who or self.node).token(web) for web in self.replicas]

    def statuses(self, token: str) -> set[int]:
        """What each replica answers to it."""
        called = (self.node.call(web, "GET", CALLED, token) for web in self.replicas)
        return {answer.status_code for answer in called}

    def asked(self, who: Machine | None = None) -> set[int]:
        """What each replica answers when asked for a token."""
        return {(who or self.node).ask_token(web).status_code for web in self.replicas}


@pytest.fixture
def house(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    settings = settings_for(tmp_path, database_url)
    (tmp_path / "gateway.toml").write_text(LOGSLEUTEL + PARTIES + GETUIGE)
    environ = {
        "LSO_GATEWAY_INSTELLINGEN": str(tmp_path / "gateway.toml"),
        "LSO_GATEWAY_DATABASE": database_url,
        "LSO_GATEWAY_SLEUTELS": str(settings.sleutels),
        "LSO_GATEWAY_UITGEVER": settings.uitgever,
        "LSO_GATEWAY_LOGKOPIE": str(settings.logkopie),
        "LSO_GATEWAY_CONTACT": "lso@gemeente.example",
    }
    monkeypatch.setattr("os.environ", environ)
    hands = Hands()
    hands.moment = real_clock().now()
    parts = [replace(build(settings), clock=hands.clock()) for _ in range(2)]
    with writing(parts[0].engine) as tx:
        initialise(tx)
    made = House(
        replicas=[create_app(each).test_client() for each in parts],
        run=lambda *words: CliRunner().invoke(cli, words),
        hands=hands,
        node=machine(NODE, hands),
        folder=tmp_path,
    )
    words = ("toevoegen", NODE, "--organisatie", "sndvu", "--soort", "bronhouder")
    made.say(*words, "--jwks", made.jwks(made.node.key))
    yield made
    for each in parts:
        each.engine.dispose()


def test_statement_28_a_token_withdrawn_at_one_replica_is_refused_at_the_other(house):
    here, there = house.replicas
    token, other = house.tokens()
    assert house.statuses(token) == {200}
    form = {"client_assertion_type": ASSERTION, "client_assertion": house.node.assertion()}

    assert here.post("/oauth/revoke", data=form | {"token": token}).status_code == 200

    assert house.node.call(there, "GET", CALLED, token).status_code == 401
    assert house.node.call(here, "GET", CALLED, token).status_code == 401
    assert house.statuses(other) == {200}


def test_oau_10_a_client_that_is_frozen_in_mid_session_is_out_and_gets_no_token(house):
    token, _ = house.tokens()
    assert house.statuses(token) == {200}

    house.say("bevriezen", NODE)

    assert house.statuses(token) == {401}
    assert house.asked() == {401}


def test_a_client_that_thaws_asks_new_tokens_and_the_old_stay_out(house):
    old, _ = house.tokens()
    house.say("bevriezen", NODE)
    house.say("ontdooien", NODE)
    assert house.statuses(old) == {401}
    for token in house.tokens():
        assert house.statuses(token) == {200}


def test_all_tokens_are_withdrawn_also_those_of_the_very_second_and_new_ones_hold(house):
    old = house.tokens()

    house.say("intrekken", NODE)

    fresh = house.tokens()
    assert {status for token in old for status in house.statuses(token)} == {401}
    assert {status for token in fresh for status in house.statuses(token)} == {200}


def test_a_replica_whose_clock_is_a_little_ahead_gives_no_token_that_outlives_it(house):
    house.hands.turn(8)
    ahead, _ = house.tokens()
    house.say("intrekken", NODE)
    house.hands.turn(8)
    assert house.statuses(ahead) == {401}
    assert house.statuses(house.tokens()[0]) == {200}


def test_a_key_that_is_replaced_is_out_at_once_with_all_its_tokens(house):
    old_token, _ = house.tokens()
    successor = replace(house.node, key=ECKey.generate_key("P-256"))
    assert house.asked(successor) == {401}

    house.say("roteren", NODE, "--jwks", house.jwks(successor.key))

    assert house.statuses(old_token) == {401}
    assert house.asked() == {401}
    assert house.asked(successor) == {200}


def test_during_a_change_of_keys_both_work_and_tokens_live_on(house):
    token, _ = house.tokens()
    successor = replace(house.node, key=ECKey.generate_key("P-256"))

    house.say("roteren", NODE, "--jwks", house.jwks(successor.key), "--erbij")

    assert house.statuses(token) == {200}
    assert house.asked() == {200}
    assert house.asked(successor) == {200}


def test_a_scope_that_is_taken_away_is_gone_for_tokens_that_hold_it(house):
    token, _ = house.tokens()
    house.say("wijzigen", NODE, "--scope", "casussen:aanleveren")
    assert house.statuses(token) == {403}


def test_another_binding_ends_the_tokens_of_before(house):
    token, _ = house.tokens()
    with_oin = f'{PARTIES}oin = "00000003123456780000"\n'
    (house.folder / "gateway.toml").write_text(LOGSLEUTEL + with_oin + GETUIGE)
    house.say("wijzigen", NODE, "--binding", "mtls")
    assert house.statuses(token) == {401}


def test_oau_12_the_profile_of_a_registration_says_whether_rs256_will_do(house):
    rsa = Machine(NODE, RSAKey.generate_key(2048), house.hands, "RS256")
    house.say("roteren", NODE, "--jwks", house.jwks(rsa.key))
    assert house.asked(rsa) == {200}

    house.say("wijzigen", NODE, "--profiel", "fapi")

    assert house.asked(rsa) == {401}
    assert house.asked(replace(rsa, algorithm="PS256")) == {200}


# What is stored


def test_client_and_withdrawal_are_read_in_one_go(engine):
    known = registered(machine(NODE, Hands()), "sndvu", Soort.BRONHOUDER)
    token, other = digest_of("een"), digest_of("twee")
    with writing(engine) as tx:
        add_client(tx, known)
        assert withdraw_token(tx, token, expires=100)
        assert not withdraw_token(tx, token, expires=100)
    with looking(engine) as connection:
        assert find_caller(connection, NODE, token) == (known, True)
        assert find_caller(connection, NODE, other) == (known, False)
        assert find_caller(connection, "bestaat-niet", token) is None


def test_a_withdrawal_is_kept_as_long_as_its_token_would_have_lived(engine):
    with writing(engine) as tx:
        withdraw_token(tx, digest_of("een"), expires=100)
        assert forget_tokens(tx, 100) == 0
        assert forget_tokens(tx, 101) == 1


def test_a_registration_is_read_back_as_it_was_written(engine):
    known = registered(machine(NODE, Hands()), "sndvu", Soort.BRONHOUDER)
    changed = replace(known, jwks_uri="https://a.example/", bevroren=True, tokens_vanaf=2**40)
    with writing(engine) as tx:
        add_client(tx, known)
        assert replace_client(tx, changed)
        assert not replace_client(tx, replace(changed, client_id="bestaat-niet"))
        assert lock_client(tx, NODE) == changed
        assert lock_client(tx, "bestaat-niet") is None
