"""The Flask app: one order of steps for every request, and answers of four kinds only.

Route, then caller and permission, then what is accepted, then the view. Whatever is raised
anywhere becomes a problem document; every answer gets the same headers.
"""

from http import HTTPStatus
from typing import Any, Final

from flask import Flask, Request, Response, request
from werkzeug.exceptions import MethodNotAllowed, NotAcceptable, NotFound

from gateway.answers import CSS, HTML, JOSE, JSON, Antwoord, Leeg
from gateway.api import BLUEPRINTS
from gateway.auth.identify import Doorkeeper, permit
from gateway.auth.permission_map import OPEN, PERMISSIONS, Rule
from gateway.conditional import unless_unchanged
from gateway.console.attended import attended, note_refused
from gateway.console.errors import NotYourRoleError
from gateway.console.faults import page_for
from gateway.console.session import recognise
from gateway.edge import Edge
from gateway.errors import problem_for
from gateway.fsc.door import FscDoor
from gateway.fsc.transactie import HEADER as TRANSACTION
from gateway.fsc.transactie import came_through_inway, transaction_of
from gateway.limits import count
from gateway.openapi_operations import OPERATIONS
from gateway.refusals import NotFoundError
from gateway.request import AskedRequest
from gateway.services.herstel import begin_again, not_there
from gateway.services.storingen import note_failure
from gateway.telemetry import log_event, pin_loggers
from gateway.wiring import Parts
from privacy.log.errors import LogShorterError

_ANYTHING: Final = frozenset({None, "*/*", JSON})


