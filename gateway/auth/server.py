"""The authorisation server: client_credentials with private_key_jwt, and nothing else.

Authlib does the protocol (RFC 6749, 7523); where its defaults are wrong, a line here sets them
right. Every failed authentication gets one and the same answer: it does not tell who exists.
"""

from collections.abc import Collection
from types import MappingProxyType
from typing import Any, Final, cast

from authlib.oauth2 import AuthorizationServer, OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749 import InvalidClientError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload

from gateway import problem_types as kinds
from gateway.answers import Antwoord, Gegevens, Probleem
from gateway.auth.access_token import AccessTokenGenerator
from gateway.auth.assertion import ALGORITHMS, METHOD, PrivateKeyJWT
from gateway.auth.binding import Possession, WrongCertificateError
from gateway.auth.dpop import ProofError
from gateway.auth.permission_map import ALL_SCOPES
from gateway.auth.registered import GRANT, RegisteredClient
from gateway.challenges import NONCE, PROOF_ALGORITHMS, challenge
from gateway.errors import problem_of
from gateway.limits import count
from gateway.request import AskedRequest
from gateway.store.clients import LONGEST_ID, Client, find_client
from gateway.wiring import Parts
from privacy.store.engine import reading

TOKEN_PATH: Final = "/oauth/token"  # noqa: S105  a path
REVOKE_PATH: Final = "/oauth/revoke"
JWKS_PATH: Final = "/oauth/jwks"
_FOR_A_TOKEN: Final = "token"  # noqa: S105  the name of an endpoint
_DETAILS: Final = MappingProxyType(
    {
        "invalid_client": "De client is niet bekend of bewijst niet wie hij is.",
        "invalid_scope": "Deze scope bestaat niet of is niet aan deze client gegeven.",
        "unsupported_grant_type": "Alleen client_credentials wordt ondersteund.",
        "invalid_dpop_proof": "Het bewijs van bezit (DPoP) ontbreekt of is niet geldig.",
        "use_dpop_nonce": "Maak het bewijs van bezit opnieuw, met de nonce uit de header.",
        "invalid_request": "Het formulier is niet goed gevormd.",
    }
)


class InvalidProofError(OAuth2Error):
    """What is wrong with a proof (RFC 9449, 5 and 8)."""

    def __init__(self, cause: ProofError) -> None:
        super().__init__(error=cause.error)
        self.nonce = cause.nonce


class Grant(ClientCredentialsGrant):
    """Only private_key_jwt; Authlib's default is a client secret."""

    TOKEN_ENDPOINT_AUTH_METHODS: Collection[str] = (METHOD,)

    def validate_token_request(self) -> None:
        """Who asks comes first: only who has proven that is told what is wrong with a proof."""
        super().validate_token_request()
        self.server.bind(cast("TokenRequest", self.request))


class TokenRequest(OAuth2Request):
    """The form, and only the form: parameters in a URL end up in logs."""

    def __init__(self, uri: str, asked: AskedRequest) -> None:
        """`uri` is the endpoint's public address, as the proxy in front of us is reached."""
        super().__init__("POST", uri)
        self.asked = asked
        self._form = asked.form.to_dict()
        self.payload = BasicOAuth2Payload(self._form)

    @property
    def form(self) -> dict[str, str]:
        return self._form


class TokenServer(AuthorizationServer):
    """Give it the form of a token request, get an answer."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(scopes_supported=sorted(ALL_SCOPES))
        self._parts = parts
        self._possession = Possession(parts)
        self._uri = parts.settings.uitgever + TOKEN_PATH
        self.register_grant(Grant)
        self.register_token_generator("default", AccessTokenGenerator(parts))
        audiences = [parts.settings.uitgever, self._uri]
        self.register_client_auth_method(METHOD, PrivateKeyJWT(parts, audiences))

    def issue(self, asked: AskedRequest) -> Antwoord:
        """A token, or an RFC 6749 error as a problem document."""
        if any(len(values) != 1 for _, values in asked.form.lists()):
            return _refused("invalid_request")
        answer: object = self.create_token_response(asked)
        return cast("Antwoord", answer)

    def bind(self, request: TokenRequest) -> None:
        """Settle what the token that is asked for is bound to."""
        client = cast("RegisteredClient", request.client)
        try:
            client.confirmation = self._possession.bind(request.asked, client.certain)
        except WrongCertificateError:
            raise InvalidClientError from None
        except ProofError as error:
            raise InvalidProofError(error) from None

    def query_client(self, client_id: str) -> RegisteredClient:
        """Never None: who is unknown or can have no token gets keys that nobody has."""
        known = None
        # What is no name is not asked of the database, which would stumble over some.
        if len(client_id) <= LONGEST_ID and client_id.isascii() and client_id.isprintable():
            with reading(self._parts.engine) as connection:
                known = find_client(connection, client_id)
        if known and not self._may_have_tokens(known):
            known = None
        return RegisteredClient(client_id, known, METHOD)

    def _may_have_tokens(self, known: Client) -> bool:
        takes_part = self._parts.settings.takes_part(known.soort, known.organisatie)
        return takes_part and not known.bevroren and self._possession.gives_tokens_to(known)

    def authenticate_client(
        self, request: Any, methods: Collection[str], endpoint: str = "token"
    ) -> RegisteredClient:
        """Counted once it has proven itself: nobody uses up the share of another.

        Only for a token: whoever stole a client's key must not keep it from withdrawing.
        """
        client = cast("RegisteredClient", super().authenticate_client(request, methods, endpoint))
        if endpoint == _FOR_A_TOKEN:
            count(request.asked, self._parts.limits, client.client_id)
        return client

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        """Nothing is kept: the token carries what the check needs."""

    def create_oauth2_request(self, request: AskedRequest) -> TokenRequest:
        return TokenRequest(self._uri, request)

    def handle_response(self, status: int, body: Any, headers: Any) -> Antwoord:
        return Gegevens(body, status)

    def handle_error_response(self, request: OAuth2Request, error: OAuth2Error) -> Probleem:
        nonce = error.nonce if isinstance(error, InvalidProofError) else None
        return _refused(str(error.error), nonce)

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
        "revocation_endpoint": uitgever + REVOKE_PATH,
        "revocation_endpoint_auth_methods_supported": [METHOD],
        "revocation_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "dpop_signing_alg_values_supported": list(PROOF_ALGORITHMS),
        "tls_client_certificate_bound_access_tokens": True,
        "service_documentation": f"{uitgever}/v1/openapi.json",
    }


def _refused(error: str, nonce: str | None = None) -> Probleem:
    code = error if error in _DETAILS else "invalid_request"
    unauthorized = code == "invalid_client"
    kind = kinds.CLIENT_UNKNOWN if unauthorized else kinds.TOKEN_REFUSED
    problem = problem_of(kind, _DETAILS[code])
    more = {"error": code, "error_description": _DETAILS[code]}
    headers = {"WWW-Authenticate": challenge({})} if unauthorized else {}
    return Probleem(problem, headers | ({NONCE: nonce} if nonce else {}), more)
