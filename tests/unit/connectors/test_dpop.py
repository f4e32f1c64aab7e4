"""Statement 29, from the client's side: every attempt is proved, anew, and to one server only."""

import json
import logging
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey

from connectors.dpop import Proven, Prover
from connectors.jwk import key_id, new_key
from tests.unit.connectors.exchange import GATEWAY, KEY, NOW, claims, opened

URL = f"{GATEWAY}/v1/mutaties"
TOKEN = "eyJ.abc.def"


@pytest.fixture
def prover() -> Prover:
    return Prover(KEY, lambda: NOW)


def test_a_proof_says_which_call_when_and_shows_the_public_key(prover):
    found = opened(prover.proof("POST", URL))

    assert set(found.header) == {"typ", "alg", "jwk"}
    assert (found.header["typ"], found.header["alg"]) == ("dpop+jwt", "ES256")
    assert set(found.header["jwk"]) == {"kty", "crv", "x", "y"}
    assert key_id(ECKey.import_key(found.header["jwk"])) == key_id(KEY)
    assert set(found.claims) == {"jti", "htm", "htu", "iat"}
    assert (found.claims["htm"], found.claims["htu"]) == ("POST", URL)
    assert found.claims["iat"] == int(NOW.timestamp())


def test_a_proof_with_a_token_holds_its_digest_and_not_the_token(prover):
    proof = prover.proof("GET", URL, TOKEN)

    digest = urlsafe_b64encode(sha256(TOKEN.encode()).digest()).decode().rstrip("=")
    assert claims(proof)["ath"] == digest
    assert TOKEN not in json.dumps(claims(proof))


def test_the_digest_is_the_one_of_the_standard(prover):
    """RFC 9449, 7.1: the token and the `ath` of its example."""
    token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"

    assert claims(prover.proof("GET", URL, token))["ath"] == (
        "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"
    )


@given(query=st.from_regex(r"[a-z0-9=&%/?]{0,30}", fullmatch=True))
def test_no_query_is_ever_in_a_proof(query: str):
    proof = Prover(KEY, lambda: NOW).proof("GET", f"{URL}?{query}#deel")

    assert claims(proof)["htu"] == URL


def test_of_a_thousand_proofs_no_two_share_an_id_of_128_bits_or_more(prover):
    ids = {claims(prover.proof("GET", URL, TOKEN))["jti"] for _ in range(1_000)}

    assert len(ids) == 1_000
    assert min(len(each) * 6 for each in ids) >= 128


def test_every_attempt_of_one_set_of_credentials_has_a_proof_of_its_own(prover):
    credentials = Proven(prover, TOKEN)

    first, second = (credentials.headers("GET", URL) for _ in range(2))

    assert first["Authorization"] == second["Authorization"] == f"DPoP {TOKEN}"
    assert claims(first["DPoP"])["jti"] != claims(second["DPoP"])["jti"]


def test_who_has_no_token_yet_proves_the_key_alone(prover):
    assert set(Proven(prover).headers("POST", URL)) == {"DPoP"}


def test_a_proof_is_dated_by_the_clock_of_the_moment_it_is_made():
    clock = [NOW]
    prover = Prover(KEY, lambda: clock[0])
    prover.proof("GET", URL)

    clock[0] += timedelta(seconds=90)

    assert claims(prover.proof("GET", URL))["iat"] == int(NOW.timestamp()) + 90


# Nonces


def test_the_newest_nonce_wins(prover):
    for nonce in ("eerste", "tweede"):
        prover.heard(URL, nonce)

    assert claims(prover.proof("GET", f"{URL}?limiet=2"))["nonce"] == "tweede"


@pytest.mark.parametrize(
    "elsewhere",
    [
        pytest.param("https://elders.example/v1/mutaties", id="another host"),
        pytest.param("https://gateway.example:8443/v1/mutaties", id="another port"),
        pytest.param("http://gateway.example/v1/mutaties", id="another scheme"),
    ],
)
def test_a_nonce_goes_to_no_other_server(prover, elsewhere: str):
    prover.heard(URL, "van-hier")

    assert "nonce" not in claims(prover.proof("GET", elsewhere))


def test_a_server_that_is_spelled_otherwise_is_the_same_server(prover):
    prover.heard("https://GATEWAY.example:443/oauth/token", "van-hier")

    assert claims(prover.proof("GET", URL))["nonce"] == "van-hier"


@pytest.mark.parametrize(
    "nonce", [None, "", "a, b", 'a"b', "a\\b", "x" * 257, "é", "a\r\nX: b"], ids=ascii
)
def test_an_answer_without_a_usable_nonce_leaves_the_one_there_was(prover, nonce: str | None):
    prover.heard(URL, "goed")

    prover.heard(URL, nonce)

    assert claims(prover.proof("GET", URL))["nonce"] == "goed"


# What is never shown


def test_neither_key_nor_token_nor_proof_is_shown_or_logged(prover, caplog):
    caplog.set_level(logging.DEBUG)
    credentials = Proven(prover, TOKEN)
    credentials.headers("GET", URL)

    assert not re.search(r"eyJ|private|'d'", f"{credentials!r} {prover!r}")
    assert caplog.text == ""


def test_a_proof_shows_nothing_of_the_private_key():
    key = new_key()
    header = Prover(key, lambda: NOW).proof("GET", URL).partition(".")[0]

    assert key.as_dict(private=True)["d"] not in urlsafe_b64decode(header + "==").decode()
