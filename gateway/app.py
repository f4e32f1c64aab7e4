"""The Flask app: one order of steps for every request, and answers of four kinds only.

Route, then caller and permission, then what is accepted, then the view. Whatever is raised
anywhere becomes a problem document; every answer gets the same headers.
"""

from typing import Any, Final, cast

from flask import Flask, Request, Response, request
from werkzeug.exceptions import MethodNotAllowed, NotAcceptable

from gateway.answers import JOSE, JSON, Antwoord, Leeg
from gateway.api import BLUEPRINTS
from gateway.auth.identify import Doorkeeper, permit
from gateway.auth.permission_map import OPEN, PERMISSIONS, Rule
from gateway.errors import problem_for
from gateway.request import AskedRequest
from gateway.telemetry import log_event, pin_loggers
from gateway.wiring import Parts

_ANYTHING: Final = frozenset({None, "*/*", JSON})


class Gateway(Flask):
    """Views are called with the parts and the request: nothing is found in the air."""

    request_class: type[Request] = AskedRequest

    def __init__(self, parts: Parts) -> None:
        super().__init__("gateway", static_folder=None, template_folder=None)
        self.parts = parts
        self._doorkeeper = Doorkeeper(parts)
        self.url_map.merge_slashes = False  # a second slash is another path, not a redirect
        self.config["MAX_CONTENT_LENGTH"] = parts.settings.max_bytes
        self.config["PROPAGATE_EXCEPTIONS"] = False

    def dispatch_request(self) -> Antwoord:
        """Everything that comes before the view, and the view."""
        asked = _asked()
        if asked.routing_exception is not None:
            raise asked.routing_exception
        rule = asked.url_rule
        if rule is None or asked.method == "OPTIONS":
            return self.make_default_options_response()
        # An endpoint without a row is open to nobody: an empty Rule would be open to all.
        asks = PERMISSIONS[rule.endpoint]
        if asks is not OPEN:
            asked.known_caller = self._doorkeeper.identify(asked)
            permit(asked.known_caller, asks)
        _check_form(asked, asks)
        view = self.view_functions[rule.endpoint]
        return cast("Antwoord", view(self.parts, asked, **(asked.view_args or {})))

    def make_response(self, rv: Any) -> Response:
        """Refuse whatever is not one of ours: a view that returns a dict has a fault."""
        if not isinstance(rv, Antwoord):
            raise TypeError("A view returns one of the kinds of gateway.answers.")
        return rv

    def make_default_options_response(self) -> Antwoord:
        """Which methods there are; asks no token and changes nothing."""
        adapter = self.create_url_adapter(_asked())
        methods = adapter.allowed_methods() if adapter else ()
        return Leeg({"Allow": ", ".join(sorted(methods))})

    def handle_user_exception(self, e: Exception) -> Antwoord:
        """Every exception, HTTP's own included, by the one table."""
        return problem_for(e)

    def handle_exception(self, e: Exception) -> Response:
        """What broke outside a view, such as a view's answer of a wrong kind."""
        return self.finalize_request(problem_for(e), from_error_handler=True)

    def process_response(self, response: Response) -> Response:
        """The trace goes back to the caller, and one line to the log."""
        asked = _asked()
        response.headers["traceparent"] = asked.trace.header
        log_event(
            "verzoek",
            methode=asked.safe_method,
            route=asked.route,
            status=response.status_code,
            ms=asked.elapsed_ms,
            client=asked.known_caller.client_id if asked.known_caller else None,
            trace=asked.trace.trace_id,
        )
        return response


def create_app(parts: Parts) -> Gateway:
    """The app over these parts."""
    pin_loggers()
    app = Gateway(parts)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def _asked() -> AskedRequest:
    asked = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  a proxy
    assert isinstance(asked, AskedRequest)  # noqa: S101  request_class says so
    return asked


def _check_form(asked: AskedRequest, rule: Rule) -> None:
    """406 where the answer is not acceptable; no HEAD where a body would be disclosed unread."""
    if rule.discloses and asked.method == "HEAD":
        raise MethodNotAllowed(valid_methods=["GET", "OPTIONS"])
    if asked.headers.get("Accept") in _ANYTHING:
        return
    offered = [JSON, JOSE] if rule.discloses else [JSON]
    if asked.accept_mimetypes.best_match(offered) is None:
        raise NotAcceptable
