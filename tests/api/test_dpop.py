"""Tokens bound to a key: every call shows it anew (RFC 9449, OAU-06, OAU-07, statement 29)."""

import json
import string
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jws, jwt
from joserfc.jwk import ECKey, Key, OctKey, RSAKey
from sqlalchemy import func, select
from werkzeug.test import EnvironBuilder

from gateway.app import create_app
from gateway.auth.dpop import ProofError, ProofReader
from gateway.parties import Soort
from gateway.request import AskedRequest
from gateway.store.clients import Binding, Profiel, replace_client
from gateway.store.once import MARGIN
from gateway.store.proofs import dpop_bewijs, forget_proofs
from gateway.store.withdrawn_tokens import digest_of, withdraw_token
from privacy.store.engine import looking, writing
from tests.api.world import (
    TOKEN,
    UITGEVER,
    Hands,
    Machine,
    add,
    b64,
    machine,
    parts_over,
    registered,
    settings_for,
    unb64,
)

PATH = "/v1/proefstukken"
LETTERS = string.ascii_letters + string.digits + "-_.=+/ "


def send(web: FlaskClient, token: str, *proofs: str, scheme: str = "DPoP", path: str = PATH):
    headers = [("Authorization", f"{scheme} {token}"), *(("DPoP", proof) for proof in proofs)]
    return web.post(path, json={"a": 1}, headers=headers)


def proofs_in(parts) -> int:
    with looking(parts.engine) as connection:
        return connection.execute(select(func.count()).select_from(dpop_bewijs)).scalar_one()


def made_by_hand(header: Any, claims: Any, key: Key) -> str:
    """A proof with this header and these claims, whatever a library would think of that."""
    shown = [b64(json.dumps(part).encode()) for part in (header, claims)]
    if header["alg"] == "none":
        return ".".join([*shown, ""])
    sign = jws.JWSRegistry.algorithms[header["alg"]].sign
    return ".".join([*shown, b64(sign(".".join(shown).encode(), key))])


# The token


def test_a_token_is_bound_to_the_key_of_the_proof_and_is_called_dpop(web, sndvu, parts):
    answer = sndvu.ask_token(web).get_json()
    assert answer["token_type"] == "DPoP"
    claims = jwt.decode(
        answer["access_token"], parts.signer.tokens[-1].key, algorithms=["ES256"]
    ).claims
    assert claims["cnf"] == {"jkt": sndvu.key.thumbprint()}


def test_a_token_may_be_bound_to_another_key_than_that_of_the_assertion(web, sndvu):
    other = replace(sndvu, key=ECKey.generate_key("P-256"))
    headers = {"DPoP": other.proof("POST", TOKEN)}
    token = web.post(TOKEN, data=sndvu.form(), headers=headers).get_json()["access_token"]
    assert send(web, token, other.proof("POST", PATH, token)).status_code == 200
    assert send(web, token, sndvu.proof("POST", PATH, token)).status_code == 401


def test_no_token_without_exactly_one_proof_that_holds(web, sndvu):
    good = sndvu.proof("POST", TOKEN)
    for proofs in (
        [],
        [""],
        ["abc"],
        [good, sndvu.proof("POST", TOKEN)],
        [sndvu.proof("GET", TOKEN)],
        [sndvu.proof("POST", "/oauth/revoke")],
    ):
        headers = [("DPoP", proof) for proof in proofs]
        answer = web.post(TOKEN, data=sndvu.form(), headers=headers)
        assert answer.status_code == 400
        assert answer.get_json()["error"] == "invalid_dpop_proof"


def test_a_proof_is_good_for_one_token(web, sndvu):
    headers = {"DPoP": sndvu.proof("POST", TOKEN)}
    assert web.post(TOKEN, data=sndvu.form(), headers=headers).status_code == 200
    assert web.post(TOKEN, data=sndvu.form(), headers=headers).status_code == 400


def test_who_is_not_known_is_told_nothing_of_proofs(web, sndvu, parts, hands):
    """Unknown, frozen, through FSC, or bound to nothing: the same bytes, proof or no proof."""
    by_fsc, by_none = machine("fsc-node", hands), machine("geen-node", hands)
    frozen = machine("bevroren", hands)
    add(parts, registered(by_fsc, "sndvu", Soort.BRONHOUDER, Binding.FSC))
    add(parts, registered(by_none, "sndvu", Soort.BRONHOUDER, Binding.GEEN))
    add(parts, replace(registered(frozen, "sndvu", Soort.BRONHOUDER), bevroren=True))
    bodies = set()
    for known in (machine("bestaat-niet", hands), by_fsc, by_none, frozen):
        for proof in (known.proof("POST", TOKEN), "abc", None):
            headers = {"DPoP": proof} if proof else {}
            answer = web.post(TOKEN, data=known.form(), headers=headers)
            kept = {n: v for n, v in answer.headers if n not in {"Date", "traceparent"}}
            bodies.add((answer.status_code, answer.data, str(sorted(kept.items()))))
    assert len(bodies) == 1
    assert next(iter(bodies))[0] == 401


