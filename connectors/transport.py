"""The one way onto the network, and the only user of `requests`.

Promises: TLS is verified, always; plain http goes to this machine itself only, unless a setting
says otherwise; no redirect is followed; no cookie, `.netrc` or proxy variable is used; an answer
is read up to a limit and up to a time; nothing of the library escapes. Personal data leaves by
`post_disclosure` alone, and that takes nothing but a Disclosure.

Not checked here: what an answer says (`Answer.json`), whether it is signed (`signing`), and a
server that sends its header byte by byte (each byte has the read time-out to itself).
"""

import logging
import re
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Protocol

import requests
from requests.adapters import HTTPAdapter

from connectors.addresses import check_address
from connectors.answer import Answer
from connectors.errors import NotUnderstoodError, UnreachableError
from connectors.library_faults import LIBRARY_ERRORS, meaning_of
from connectors.problems import accept
from connectors.retries import Patience, may_pass, not_begun
from privacy.disclosure import Disclosure

# Its lines at DEBUG repeat the path and query of every request.
logging.getLogger("urllib3").setLevel(logging.INFO)

USER_AGENT: Final = "lso-gateway"
IDEMPOTENCY_KEY: Final = "Idempotency-Key"
IF_NONE_MATCH: Final = "If-None-Match"
_UNCHANGED: Final = 304
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", re.ASCII)
_PART_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Transportsettings:
    """How to reach the others. There is no setting that switches off the check of TLS.

    `ca_bundle` replaces the public authorities; `client_certificate` is (certificate, key).
    """

    connect_seconds: float = 5.0
    read_seconds: float = 60.0
    limit_bytes: int = 16 * 1024 * 1024
    ca_bundle: Path | None = None
    client_certificate: tuple[Path, Path] | None = None
    allow_plain_http: bool = False


class Credentials(Protocol):
    """Who we are, said anew with every attempt: a proof is good for one (`connectors.dpop`)."""

    def headers(self, method: str, url: str) -> Mapping[str, str]:
        """Give the headers of one attempt."""

    def heard(self, url: str, headers: Mapping[str, str]) -> None:
        """Look at the headers of an answer, whatever its status."""


