"""The request as our views see it: trace and caller beside what Flask knows."""

from time import perf_counter
from typing import Final

from flask import Request

from gateway.caller import Caller
from gateway.edge import PLACE
from gateway.person import Person
from gateway.refusals import InvalidRequestError, UnauthenticatedError
from gateway.trace import Trace, begin_trace

_METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"})


class AskedRequest(Request):
    """Adds what the shell finds out before the view runs."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # WSGI's own arguments
        self.begun = perf_counter()
        self.trace: Trace = begin_trace(self.headers.get("traceparent"))
        self.known_caller: Caller | None = None
        #: Go back with whatever the answer is, to a client that proved itself.
        self.limit_headers: dict[str, str] = {}
        #: Go back with whatever the answer is, to who asked through FSC.
        self.fsc_headers: dict[str, str] = {}
        self.known_person: Person | None = None

    @property
    def caller(self) -> Caller:
        """The caller; a view of an open endpoint that asks has a fault, and answers 401."""
        if self.known_caller is None:
            raise UnauthenticatedError
        return self.known_caller

    @property
    def person(self) -> Person:
        """The person, on a route that is for people."""
        if self.known_person is None:
            raise UnauthenticatedError
        return self.known_person

    @property
    def place(self) -> str:
        """The address where it began, as far as our own proxy tells; for the access log alone."""
        return str(self.environ.get(PLACE) or "onbekend")

    @property
    def elapsed_ms(self) -> float:
        """Milliseconds since this request reached us."""
        return round((perf_counter() - self.begun) * 1_000, 2)

    @property
    def route(self) -> str:
        """The route's template: never the path, which holds references."""
        return self.url_rule.rule if self.url_rule else "-"

    @property
    def safe_method(self) -> str:
        """The method, if it is one: a caller may send any word there."""
        return self.method if self.method in _METHODS else "-"

    def query(self, *known: str) -> dict[str, str]:
        """The query string's names, each known and once; a misspelt name is not passed over."""
        found = {}
        for name, values in self.args.lists():
            if name not in known or len(values) != 1:
                raise InvalidRequestError(
                    "In de URL staat een naam die hier niet hoort, of tweemaal."
                )
            found[name] = values[0]
        return found
