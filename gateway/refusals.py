"""Why the gateway says no, drawn as a tree. No message carries a value from a request.

RefusalError
├── InvalidRequestError        the request itself is at fault: 400, with every fault found
├── UnauthenticatedError       no token, or none that holds: 401
├── ForbiddenError             the token holds but does not reach this far: 403
├── NotFoundError              nothing there that this caller may know of: 404
└── ConflictError              it clashes with what is already there: 409
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


class ForbiddenError(RefusalError):
    """The caller lacks a scope, or is not the kind of organisation that this is for."""

    def __init__(self, scopes: frozenset[str] = frozenset(), detail: str = "") -> None:
        """`scopes`: any one of these would have done."""
        super().__init__(detail)
        self.scopes = scopes


class NotFoundError(RefusalError):
    """Also for what belongs to another organisation: the two answer alike."""


class ConflictError(RefusalError):
    """The state of things forbids it now."""