# The call


def test_oau_06_a_bound_token_is_nothing_without_its_own_key(web, sndvu, token):
    stranger = replace(sndvu, key=ECKey.generate_key("P-256"))
    refused = {
        "no proof": send(web, token),
        "as a bearer token": send(web, token, scheme="Bearer"),
        "as a bearer token with a proof": send(
            web, token, sndvu.proof("POST", PATH, token), scheme="Bearer"
        ),
        "the proof of another key": send(web, token, stranger.proof("POST", PATH, token)),
        "under another scheme": send(web, token, sndvu.proof("POST", PATH, token), scheme="Basic"),
    }
    assert {why: answer.status_code for why, answer in refused.items()} == dict.fromkeys(
        refused, 401
    )
    assert send(web, token, sndvu.proof("POST", PATH, token)).status_code == 200


def test_oau_06_a_token_bound_to_nothing_is_refused_outside_the_demo(web, sndvu, parts, token):
    """Also where the registration would allow it, and the token is well signed."""
    claims = jwt.decode(token, parts.signer.tokens[-1].key, algorithms=["ES256"]).claims
    bare = {name: told for name, told in claims.items() if name != "cnf"}
    for binding in Binding:
        known = replace(sndvu, client_id=f"los-{binding}")
        add(parts, registered(known, "sndvu", Soort.BRONHOUDER, binding))
        names = dict.fromkeys(("client_id", "sub", "azp"), known.client_id)
        header = {"alg": "ES256", "typ": "at+jwt", "kid": parts.signer.tokens[-1].kid}
        made = jwt.encode(header, bare | names, parts.signer.tokens[-1].key, algorithms=["ES256"])
        assert send(web, made, scheme="Bearer").status_code == 401
        assert send(web, made, known.proof("POST", PATH, made)).status_code == 401


def test_in_the_demo_a_token_bound_to_nothing_works_for_who_is_registered_so(tmp_path):
    hands = Hands()
    database = f"sqlite:///{tmp_path / 'g.sqlite'}"
    parts = parts_over(settings_for(tmp_path, database, demo=True), hands)
    loose, bound = machine("los", hands), machine("gebonden", hands)
    add(parts, registered(loose, "utrecht", Soort.GEMEENTE, Binding.GEEN))
    add(parts, registered(bound, "utrecht", Soort.GEMEENTE))
    web = create_app(parts).test_client()
    try:
        given_out = web.post(TOKEN, data=loose.form()).get_json()
        assert given_out["token_type"] == "Bearer"
        auth = {"Authorization": f"Bearer {given_out['access_token']}"}
        assert web.get("/v1/overleggen", headers=auth).status_code == 200
        assert web.post(TOKEN, data=bound.form()).status_code == 400
        auth = {"Authorization": f"Bearer {bound.token(web)}"}
        assert web.get("/v1/overleggen", headers=auth).status_code == 401
    finally:
        parts.engine.dispose()


def wrong_claims(known: Machine, token: str) -> dict[str, str]:
    now = int(known.hands.moment.timestamp())

    def proof(**changed: Any) -> str:
        return known.proof("POST", PATH, token, **changed)

    return {
        "another method": proof(htm="GET"),
        "the method in small letters": proof(htm="post"),
        "another path": proof(htu=f"{UITGEVER}{PATH}/open"),
        "another host": proof(htu=f"https://elders.example{PATH}"),
        "another scheme": proof(htu=f"http://gateway.example{PATH}"),
        "another port": proof(htu=f"https://gateway.example:8443{PATH}"),
        "somebody before the host": proof(htu=f"https://ik@gateway.example{PATH}"),
        "an address that is none": proof(htu="https://[x"),
        "an address that is no text": proof(htu=[UITGEVER + PATH]),
        "another token": proof(ath="A" * 43),
        "no token": proof(without=("ath",)),
        "no method": proof(without=("htm",)),
        "no address": proof(without=("htu",)),
        "no time": proof(without=("iat",)),
        "no jti": proof(without=("jti",)),
        "an empty jti": proof(jti=""),
        "a long jti": proof(jti="x" * 256),
        "a jti that is no text": proof(jti=7),
        "more than a minute old": proof(iat=now - 61),
        "from the future": proof(iat=now + 11),
        "a time that is text": proof(iat=str(now)),
        "a time that is yes": proof(iat=True),
        "a time without end": proof(iat=float("inf")),
        "a time that is not a number": proof(iat=float("nan")),
    }


