"""Who gets a token, and what a token is good for (OAU-01 to OAU-04, OAU-08, OAU-09)."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from gateway.parties import Soort
from gateway.store.clients import freeze_client
from privacy.store.engine import writing
from tests.api.world import UITGEVER, Machine, add, machine, registered

PATH = "/v1/proefstukken"


def call(web, token, **kwargs):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return web.post(PATH, json={"a": 1}, headers=headers, **kwargs)


def test_a_token_is_an_rfc_9068_jwt_of_five_minutes_for_this_gateway(web, sndvu, parts):
    answer = web.post("/oauth/token", data=sndvu.form()).get_json()
    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 300
    assert "refresh_token" not in answer
    keys = {known.kid: known.key for known in parts.signer.tokens}
    token = jwt.decode(
        answer["access_token"], lambda obj: keys[obj.headers()["kid"]], algorithms=["ES256"]
    )
    assert token.header["typ"] == "at+jwt"
    claims = token.claims
    assert claims["iss"] == claims["aud"] == UITGEVER
    assert claims["azp"] == claims["client_id"] == claims["sub"] == "sndvu-node"
    assert claims["exp"] - claims["iat"] == 300
    assert len(claims["jti"]) >= 22


def test_issuer_and_token_endpoint_are_both_an_audience(web, sndvu):
    for audience in (UITGEVER, f"{UITGEVER}/oauth/token", [UITGEVER, "https://elders.example"]):
        form = sndvu.form(sndvu.assertion(aud=audience))
        assert web.post("/oauth/token", data=form).status_code == 200


def refused_assertions(known: Machine) -> dict[str, str]:
    now = int(known.hands.moment.timestamp())
    stranger = replace(known, key=ECKey.generate_key("P-256"))
    secret = OctKey.generate_key(256)
    claims = {"iss": known.client_id, "sub": known.client_id, "aud": UITGEVER}
    claims |= {"iat": now, "exp": now + 60, "jti": "x" * 32}
    return {
        "no iat": known.assertion(without=("iat",)),
        "no exp": known.assertion(without=("exp",)),
        "no jti": known.assertion(without=("jti",)),
        "no iss": known.assertion(without=("iss",)),
        "another iss": known.assertion(iss="iemand-anders"),
        "a short jti": known.assertion(jti="kort"),
        "a jti that is no text": known.assertion(jti=12345678901234567890123),
        "ten years": known.assertion(exp=now + 315_360_000),
        "six minutes": known.assertion(exp=now + 360),
        "five minutes that began in the past": known.assertion(iat=now - 290, exp=now + 200),
        "expired": known.assertion(iat=now - 100, exp=now - 40),
        "from the future": known.assertion(iat=now + 60, exp=now + 120),
        "another audience": known.assertion(aud="https://elders.example"),
        "another key": stranger.assertion(),
        "an algorithm with a shared secret": jwt.encode(
            {"alg": "HS256"}, claims, secret, algorithms=["HS256"]
        ),
        "no JWT": "abc",
        "no JSON in it": "e30.e30.e30",
        "far too long": "a" * 20_000,
    }


def test_an_assertion_that_does_not_hold_gets_one_and_the_same_401(web, sndvu, hands):
    unknown = machine("bestaat-niet", hands)
    asked = {**refused_assertions(sndvu), "an unknown client": unknown.assertion()}
    bodies = set()
    for sentence, assertion in asked.items():
        answer = web.post("/oauth/token", data=sndvu.form(assertion))
        assert answer.status_code == 401, sentence
        assert answer.headers["WWW-Authenticate"], sentence
        assert answer.get_json()["error"] == "invalid_client", sentence
        bodies.add(answer.data)
    assert len(bodies) == 1


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
def test_rsa_clients_are_welcome(web, parts, hands, algorithm):
    known = Machine("rsa-node", RSAKey.generate_key(2048), hands, algorithm)
    add(parts, registered(known, "seguro", Soort.BRONHOUDER))
    assert web.post("/oauth/token", data=known.form()).status_code == 200


def test_an_assertion_is_good_once(web, sndvu):
    form = sndvu.form()
    assert web.post("/oauth/token", data=form).status_code == 200
    assert web.post("/oauth/token", data=form).status_code == 401


def test_an_assertion_is_good_once_also_when_twenty_come_at_once(app, sndvu):
    form = sndvu.form()
    with ThreadPoolExecutor(20) as pool:
        tried = [pool.submit(app.test_client().post, "/oauth/token", data=form) for _ in range(20)]
    assert sorted(done.result().status_code for done in tried) == [200] + [401] * 19


def test_secrets_and_other_grants_are_refused(web, sndvu):
    basic = web.post(
        "/oauth/token", data={"grant_type": "client_credentials"}, auth=("sndvu-node", "geheim")
    )
    assert (basic.status_code, basic.get_json()["error"]) == (401, "invalid_client")
    code = web.post("/oauth/token", data=sndvu.form() | {"grant_type": "authorization_code"})
    assert (code.status_code, code.get_json()["error"]) == (400, "unsupported_grant_type")


def test_a_parameter_twice_or_in_the_url_is_refused(web, sndvu):
    form = sndvu.form()
    twice = {name: [value, value] for name, value in form.items()}
    assert web.post("/oauth/token", data=twice).get_json()["error"] == "invalid_request"
    assert web.post("/oauth/token", query_string=form).status_code == 400


def test_a_scope_that_the_client_lacks_is_invalid_scope(web, sndvu):
    for scope in ("bestaat:niet", "mutaties:lezen", "casussen:aanleveren mutaties:lezen"):
        answer = web.post("/oauth/token", data=sndvu.form(scope=scope))
        assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_scope")
    narrow = web.post("/oauth/token", data=sndvu.form(scope="toestemmingen:beheren"))
    assert narrow.get_json()["scope"] == "toestemmingen:beheren"


def test_a_call_goes_by_the_organisation_of_the_token(web, token):
    assert call(web, token).get_json()["organisatie"] == "sndvu"


def test_without_a_token_401_and_how_to_come_by_one(web):
    answer = call(web, None)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="lso-gateway"'


def bad_tokens(parts, token):
    header, claims, signature = token.split(".")
    now = int(parts.clock.now().timestamp())
    good = {"iss": UITGEVER, "aud": UITGEVER, "exp": now + 60, "jti": "x" * 32}
    good |= {"client_id": "sndvu-node", "scope": "casussen:aanleveren"}

    def signed(changed, key=parts.signer.tokens[-1], typ="at+jwt"):
        header = {"alg": "ES256", "typ": typ, "kid": key.kid}
        return jwt.encode(header, good | changed, key.key, algorithms=["ES256"])

    return {
        "no token": "abc",
        "cut off": token[:-4],
        "claims of another": f"{header}.{claims[:-2]}AA.{signature}",
        "another audience": signed({"aud": "https://elders.example"}),
        "another issuer": signed({"iss": "https://elders.example"}),
        "expired": signed({"exp": now - 1}),
        "no access token by type": signed({}, typ="JWT"),
        "signed by the key for answers": signed({}, key=parts.signer.antwoorden[-1]),
        "a client that is not there": signed({"client_id": "bestaat-niet"}),
        "not ASCII": "é",
        "far too long": "a" * 9_000,
    }


def test_a_token_that_does_not_hold_gets_one_and_the_same_401(web, token, parts):
    bodies = set()
    for sentence, bad in bad_tokens(parts, token).items():
        answer = web.post(
            PATH, json={}, headers={"Authorization": f"Bearer {bad}".encode().decode("latin-1")}
        )
        assert answer.status_code == 401, sentence
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
        bodies.add(answer.data)
    assert len(bodies) == 1


def test_a_token_in_the_url_is_no_token(web, token):
    assert web.post(f"{PATH}?access_token={token}", json={}).status_code == 401


def test_a_token_ends_after_five_minutes_also_when_it_was_seen_before(web, token, hands):
    assert call(web, token).status_code == 200
    hands.turn(299)
    assert call(web, token).status_code == 200
    hands.turn(2)
    assert call(web, token).status_code == 401


def test_a_frozen_client_is_out_on_its_next_call_and_gets_no_new_token(web, token, sndvu, parts):
    assert call(web, token).status_code == 200
    with writing(parts.engine) as connection:
        assert freeze_client(connection, "sndvu-node")
    assert call(web, token).status_code == 401
    assert web.post("/oauth/token", data=sndvu.form()).get_json()["error"] == "invalid_client"


def test_an_organisation_that_no_longer_takes_part_is_out(web, parts, hands):
    known = machine("vertrokken", hands)
    add(parts, registered(known, "vertrokken", Soort.BRONHOUDER))
    assert web.post("/oauth/token", data=known.form()).status_code == 401


def test_a_missing_scope_is_403_and_names_the_scope(web, sndvu):
    form = sndvu.form(scope="toestemmingen:beheren")
    token = web.post("/oauth/token", data=form).get_json()["access_token"]
    answer = call(web, token)
    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
    assert "casussen:aanleveren" in answer.headers["WWW-Authenticate"]


def test_a_right_scope_with_the_wrong_kind_of_organisation_is_403(web, parts, hands):
    known = machine("ind-client", hands)
    scopes = frozenset({"casussen:aanleveren"})
    add(parts, replace(registered(known, "IND", Soort.KETENPARTNER), scopes=scopes))
    token = web.post("/oauth/token", data=known.form()).get_json()["access_token"]
    assert call(web, token).status_code == 403


def test_the_published_keys_are_public_and_each_has_its_own_kid(web, parts):
    keys = web.get("/oauth/jwks").get_json()["keys"]
    assert len({key["kid"] for key in keys}) == len(keys) == 2
    assert all("d" not in key and key["alg"] == "ES256" for key in keys)


def test_the_discovery_document_tells_what_is_true(web):
    told = web.get("/.well-known/oauth-authorization-server").get_json()
    assert told["issuer"] == UITGEVER
    assert told["token_endpoint"] == f"{UITGEVER}/oauth/token"
    assert told["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert told["grant_types_supported"] == ["client_credentials"]


def test_no_token_or_assertion_reaches_a_log_at_any_level(web, sndvu, caplog):
    caplog.set_level(logging.DEBUG)
    form = sndvu.form()
    token = web.post("/oauth/token", data=form).get_json()["access_token"]
    call(web, token)
    web.post("/oauth/token", data=form)
    told = caplog.text + json.dumps([str(vars(record)) for record in caplog.records])
    for secret in (token, token.split(".")[2], form["client_assertion"]):
        assert secret not in told
