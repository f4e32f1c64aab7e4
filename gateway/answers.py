"""What a view may return, and nothing else: the fence of design promise 1 at the web's edge.

Only `Verstrekt` and `Opgemaakt` carry personal data, and both are made of a `Disclosure` alone.
"""

import json
from collections.abc import Callable, Collection, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

from flask import Response

from gateway.signer import Signer
from gateway.version import API_VERSION
from privacy.disclosure import Disclosure
from schemas.problem import Problem

JSON: Final = "application/json"
JOSE: Final = "application/jose"
PROBLEM: Final = "application/problem+json"
HTML: Final = "text/html; charset=utf-8"
CSS: Final = "text/css; charset=utf-8"
PDF: Final = "application/pdf"
LD_JSON: Final = "application/ld+json"
#: On every answer, errors included (ADR-03, ADR-09); an answer may replace one.
HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "API-Version": API_VERSION,
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
)
#: What a 304 repeats of the answer that it stands for (RFC 9110, 15.4.5; CORS).
_KEPT: Final = ("ETag", "Cache-Control", "Vary", "Access-Control-Allow-Origin", "Link")


class Antwoord(Response):
    """Base of the kinds below. Not returned itself.

    `kern` is what the ETag of a read is made of; `weak`: the bytes differ, the content does not.
    """

    kern: bytes | None = None
    weak = False

    def __init__(
        self, body: bytes, status: int, content_type: str | None, headers: Mapping[str, str]
    ) -> None:
        super().__init__(body, status, {**HEADERS, **headers}, content_type=content_type)
        if content_type is None:
            del self.headers["Content-Type"]


class Leeg(Antwoord):
    """No body at all."""

    def __init__(
        self, headers: Mapping[str, str] | None = None, status: int = HTTPStatus.NO_CONTENT
    ) -> None:
        super().__init__(b"", status, None, headers or {})


class Gegevens(Antwoord):
    """JSON without personal data: results, references, keys, documents.

    `fleeting` names members that are another text each time, such as a cursor: for the ETag only
    whether they are there counts.
    """

    def __init__(
        self,
        data: Mapping[str, Any],
        status: int = HTTPStatus.OK,
        headers: Mapping[str, str] | None = None,
        *,
        fleeting: Collection[str] = (),
    ) -> None:
        body = _encode(data)
        super().__init__(body, status, JSON, headers or {})
        there = {name: data[name] is not None for name in fleeting if name in data}
        self.kern, self.weak = (_encode({**data, **there}) if there else body), bool(there)


class Verstrekt(Antwoord):
    """Exactly the bytes that the gate released, signed by the gateway."""

    def __init__(self, disclosure: Disclosure, signer: Signer, *, content_type: str = JSON) -> None:
        if not isinstance(disclosure, Disclosure):
            raise TypeError("Only a Disclosure leaves as personal data.")
        # Moment and proof differ with every answer, so the tag is weak and not of the bytes.
        self.kern, self.weak = f"{content_type} {disclosure.fingerprint}".encode(), True
        headers = {"Vary": "Accept"}
        if content_type == JOSE:
            super().__init__(signer.answer_as_jose(disclosure.body), HTTPStatus.OK, JOSE, headers)
            return
        headers["Payload-Signature"] = signer.sign_answer(disclosure.body)
        super().__init__(disclosure.body, HTTPStatus.OK, JSON, headers)


class Opgemaakt(Antwoord):
    """What the gate released, in another form than its own: made here of its bytes, by `render`."""

    def __init__(
        self,
        disclosure: Disclosure,
        render: Callable[[bytes], bytes],
        content_type: str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        if not isinstance(disclosure, Disclosure):
            raise TypeError("Only a Disclosure leaves as personal data.")
        self.kern = render(disclosure.body)
        told = {"Vary": "Accept", **(headers or {})}
        super().__init__(self.kern, HTTPStatus.OK, content_type, told)


class Ongewijzigd(Antwoord):
    """304: what the caller has is what it would get. Headers as of that answer, no body."""

    def __init__(self, answer: Antwoord) -> None:
        kept = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
        super().__init__(b"", HTTPStatus.NOT_MODIFIED, None, kept)


class Probleem(Antwoord):
    """RFC 9457. `more` holds members that another standard asks for (RFC 6749: `error`)."""

    def __init__(
        self,
        problem: Problem,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        wire = {**problem.to_wire(), **(more or {})}
        super().__init__(_encode(wire), problem.status, PROBLEM, headers or {})


class Pagina(Antwoord):
    """A page for people, made of a template that escapes; of a casus at most its number here.

    `Referrer-Policy` is same-origin here: with no-referrer a browser sends `Origin: null` with
    a form, and then no form could be told from a forged one.
    """

    def __init__(
        self, html: str, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None
    ) -> None:
        more = {"Referrer-Policy": "same-origin", **(headers or {})}
        super().__init__(html.encode(), status, HTML, more)


class Opmaak(Antwoord):
    """A style sheet: the same for all, so it may be kept, and asked after by its ETag."""

    def __init__(self, css: bytes, digest: str) -> None:
        super().__init__(css, HTTPStatus.OK, CSS, {"Cache-Control": "public, max-age=3600"})
        self.set_etag(digest)


class Doorverwijzing(Antwoord):
    """Go on elsewhere with GET (303). Cookies are set on it with `set_cookie`."""

    def __init__(self, location: str) -> None:
        super().__init__(b"", HTTPStatus.SEE_OTHER, None, {"Location": location})


def _encode(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
