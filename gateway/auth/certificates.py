"""The client certificate of a request, as our proxy or Inway forwards it (RFC 9440).

The edge lets the header through from those alone, and they have checked chain, dates and
possession of the key: none of that is checked again here. A header that does not parse is a
proxy with a fault, and is refused: it must not pass for a request without a certificate.
"""

import re
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeGuard

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from gateway.refusals import InvalidRequestError
from gateway.request import AskedRequest

HEADER: Final = "Client-Cert"
#: How a token or key names a certificate by its thumbprint (RFC 7515 4.1.8, RFC 8705 3.1).
X5T: Final = "x5t#S256"
#: A byte sequence of RFC 8941: base64 between colons.
_FORM: Final = re.compile(r":([A-Za-z0-9+/]+={0,2}):", re.ASCII)
_OIN: Final = re.compile(r"[0-9]{20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Certificate:
    """`thumbprint` is `x5t#S256` (RFC 8705, 3.1); `oin` stands in subject serialNumber.

    `oin` is None where there is no serialNumber, more than one, or one of another form.
    """

    thumbprint: str
    oin: str | None


def presented_certificate(asked: AskedRequest) -> Certificate | None:
    """The certificate, None where none was forwarded; InvalidRequestError where it is none."""
    told = asked.headers.get(HEADER)
    if told is None:
        return None
    try:
        return _read(told.strip())
    except ValueError:
        raise InvalidRequestError(f"De header {HEADER} bevat geen certificaat.") from None


def is_of_another(certificate: Certificate | None, oin: str | None) -> TypeGuard[Certificate]:
    """Whether the certificate names an organisation, and not the one with this OIN (OAU-11)."""
    return certificate is not None and None not in {certificate.oin, oin} and certificate.oin != oin


@lru_cache(maxsize=256)
def _read(told: str) -> Certificate:
    form = _FORM.fullmatch(told)
    if form is None:
        raise ValueError("not a byte sequence")
    return as_known(x509.load_der_x509_certificate(b64decode(form[1], validate=True)))


def as_known(read: x509.Certificate) -> Certificate:
    """What counts of a certificate, whether it is registered or shown."""
    numbers = [
        str(each.value) for each in read.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    ]
    oin = numbers[0] if len(numbers) == 1 and _OIN.fullmatch(numbers[0]) else None
    thumbprint = urlsafe_b64encode(read.fingerprint(SHA256())).rstrip(b"=").decode("ascii")
    return Certificate(thumbprint, oin)