def wrong_signatures(known: Machine, token: str) -> dict[str, str]:
    claims = json.loads(jws.extract_compact(known.proof("POST", PATH, token).encode()).payload)
    public = known.key.as_dict(private=False)
    good = {"typ": "dpop+jwt", "alg": "ES256", "jwk": public}
    secret, small = OctKey.generate_key(256), RSAKey.generate_key(1_024)
    other, wide = ECKey.generate_key("P-256"), ECKey.generate_key("P-384")

    def proof(key: Key = known.key, said: Any = claims, **changed: Any) -> str:
        return made_by_hand(good | changed, said, key)

    return {
        "another type": proof(typ="JWT"),
        "an extension that must be known": proof(crit=["b64"], b64=True),
        "no key": made_by_hand({"typ": "dpop+jwt", "alg": "ES256"}, claims, known.key),
        "a key that is text": proof(jwk="sleutel"),
        "half a key": proof(jwk={"kty": "EC", "crv": "P-256"}),
        "a key of no known kind": proof(jwk={"kty": "X"}),
        "a point beside the curve": proof(jwk=public | {"y": public["x"]}),
        "the secret half too": proof(jwk=known.key.as_dict(private=True)),
        "another key than it shows": proof(key=other),
        "a shared secret": proof(key=secret, alg="HS256", jwk=secret.as_dict(private=True)),
        "the public key as a shared secret": proof(
            key=OctKey.import_key({"kty": "oct", "k": public["x"]}), alg="HS256"
        ),
        "no signature": proof(alg="none"),
        "a small key": proof(key=small, alg="RS256", jwk=small.as_dict(private=False)),
        "a key of another curve": proof(key=wide, alg="ES384", jwk=wide.as_dict(private=False)),
        "claims that are a list": proof(said=[]),
        "brackets without end": "e30." + b64(b"[" * 2_900) + ".AA",
        "a header of brackets without end": b64(b"[" * 2_200) + ".e30.AA",
        "no JWT": "abc",
        "not ASCII": "\xe9",
        "two of them in one header": f"{proof()}, {known.proof('POST', PATH, token)}",
        "far too long": "a" * 9_000,
    }


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("wrong", [wrong_claims, wrong_signatures])
def test_oau_07_a_proof_that_is_not_about_this_call_is_refused(web, sndvu, token, parts, wrong):
    before = proofs_in(parts)
    for why, proof in wrong(sndvu, token).items():
        answer = send(web, token, proof)
        assert answer.status_code == 401, why
        assert answer.headers["WWW-Authenticate"] == (
            'DPoP realm="lso-gateway", error="invalid_dpop_proof", algs="ES256 PS256 RS256"'
        ), why
    assert proofs_in(parts) == before


def test_the_same_address_may_be_written_otherwise(web, sndvu, token):
    for told in (
        f"https://GATEWAY.example:443{PATH}",
        f"HTTPS://gateway.example{PATH}?vraag=1#deel",
        UITGEVER + PATH.replace("s", "%73"),
    ):
        proof = sndvu.proof("POST", PATH, token, htu=told)
        assert send(web, token, proof).status_code == 200, told


def test_an_address_is_decoded_once_and_not_again(parts, sndvu):
    """No route takes such a path now. `?` and `%2F` in it are letters, and end or part nothing."""
    reader = ProofReader(parts)
    for path, same, others in (
        ("/a?b", "/a%3Fb", ("/a", "/a?b")),
        ("/a%2Fb", "/a%252Fb", ("/a/b", "/a%2Fb")),
    ):
        asked = AskedRequest({**EnvironBuilder().get_environ(), "PATH_INFO": path})
        for told, holds in ((same, True), *((other, False) for other in others)):
            asked.environ["HTTP_DPOP"] = sndvu.proof("GET", "", htu=UITGEVER + told)
            with nullcontext() if holds else pytest.raises(ProofError):
                reader.read(asked, ["ES256"])


@pytest.mark.parametrize("age", [0, 60, -10])
def test_a_proof_may_be_a_minute_old_or_ten_seconds_ahead(web, sndvu, token, hands, age):
    proof = sndvu.proof("POST", PATH, token, iat=int(hands.moment.timestamp()) - age)
    assert send(web, token, proof).status_code == 200
    assert send(web, token, proof).status_code == 401


