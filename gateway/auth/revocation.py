"""Withdraw an access token (RFC 7009): who got it may end it, from the next call on everywhere.

Authlib asks who it is, as at the token endpoint; which token that is and how it ends is ours,
as Authlib's own revocation of JWTs refuses every one. A token that is unknown, expired, broken or
of another gets the same answer as one that was withdrawn: it tells nobody what exists. A hint
about the kind of token is passed over, as there is one kind (RFC 7009, 2.2).
"""

from dataclasses import dataclass
from typing import Any, Final, cast

from authlib.oauth2 import OAuth2Request
from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc7009 import RevocationEndpoint

from gateway.answers import Antwoord, Leeg
from gateway.auth.access_token import LIFE, Claims, TokenReader
from gateway.auth.assertion import METHOD
from gateway.auth.registered import RegisteredClient
from gateway.auth.server import TokenServer
from gateway.request import AskedRequest
from gateway.store.withdrawn_tokens import withdraw_token
from gateway.telemetry import log_event
from gateway.wiring import Parts
from privacy.store.engine import writing

_NAME: Final = "revocation"


@dataclass(frozen=True, slots=True)
class _Own:
    """A token of ours that is valid now, as Authlib wants to see it."""

    claims: Claims

    def check_client(self, client: RegisteredClient) -> bool:
        return self.claims.client_id == client.client_id


class Revocation(RevocationEndpoint):
    """Registered with the server of one request."""

    ENDPOINT_NAME = _NAME
    CLIENT_AUTH_METHODS = [METHOD]  # noqa: RUF012  how Authlib has it

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts

    def check_params(self, request: OAuth2Request, client: RegisteredClient) -> None:
        if not request.form.get("token"):
            raise InvalidRequestError

    def authenticate_token(self, request: OAuth2Request, client: RegisteredClient) -> _Own | None:
        """Only its own: Authlib would answer for another's token that there is such a token."""
        self.check_params(request, client)
        token = self.query_token(request.form["token"], None)
        return token if token and token.check_client(client) else None

    def query_token(self, token_string: str, token_type_hint: str | None) -> _Own | None:
        # Also one that is dated ahead of our clock: elsewhere it is valid, or soon will be.
        claims = TokenReader(self._parts).read(token_string, ahead=LIFE)
        return None if claims is None else _Own(claims)

    def revoke_token(self, token: _Own, request: OAuth2Request) -> None:
        """Committed before the answer: the next call on any replica finds it."""
        claims = token.claims
        with writing(self._parts.engine) as connection:
            withdraw_token(connection, claims.digest, expires=int(claims.expires))
        log_event("token_ingetrokken", client=claims.client_id)


class RevocationServer(TokenServer):
    """The same client authentication and errors, and an empty answer."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.register_endpoint(Revocation(parts))

    def revoke(self, asked: AskedRequest) -> Antwoord:
        """200 without a body, whether or not there was something to withdraw."""
        if any(len(values) != 1 for _, values in asked.form.lists()):
            return self.handle_error_response(
                self.create_oauth2_request(asked), InvalidRequestError()
            )
        answer: object = self.create_endpoint_response(_NAME, asked)  # type: ignore[no-untyped-call]
        return cast("Antwoord", answer)

    def handle_response(self, status: int, body: Any, headers: Any) -> Antwoord:
        return Leeg(status=status)
