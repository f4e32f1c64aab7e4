"""An OpenID provider for the demo only: no passwords, one chooses which invented person one is.

It says so in big letters, listens on this machine alone, and refuses to start outside the demo;
a gateway that is not the demo refuses a provider over plain http.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from pathlib import Path
from threading import Thread
from typing import Any, Final, cast

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from flask import Flask, Response, request
from jinja2 import Environment
from joserfc.jwk import ECKey
from werkzeug.serving import WSGIRequestHandler, make_server

from connectors.jwk import new_key, to_jwks, to_pem
from gateway.demo.errors import DemoError
from gateway.demo.provider_flow import (
    ALGORITHM,
    METHOD,
    Code,
    Invented,
    Named,
    OneClient,
    OnlyS256,
    Proven,
    Tokens,
    make_grant,
)

CLIENT_ID: Final = "demo-console"
ACR: Final = "http://eidas.europa.eu/LoA/substantial"
CLAIM: Final = "rollen"
PEOPLE: Final = (
    Invented("demo-1", "Femke de Groot", "privacyofficer", "privacy_officer"),
    Invented("demo-2", "Tariq Haddad", "tweede officer", "tweede_officer"),
    Invented("demo-3", "Bea Willems", "beheerder", "beheerder"),
    Invented("demo-4", "Vera Jansen", "voorzitter LSO", "voorzitter"),
)
_HOST: Final = "127.0.0.1"
_CSP: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_PAGE: Final = Environment(autoescape=True).from_string(
    """<!doctype html><html lang="nl"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>DEMO-aanbieder</title>
<style>body{font:1.125rem/1.5 sans-serif;margin:0 auto;max-width:40rem;padding:1rem}
h1{background:#7a1f00;color:#fff;font-size:2.25rem;line-height:1.2;padding:1rem}
button{display:block;font:inherit;margin:.75rem 0;min-height:3rem;padding:.5rem 1rem;
text-align:left;width:100%}</style>
<h1>DEMO-aanbieder</h1>
<p><strong>Dit is geen echte aanmelding.</strong> Er is geen wachtwoord en deze mensen bestaan
niet. Kies wie u in de demo bent.</p>
<form method="post">{% for each in people %}
<button name="als" value="{{ each.sub }}">{{ each.naam }}: {{ each.werk }}</button>{% endfor %}
<button name="als" value="">Afbreken</button></form></html>"""
)


def add_provider(stack: ExitStack, folder: Path, gateway: str, *, demo: bool) -> str:
    """Start the provider until the stack ends; gives the settings of the console, as TOML.

    `folder` is where the console's own key is put. DemoError unless this is the demo.
    """
    key = new_key()
    file = folder / "console.pem"
    file.touch(0o600)
    file.write_bytes(to_pem(key))
    issuer = stack.enter_context(serving_provider(key, gateway, demo=demo))
    rollen = "\n".join(f"{each.rol} = {json.dumps(each.rol)}" for each in PEOPLE)
    return (
        f"[console]\naanbieder = {json.dumps(issuer)}\nclient_id = {json.dumps(CLIENT_ID)}\n"
        f"sleutel = {json.dumps(str(file), ensure_ascii=False)}\nacr = [{json.dumps(ACR)}]\n"
        f"rolclaim = {json.dumps(CLAIM)}\n[console.rollen]\n{rollen}\n"
    )


@contextmanager
def serving_provider(key: ECKey, gateway: str, *, demo: bool) -> Iterator[str]:
    """Listen on a free port of this machine while the block lasts; gives the issuer."""
    if not demo:
        raise DemoError("De demo-aanbieder start alleen in de demo: hij vraagt geen bewijs.")
    app = Flask("gateway.demo.provider", static_folder=None)
    server = make_server(_HOST, 0, app, threaded=True, request_handler=_Quiet)
    issuer = f"http://{_HOST}:{server.server_port}"
    client = OneClient(CLIENT_ID, ECKey.import_key(key.as_dict(private=False)), _back(gateway))
    _furnish(app, issuer, client, f"{gateway}/console")
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _furnish(app: Flask, issuer: str, client: OneClient, after_logout: str) -> None:
    """The routes of a provider, over Authlib's server."""
    key = new_key()
    server = _server(app, issuer, client, key)

    @app.get("/.well-known/openid-configuration")
    def document() -> Response:
        return _json(_document(issuer))

    @app.get("/sleutels")
    def keys() -> Response:
        return _json(to_jwks({key.thumbprint(): key}))

    @app.get("/aanmelden")
    def ask() -> Response:
        page = Response(_PAGE.render(people=PEOPLE), content_type="text/html; charset=utf-8")
        page.headers.update({"Content-Security-Policy": _CSP, "Cache-Control": "no-store"})
        return page

    @app.post("/aanmelden")
    def choose() -> Response:
        who = next((each for each in PEOPLE if each.sub == request.form.get("als")), None)
        try:
            grant = server.get_consent_grant(end_user=who)  # type: ignore[no-untyped-call]
        except OAuth2Error as error:
            asked = server.create_oauth2_request(None)
            return _own(server.handle_error_response(asked, error))
        return _own(server.create_authorization_response(grant_user=who, grant=grant))

    @app.post("/token")
    def token() -> Response:
        return _own(server.create_token_response())

    @app.get("/afmelden")
    def leave() -> Response:
        """Nobody stays signed in here, so there is nothing to end."""
        known = request.args.get("post_logout_redirect_uri") == after_logout
        return (
            Response(status=HTTPStatus.SEE_OTHER, headers={"Location": after_logout})
            if known
            else _refused()
        )


def _server(app: Flask, issuer: str, client: OneClient, key: ECKey) -> AuthorizationServer:
    codes: dict[str, Code] = {}
    server = AuthorizationServer(
        app,
        query_client=lambda named: client if named == client.client_id else None,
        save_token=lambda _token, _request: None,
    )
    server.register_client_auth_method(METHOD, Proven(issuer))
    server.register_grant(make_grant(codes, ACR), [Tokens(issuer, key, CLAIM), OnlyS256()])
    server.register_extension(Named(issuer))
    return server


def _document(issuer: str) -> dict[str, object]:
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/aanmelden",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/sleutels",
        "end_session_endpoint": f"{issuer}/afmelden",
        "acr_values_supported": [ACR],
        "authorization_response_iss_parameter_supported": True,
        "claims_parameter_supported": True,
        "code_challenge_methods_supported": ["S256"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "response_types_supported": ["code"],
        "scopes_supported": ["openid"],
        "subject_types_supported": ["public"],
        "token_endpoint_auth_methods_supported": [METHOD],
    }


def _json(told: object) -> Response:
    return Response(json.dumps(told), content_type="application/json")


def _refused() -> Response:
    return Response(status=HTTPStatus.BAD_REQUEST)


def _own(answer: Any) -> Response:
    """Authlib's server for Flask answers with Flask's own kind; its types do not say so."""
    return cast("Response", answer)


def _back(gateway: str) -> str:
    return f"{gateway}/console/terugkeer"


class _Quiet(WSGIRequestHandler):
    """Writes no log: an address holds codes."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  its own name
        pass
