"""Why the gateway says no, drawn as a tree. No message carries a value from a request.

RefusalError
├── InvalidRequestError        the request itself is at fault: 400, with every fault found
├── UnauthenticatedError       no token, or none that holds: 401
├── ForbiddenError             the token holds but does not reach this far: 403
├── NotFoundError              nothing there that this caller may know of: 404
├── ProofNotYetError           the entry is there, and no checkpoint holds it yet: 404
├── ConflictError              it clashes with what is already there: 409
└── TooManyRequestsError       more than the limit of this client: 429
"""

from schemas.faults import Fout


class RefusalError(Exception):
    """Base of the refusals that a caller may see; `detail` is one Dutch sentence."""

    def __init__(self, detail: str = "", fouten: tuple[Fout, ...] = ()) -> None:
        """`detail` replaces the standard sentence; it must never hold a value."""
        super().__init__(detail)
        self.detail = detail
        self.fouten = fouten


class InvalidRequestError(RefusalError):
    """Body, query or header breaks a rule; the sender mends it and tries again."""


class UnauthenticatedError(RefusalError):
    """`detail` empty means that no token was sent (RFC 6750: then no error code is given)."""

    def __init__(
        self, detail: str = "", *, error: str = "invalid_token", nonce: str | None = None
    ) -> None:
        """`error` as RFC 6750 and RFC 9449 name it; `nonce` is what the next proof must hold."""
        super().__init__(detail)
        self.error = error
        self.nonce = nonce


class ForbiddenError(RefusalError):
    """The caller lacks a scope, or is not the kind of organisation that this is for."""

    def __init__(self, scopes: frozenset[str] = frozenset(), detail: str = "") -> None:
        """`scopes`: any one of these would have done."""
        super().__init__(detail)
        self.scopes = scopes


class NotFoundError(RefusalError):
    """Also for what belongs to another organisation: the two answer alike."""


class ProofNotYetError(RefusalError):
    """In a moment it is there: the signer looks every ten seconds."""


class ConflictError(RefusalError):
    """The state of things forbids it now."""


class TooManyRequestsError(RefusalError):
    """This client asked too often; nothing was done."""

    def __init__(self, seconds: int) -> None:
        """`seconds` from now it may ask again."""
        super().__init__()
        self.seconds = seconds