@dataclass(frozen=True, slots=True)
class _Call:
    """One request, as often as it is sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = field(repr=False)  # an assertion, or what the gate released
    credentials: Credentials | None
    host: str
    deadline: float
    #: Answers with these statuses are for who asked to read, whatever they are.
    wanted: frozenset[int] = frozenset()

    def has(self, header: str) -> bool:
        return any(name.lower() == header.lower() for name in self.headers)

    def prepare(self) -> requests.PreparedRequest:
        """Make one attempt of it."""
        who = {} if self.credentials is None else self.credentials.headers(self.method, self.url)
        sent = {**self.headers, **who}
        return requests.Request(self.method, self.url, headers=sent, data=self.body).prepare()


class Transport:
    """Calls other servers. Safe for threads: what they share is the pool of connections."""

    def __init__(
        self,
        settings: Transportsettings | None = None,
        *,
        patience: Patience | None = None,
        traceparent: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._settings = settings or Transportsettings()
        self._patience = patience or Patience()
        self._traceparent = traceparent
        # The adapter and not a Session: a Session keeps cookies, reads .netrc and proxy
        # variables, and reads the whole body of a redirect that it was told not to follow.
        self._adapter = HTTPAdapter()

    @property
    def patience(self) -> Patience:
        """For callers that may repeat a whole step, such as asking for a token."""
        return self._patience

    def close(self) -> None:
        self._adapter.close()

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        credentials: Credentials | None = None,
    ) -> Answer:
        """Answer with 2xx, or raise a ConnectorError. `body` is never personal data.

        GET and whatever has an Idempotency-Key is repeated when it may help; all else only after
        a 429, which says that nothing was begun. 304 is an answer to who sent If-None-Match.
        """
        call = self._call(method, url, headers, body, credentials)
        safe = method == "GET" or call.has(IDEMPOTENCY_KEY)
        return self._patience.run(lambda: self._once(call), may_pass if safe else not_begun)

    def request_once(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        credentials: Credentials | None = None,
    ) -> Answer:
        """Do as `request`, but never repeat: for who must make a new request each time."""
        return self._once(self._call(method, url, headers, body, credentials))

    def post_once(
        self, url: str, body: bytes, headers: Mapping[str, str], wanted: frozenset[int]
    ) -> Answer:
        """Post, and never repeat; an answer with one of the `wanted` statuses is no error."""
        call = self._call("POST", url, headers, body, None)
        return self._once(replace(call, wanted=wanted))

    def post_disclosure(
        self,
        url: str,
        disclosure: Disclosure,
        headers: Mapping[str, str] | None = None,
        credentials: Credentials | None = None,
    ) -> Answer:
        """Send what the gate made, byte for byte: the only way in which personal data leaves."""
        # The type says so too; this fence holds for callers that no type checker saw.
        if not isinstance(disclosure, Disclosure):
            raise TypeError("Only a Disclosure is posted.")
        sent = {"Content-Type": "application/json", **(headers or {})}
        return self.request(
            "POST", url, headers=sent, body=disclosure.body, credentials=credentials
        )

    def fetch(self, url: str) -> dict[str, object]:
        """Get the JSON object at an address: for registers that answer over HTTP."""
        return self.request("GET", url, headers={"Accept": "application/json"}).json().plain()

    def _call(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        body: bytes | None,
        credentials: Credentials | None,
    ) -> _Call:
        host = check_address(url, allow_plain_http=self._settings.allow_plain_http)
        sent = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **(headers or {})}
        trace = self._traceparent()
        if trace is not None and _TRACEPARENT.fullmatch(trace):
            sent["traceparent"] = trace
        deadline = time.monotonic() + self._patience.total_seconds
        return _Call(method, url, sent, body, credentials, host, deadline)

    def _once(self, call: _Call) -> Answer:
        try:
            return self._exchange(call)
        except LIBRARY_ERRORS as error:
            fault = meaning_of(error, call.host)
        # Outside the handler, so that the library's error is not even its context.
        raise fault

    def _exchange(self, call: _Call) -> Answer:
        prepared = call.prepare()
        # The library may have rewritten it; this is the address that is called.
        check_address(prepared.url or "", allow_plain_http=self._settings.allow_plain_http)
        left = max(call.deadline - time.monotonic(), 0.001)
        settings = self._settings
        response = self._adapter.send(
            prepared,
            stream=True,
            timeout=(min(settings.connect_seconds, left), min(settings.read_seconds, left)),
            verify=True if settings.ca_bundle is None else str(settings.ca_bundle),
            cert=_as_text(settings.client_certificate),
        )
        with closing(response):
            headers = {name.lower(): value for name, value in response.headers.items()}
            if call.credentials is not None:
                call.credentials.heard(call.url, headers)
            unchanged = response.status_code == _UNCHANGED and call.has(IF_NONE_MATCH)
            if 300 <= response.status_code < 400 and not unchanged:  # noqa: PLR2004
                raise NotUnderstoodError("een doorverwijzing wordt niet gevolgd", host=call.host)
            body = self._read(response, call.host, call.deadline)
        answer = Answer(response.status_code, headers, body)
        told = unchanged or answer.status in call.wanted
        return answer if told else accept(answer, call.host)

    def _read(self, response: requests.Response, host: str, deadline: float) -> bytes:
        """Read the body part by part, so that limit and time hold for every part."""
        body = bytearray()
        while part := response.raw.read1(_PART_BYTES, decode_content=False):
            body += part
            if len(body) > self._settings.limit_bytes:
                raise NotUnderstoodError("het antwoord is te groot", host=host)
            if time.monotonic() > deadline:
                raise UnreachableError(host=host)
        return bytes(body)


def _as_text(certificate: tuple[Path, Path] | None) -> tuple[str, str] | None:
    return None if certificate is None else (str(certificate[0]), str(certificate[1]))
