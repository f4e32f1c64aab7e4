"""Every answer that an operation can give, with its headers and an example of each problem."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Final

from gateway.answers import HTML, JOSE, LD_JSON, PDF, PROBLEM
from gateway.auth.permission_map import OPEN, Rule
from gateway.openapi_components import Json, example
from gateway.openapi_operation import Operation
from gateway.problem_types import (
    CLIENT_UNKNOWN,
    INVALID_CONTENT,
    PROOF_NOT_YET,
    ROWS,
    TOKEN_REFUSED,
    Row,
)
from schemas.faults import Fout, Foutcode
from schemas.problem import Problem

_ALWAYS: Final = ("API-Version", "traceparent")
_LIMITS: Final = ("RateLimit", "RateLimit-Policy")
_GOING: Final = ("Deprecation", "Sunset", "Link")
_SHARED: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_ACCEPTABLE,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
_OF_CALLERS: Final = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.TOO_MANY_REQUESTS,
)
_OF_BODIES: Final = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
_WAIT: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_COME_IN: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
#: These are answered at the token endpoint alone, which is not in the document, or by the
#: operations that name them.
_ELSEWHERE: Final = frozenset({CLIENT_UNKNOWN, TOKEN_REFUSED, PROOF_NOT_YET})
_SENTENCES: Final = {
    HTTPStatus.OK: "Het antwoord.",
    HTTPStatus.CREATED: "Het is vastgelegd.",
    HTTPStatus.NOT_MODIFIED: "Er is niets veranderd sinds u het ophaalde. Zonder inhoud.",
}
#: Forms beside the usual one. What they hold is told by the standard that they are named after.
_ALSO: Final[Mapping[str, Json]] = {
    LD_JSON: {
        "schema": {"type": "object", "required": ["@context", "@id", "@type"]},
        "example": {
            "@context": {"dpv": "https://w3id.org/dpv#"},
            "@id": "urn:uuid:5b1f0c2e-7d3a-4e6b-9c41-000000000001",
            "@type": "dpv:ConsentRecord",
        },
    },
    PDF: {"schema": {"type": "string"}, "example": "%PDF-1.3 …voorbeeld…"},
    HTML: {"schema": {"type": "string"}, "example": "<!doctype html>…voorbeeld…"},
}
_FAULT: Final = Fout("vNummer", Foutcode.ONTBREEKT, "/items/0/samenvatting/vNummer")


def responses(told: Operation, asks: Rule, *, reads: bool, found: bool) -> Json:
    """By status. `reads`: it has an ETag; `found`: a reference in the path may lead nowhere."""
    always = [*_ALWAYS, *(_LIMITS if asks is not OPEN else ()), *(_GOING if told.vervallen else ())]
    errors = {*_SHARED, *told.errors}
    errors |= {HTTPStatus.NOT_FOUND} if found else set()
    errors |= set(_OF_CALLERS) if asks is not OPEN else set()
    errors |= set(_OF_BODIES) if told.body else set()
    shown = {str(told.status.value): _success(told, asks, always, reads=reads)}
    if reads:
        shown["304"] = {
            "description": _SENTENCES[HTTPStatus.NOT_MODIFIED],
            "headers": _headers([*always, "ETag"]),
        }
    return shown | {
        str(status.value): _problem(status, always, told.kinds) for status in sorted(errors)
    }


def _success(told: Operation, asks: Rule, always: Sequence[str], *, reads: bool) -> Json:
    names = [*always, *(["ETag"] if reads else []), *(["Location"] if told.located else [])]
    media = told.media.partition(";")[0]
    content: Json = {media: {"schema": _ref(told.answer)}}
    shown = example(told.answer)
    if shown is not None:
        content[media]["example"] = shown
    if asks.discloses:
        names += ["Payload-Signature", "Vary"]
        content[JOSE] = {"schema": {"type": "string"}, "example": "eyJ…voorbeeld…"}
    if told.also:
        names = list(dict.fromkeys([*names, "Vary"]))
    for also in told.also:
        content[also.partition(";")[0]] = dict(_ALSO[also])
    return {
        "description": _SENTENCES[told.status],
        "headers": _headers(names),
        "content": content,
    }


def _problem(status: HTTPStatus, always: Sequence[str], kinds: Collection[Row]) -> Json:
    here = [row for row in ROWS if row not in _ELSEWHERE or row in kinds]
    rows = [row for row in here if row.status == status]
    names = [*always]
    names += ["Retry-After"] if status in _WAIT or PROOF_NOT_YET in rows else []
    names += ["WWW-Authenticate"] if status in _COME_IN else []
    return {
        "description": " ".join(row.meaning for row in rows),
        "headers": _headers(names),
        "content": {
            PROBLEM: {
                "schema": _ref("probleem"),
                "examples": {row.slug: {"value": problem_example(row)} for row in rows},
            }
        },
    }


def problem_example(row: Row) -> Json:
    """A problem of this kind as it goes over the line."""
    fouten = (_FAULT,) if row is INVALID_CONTENT else ()
    problem = Problem(
        type=row.uri, status=row.status, title=row.title, detail=row.detail, fouten=fouten
    )
    return {**problem.to_wire(), "status": row.status.value}


def _headers(names: Iterable[str]) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _ref(schema: str) -> Json:
    return {"$ref": f"#/components/schemas/{schema}"}
