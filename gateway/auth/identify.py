"""From a bearer token to a Caller, and from a Caller to yes or no; on every call anew."""

from gateway.auth.access_token import TokenReader
from gateway.auth.permission_map import Rule
from gateway.caller import Caller
from gateway.refusals import ForbiddenError, UnauthenticatedError
from gateway.request import AskedRequest
from gateway.store.clients import find_client
from gateway.wiring import Parts
from privacy.store.engine import looking

_INVALID = "Dit toegangsbewijs is niet geldig, of niet meer."


class Doorkeeper:
    """Holds the token reader of one app."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._tokens = TokenReader(parts)

    def identify(self, asked: AskedRequest) -> Caller:
        """The caller; UnauthenticatedError says the same for every token that does not hold.

        The registration is read on every call: a frozen client is out at once, on every replica.
        """
        authorization = asked.headers.get("Authorization")
        if not authorization:
            raise UnauthenticatedError
        scheme, _, token = authorization.partition(" ")
        claims = self._tokens.read(token.strip()) if scheme.lower() == "bearer" else None
        if claims is None:
            raise UnauthenticatedError(_INVALID)
        with looking(self._parts.engine) as connection:
            client = find_client(connection, claims.client_id)
        if client is None or client.bevroren:
            raise UnauthenticatedError(_INVALID)
        if not self._parts.settings.takes_part(client.soort, client.organisatie):
            raise UnauthenticatedError(_INVALID)
        return Caller(
            client_id=client.client_id,
            organisatie=client.organisatie,
            soort=client.soort,
            scopes=claims.scopes & client.scopes,
            doelen=client.doelen,
            trace_id=asked.trace.trace_id,
        )


def permit(caller: Caller, rule: Rule) -> None:
    """ForbiddenError unless the caller has one of the scopes and is of the right kind."""
    if not rule.scopes & caller.scopes or caller.soort not in rule.soorten:
        raise ForbiddenError(rule.scopes)