def test_oau_07_and_statement_29_a_proof_is_good_once(web, sndvu, token):
    proof = sndvu.proof("POST", PATH, token)
    assert send(web, token, proof).status_code == 200
    assert send(web, token, proof).status_code == 401


def test_statement_29_of_twenty_that_bring_one_proof_at_once_one_gets_in(app, sndvu, token):
    proof = sndvu.proof("POST", PATH, token)
    with ThreadPoolExecutor(20) as pool:
        tried = [pool.submit(send, app.test_client(), token, proof) for _ in range(20)]
    assert sorted(done.result().status_code for done in tried) == [200] + [401] * 19


def test_two_clients_may_use_the_same_jti(web, sndvu, token, parts, hands):
    other = machine("seguro-node", hands)
    add(parts, registered(other, "seguro", Soort.BRONHOUDER))
    theirs = other.token(web)
    assert send(web, token, sndvu.proof("POST", PATH, token, jti="een")).status_code == 200
    assert send(web, theirs, other.proof("POST", PATH, theirs, jti="een")).status_code == 200


def test_a_jti_may_hold_any_letter_that_json_can(web, sndvu, token):
    for jti in ("\ud800", "\0", "é" * 255):
        public = sndvu.key.as_dict(private=False)
        claims = json.loads(jws.extract_compact(sndvu.proof("POST", PATH, token).encode()).payload)
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": public}
        proof = made_by_hand(header, claims | {"jti": jti}, sndvu.key)
        assert [send(web, token, proof).status_code for _ in range(2)] == [200, 401]


def test_oau_12_a_fapi_client_cannot_prove_by_rs256(web, parts, hands):
    for profiel, status in ((Profiel.NLGOV, 200), (Profiel.FAPI, 401)):
        known = Machine(f"{profiel}-node", RSAKey.generate_key(2_048), hands, "PS256")
        add(parts, replace(registered(known, "sndvu", Soort.BRONHOUDER), profiel=profiel))
        token = known.token(web)
        assert known.call(web, "POST", PATH, token, json={}).status_code == 200
        by_rs256 = replace(known, algorithm="RS256")
        assert by_rs256.call(web, "POST", PATH, token, json={}).status_code == status


def test_a_registration_that_changes_its_binding_ends_the_tokens_of_before(
    web, sndvu, token, parts
):
    client = registered(sndvu, "sndvu", Soort.BRONHOUDER, Binding.MTLS)
    with writing(parts.engine) as connection:
        assert replace_client(connection, client)
    assert sndvu.call(web, "POST", PATH, token, json={}).status_code == 401


def test_a_withdrawn_token_is_out_on_its_next_call(web, sndvu, token, parts):
    assert sndvu.call(web, "POST", PATH, token, json={}).status_code == 200
    claims = jwt.decode(token, parts.signer.tokens[-1].key, algorithms=["ES256"]).claims
    with writing(parts.engine) as connection:
        withdraw_token(connection, digest_of(claims["jti"]), expires=claims["exp"])
    assert sndvu.call(web, "POST", PATH, token, json={}).status_code == 401


# What is kept


def test_used_proofs_are_forgotten_once_they_are_refused_for_their_age(web, sndvu, parts, hands):
    for _ in range(3):
        assert sndvu.call(web, "POST", PATH, json={}).status_code == 200
        hands.turn(71 + MARGIN)
    assert proofs_in(parts) == 2  # of the last call and its token; the calls before cleaned up
    now = int(hands.moment.timestamp())
    with writing(parts.engine) as connection:
        assert forget_proofs(connection, now) == 2
    assert proofs_in(parts) == 0


def test_a_heap_of_old_proofs_is_cleared_faster_than_it_grows(
    web, sndvu, parts, hands, monkeypatch
):
    monkeypatch.setattr("gateway.store.proofs._AT_ONCE", 2)
    token = sndvu.token(web)
    for _ in range(5):
        assert sndvu.call(web, "POST", PATH, token, json={}).status_code == 200
    hands.turn(71 + MARGIN)
    token = sndvu.token(web)
    for _ in range(3):
        assert sndvu.call(web, "POST", PATH, token, json={}).status_code == 200
    assert proofs_in(parts) == 4  # of these calls, and of their token


