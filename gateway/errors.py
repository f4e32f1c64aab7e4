"""One table: exception to problem. Whatever is not in it is a bare 500, logged by type only.

The kinds themselves, with slug and explanation, are those of `gateway.problem_types`.

No text here depends on what was asked: a refusal tells nothing (design 2.5), and a cause in
the system answers 503 to every question alike.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from marshmallow import ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug import exceptions as web

from gateway import problem_types as kinds
from gateway.answers import Probleem
from gateway.challenges import NONCE, challenge
from gateway.problem_types import Row
from gateway.refusals import (
    ConflictError,
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    ProofNotYetError,
    RefusalError,
    TooManyRequestsError,
    UnauthenticatedError,
)
from gateway.telemetry import log_failure
from privacy.errors import ErasedError, IntegrityError, SystemRefusalError
from schemas.faults import Fout, faults_of
from schemas.problem import Problem

_NONE: Final[tuple[Fout, ...]] = ()
#: Ten seconds is by when the signer has looked again.
_RETRY_AFTER: Final[Mapping[Row, str]] = MappingProxyType(
    {kinds.UNAVAILABLE: "30", kinds.PROOF_NOT_YET: "10"}
)


TABLE: Final[Mapping[type[Exception], Row]] = MappingProxyType(
    {
        InvalidRequestError: kinds.INVALID,
        ValidationError: kinds.INVALID_CONTENT,
        UnauthenticatedError: kinds.UNAUTHENTICATED,
        ForbiddenError: kinds.FORBIDDEN,
        NotFoundError: kinds.NOT_FOUND,
        ProofNotYetError: kinds.PROOF_NOT_YET,
        ConflictError: kinds.CONFLICT,
        TooManyRequestsError: kinds.TOO_MANY,
        SystemRefusalError: kinds.UNAVAILABLE,
        # What is stored does not open: a cause in the system, whoever it was about.
        IntegrityError: kinds.UNAVAILABLE,
        ErasedError: kinds.UNAVAILABLE,
        DBAPIError: kinds.UNAVAILABLE,
        PoolTimeoutError: kinds.UNAVAILABLE,
        web.BadRequest: replace(kinds.INVALID, detail="Het verzoek is niet te lezen."),
        web.NotFound: kinds.NOT_FOUND,
        web.MethodNotAllowed: kinds.METHOD,
        web.NotAcceptable: kinds.NOT_ACCEPTABLE,
        web.RequestEntityTooLarge: kinds.TOO_LARGE,
        web.UnsupportedMediaType: kinds.WRONG_KIND,
    }
)


def row_for(error: Exception) -> Row:
    """The row of an exception: of its own kind, or the nearest above it."""
    return next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), kinds.UNKNOWN)


def problem_for(error: Exception) -> Probleem:
    """The answer to an exception. Reads names and codes of it, never its message."""
    row = row_for(error)
    if row.logged:
        log_failure(error, status=row.status)
    detail, fouten = row.detail, _NONE
    if isinstance(error, RefusalError):
        detail, fouten = error.detail or row.detail, error.fouten
    elif isinstance(error, ValidationError):
        fouten = tuple(faults_of(error))
    return Probleem(problem_of(row, detail, fouten), _headers(error, row))


def problem_of(row: Row, detail: str = "", fouten: tuple[Fout, ...] = ()) -> Problem:
    """A problem of this kind; without a sentence of its own it gets the standard one."""
    return Problem(
        type=row.uri, status=row.status, title=row.title, detail=detail or row.detail, fouten=fouten
    )


def _how_to_come_in(error: UnauthenticatedError) -> Mapping[str, str]:
    told = {"WWW-Authenticate": challenge({"error": error.error} if error.detail else {})}
    return told | ({NONCE: error.nonce} if error.nonce else {})


def _headers(error: Exception, row: Row) -> Mapping[str, str]:
    if row in _RETRY_AFTER:
        return {"Retry-After": _RETRY_AFTER[row]}
    if isinstance(error, TooManyRequestsError):
        return {"Retry-After": str(error.seconds)}
    if isinstance(error, UnauthenticatedError):
        return _how_to_come_in(error)
    if isinstance(error, ForbiddenError):
        scopes = " ".join(sorted(error.scopes))
        told = {"error": "insufficient_scope", "scope": scopes}
        return {"WWW-Authenticate": challenge(told)} if scopes else {}
    if isinstance(error, web.MethodNotAllowed):
        return {"Allow": ", ".join(sorted(error.valid_methods or ()))}
    return {}