class Gateway(Flask):
    """Views are called with the parts and the request: nothing is found in the air."""

    request_class: type[Request] = AskedRequest

    def __init__(self, parts: Parts) -> None:
        super().__init__("gateway", static_folder=None, template_folder=None)
        self.parts = parts
        self._doorkeeper = Doorkeeper(parts)
        self._edge = Edge(parts.settings)
        fsc = parts.settings.fsc
        self._inway = FscDoor(parts, fsc) if fsc else None
        self.url_map.merge_slashes = False  # a second slash is another path, not a redirect
        self.config["MAX_CONTENT_LENGTH"] = parts.settings.max_bytes
        self.config["PROPAGATE_EXCEPTIONS"] = False

    def wsgi_app(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Nothing further in sees a header that its sender may not send."""
        return super().wsgi_app(self._edge.admit(environ), start_response)

    def dispatch_request(self) -> Antwoord:
        """Everything that comes before the view, and the view."""
        asked = _asked()
        # The router passes over slashes in front; a proxy that closes off a path may not.
        if asked.environ["PATH_INFO"].startswith("//"):
            raise NotFound
        if asked.routing_exception is not None:
            raise asked.routing_exception
        rule = asked.url_rule
        if rule is None or asked.method == "OPTIONS":
            return self.make_default_options_response()
        # An endpoint without a row is open to nobody: an empty Rule would be open to all.
        asks = PERMISSIONS[rule.endpoint]
        if asks.rollen:
            return self._attend(asked, asks)
        if asks is not OPEN:
            asked.known_caller = self._door(asked).identify(asked)
            count(asked, self.parts.limits, asked.known_caller.client_id)
            permit(asked.known_caller, asks)
        return self._answer(asked, asks)

    def _answer(self, asked: AskedRequest, asks: Rule) -> Antwoord:
        _check_form(asked, asks)
        view = self.view_functions[asked.endpoint or ""]
        answer = view(self.parts, asked, **(asked.view_args or {}))
        return unless_unchanged(asked, _ours(answer), self.parts.keys)

    def _attend(self, asked: AskedRequest, asks: Rule) -> Antwoord:
        """What a person does is noted, also what that person may not do."""
        try:
            person = recognise(self.parts, asked, asks.rollen)
        except NotYourRoleError as refused:
            note_refused(self.parts, asked, refused.persoon)
            raise
        asked.known_person = person
        return attended(self.parts, asked, person.persoon, lambda: self._answer(asked, asks))

    def _door(self, asked: AskedRequest) -> Doorkeeper | FscDoor:
        """Through the Inway there is one way in, and past the Inway it is not there."""
        return self._inway if self._inway and came_through_inway(asked) else self._doorkeeper

    def make_response(self, rv: Any) -> Response:
        """Refuse whatever is not one of ours: a view that returns a dict has a fault."""
        return _ours(rv)

    def make_default_options_response(self) -> Antwoord:
        """Which methods there are; asks no token and changes nothing."""
        adapter = self.create_url_adapter(_asked())
        methods = adapter.allowed_methods() if adapter else ()
        return Leeg({"Allow": ", ".join(sorted(methods))})

    def handle_user_exception(self, e: Exception) -> Antwoord:
        """Every exception, HTTP's own included, by the one table; people get a page."""
        if isinstance(e, NotFoundError):
            e = not_there(self.parts, e)
        if isinstance(e, LogShorterError):
            begin_again(self.parts)
        asked = _asked()
        answer = page_for(e) if _is_for_people(asked) else problem_for(e)
        if answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR and asked.known_caller:
            note_failure(self.parts, asked.known_caller)
        return answer

    def handle_exception(self, e: Exception) -> Response:
        """What broke outside a view, such as a view's answer of a wrong kind."""
        return self.finalize_request(self.handle_user_exception(e), from_error_handler=True)

    def process_response(self, response: Response) -> Response:
        """The trace goes back to the caller, and one line to the log."""
        asked = _asked()
        response.headers["traceparent"] = asked.trace.header
        response.headers.update(asked.fsc_headers)
        response.headers.update(asked.limit_headers)
        told = OPERATIONS.get(asked.endpoint or "")
        if told and told.vervallen:
            response.headers.update(told.vervallen.headers)
        transactie = transaction_of(asked)
        if transactie:
            response.headers[TRANSACTION] = transactie
        log_event(
            "verzoek",
            methode=asked.safe_method,
            route=asked.route,
            status=response.status_code,
            ms=asked.elapsed_ms,
            client=asked.known_caller.client_id if asked.known_caller else None,
            trace=asked.trace.trace_id,
            transactie=transactie,
        )
        return response


def create_app(parts: Parts) -> Gateway:
    """The app over these parts."""
    pin_loggers()
    app = Gateway(parts)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def _ours(answer: object) -> Antwoord:
    if not isinstance(answer, Antwoord):
        raise TypeError("A view returns one of the kinds of gateway.answers.")
    return answer


def _asked() -> AskedRequest:
    asked = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  a proxy
    assert isinstance(asked, AskedRequest)  # noqa: S101  request_class says so
    return asked


def _is_for_people(asked: AskedRequest) -> bool:
    """Whether a person reads the answer: the path says so, also where no route is."""
    return f"{asked.path}/".startswith("/console/")


def _check_form(asked: AskedRequest, rule: Rule) -> None:
    """406 where the answer is not acceptable; no HEAD where a body would be disclosed unread."""
    if rule.discloses and asked.method == "HEAD":
        raise MethodNotAllowed(valid_methods=["GET", "OPTIONS"])
    if asked.headers.get("Accept") in _ANYTHING:
        return
    offered = [media.partition(";")[0] for media in _offered(asked, rule)]
    if asked.accept_mimetypes.best_match(offered) is None:
        raise NotAcceptable


def _offered(asked: AskedRequest, rule: Rule) -> list[str]:
    """The forms in which this endpoint answers, the usual one first."""
    if _is_for_people(asked):
        return [HTML, CSS]
    told = OPERATIONS.get(asked.endpoint or "")
    usual = [told.media if told else JSON]
    return [*usual, *([JOSE] if rule.discloses else []), *(told.also if told else ())]
