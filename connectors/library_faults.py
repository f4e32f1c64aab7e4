"""What the errors of the library beneath the transport mean to us; their texts end here.

They repeat the URL, and with it what a caller asked. A test walks the classes of requests and
urllib3 over this table.
"""

import http.client
import ssl
from typing import Final

import urllib3.exceptions as lower
from requests import exceptions as upper
from urllib3.util.ssl_match_hostname import CertificateError

from connectors.errors import (
    ConnectorError,
    NotTrustedError,
    NotUnderstoodError,
    UnreachableError,
    UnusableAddressError,
)

#: By what they mean, the first that fits.
_NOT_TRUSTED: Final = (upper.SSLError, lower.SSLError, CertificateError)
_NOT_UNDERSTOOD: Final = (
    upper.ContentDecodingError,
    upper.InvalidJSONError,
    upper.StreamConsumedError,
    upper.TooManyRedirects,
    lower.BodyNotHttplibCompatible,
    lower.DecodeError,
    lower.HeaderParsingError,
    lower.HostChangedError,
    lower.ResponseError,
    lower.ResponseNotChunked,
)
_UNUSABLE: Final = (
    upper.InvalidHeader,
    upper.InvalidSchema,
    upper.InvalidURL,
    upper.MissingSchema,
    upper.URLRequired,
    lower.InvalidHeader,
    lower.LocationValueError,
    lower.ProxySchemeUnsupported,
    # A header that is not Latin-1, among others; its text holds the header.
    ValueError,
)
_UNREACHABLE: Final = (
    upper.RequestException,
    lower.HTTPError,
    http.client.HTTPException,
    OSError,
)
LIBRARY_ERRORS: Final = (*_NOT_TRUSTED, *_NOT_UNDERSTOOD, *_UNUSABLE, *_UNREACHABLE)


def meaning_of(error: Exception, host: str) -> ConnectorError:
    """One of ours for an error of the library: only its kind goes on."""
    if isinstance(error, _NOT_TRUSTED) and not _broke_off(error):
        return NotTrustedError(host=host)
    if isinstance(error, _NOT_UNDERSTOOD):
        return NotUnderstoodError("geen leesbaar HTTP", host=host)
    if isinstance(error, _UNUSABLE):
        return UnusableAddressError(host=host)
    return UnreachableError(host=host)


def _broke_off(error: BaseException | None) -> bool:
    """Tell a server that went down during the handshake from a bad certificate."""
    while error is not None:
        if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return True
        error = error.__cause__ or error.__context__
    return False
