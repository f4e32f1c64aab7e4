"""Which public keys are taken from a client, handed over or published."""

import json
from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from joserfc.jwk import ECKey, OKPKey, RSAKey

from connectors.jwk import new_key
from gateway.auth.public_keys import PublicKeyFaultError, read_public_jwks

NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "een organisatie")])
DAY = datetime(2026, 1, 1, tzinfo=UTC)


def certificate(key):
    made = (
        x509.CertificateBuilder()
        .subject_name(NAME)
        .issuer_name(NAME)
        .public_key(key.public_key)
        .serial_number(1)
        .not_valid_before(DAY)
        .not_valid_after(DAY + timedelta(days=1))
        .sign(key.private_key, SHA256())
    )
    return b64encode(made.public_bytes(Encoding.DER)).decode()


def public(key, **more):
    return {**key.as_dict(private=False), **more}


def read(*keys, published=False):
    told = json.loads(read_public_jwks(json.dumps({"keys": keys}).encode(), published=published))
    return told["keys"]


@pytest.mark.parametrize("key", [new_key(), RSAKey.generate_key(2048)], ids=["P-256", "RSA"])
def test_a_certificate_of_the_key_itself_is_accepted_and_not_kept(key):
    (kept,) = read(public(key, x5c=[certificate(key)], x5t="iets", naam="iets"))
    assert kept.keys() <= {"kty", "crv", "x", "y", "n", "e", "kid", "use"}
    assert kept["kid"] == key.thumbprint()


@pytest.mark.parametrize(
    "chain",
    [
        pytest.param([certificate(new_key())], id="of another key"),
        pytest.param([certificate(RSAKey.generate_key(2048))], id="of another kind of key"),
        pytest.param([], id="empty"),
        pytest.param(["geen base64!"], id="no base64"),
        pytest.param(["AAAA"], id="no certificate"),
        pytest.param("AAAA", id="no list"),
        pytest.param([7], id="no text"),
    ],
)
@pytest.mark.parametrize("published", [True, False])
def test_nl_gov_a_certificate_that_is_not_of_the_key_is_refused(chain, published):
    with pytest.raises(PublicKeyFaultError):
        read(public(new_key(), x5c=chain), published=published)


def test_a_published_set_may_hold_keys_for_others_and_a_registered_one_may_not():
    key = new_key()
    for other in (
        public(new_key(), use="enc"),
        public(ECKey.generate_key("P-384")),
        public(OKPKey.generate_key("Ed25519")),
    ):
        assert [each["kid"] for each in read(public(key), other, published=True)] == [
            key.thumbprint()
        ]
        with pytest.raises(PublicKeyFaultError):
            read(public(key), other)


@pytest.mark.parametrize("published", [True, False])
@pytest.mark.parametrize(
    "secret",
    [
        pytest.param(new_key().as_dict(private=True), id="our kind"),
        pytest.param({**new_key().as_dict(private=True), "use": "enc"}, id="for encryption"),
        pytest.param({"kty": "oct", "k": "c2VjcmV0"}, id="shared"),
    ],
)
def test_one_secret_spoils_the_whole_set(secret, published):
    with pytest.raises(PublicKeyFaultError, match="geheim"):
        read(public(new_key()), secret, published=published)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'{"keys":["x"]}', id="keys that are text"),
        pytest.param(b'{"keys":[{}]}', id="an empty key"),
        pytest.param(b'{"keys":7}', id="no list"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b"\xff", id="no UTF-8"),
        pytest.param(json.dumps({"keys": [public(new_key(), kid="x" * 300)]}).encode(), id="kid"),
        pytest.param(json.dumps({"keys": [public(new_key(), kid=7)]}).encode(), id="kid a number"),
        pytest.param(
            json.dumps({"keys": [public(new_key(), kid=str(n)) for n in range(21)]}).encode(),
            id="too many",
        ),
    ],
)
@pytest.mark.parametrize("published", [True, False])
def test_what_is_no_set_of_strong_public_keys_is_refused_without_its_content(content, published):
    with pytest.raises(PublicKeyFaultError) as raised:
        read_public_jwks(content, published=published)
    assert "xxx" not in str(raised.value)


@pytest.mark.parametrize("published", [True, False])
def test_rsa_that_is_larger_than_a_signature_may_be_is_refused(published):
    number = urlsafe_b64encode(b"\xff" * 768).decode()
    with pytest.raises(PublicKeyFaultError, match="4096"):
        read({"kty": "RSA", "n": number, "e": "AQAB"}, published=published)


@pytest.mark.filterwarnings("ignore:Key size should be")
@pytest.mark.parametrize("published", [True, False])
def test_weak_rsa_is_refused(published):
    with pytest.raises(PublicKeyFaultError, match="2048"):
        read(public(RSAKey.generate_key(1024)), published=published)
