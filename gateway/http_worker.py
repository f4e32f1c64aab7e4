"""The worker process of the web server: what it could not read is answered as an error of ours.

gunicorn itself repeats the line or header that it could not read, in its answer and in its log;
a V-nummer or a token may stand in it. Here only the kind of the fault is logged.
"""

import logging
from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

from gunicorn.http import errors
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from gateway import problem_types as kinds
from gateway.answers import Probleem
from gateway.errors import problem_of
from gateway.telemetry import log_event

#: By the first class that fits; what is not here broke at our side.
_STATUS: Final = MappingProxyType(
    {
        errors.ConfigurationProblem: HTTPStatus.INTERNAL_SERVER_ERROR,
        errors.InvalidResponseHeader: HTTPStatus.INTERNAL_SERVER_ERROR,
        errors.InvalidResponseHeaderName: HTTPStatus.INTERNAL_SERVER_ERROR,
        errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
        errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
        errors.UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
        errors.ParseException: HTTPStatus.BAD_REQUEST,
    }
)
_ROWS: Final = MappingProxyType(
    {
        row.status: row
        for row in (
            replace(kinds.INVALID, detail="Het verzoek is niet te lezen."),
            kinds.EXPECTATION,
            kinds.HEADERS_TOO_LARGE,
            kinds.URI_TOO_LONG,
            kinds.NOT_IMPLEMENTED,
        )
    }
)


class HttpWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Threads, as gunicorn makes them."""

    def handle_error(self, _req: Any, client: Any, _addr: Any, exc: BaseException) -> None:
        """Answer what never became a request of ours; the connection is closed after it."""
        status = next(
            (_STATUS[kind] for kind in type(exc).__mro__ if kind in _STATUS),
            HTTPStatus.INTERNAL_SERVER_ERROR,
        )
        log_event(
            "verzoek_onleesbaar", level=logging.WARNING, fout=type(exc).__name__, status=status
        )
        with suppress(OSError):  # who asked may have gone
            write_nonblock(client, _bare(status))


def _bare(status: HTTPStatus) -> bytes:
    """A problem document as it goes over the line, with the headers of every answer."""
    problem = problem_of(_ROWS.get(status, kinds.UNKNOWN))
    answer = Probleem(problem, {"Connection": "close"})
    lines = [f"HTTP/1.1 {status.value} {status.phrase}"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + answer.get_data()
