import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
import responses
from joserfc import jwt
from joserfc.jwk import ECKey

from connectors.errors import (
    ConnectorError,
    GeweigerdError,
    NotUnderstoodError,
    TryLaterError,
    UnreachableError,
)
from connectors.jwk import key_id
from connectors.tokens import Binding, TokenSource, assertion
from tests.unit.connectors.exchange import (
    GATEWAY,
    KEY,
    KID,
    NOW,
    a_client,
    a_token_source,
    a_transport,
    claims,
    opened,
)

TOKEN_URL = f"{GATEWAY}/oauth/token"
GIVEN = {"access_token": "eyJ.abc.def", "token_type": "DPoP", "expires_in": 300}


@pytest.fixture
def server():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        yield mocked


def _assertions(server: responses.RequestsMock) -> list[dict[str, Any]]:
    forms = [parse_qs(call.request.body.decode()) for call in server.calls]
    return [jwt.decode(form["client_assertion"][0], KEY).claims for form in forms]


def test_an_assertion_says_who_asks_whom_for_one_minute_and_once():
    first, second = (
        jwt.decode(assertion(a_client(), NOW), KEY, algorithms=["ES256"]) for _ in range(2)
    )

    assert first.header == {"typ": "JWT", "alg": "ES256", "kid": KID}
    assert first.claims | {"jti": ""} == {
        "iss": "node-sndvu",
        "sub": "node-sndvu",
        "aud": GATEWAY,
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 60,
        "jti": "",
    }
    assert len(first.claims["jti"]) * 6 >= 128
    assert first.claims["jti"] != second.claims["jti"]


def test_a_key_may_go_by_the_name_that_the_gateway_gave_it():
    assert jwt.decode(assertion(a_client(kid="sleutel-1"), NOW), KEY).header["kid"] == "sleutel-1"


def test_the_request_is_client_credentials_with_private_key_jwt(server):
    server.post(TOKEN_URL, json=GIVEN)

    TokenSource(a_client(scope="mutaties:lezen"), a_transport(), lambda: NOW).token()

    form = parse_qs(server.calls[0].request.body.decode())
    assert form.keys() == {"grant_type", "client_assertion_type", "client_assertion", "scope"}
    assert form["grant_type"] == ["client_credentials"]
    assert form["client_assertion_type"][0].endswith(":jwt-bearer")
    assert form["scope"] == ["mutaties:lezen"]


@pytest.mark.parametrize(("seconds", "asked"), [(0, 1), (269, 1), (270, 2), (301, 2)])
def test_a_token_is_kept_until_thirty_seconds_before_it_ends(server, seconds: int, asked: int):
    clock = [NOW]
    server.post(TOKEN_URL, json=GIVEN)
    source = a_token_source(a_transport(), lambda: clock[0])
    source.token()

    clock[0] += timedelta(seconds=seconds)
    source.token()

    assert len(server.calls) == asked


def test_many_threads_share_one_token(server):
    server.post(TOKEN_URL, json=GIVEN)
    source = a_token_source(a_transport())

    with ThreadPoolExecutor(8) as pool:
        tokens = set(pool.map(lambda _: source.token(), range(40)))

    assert tokens == {"eyJ.abc.def"}
    assert len(server.calls) == 1


def test_a_token_that_was_refused_is_asked_for_anew(server):
    server.post(TOKEN_URL, json=GIVEN)
    source = a_token_source(a_transport())

    source.forget(source.token())
    source.token()

    assert len(server.calls) == 2


def test_a_newer_token_survives_that_an_older_one_is_forgotten(server):
    server.post(TOKEN_URL, json=GIVEN)
    source = a_token_source(a_transport())
    source.token()

    source.forget("eyJ.old.old")
    source.token()

    assert len(server.calls) == 1


