"""The two cookies. `__Host-`: of this host alone, over TLS (or on this machine itself), path /.

SameSite is Lax and not Strict: the browser comes back from another site when it has logged in,
and must then bring them. What changes something is guarded by a token in the form.
"""

from typing import Final

from flask import Response

LOGIN: Final = "__Host-lso-aanmelding"
SESSION: Final = "__Host-lso-console"


def give(answer: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    """Without `seconds` it is gone with the browser."""
    answer.set_cookie(
        name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="Lax"
    )


def take_away(answer: Response, name: str) -> None:
    """Have the browser drop it."""
    answer.delete_cookie(name, path="/", secure=True, httponly=True, samesite="Lax")
