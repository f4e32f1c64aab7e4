import base64
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey

from connectors.errors import NotAuthenticError, NotUnderstoodError
from connectors.jwk import PublicKeys, key_id, new_key, private_key, to_jwks, to_pem
from connectors.signing import (
    MOST_BYTES,
    detached,
    open_compact,
    sign,
    sign_compact,
    verify,
)
from connectors.wire import Fields
from tests.unit.connectors.exchange import KEY, KEYS, KID

BODY = '{"naam":"Zoë"}'.encode()


def _segment(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _rightly_signed(header: dict[str, object]) -> str:
    """By the right key over the right body, under whatever header."""
    protected = _segment(json.dumps(header).encode())
    signing_input = f"{protected}.{_segment(BODY)}".encode()
    made = jws.JWSRegistry.algorithms["ES256"].sign(signing_input, KEY)
    return f"{protected}..{_segment(made)}"


def test_a_signature_names_the_key_that_made_it():
    assert verify(BODY, sign(BODY, KEY, KID), KEYS) == KID


def test_a_detached_signature_carries_nothing_of_the_body():
    signature = sign(BODY, KEY, KID)

    assert signature.split(".")[1] == ""
    assert len(signature) < 250


@pytest.mark.parametrize("size", [0, 1, 128_001, MOST_BYTES])
def test_what_is_signed_can_be_checked_at_every_size(size: int):
    body = b"x" * size

    assert verify(body, sign(body, KEY, KID), KEYS) == KID
    assert open_compact(sign_compact(body, KEY, KID), KEYS) == (KID, body)


def test_a_body_that_nobody_could_check_is_not_signed():
    with pytest.raises(ValueError, match="8000000"):
        sign(b"x" * (MOST_BYTES + 1), KEY, KID)


def test_a_body_that_is_too_large_is_not_checked():
    signature = sign(BODY, KEY, KID)

    with pytest.raises(NotAuthenticError):
        verify(b"x" * (MOST_BYTES + 1), signature, KEYS)


def test_a_compact_signature_becomes_a_detached_one_by_leaving_the_body_out():
    assert verify(BODY, detached(sign_compact(BODY, KEY, KID)), KEYS) == KID


@given(st.binary(max_size=200), st.integers(min_value=0), st.integers(1, 255))
def test_any_changed_byte_breaks_the_signature(body: bytes, place: int, change: int):
    signature = sign(body, KEY, KID)
    altered = bytearray(body or b"\x00")
    altered[place % len(altered)] ^= change

    with pytest.raises(NotAuthenticError):
        verify(bytes(altered), signature, KEYS)


def test_a_signature_that_brings_its_own_body_is_refused():
    other = sign_compact(b'{"naam":"Ander"}', KEY, KID)

    with pytest.raises(NotAuthenticError):
        verify(BODY, other, KEYS)


def test_two_signatures_joined_into_one_header_are_refused():
    signature = sign(BODY, KEY, KID)

    with pytest.raises(NotAuthenticError):
        verify(BODY, f"{signature}, {signature}", KEYS)


def test_a_signature_of_another_key_under_a_known_name_is_refused():
    with pytest.raises(NotAuthenticError):
        verify(BODY, sign(BODY, new_key(), KID), KEYS)


def test_a_signature_of_a_key_that_is_not_published_is_refused():
    stranger = new_key()

    with pytest.raises(NotAuthenticError):
        verify(BODY, sign(BODY, stranger, key_id(stranger)), KEYS)


def test_no_algorithm_is_no_signature():
    header = _segment(json.dumps({"alg": "none", "kid": KID}).encode())

    with pytest.raises(NotAuthenticError):
        verify(BODY, f"{header}..", KEYS)


def test_the_public_key_is_never_used_as_a_shared_secret():
    header = _segment(json.dumps({"alg": "HS256", "kid": KID}).encode())
    signing_input = f"{header}.{_segment(BODY)}".encode()
    forged = hmac.digest(KEY.as_pem(private=False), signing_input, "sha256")

    with pytest.raises(NotAuthenticError, match="alleen ES256"):
        verify(BODY, f"{header}..{_segment(forged)}", KEYS)


@pytest.mark.parametrize(
    "header",
    [
        pytest.param({"crit": ["exp"], "exp": 1}, id="a crit that nobody knows"),
        pytest.param({"crit": ["kid"]}, id="a crit of a known name"),
        pytest.param({"jwk": KEY.as_dict(private=False)}, id="its own key"),
        pytest.param({"jku": "https://elders.example/jwks"}, id="an address of keys"),
        pytest.param({"x5u": "https://elders.example/x5"}, id="an address of certificates"),
        pytest.param({"typ": "at+jwt"}, id="the type of an access token"),
        pytest.param({"kid": ["a"]}, id="a kid that is no text"),
        pytest.param({"b64": True}, id="an encoding spelled out"),
    ],
)
def test_a_header_with_anything_but_our_own_is_refused(header: dict[str, object]):
    signature = _rightly_signed({"alg": "ES256", "kid": KID} | header)

    with pytest.raises(NotAuthenticError, match="alleen ES256"):
        verify(BODY, signature, KEYS)


def test_a_header_of_exactly_our_own_is_accepted_from_whoever_has_the_key():
    assert verify(BODY, _rightly_signed({"kid": KID, "alg": "ES256"}), KEYS) == KID


@pytest.mark.parametrize("made", ["", "A" * 85, "A" * 87, "A" * 85 + "="])
def test_a_signature_of_another_length_is_refused(made: str):
    header = sign(BODY, KEY, KID).partition(".")[0]

    with pytest.raises(NotAuthenticError, match="volgens ES256"):
        verify(BODY, f"{header}..{made}", KEYS)


def test_a_header_without_a_kid_is_refused():
    with pytest.raises(NotAuthenticError, match="alleen ES256"):
        verify(BODY, _rightly_signed({"alg": "ES256"}), KEYS)


@given(st.text(max_size=80) | st.from_regex(r"[\w-]{0,40}\.[\w-]{0,9}\.[\w-]{0,90}"))
def test_garbage_is_not_authentic_and_nothing_else(garbage: str):
    with pytest.raises(NotAuthenticError):
        verify(BODY, garbage, KEYS)
    with pytest.raises(NotAuthenticError):
        open_compact(garbage, KEYS)


def test_a_header_of_a_thousand_brackets_is_not_authentic():
    signature = f"{base64.urlsafe_b64encode(b'[' * 290).decode().rstrip('=')}..{'A' * 86}"

    with pytest.raises(NotAuthenticError):
        verify(BODY, signature, KEYS)


def test_what_is_published_has_no_private_half():
    published = to_jwks({KID: KEY})["keys"][0]

    assert set(published) == {"kty", "crv", "x", "y", "kid", "use", "alg"}


def test_a_private_key_survives_its_file():
    again = private_key(to_pem(KEY))

    assert verify(BODY, sign(BODY, again, KID), KEYS) == KID


@pytest.mark.parametrize(
    "pem",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----", id="broken"),
        pytest.param(KEY.as_pem(private=False), id="a public key"),
        pytest.param(ECKey.generate_key("P-384").as_pem(private=True), id="another curve"),
        pytest.param(KEY.as_pem(private=True, password="geheim"), id="an encrypted key"),
    ],
)
def test_a_file_that_is_no_private_key_is_refused_without_its_content(pem: bytes):
    with pytest.raises(ValueError, match="not an unencrypted private key") as raised:
        private_key(pem)

    assert raised.value.__context__ is None


