"""Files that an operator hands over for a client: a key set, and certificates.

A message says what is wrong with a file, and never shows what stood in it. Not checked: who
signed a certificate; the proxy does that whenever it is used.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import click
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from gateway.auth.certificates import as_known, is_of_another
from gateway.auth.public_keys import PublicKeyFaultError, as_stored, read_public_jwks
from privacy.clock import real_clock

NO_KEYS: Final = as_stored([])
_PEM: Final = b"-----BEGIN"
_SECRET: Final = b"PRIVATE KEY"
_LEAST_RSA_BITS: Final = 2_048
_LEAST_EC_BITS: Final = 256


def read_jwks(file: Path | None) -> str:
    """The public keys of a file; none without a file."""
    if file is None:
        return NO_KEYS
    try:
        return read_public_jwks(file.read_bytes())
    except PublicKeyFaultError as error:
        raise click.BadParameter(str(error), param_hint="--jwks") from None


def read_certificates(files: Iterable[Path], oin: str | None) -> frozenset[str]:
    """The thumbprints; `oin` is the organisation's, where the settings give one."""
    try:
        return frozenset(_thumbprint(file.read_bytes(), oin) for file in files)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--certificaat") from None


def _thumbprint(content: bytes, oin: str | None) -> str:
    if _SECRET in content:
        raise ValueError("er staat een geheime sleutel in: geef alleen het certificaat")
    read = _certificate(content)
    if not _is_strong(read):
        raise ValueError("alleen EC van 256 bits of meer, of RSA van 2048 bits of meer")
    if read.not_valid_after_utc <= real_clock().now():
        raise ValueError("een certificaat is verlopen")
    known = as_known(read)
    if is_of_another(known, oin):
        raise ValueError("een certificaat heeft een ander OIN dan de organisatie")
    return known.thumbprint


def _certificate(content: bytes) -> x509.Certificate:
    try:
        if _PEM not in content:
            return x509.load_der_x509_certificate(content)
        found = x509.load_pem_x509_certificates(content)
    except ValueError:
        raise ValueError("geen certificaat in PEM of DER") from None
    if len(found) != 1:
        raise ValueError("één certificaat per bestand, zonder de keten")
    return found[0]


def _is_strong(read: x509.Certificate) -> bool:
    key = read.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.key_size >= _LEAST_EC_BITS
    return isinstance(key, rsa.RSAPublicKey) and key.key_size >= _LEAST_RSA_BITS
