"""A client ends its own token (RFC 7009; OAU-10; statement 28 of the checklist on keys)."""

import json
import logging
from dataclasses import replace

import pytest
from joserfc.jwk import ECKey

from gateway.app import create_app
from gateway.parties import Soort
from tests.api.test_tokens import refused_assertions
from tests.api.world import ASSERTION, Hands, add, machine, registered

PATH = "/oauth/revoke"
CALLED = "/v1/overleggen"


def revoke(web, who, token, **more):
    form = {"client_assertion_type": ASSERTION, "client_assertion": who.assertion()}
    return web.post(PATH, data=form | ({"token": token} if token else {}) | more)


def works(web, who, token):
    status = who.call(web, "GET", CALLED, token).status_code
    assert status in {200, 401}
    return status == 200


@pytest.fixture
def seguro(parts, hands):
    known = machine("seguro-node", hands)
    add(parts, registered(known, "seguro", Soort.BRONHOUDER))
    return known


def test_statement_28_a_token_that_was_withdrawn_is_refused_at_the_next_call(web, sndvu, token):
    other = sndvu.token(web)
    assert works(web, sndvu, token)

    answer = revoke(web, sndvu, token)

    assert (answer.status_code, answer.data) == (200, b"")
    assert "Content-Type" not in answer.headers
    assert not works(web, sndvu, token)
    assert works(web, sndvu, other)


def test_oau_10_a_token_can_be_withdrawn_at_a_replica_that_is_behind(web, sndvu, token, parts):
    """There it is not valid yet; elsewhere it is, and must not stay so."""
    behind = Hands()
    behind.turn(-30)
    replica = create_app(replace(parts, clock=behind.clock())).test_client()
    there = replace(sndvu, hands=behind)
    assert not works(replica, there, token)

    assert revoke(replica, there, token).status_code == 200

    assert not works(web, sndvu, token)


def test_a_token_is_withdrawn_again_and_again_with_the_same_answer(web, sndvu, token):
    assert revoke(web, sndvu, token).status_code == 200
    assert revoke(web, sndvu, token).status_code == 200
    assert not works(web, sndvu, token)


def test_what_there_is_not_to_withdraw_gets_the_answer_of_what_there_is(
    web, sndvu, seguro, hands, token
):
    expired = sndvu.token(web)
    hands.turn(301)
    foreign = seguro.token(web)
    own = sndvu.token(web)
    header, claims, signature = own.split(".")
    asked = {
        "its own": sndvu.token(web),
        "of another client": foreign,
        "expired": expired,
        "no token at all": "abc",
        "cut off": own[:-4],
        "signed by nobody": f"{header}.{claims}.{'A' * len(signature)}",
        "far too long": "a" * 9_000,
        "not ASCII": "é",
    }

    answers = {sentence: revoke(web, sndvu, each) for sentence, each in asked.items()}

    assert {(each.status_code, each.data) for each in answers.values()} == {(200, b"")}
    headers = [{name for name, _ in each.headers} for each in answers.values()]
    assert all(each == headers[0] for each in headers)
    assert works(web, seguro, foreign)
    assert works(web, sndvu, own)


def test_a_hint_of_any_kind_is_passed_over(web, sndvu):
    for hint in ("access_token", "refresh_token", "iets_anders"):
        token = sndvu.token(web)
        assert revoke(web, sndvu, token, token_type_hint=hint).status_code == 200
        assert not works(web, sndvu, token)


def test_who_does_not_prove_who_it_is_withdraws_nothing(web, sndvu, token, hands):
    stranger = replace(sndvu, key=ECKey.generate_key("P-256"))
    unknown = machine("bestaat-niet", hands)
    bad = {**refused_assertions(sndvu), "a stranger": stranger.assertion()}
    bodies = set()

    for sentence, assertion in {**bad, "unknown": unknown.assertion()}.items():
        answer = revoke(web, sndvu, token, client_assertion=assertion)
        assert answer.status_code == 401, sentence
        assert answer.get_json()["error"] == "invalid_client", sentence
        bodies.add(answer.data)

    assert revoke(web, sndvu, token, client_assertion="").status_code == 401
    assert web.post(PATH, data={"token": token}).status_code == 401
    assert len(bodies) == 1
    assert works(web, sndvu, token)


def test_an_assertion_serves_one_request_here_too(web, sndvu, token):
    assertion = sndvu.assertion()
    assert revoke(web, sndvu, "abc", client_assertion=assertion).status_code == 200
    assert revoke(web, sndvu, token, client_assertion=assertion).status_code == 401
    assert works(web, sndvu, token)


def test_a_request_without_a_token_or_with_two_is_not_well_formed(web, sndvu, token):
    for asked in (None, ""):
        answer = revoke(web, sndvu, asked)
        assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")
    form = sndvu.form() | {"token": [token, token]}
    assert web.post(PATH, data=form).get_json()["error"] == "invalid_request"
    assert works(web, sndvu, token)


def test_a_token_in_the_url_or_in_json_is_not_read(web, sndvu, token):
    assert web.post(f"{PATH}?token={token}", data=sndvu.form()).status_code == 400
    assert web.post(PATH, json={"token": token}).status_code == 415
    assert web.get(PATH).status_code == 405
    assert works(web, sndvu, token)


def test_the_discovery_document_names_where_to_withdraw(web):
    told = web.get("/.well-known/oauth-authorization-server").get_json()
    assert told["revocation_endpoint"].endswith(PATH)
    assert told["revocation_endpoint_auth_methods_supported"] == ["private_key_jwt"]


def test_statement_30_no_token_or_assertion_reaches_a_log(web, sndvu, token, caplog):
    caplog.set_level(logging.DEBUG)
    form = sndvu.form() | {"token": token}

    assert web.post(PATH, data=form).status_code == 200
    assert web.post(PATH, data=form).status_code == 401

    told = caplog.text + json.dumps([str(vars(record)) for record in caplog.records])
    assert "token_ingetrokken" in told
    for secret in (token, token.split(".")[2], form["client_assertion"]):
        assert secret not in told
