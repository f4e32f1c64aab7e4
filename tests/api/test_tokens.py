"""Who gets a token, and what a token is good for (OAU-01 to OAU-04, OAU-08, OAU-09)."""

import json
import logging
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import product
from uuid import uuid4

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from gateway.auth.permission_map import PERMISSIONS
from gateway.parties import Soort
from gateway.store.clients import Profiel, freeze_client
from privacy.store.engine import writing
from tests.api.world import TOKEN, UITGEVER, Machine, add, machine, registered

PATH = "/v1/proefstukken"


def call(web, known, token):
    return known.call(web, "POST", PATH, token, json={"a": 1})


def ask(web, known, assertion=None, **more):
    """A token request, with a proof of its own."""
    proof = {"DPoP": known.proof("POST", TOKEN)}
    return web.post(TOKEN, data=known.form(assertion, **more), headers=proof)


def test_oau_03_and_04_a_token_is_an_rfc_9068_jwt_of_five_minutes_for_this_gateway(
    web, sndvu, parts
):
    answer = sndvu.ask_token(web).get_json()
    assert answer["token_type"] == "DPoP"
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
        assert ask(web, sndvu, sndvu.assertion(aud=audience)).status_code == 200


def as_it_stands(known: Machine, claims: dict[str, object]) -> str:
    """Signed JSON of which not every letter can be written."""
    header = {"alg": "ES256", "kid": known.key.thumbprint()}
    return jws.serialize_compact(header, json.dumps(claims), known.key, algorithms=["ES256"])


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
        "a subject with half a letter": as_it_stands(
            known, claims | {"sub": "\ud800", "iss": "\ud800"}
        ),
        "a subject with nothing in it": known.assertion(sub="\0", iss="\0"),
        "a subject that is no text": known.assertion(sub=7, iss=7),
        "a life that cannot be counted": known.assertion(exp=now + 60.5, iat=-(10**400)),
        "no JWT": "abc",
        "brackets without end": f"{known.assertion().split('.')[0]}.{'W1tb' * 3000}.AA",
        "no JSON in it": "e30.e30.e30",
        "far too long": "a" * 20_000,
    }


def test_oau_02_an_assertion_that_does_not_hold_gets_one_and_the_same_401(web, sndvu, hands):
    unknown = machine("bestaat-niet", hands)
    asked = {**refused_assertions(sndvu), "an unknown client": unknown.assertion()}
    bodies = set()
    for sentence, assertion in asked.items():
        answer = ask(web, sndvu, assertion)
        assert answer.status_code == 401, sentence
        assert answer.headers["WWW-Authenticate"], sentence
        assert answer.get_json()["error"] == "invalid_client", sentence
        bodies.add(answer.data)
    assert len(bodies) == 1


@pytest.mark.parametrize("algorithm", ["ES256", "PS256", "RS256"])
def test_a_signature_is_checked_once_whoever_is_named_and_by_whatever_key(
    web, parts, hands, monkeypatch, algorithm
):
    """Else the time of a refusal would tell which clients there are, and how they sign."""
    checker = jws.JWSRegistry.algorithms[algorithm]
    checked = []
    check = checker.verify
    monkeypatch.setattr(checker, "verify", lambda *told: checked.append(told) or check(*told))
    own, stranger = ((ECKey.generate_key("P-256"), RSAKey.generate_key(2048)) for _ in range(2))
    add(parts, registered(Machine("ec", own[0], hands), "sndvu", Soort.BRONHOUDER))
    add(parts, registered(Machine("rsa", own[1], hands), "sndvu", Soort.BRONHOUDER))
    key = stranger[algorithm != "ES256"]
    kids = None, "iets", own[0].thumbprint(), own[1].thumbprint()
    for client_id, kid in product(("ec", "rsa", "bestaat-niet"), kids):
        forger = Machine(client_id, key, hands, algorithm)
        claims = jws.extract_compact(forger.assertion().encode()).payload
        header = {"alg": algorithm} | ({"kid": kid} if kid else {})
        forged = jws.serialize_compact(header, claims, key, algorithms=[algorithm])
        checked.clear()
        assert web.post(TOKEN, data=forger.form(forged)).status_code == 401
        assert len(checked) == 1, (client_id, kid)


