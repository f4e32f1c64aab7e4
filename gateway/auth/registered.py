"""A registered client as Authlib wants to see it."""

from typing import Final

from authlib.oauth2.rfc6749 import ClientMixin

from gateway.store.clients import Client

GRANT: Final = "client_credentials"


class RegisteredClient(ClientMixin):
    """Allows one grant, one way to prove itself, and the scopes it was given.

    `known` None stands for a client that does not exist or is frozen: without keys nothing that
    it signs holds, so it never gets as far as a scope.
    """

    def __init__(self, client_id: str, known: Client | None, method: str) -> None:
        self.client_id = client_id
        self.jwks = known.jwks if known else None
        self._scopes = known.scopes if known else frozenset()
        self._method = method

    def get_client_id(self) -> str:
        return self.client_id

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == GRANT

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == self._method

    def get_allowed_scope(  # type: ignore[override]  # None is how Authlib wants it told
        self, scope: str | None
    ) -> str | None:
        """All of its scopes where it names none; None (invalid_scope) where one is not its own."""
        wanted = frozenset((scope or "").split()) or self._scopes
        return " ".join(sorted(wanted)) if wanted and wanted <= self._scopes else None