@pytest.mark.parametrize(
    "first",
    [
        pytest.param({"body": requests.ConnectionError()}, id="a reset"),
        pytest.param({"status": 503}, id="503"),
    ],
)
def test_a_repeated_request_brings_a_new_assertion(server, first: dict[str, Any]):
    server.post(TOKEN_URL, **first)
    server.post(TOKEN_URL, json=GIVEN)

    a_token_source(a_transport()).token()

    ids = {one["jti"] for one in _assertions(server)}
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param({"status": 401, "json": {"error": "invalid_client"}}, GeweigerdError, id="no"),
        pytest.param({"status": 429}, TryLaterError, id="too busy"),
        pytest.param({"body": requests.ReadTimeout()}, UnreachableError, id="silence"),
        pytest.param({"body": "ok"}, NotUnderstoodError, id="no JSON"),
        pytest.param({"json": {}}, NotUnderstoodError, id="nothing in it"),
        pytest.param({"json": GIVEN | {"token_type": "mac"}}, NotUnderstoodError, id="a MAC"),
        pytest.param(
            {"json": GIVEN | {"token_type": "Bearer"}}, NotUnderstoodError, id="one that is unbound"
        ),
        pytest.param(
            {"json": {k: v for k, v in GIVEN.items() if k != "token_type"}},
            NotUnderstoodError,
            id="of no kind",
        ),
        pytest.param({"json": GIVEN | {"expires_in": -5}}, NotUnderstoodError, id="long ended"),
        pytest.param(
            {"json": GIVEN | {"access_token": "a" * 8_001}}, NotUnderstoodError, id="far too long"
        ),
        pytest.param({"body": "x" * 100_001}, NotUnderstoodError, id="a flood"),
        pytest.param({"status": 302, "headers": {"Location": "/"}}, NotUnderstoodError, id="away"),
        pytest.param(
            {"status": 400, "json": {"error": "use_dpop_nonce"}}, GeweigerdError, id="no nonce"
        ),
        pytest.param({"json": GIVEN | {"expires_in": 0}}, NotUnderstoodError, id="ended"),
        pytest.param({"json": GIVEN | {"expires_in": "300"}}, NotUnderstoodError, id="text"),
        pytest.param({"json": GIVEN | {"expires_in": True}}, NotUnderstoodError, id="true"),
        pytest.param(
            {"json": GIVEN | {"access_token": "a\r\nX: b"}}, NotUnderstoodError, id="two lines"
        ),
    ],
)
def test_without_a_good_token_there_is_none(
    server, answer: dict[str, Any], kind: type[ConnectorError]
):
    server.post(TOKEN_URL, **answer)

    with pytest.raises(kind) as raised:
        a_token_source(a_transport(limit_bytes=100_000)).token()

    assert "eyJ" not in f"{raised.value!r} {vars(raised.value)}"


def test_a_token_of_ten_days_is_kept_for_one(server):
    clock: list[datetime] = [NOW]
    server.post(TOKEN_URL, json=GIVEN | {"expires_in": 10**12})
    source = a_token_source(a_transport(), lambda: clock[0])
    source.token()

    clock[0] += timedelta(days=1)
    source.token()

    assert len(server.calls) == 2


# What it is bound to (OAU-06, statement 29)


def _proofs(server: responses.RequestsMock) -> list[dict[str, Any]]:
    return [claims(call.request.headers["DPoP"]) for call in server.calls]


def test_the_request_for_a_bound_token_is_proved_with_a_key_that_is_not_the_clients(server):
    server.post(TOKEN_URL, json=GIVEN)

    a_token_source(a_transport()).token()

    proof = opened(server.calls[0].request.headers["DPoP"])
    assert (proof.claims["htm"], proof.claims["htu"]) == ("POST", TOKEN_URL)
    assert "ath" not in proof.claims
    assert key_id(ECKey.import_key(proof.header["jwk"])) != KID


def test_two_processes_have_two_keys_and_one_has_one(server):
    server.post(TOKEN_URL, json=GIVEN)
    source, other = (a_token_source(a_transport()) for _ in range(2))

    for asked in (source, source, other):
        asked.forget(asked.token())

    first, second, third = (
        opened(call.request.headers["DPoP"]).header["jwk"] for call in server.calls
    )
    assert first == second != third


