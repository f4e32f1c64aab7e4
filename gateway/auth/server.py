"""The authorisation server: client_credentials with private_key_jwt, and nothing else.

Authlib does the protocol (RFC 6749, 7523); where its defaults are wrong, a line here sets them
right. Every failed authentication gets one and the same answer: it does not tell who exists.
"""

from collections.abc import Collection
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final, cast

from authlib.oauth2 import AuthorizationServer, OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from werkzeug.datastructures import MultiDict

from gateway.answers import Antwoord, Gegevens, Probleem
from gateway.auth.access_token import AccessTokenGenerator
from gateway.auth.assertion import ALGORITHMS, METHOD, PrivateKeyJWT
from gateway.auth.permission_map import ALL_SCOPES
from gateway.auth.registered import GRANT, RegisteredClient
from gateway.store.clients import LONGEST_ID, find_client
from gateway.wiring import Parts
from privacy.store.engine import reading
from schemas.problem import Problem

TOKEN_PATH: Final = "/oauth/token"  # noqa: S105  a path
JWKS_PATH: Final = "/oauth/jwks"
_CHALLENGE: Final = MappingProxyType({"WWW-Authenticate": 'Bearer realm="lso-gateway"'})
_DETAILS: Final = MappingProxyType(
    {
        "invalid_client": "De client is niet bekend of bewijst niet wie hij is.",
        "invalid_scope": "Deze scope bestaat niet of is niet aan deze client gegeven.",
        "unsupported_grant_type": "Alleen client_credentials wordt ondersteund.",
        "invalid_request": "Het verzoek om een toegangsbewijs is niet goed gevormd.",
    }
)


class Grant(ClientCredentialsGrant):
    """Only private_key_jwt; Authlib's default is a client secret."""

    TOKEN_ENDPOINT_AUTH_METHODS: Collection[str] = (METHOD,)


class TokenRequest(OAuth2Request):
    """The form, and only the form: parameters in a URL end up in logs."""

    def __init__(self, uri: str, form: dict[str, str]) -> None:
        """`uri` is the endpoint's public address, as the proxy in front of us is reached."""
        super().__init__("POST", uri)
        self.payload = BasicOAuth2Payload(form)
        self._form = form

    @property
    def form(self) -> dict[str, str]:
        return self._form


class TokenServer(AuthorizationServer):
    """Give it the form of a token request, get an answer."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(scopes_supported=sorted(ALL_SCOPES))
        self._parts = parts
        self._uri = parts.settings.uitgever + TOKEN_PATH
        self.register_grant(Grant)
        self.register_token_generator("default", AccessTokenGenerator(parts))
        audiences = [parts.settings.uitgever, self._uri]
        self.register_client_auth_method(METHOD, PrivateKeyJWT(parts, audiences))

    def issue(self, form: MultiDict[str, str]) -> Antwoord:
        """A token, or an RFC 6749 error as a problem document."""
        if any(len(values) != 1 for _, values in form.lists()):
            return _refused("invalid_request")
        answer: object = self.create_token_response(form.to_dict())
        return cast("Antwoord", answer)

    def query_client(self, client_id: str) -> RegisteredClient:
        """Never None: who is unknown, frozen or of no party gets keys that nobody has."""
        known = None
        if len(client_id) <= LONGEST_ID:
            with reading(self._parts.engine) as connection:
                known = find_client(connection, client_id)
        if known and (
            known.bevroren or not self._parts.settings.takes_part(known.soort, known.organisatie)
        ):
            known = None
        return RegisteredClient(client_id, known, METHOD)

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        """Nothing is kept: the token carries what the check needs."""

    def create_oauth2_request(self, request: dict[str, str]) -> TokenRequest:
        return TokenRequest(self._uri, request)

    def handle_response(self, status: int, body: Any, headers: Any) -> Gegevens:
        return Gegevens(body, status)

    def handle_error_response(self, request: OAuth2Request, error: OAuth2Error) -> Probleem:
        return _refused(str(error.error))

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens."""


def metadata(uitgever: str) -> dict[str, Any]:
    """The discovery document (RFC 8414)."""
    return {
        "issuer": uitgever,
        "token_endpoint": uitgever + TOKEN_PATH,
        "jwks_uri": uitgever + JWKS_PATH,
        "response_types_supported": [],
        "grant_types_supported": [GRANT],
        "scopes_supported": sorted(ALL_SCOPES),
        "token_endpoint_auth_methods_supported": [METHOD],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "service_documentation": f"{uitgever}/v1/openapi.json",
    }


def _refused(error: str) -> Probleem:
    code = error if error in _DETAILS else "invalid_request"
    unauthorized = code == "invalid_client"
    status = HTTPStatus.UNAUTHORIZED if unauthorized else HTTPStatus.BAD_REQUEST
    problem = Problem(status=status, title="Geen toegangsbewijs", detail=_DETAILS[code])
    more = {"error": code, "error_description": _DETAILS[code]}
    return Probleem(problem, _CHALLENGE if unauthorized else {}, more)
