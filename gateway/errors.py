"""One table: exception to problem. Whatever is not in it is a bare 500, logged by type only.

No text here depends on what was asked: a refusal tells nothing (design 2.5), and a cause in
the system answers 503 to every question alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from marshmallow import ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug import exceptions as web

from gateway.answers import Probleem
from gateway.refusals import (
    ConflictError,
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    RefusalError,
    UnauthenticatedError,
)
from gateway.telemetry import log_failure
from privacy.errors import ErasedError, IntegrityError, SystemRefusalError
from schemas.faults import Fout, faults_of
from schemas.problem import Problem

REALM: Final = 'Bearer realm="lso-gateway"'
_NONE: Final[tuple[Fout, ...]] = ()
_RETRY_AFTER: Final = MappingProxyType({"Retry-After": "30"})


@dataclass(frozen=True, slots=True)
class Row:
    """How one kind of exception is answered."""

    status: HTTPStatus
    title: str
    detail: str
    logged: bool = False


_UNAVAILABLE: Final = Row(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Tijdelijk niet beschikbaar",
    "De gateway kan nu niets beantwoorden. Probeer het later opnieuw.",
    logged=True,
)
_UNKNOWN: Final = Row(
    HTTPStatus.INTERNAL_SERVER_ERROR, "Interne fout", "Er ging iets mis in de gateway.", logged=True
)
TABLE: Final[Mapping[type[Exception], Row]] = MappingProxyType(
    {
        InvalidRequestError: Row(
            HTTPStatus.BAD_REQUEST, "Ongeldig verzoek", "Het verzoek voldoet niet aan de regels."
        ),
        ValidationError: Row(
            HTTPStatus.BAD_REQUEST, "Ongeldig verzoek", "Het verzoek voldoet niet aan het schema."
        ),
        UnauthenticatedError: Row(
            HTTPStatus.UNAUTHORIZED, "Niet aangemeld", "Stuur een geldig toegangsbewijs mee."
        ),
        ForbiddenError: Row(
            HTTPStatus.FORBIDDEN, "Niet toegestaan", "Dit toegangsbewijs geeft hier geen recht op."
        ),
        NotFoundError: Row(HTTPStatus.NOT_FOUND, "Niet gevonden", "Dit is hier niet gevonden."),
        ConflictError: Row(
            HTTPStatus.CONFLICT, "Strijdig", "Dit botst met wat er al is vastgelegd."
        ),
        SystemRefusalError: _UNAVAILABLE,
        # What is stored does not open: a cause in the system, whoever it was about.
        IntegrityError: _UNAVAILABLE,
        ErasedError: _UNAVAILABLE,
        DBAPIError: _UNAVAILABLE,
        PoolTimeoutError: _UNAVAILABLE,
        web.BadRequest: Row(
            HTTPStatus.BAD_REQUEST, "Ongeldig verzoek", "Het verzoek is niet te lezen."
        ),
        web.NotFound: Row(HTTPStatus.NOT_FOUND, "Niet gevonden", "Dit is hier niet gevonden."),
        web.MethodNotAllowed: Row(
            HTTPStatus.METHOD_NOT_ALLOWED, "Methode niet toegestaan", "Zie de header Allow."
        ),
        web.NotAcceptable: Row(
            HTTPStatus.NOT_ACCEPTABLE, "Niet aanvaardbaar", "In die vorm is dit er niet."
        ),
        web.RequestEntityTooLarge: Row(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "Te groot",
            "Het bericht is te groot. Verdeel het over meer berichten.",
        ),
        web.UnsupportedMediaType: Row(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "Verkeerd soort bericht",
            "Stuur het bericht in de vorm die de documentatie noemt.",
        ),
    }
)


def problem_for(error: Exception) -> Probleem:
    """The answer to an exception. Reads names and codes of it, never its message."""
    row = next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), _UNKNOWN)
    if row.logged:
        log_failure(error, status=row.status)
    detail, fouten = row.detail, _NONE
    if isinstance(error, RefusalError):
        detail, fouten = error.detail or row.detail, error.fouten
    elif isinstance(error, ValidationError):
        fouten = tuple(faults_of(error))
    problem = Problem(status=row.status, title=row.title, detail=detail, fouten=fouten)
    return Probleem(problem, _headers(error, row))


def _headers(error: Exception, row: Row) -> Mapping[str, str]:
    if row is _UNAVAILABLE:
        return _RETRY_AFTER
    if isinstance(error, UnauthenticatedError):
        return {"WWW-Authenticate": f'{REALM}, error="invalid_token"' if error.detail else REALM}
    if isinstance(error, ForbiddenError):
        scopes = " ".join(sorted(error.scopes))
        return {"WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="{scopes}"'}
    if isinstance(error, web.MethodNotAllowed):
        return {"Allow": ", ".join(sorted(error.valid_methods or ()))}
    return {}
