"""Nothing of the library beneath the transport escapes, whatever it raises and says."""

import ssl
import sys
from collections.abc import Iterator

import pytest
import requests.exceptions
import urllib3.exceptions
from requests.adapters import HTTPAdapter

from connectors.errors import (
    ConnectorError,
    NotTrustedError,
    NotUnderstoodError,
    UnreachableError,
    UnusableAddressError,
)
from connectors.library_faults import LIBRARY_ERRORS
from connectors.retries import NO_PATIENCE
from connectors.transport import Transport
from tests.unit.connectors.exchange import SECRET_BODY, V_NUMMER, a_disclosure

TOKEN = "eyJhbGciOiJFUzI1NiJ9.geheim.bewijs"
URL = f"https://partner.example/personen/{V_NUMMER}?v={V_NUMMER}"
SAID = f"{URL} {TOKEN} {SECRET_BODY.decode()}"
SECRETS = (V_NUMMER, TOKEN, "geheim", "Merkteken", "personen")

LIBRARIES = {"requests", "urllib3"}
# We read no cookie and send none: there is no jar in which two could conflict.
NEVER_RAISED = {"requests.cookies.CookieConflictError"}
# Other protocols of the library, which no one imports here.
NOT_IMPORTED = ("urllib3.contrib", "urllib3.http2")


def _error_classes() -> Iterator[type[Exception]]:
    """Every exception that the loaded modules of the two libraries define; no warnings."""
    for name, module in sorted(sys.modules.items()):
        if name.split(".")[0] in LIBRARIES and not name.startswith(NOT_IMPORTED):
            yield from (found for found in vars(module).values() if _is_error_of(name, found))


def _is_error_of(module: str, found: object) -> bool:
    return (
        isinstance(found, type)
        and issubclass(found, Exception)
        and not issubclass(found, Warning)
        and found.__module__ == module
        and _named(found) not in NEVER_RAISED
    )


def _named(one: type[Exception]) -> str:
    return f"{one.__module__}.{one.__qualname__}"


CLASSES = sorted(set(_error_classes()), key=_named)
SAMPLES = [
    (requests.exceptions.SSLError, NotTrustedError),
    (urllib3.exceptions.SSLError, NotTrustedError),
    (requests.exceptions.ConnectTimeout, UnreachableError),
    (requests.exceptions.ReadTimeout, UnreachableError),
    (requests.exceptions.ProxyError, UnreachableError),
    (requests.exceptions.RetryError, UnreachableError),
    (urllib3.exceptions.IncompleteRead, UnreachableError),
    (urllib3.exceptions.InvalidChunkLength, UnreachableError),
    (urllib3.exceptions.NameResolutionError, UnreachableError),
    (requests.exceptions.ContentDecodingError, NotUnderstoodError),
    (requests.exceptions.TooManyRedirects, NotUnderstoodError),
    (requests.exceptions.InvalidURL, UnusableAddressError),
    (requests.exceptions.InvalidHeader, UnusableAddressError),
    (urllib3.exceptions.LocationParseError, UnusableAddressError),
    (urllib3.exceptions.ProxySchemeUnsupported, UnusableAddressError),
]


def _raised(beneath: type[Exception], monkeypatch: pytest.MonkeyPatch) -> ConnectorError:
    """What our caller sees when the library raises `beneath`, and says all it knows."""

    def fail(*_args: object, **_more: object) -> None:
        # Without their constructors, which want a live pool or response.
        error = beneath.__new__(beneath, SAID)
        error.args = (SAID,)
        raise error from ValueError(SAID)

    monkeypatch.setattr(HTTPAdapter, "send", fail)
    with pytest.raises(ConnectorError) as raised:
        Transport(patience=NO_PATIENCE).post_disclosure(
            URL, a_disclosure(), {"Authorization": f"Bearer {TOKEN}"}
        )
    return raised.value


def test_the_walk_sees_both_libraries():
    assert {requests.exceptions.ConnectionError, urllib3.exceptions.MaxRetryError} <= set(CLASSES)
    assert len(CLASSES) > 40


@pytest.mark.parametrize("beneath", CLASSES, ids=_named)
def test_every_error_of_the_library_becomes_one_of_ours(
    beneath: type[Exception], monkeypatch: pytest.MonkeyPatch
):
    assert isinstance(_raised(beneath, monkeypatch), ConnectorError)


@pytest.mark.parametrize("beneath", CLASSES, ids=_named)
def test_no_error_of_ours_repeats_what_the_library_said(
    beneath: type[Exception], monkeypatch: pytest.MonkeyPatch
):
    error = _raised(beneath, monkeypatch)

    told = f"{error} {error!r} {error.args} {vars(error)}"
    assert [secret for secret in SECRETS if secret in told] == []
    assert error.__cause__ is None
    assert error.__context__ is None


@pytest.mark.parametrize(("beneath", "kind"), SAMPLES, ids=[_named(one) for one, _ in SAMPLES])
def test_an_error_becomes_the_kind_that_tells_what_to_do(
    beneath: type[Exception], kind: type[ConnectorError], monkeypatch: pytest.MonkeyPatch
):
    assert type(_raised(beneath, monkeypatch)) is kind


@pytest.mark.parametrize("beneath", [OSError, TimeoutError, ConnectionResetError, ssl.SSLError])
def test_errors_of_the_machine_become_ours_too(
    beneath: type[Exception], monkeypatch: pytest.MonkeyPatch
):
    assert isinstance(_raised(beneath, monkeypatch), UnreachableError)


def test_a_mistake_of_our_own_is_not_taken_for_one_of_theirs(monkeypatch: pytest.MonkeyPatch):
    assert not issubclass(TypeError, LIBRARY_ERRORS)
    assert not issubclass(ConnectorError, LIBRARY_ERRORS)