@pytest.mark.parametrize("kind", ["DPoP", "dpop", "DPOP"])
def test_the_name_of_a_kind_of_token_is_read_in_any_case(server, kind: str):
    server.post(TOKEN_URL, json=GIVEN | {"token_type": kind})

    assert a_token_source(a_transport()).token() == "eyJ.abc.def"


@pytest.mark.parametrize("binding", [Binding.MTLS, Binding.GEEN])
def test_where_no_proof_is_agreed_none_is_sent_and_the_token_is_a_bearers(server, binding: Binding):
    server.post(TOKEN_URL, json=GIVEN | {"token_type": "Bearer"})
    source = TokenSource(a_client(binding=binding), a_transport(), lambda: NOW)

    shown = source.credentials(source.token()).headers("GET", f"{GATEWAY}/v1/beleid")

    assert shown == {"Authorization": "Bearer eyJ.abc.def"}
    assert "DPoP" not in server.calls[0].request.headers


@pytest.mark.parametrize("binding", [Binding.MTLS, Binding.GEEN])
def test_a_token_that_wants_a_proof_is_none_to_who_has_no_key(server, binding: Binding):
    server.post(TOKEN_URL, json=GIVEN)

    with pytest.raises(NotUnderstoodError, match="andere soort"):
        TokenSource(a_client(binding=binding), a_transport(), lambda: NOW).token()


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param({"json": {"error": "use_dpop_nonce"}}, id="as RFC 6749 tells it"),
        pytest.param(
            {
                "json": {"title": "Geen toegangsbewijs", "error": "use_dpop_nonce"},
                "content_type": "application/problem+json",
            },
            id="as a problem",
        ),
    ],
)
def test_oau_07_a_nonce_that_is_asked_for_is_given_with_a_new_assertion(server, refusal):
    server.post(TOKEN_URL, status=400, headers={"DPoP-Nonce": "n-1"}, **refusal)
    server.post(TOKEN_URL, json=GIVEN, headers={"DPoP-Nonce": "n-2"})
    slept: list[float] = []
    source = a_token_source(a_transport(slept))

    source.forget(source.token())
    source.token()

    assert [proof.get("nonce") for proof in _proofs(server)] == [None, "n-1", "n-2"]
    assert len({one["jti"] for one in _assertions(server)}) == 3
    assert slept == []


def test_a_server_that_never_has_enough_nonces_is_asked_twice(server):
    for number in range(9):
        server.post(
            TOKEN_URL,
            status=400,
            json={"error": "use_dpop_nonce"},
            headers={"DPoP-Nonce": f"n-{number}"},
        )

    with pytest.raises(GeweigerdError):
        a_token_source(a_transport()).token()

    assert len(server.calls) == 2


def test_another_refusal_is_final_though_it_brings_a_nonce(server):
    server.post(
        TOKEN_URL, status=400, json={"error": "invalid_scope"}, headers={"DPoP-Nonce": "n-1"}
    )

    with pytest.raises(GeweigerdError):
        a_token_source(a_transport()).token()

    assert len(server.calls) == 1


def test_who_is_told_to_wait_waits_and_then_asks_with_a_new_assertion_and_proof(server):
    server.post(TOKEN_URL, status=429, headers={"Retry-After": "7"})
    server.post(TOKEN_URL, json=GIVEN)
    slept: list[float] = []

    a_token_source(a_transport(slept)).token()

    assert slept == [7.0]
    assert len({one["jti"] for one in _assertions(server)}) == 2
    assert len({proof["jti"] for proof in _proofs(server)}) == 2


def test_neither_key_nor_token_is_ever_shown(server):
    server.post(TOKEN_URL, json=GIVEN)
    source = a_token_source(a_transport())
    source.token()

    assert "eyJ" not in f"{source!r} {source._kept!r} {source.credentials('eyJ.abc.def')!r}"
    assert "key=" not in repr(a_client())


def test_neither_assertion_nor_proof_nor_token_is_in_any_log(server, caplog):
    caplog.set_level(logging.DEBUG)
    server.post(TOKEN_URL, json=GIVEN)

    a_token_source(a_transport()).token()

    assert "eyJ" not in caplog.text