@pytest.mark.parametrize("bits", [2048, 4096])
@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
def test_rsa_clients_are_welcome(web, parts, hands, algorithm, bits):
    known = Machine("rsa-node", RSAKey.generate_key(bits), hands, algorithm)
    add(parts, registered(known, "seguro", Soort.BRONHOUDER))
    token = known.token(web)
    assert call(web, known, token).status_code == 200


def test_oau_12_rs256_is_for_nl_gov_clients_and_not_for_fapi_clients(web, parts, hands):
    for profiel, algorithm, status in (
        (Profiel.NLGOV, "RS256", 200),
        (Profiel.FAPI, "RS256", 401),
        (Profiel.FAPI, "PS256", 200),
        (Profiel.FAPI, "ES256", 200),
    ):
        key = ECKey.generate_key("P-256") if algorithm == "ES256" else RSAKey.generate_key(2048)
        known = Machine(f"{profiel}-{algorithm}", key, hands, algorithm)
        add(parts, replace(registered(known, "seguro", Soort.BRONHOUDER), profiel=profiel))
        assert known.ask_token(web).status_code == status, (profiel, algorithm)


def test_oau_02_an_assertion_is_good_once(web, sndvu):
    assertion = sndvu.assertion()
    assert ask(web, sndvu, assertion).status_code == 200
    assert ask(web, sndvu, assertion).status_code == 401


def test_statement_26_of_twenty_that_bring_one_assertion_at_once_one_gets_a_token(app, sndvu):
    assertion = sndvu.assertion()
    with ThreadPoolExecutor(20) as pool:
        tried = [pool.submit(ask, app.test_client(), sndvu, assertion) for _ in range(20)]
    assert sorted(done.result().status_code for done in tried) == [200] + [401] * 19


def test_oau_01_and_05_secrets_and_other_grants_are_refused(web, sndvu):
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
        answer = sndvu.ask_token(web, scope=scope)
        assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_scope")
    narrow = sndvu.ask_token(web, scope="toestemmingen:beheren")
    assert narrow.get_json()["scope"] == "toestemmingen:beheren"


def test_a_call_goes_by_the_organisation_of_the_token(web, sndvu, token):
    assert call(web, sndvu, token).get_json()["organisatie"] == "sndvu"


def test_without_a_token_401_and_how_to_come_by_one(web):
    answer = web.post(PATH, json={"a": 1})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == (
        'DPoP realm="lso-gateway", algs="ES256 PS256 RS256", Bearer realm="lso-gateway"'
    )


def bad_tokens(parts, token):
    header, claims, signature = token.split(".")
    now = int(parts.clock.now().timestamp())
    good = jwt.decode(token, parts.signer.tokens[-1].key, algorithms=["ES256"]).claims

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
        "given out in the future": signed({"iat": now + 21}),
        "given to another by azp": signed({"azp": "seguro-node"}),
        "of another by sub": signed({"sub": "seguro-node"}),
        "without a jti": signed({"jti": None}),
        "no access token by type": signed({}, typ="JWT"),
        "signed by the key for answers": signed({}, key=parts.signer.antwoorden[-1]),
        "a client that is not there": signed(
            dict.fromkeys(("client_id", "azp", "sub"), "bestaat-niet")
        ),
        "not ASCII": "é",
        "far too long": "a" * 9_000,
    }


def test_a_token_that_does_not_hold_gets_one_and_the_same_401(web, sndvu, token, parts):
    bodies = set()
    for sentence, bad in bad_tokens(parts, token).items():
        told = f"DPoP {bad}".encode().decode("latin-1")
        proof = sndvu.proof("POST", PATH, bad)
        answer = web.post(PATH, json={}, headers={"Authorization": told, "DPoP": proof})
        assert answer.status_code == 401, sentence
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
        bodies.add(answer.data)
    assert len(bodies) == 1