def test_a_proof_that_is_still_good_is_never_forgotten(web, sndvu, token, hands, parts):
    proof = sndvu.proof("POST", PATH, token, iat=int(hands.moment.timestamp()) + 10)
    assert send(web, token, proof).status_code == 200
    hands.turn(70)
    with writing(parts.engine) as connection:
        forget_proofs(connection, int(hands.moment.timestamp()))
    assert send(web, token, proof).status_code == 401


# The nonce


@pytest.fixture
def strict(parts) -> FlaskClient:
    return create_app(
        replace(parts, settings=replace(parts.settings, dpop_nonce=True))
    ).test_client()


def test_oau_07_where_a_nonce_is_asked_a_proof_must_hold_the_one_of_now(strict, sndvu, hands):
    asked = sndvu.ask_token(strict)
    assert (asked.status_code, asked.get_json()["error"]) == (400, "use_dpop_nonce")
    nonce = asked.headers["DPoP-Nonce"]
    given_out = sndvu.ask_token(strict, nonce=nonce)
    token = given_out.get_json()["access_token"]

    refused = sndvu.call(strict, "GET", "/v1/beleid", token)
    assert refused.status_code == 401
    assert 'error="use_dpop_nonce"' in refused.headers["WWW-Authenticate"]
    assert refused.headers["DPoP-Nonce"] == nonce
    assert sndvu.call(strict, "GET", "/v1/beleid", token, nonce=nonce).status_code == 200

    hands.turn(120)
    old = sndvu.call(strict, "GET", "/v1/beleid", token, nonce=nonce)
    assert old.status_code == 401
    newer = old.headers["DPoP-Nonce"]
    assert newer != nonce
    assert sndvu.call(strict, "GET", "/v1/beleid", token, nonce=newer).status_code == 200
    for wrong in ("", "é", 7, newer[:-1], newer + "A"):
        assert sndvu.call(strict, "GET", "/v1/beleid", token, nonce=wrong).status_code == 401


def test_a_challenge_for_a_nonce_uses_no_proof_up_and_is_for_good_proofs_only(strict, sndvu, parts):
    nonce = sndvu.ask_token(strict).headers["DPoP-Nonce"]
    token = sndvu.ask_token(strict, nonce=nonce).get_json()["access_token"]
    before = proofs_in(parts)
    bad = sndvu.proof("GET", "/v1/niet-dit", token)
    answer = strict.get("/v1/beleid", headers={"Authorization": f"DPoP {token}", "DPoP": bad})
    assert "DPoP-Nonce" not in answer.headers
    assert sndvu.call(strict, "GET", "/v1/beleid", token).status_code == 401
    assert proofs_in(parts) == before


# Any change at all

CLAIMS = ("jti", "htm", "htu", "iat", "ath")
TOKEN_CLAIMS = ("iss", "aud", "sub", "azp", "client_id", "iat", "exp", "jti", "scope", "cnf")
SLOW = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@SLOW
@given(data=st.data())
def test_any_letter_of_a_proof_or_token_that_changes_is_refused(web, sndvu, token, data):
    proof = sndvu.proof("POST", PATH, token)
    of_token = data.draw(st.booleans())
    text = token if of_token else proof
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from(LETTERS).filter(lambda letter: letter != text[place]))
    changed = text[:place] + letter + text[place + 1 :]
    if of_token:
        answer = send(web, changed, sndvu.proof("POST", PATH, changed))
    else:
        answer = send(web, token, changed)
    assert answer.status_code == 401


VALUES = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text(), max_size=2)


@SLOW
@given(name=st.sampled_from(CLAIMS), told=VALUES | st.floats())
def test_any_claim_of_a_proof_that_changes_is_refused(web, sndvu, token, name, told):
    """Signed by the right key. Only another jti, or a time close by, is as good."""
    proof = sndvu.proof("POST", PATH, token)
    header, claims = (json.loads(unb64(part)) for part in proof.split(".")[:2])
    if name == "jti" and isinstance(told, str) and told:
        return
    if name == "iat" and type(told) in {int, float} and abs(told - claims["iat"]) <= 60:
        return
    answer = send(web, token, made_by_hand(header, claims | {name: told}, sndvu.key))
    assert answer.status_code == 401


@SLOW
@given(name=st.sampled_from(TOKEN_CLAIMS), told=VALUES)
def test_no_claim_of_a_token_can_be_changed_without_our_key(web, sndvu, token, name, told):
    header, claims = (json.loads(unb64(part)) for part in token.split(".")[:2])
    made = made_by_hand(header, claims | {name: told}, sndvu.key)
    assert send(web, made, sndvu.proof("POST", PATH, made)).status_code == 401