def test_keys_of_another_kind_are_passed_over():
    jwks = to_jwks({KID: KEY})
    jwks["keys"] += [
        {"kty": "RSA", "kid": "rsa", "n": "AQAB", "e": "AQAB"},
        {"kty": "PQ", "kid": "new"},
        {"kty": "EC", "crv": "P-384", "kid": "p384"},
        {**jwks["keys"][0], "kid": "enc", "use": "enc"},
        {**jwks["keys"][0], "kid": "es512", "alg": "ES512"},
        {"kty": "EC", "crv": "P-256"},
    ]

    assert set(PublicKeys.read(Fields(jwks)).by_kid) == {KID}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"d": "AQAB", "kid": "other"}, id="a private half"),
        pytest.param({}, id="one kid twice"),
        pytest.param({"x": "AAAA", "kid": "other"}, id="a point that is not on the curve"),
        pytest.param({"x": "!", "kid": "other"}, id="a point that is no base64"),
    ],
)
def test_a_key_set_that_is_not_right_is_refused_as_a_whole(change: dict[str, object]):
    jwks = to_jwks({KID: KEY})
    jwks["keys"].append(jwks["keys"][0] | change)

    with pytest.raises(NotAuthenticError):
        PublicKeys.read(Fields(jwks))


def test_a_key_without_coordinates_is_not_understood():
    with pytest.raises(NotUnderstoodError):
        PublicKeys.read(Fields({"keys": [{"kty": "EC", "crv": "P-256", "kid": "a"}]}))