def test_oau_08_a_token_in_the_url_is_refused_on_every_route_that_asks_one(app, web, sndvu, token):
    for rule in app.url_map.iter_rules():
        asks = PERMISSIONS.get(rule.endpoint)
        if asks is None or not asks.scopes:
            continue
        method = next(iter(rule.methods - {"HEAD", "OPTIONS"}))
        path = re.sub("<[^>]+>", str(uuid4()), rule.rule)
        assert web.open(f"{path}?access_token={token}", method=method).status_code == 400
        beside = sndvu.call(web, method, f"{path}?access_token={token}", token)
        assert beside.status_code == 400


def test_a_token_ends_after_five_minutes_also_when_it_was_seen_before(web, sndvu, token, hands):
    assert call(web, sndvu, token).status_code == 200
    hands.turn(299)
    assert call(web, sndvu, token).status_code == 200
    hands.turn(2)
    assert call(web, sndvu, token).status_code == 401


@pytest.mark.parametrize("jump", [3_600, -3_600, -21], ids=lambda jump: f"{jump} seconds")
def test_statement_37_a_clock_that_jumps_lets_nobody_in(web, sndvu, token, hands, jump):
    assert call(web, sndvu, token).status_code == 200
    hands.turn(jump)
    assert call(web, sndvu, token).status_code == 401
    assert sndvu.ask_token(web).status_code == 200


def test_a_replica_whose_clock_is_twenty_seconds_behind_lets_in(web, sndvu, token, hands):
    hands.turn(-20)
    assert call(web, sndvu, token).status_code == 200


def test_a_frozen_client_is_out_on_its_next_call_and_gets_no_new_token(web, token, sndvu, parts):
    assert call(web, sndvu, token).status_code == 200
    with writing(parts.engine) as connection:
        assert freeze_client(connection, "sndvu-node")
    assert call(web, sndvu, token).status_code == 401
    assert sndvu.ask_token(web).get_json()["error"] == "invalid_client"


def test_an_organisation_that_no_longer_takes_part_is_out(web, parts, hands):
    known = machine("vertrokken", hands)
    add(parts, registered(known, "vertrokken", Soort.BRONHOUDER))
    assert known.ask_token(web).status_code == 401


def test_oau_09_a_missing_scope_is_403_and_names_the_scope(web, sndvu):
    answer = call(web, sndvu, sndvu.token(web, scope="toestemmingen:beheren"))
    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
    assert "casussen:aanleveren" in answer.headers["WWW-Authenticate"]


def test_a_right_scope_with_the_wrong_kind_of_organisation_is_403(web, parts, hands):
    known = machine("ind-client", hands)
    scopes = frozenset({"casussen:aanleveren"})
    add(parts, replace(registered(known, "IND", Soort.KETENPARTNER), scopes=scopes))
    assert call(web, known, known.token(web)).status_code == 403


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
    assert told["dpop_signing_alg_values_supported"] == ["ES256", "PS256", "RS256"]
    assert told["tls_client_certificate_bound_access_tokens"] is True
    assert told["revocation_endpoint"] == f"{UITGEVER}/oauth/revoke"
    assert told["revocation_endpoint_auth_methods_supported"] == ["private_key_jwt"]


def test_statement_30_no_token_assertion_or_proof_reaches_a_log_at_any_level(web, sndvu, caplog):
    caplog.set_level(logging.DEBUG)
    assertion = sndvu.assertion()
    token = ask(web, sndvu, assertion).get_json()["access_token"]
    proof = sndvu.proof("POST", PATH, token)
    for _ in range(2):
        ask(web, sndvu, assertion)
        web.post(PATH, json={}, headers={"Authorization": f"DPoP {token}", "DPoP": proof})
        web.post(f"{PATH}?access_token={token}", json={})
    told = caplog.text + json.dumps([str(vars(record)) for record in caplog.records])
    for secret in (token, token.split(".")[2], assertion, proof, proof.split(".")[2]):
        assert secret not in told
