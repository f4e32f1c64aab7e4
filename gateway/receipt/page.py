"""The receipt as a page: one file with nothing to fetch and nothing that runs, printed on one A4.

It is kept or printed by whoever asked for it, so it carries its own style and its own policy
against all else (CSP 3); the same policy goes with the answer.
"""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from gateway.receipt.qr import QUIET, matrix
from gateway.receipt.sheet import Blad

_STYLE: Final = (
    files("gateway.receipt")
    .joinpath("templates", "ontvangstbewijs.css")
    .read_text(encoding="utf-8")
)
_DIGEST: Final = b64encode(sha256(_STYLE.encode()).digest()).decode()
# A `meta` may not say who may frame the page: that stands in the header alone.
_OWN: Final = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"
)
#: Goes with the answer.
POLICY: Final[Mapping[str, str]] = MappingProxyType(
    {"Content-Security-Policy": f"{_OWN}; frame-ancestors 'none'"}
)


def make_page(blad: Blad) -> bytes:
    """The sheet as HTML; the same sheet gives the same bytes."""
    html = _ENVIRONMENT.get_template("ontvangstbewijs.html").render(
        blad=blad,
        qr=_drawn(blad.qr),
        beleid=_OWN,
        opmaak=Markup(_STYLE),  # noqa: S704  our file
    )
    return html.encode()


def _drawn(text: str) -> Mapping[str, object]:
    """The QR code as one path of squares, with its white border."""
    rows = matrix(text)
    squares = [
        f"M{across + QUIET} {down + QUIET}h1v1h-1z"
        for down, row in enumerate(rows)
        for across, dark in enumerate(row)
        if dark
    ]
    return {"zijde": len(rows) + 2 * QUIET, "pad": "".join(squares)}


_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("gateway.receipt"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
