"""What a view may return, and nothing else: the fence of design promise 1 at the web's edge.

Only `Verstrekt` carries personal data, and it is made of a `Disclosure` alone.
"""

import json
from collections.abc import Mapping
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


class Antwoord(Response):
    """Base of the four. Not returned itself."""

    def __init__(
        self, body: bytes, status: int, content_type: str | None, headers: Mapping[str, str]
    ) -> None:
        super().__init__(body, status, {**HEADERS, **headers}, content_type=content_type)
        if content_type is None:
            del self.headers["Content-Type"]


class Leeg(Antwoord):
    """No body at all."""

    def __init__(self, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(b"", HTTPStatus.NO_CONTENT, None, headers or {})


class Gegevens(Antwoord):
    """JSON without personal data: results, references, keys, documents."""

    def __init__(
        self,
        data: Mapping[str, Any],
        status: int = HTTPStatus.OK,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(_encode(data), status, JSON, headers or {})


class Verstrekt(Antwoord):
    """Exactly the bytes that the gate released, signed by the gateway."""

    def __init__(self, disclosure: Disclosure, signer: Signer, *, content_type: str = JSON) -> None:
        if not isinstance(disclosure, Disclosure):
            raise TypeError("Only a Disclosure leaves as personal data.")
        if content_type == JOSE:
            super().__init__(signer.answer_as_jose(disclosure.body), HTTPStatus.OK, JOSE, {})
            return
        signature = {"Payload-Signature": signer.sign_answer(disclosure.body)}
        super().__init__(disclosure.body, HTTPStatus.OK, JSON, signature)


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


def _encode(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
