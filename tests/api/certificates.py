"""Certificates of callers, as a proxy forwards them."""

from base64 import b64encode
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.api.world import b64


def a_certificate(oin: str | None) -> x509.Certificate:
    """Signed by itself: who signed is the proxy's business. `oin` goes into serialNumber."""
    key = ec.generate_private_key(ec.SECP256R1())
    told = {NameOID.COMMON_NAME: "Proefstuk"} | ({NameOID.SERIAL_NUMBER: oin} if oin else {})
    name = x509.Name([x509.NameAttribute(kind, value) for kind, value in told.items()])
    made = x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
    made = made.serial_number(x509.random_serial_number())
    made = made.not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
    return made.not_valid_after(datetime(2027, 1, 1, tzinfo=UTC)).sign(key, SHA256())


def forwarded(certificate: x509.Certificate) -> str:
    """The value of `Client-Cert` (RFC 9440)."""
    return f":{b64encode(certificate.public_bytes(Encoding.DER)).decode()}:"


def thumbprint_of(certificate: x509.Certificate) -> str:
    return b64(certificate.fingerprint(SHA256()))
