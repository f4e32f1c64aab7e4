"""A registered client as Authlib wants to see it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from authlib.oauth2.rfc6749 import ClientMixin

from gateway.store.clients import Client

GRANT: Final = "client_credentials"
_UNBOUND: Final[Mapping[str, str]] = MappingProxyType({})


class RegisteredClient(ClientMixin):
    """Allows one grant, one way to prove itself, and the scopes it was given.

    `known` None stands for a client that does not exist or gets no token: without keys nothing
    that it signs holds, so it never gets as far as a scope. `confirmation` is what the token of
    this request will be bound to.
    """

    def __init__(self, client_id: str, known: Client | None, method: str) -> None:
        self.client_id = client_id
        self.known = known
        self.confirmation = _UNBOUND
        self._scopes = known.scopes if known else frozenset()
        self._method = method

    @property
    def certain(self) -> Client:
        """The registration of a client that has proven itself; none of those is unknown."""
        if self.known is None:
            raise LookupError
        return self.known

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
