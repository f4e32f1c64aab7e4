"""The style sheet: Bootstrap's own file, as the package `bootstrap-flask` carries it, and ours."""

from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

_BOOTSTRAP: Final = ("static", "bootstrap5", "css", "bootstrap.min.css")


@cache
def style_sheet() -> tuple[bytes, str]:
    """The bytes and their digest. Its map of sources is not served, so it is not named."""
    theirs = files("flask_bootstrap").joinpath(*_BOOTSTRAP).read_bytes()
    ours = files("gateway.console").joinpath("opmaak.css").read_bytes()
    css = theirs.partition(b"/*# sourceMappingURL")[0] + b"\n" + ours
    return css, sha256(css).hexdigest()
