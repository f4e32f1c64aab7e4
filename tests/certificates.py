"""Certificates for tests: an authority of nobody, and what it gives to machines."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

_HERE = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, each in a file of its own."""

    certificate: Path
    key: Path


class Authority:
    """Gives certificates; `file` is its own, for whom it is to be trusted by."""

    def __init__(self, folder: Path, name: str = "ca") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        own = self._builder(self._name, self._key.public_key())
        own = own.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(own.sign(self._key, SHA256()).public_bytes(Encoding.PEM))

    def give(self, name: str, oin: str | None = None, password: bytes | None = None) -> Pair:
        """A certificate for this machine, with an OIN as PKIoverheid writes it."""
        key = ec.generate_private_key(ec.SECP256R1())
        words = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
        words += [x509.NameAttribute(NameOID.SERIAL_NUMBER, oin)] if oin else []
        made = self._builder(x509.Name(words), key.public_key())
        made = made.add_extension(_HERE, critical=False).sign(self._key, SHA256())
        shield = BestAvailableEncryption(password) if password else NoEncryption()
        pair = Pair(self._folder / f"{name}.pem", self._folder / f"{name}-sleutel.pem")
        pair.certificate.write_bytes(made.public_bytes(Encoding.PEM))
        pair.key.touch(0o600)
        pair.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, shield))
        return pair

    def _builder(
        self, subject: x509.Name, public: ec.EllipticCurvePublicKey
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)  # noqa: TID251  a certificate is checked by the machine's time
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
        )
