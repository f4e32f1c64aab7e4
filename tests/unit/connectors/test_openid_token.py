"""OIDC-01: an ID token is believed only if all of it holds, and never by a weak signature."""

import hmac
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from connectors.errors import NotAuthenticError
from connectors.openid_token import Expected, check_id_token, read_keys
from connectors.wire import Fields

ISSUER, CLIENT_ID, NONCE = "https://aanmelden.example", "lso-console", "n" * 43
NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
KEY = ECKey.generate_key("P-256", {"kid": "een"})
RSA = RSAKey.generate_key(2048, {"kid": "twee"})
EXPECTED = Expected(issuer=ISSUER, client_id=CLIENT_ID, nonce=NONCE, access_token="at")
GOOD = {
    "iss": ISSUER,
    "sub": "femke",
    "aud": CLIENT_ID,
    "iat": SECONDS,
    "exp": SECONDS + 120,
    "nonce": NONCE,
}


def _public(*keys):
    return read_keys(Fields({"keys": [key.as_dict(private=False) for key in keys]}))


def _token(key=KEY, alg="ES256", header=None, without=(), **changed):
    claims = {name: value for name, value in (GOOD | changed).items() if name not in without}
    told = {"alg": alg, "kid": key.kid, **(header or {})}
    return jwt.encode(told, claims, key, algorithms=[alg])


def _check(token, keys=None):
    found = keys or _public(KEY, RSA)
    return check_id_token(token, lambda _kid: found, EXPECTED, NOW)


@pytest.mark.parametrize(("key", "alg"), [(KEY, "ES256"), (RSA, "RS256"), (RSA, "PS256")])
def test_oidc_01_a_good_token_says_who_it_is(key, alg):
    assert _check(_token(key, alg))["sub"] == "femke"


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"iss": "https://elders.example"}, id="another issuer"),
        pytest.param({"aud": "een-ander"}, id="another audience"),
        pytest.param({"aud": [CLIENT_ID, "een-ander"], "azp": CLIENT_ID}, id="one more audience"),
        pytest.param({"azp": "een-ander"}, id="another authorised party"),
        pytest.param({"nonce": "x" * 43}, id="another nonce"),
        pytest.param({"exp": SECONDS - 11}, id="expired"),
        pytest.param({"iat": SECONDS + 11}, id="from the future"),
        pytest.param({"iat": SECONDS - 601}, id="of an older login"),
        pytest.param({"nbf": SECONDS + 60}, id="not yet valid"),
        pytest.param({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, id="of another access token"),
        pytest.param({"sub": ""}, id="of nobody"),
        pytest.param({"sub": 12}, id="a subject that is a number"),
        pytest.param({"sub": "fémke"}, id="a subject that is no ASCII"),
        pytest.param({"sub": "f" * 256}, id="a subject without end"),
        pytest.param({"exp": "morgen"}, id="a time that is a text"),
    ],
)
def test_oidc_01_a_token_with_a_wrong_claim_is_refused(changed):
    with pytest.raises(NotAuthenticError):
        _check(_token(**changed))


@pytest.mark.parametrize("missing", ["iss", "sub", "aud", "iat", "exp", "nonce"])
def test_oidc_01_a_token_without_a_claim_that_it_must_have_is_refused(missing):
    with pytest.raises(NotAuthenticError):
        _check(_token(without=(missing,)))


def test_oidc_01_a_token_signed_by_another_key_is_refused():
    with pytest.raises(NotAuthenticError):
        _check(_token(ECKey.generate_key("P-256", {"kid": "een"})))


def test_oidc_01_a_token_signed_with_the_public_key_as_a_secret_is_refused():
    head = urlsafe_b64encode(b'{"alg":"HS256","kid":"twee"}').rstrip(b"=").decode()
    signed = f"{head}.{_token().split('.')[1]}"
    secret = hmac.digest(RSA.as_pem(private=False), signed.encode(), sha256)

    with pytest.raises(NotAuthenticError):
        _check(f"{signed}.{urlsafe_b64encode(secret).rstrip(b'=').decode()}")


def test_oidc_01_a_token_without_a_signature_is_refused():
    signed = _token()
    header = "eyJhbGciOiJub25lIn0"

    with pytest.raises(NotAuthenticError):
        _check(f"{header}.{signed.split('.')[1]}.")


@pytest.mark.parametrize("told", ["", "a.b", "a.b.c", "één.twee.drie", "."])
def test_what_is_no_token_at_all_is_refused(told):
    with pytest.raises(NotAuthenticError):
        _check(told)


@pytest.mark.filterwarnings("ignore:.*RSA.*")
def test_a_provider_with_weak_or_secret_keys_only_has_no_keys():
    weak = ECKey.generate_key("P-521")
    for keys in ([weak.as_dict(private=False)], [KEY.as_dict(private=True)], [], [{"kty": "oct"}]):
        with pytest.raises(NotAuthenticError):
            read_keys(Fields({"keys": keys}))


def test_keys_for_encryption_are_passed_over():
    other = {**KEY.as_dict(private=False), "use": "enc"}

    found = read_keys(Fields({"keys": [other, RSA.as_dict(private=False)]}))

    assert isinstance(found, KeySet)
    assert [key.kid for key in found] == ["twee"]


@pytest.mark.parametrize(
    "strange",
    [
        pytest.param({"kty": "EC", "crv": "brainpoolP256r1", "x": "AQ", "y": "AQ"}, id="a curve"),
        pytest.param({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AQ"}, id="a kind"),
        pytest.param({"kty": ["EC"]}, id="no kind"),
        pytest.param({**RSA.as_dict(private=False), "use": ["sig"]}, id="a use"),
        pytest.param({**RSA.as_dict(private=False), "kid": 7}, id="a name"),
        pytest.param({"kty": "RSA", "n": "!", "e": "AQAB"}, id="a number"),
    ],
)
def test_a_key_that_nobody_here_can_read_keeps_nobody_out(strange):
    found = read_keys(Fields({"keys": [strange, KEY.as_dict(private=False)]}))

    assert [key.kid for key in found] == ["een"]
