"""GET /v1/mutaties: one page of the caller's own feed."""

import re
from typing import Final

from flask import Blueprint

from gateway.answers import JOSE, JSON, Verstrekt
from gateway.refusals import InvalidRequestError
from gateway.request import AskedRequest
from gateway.services.mutaties import disclose_page
from gateway.wiring import Parts

blueprint = Blueprint("mutaties", __name__, url_prefix="/v1/mutaties")
MOST: Final = 500
USUAL: Final = 100
_CURSOR: Final = re.compile(r"[A-Za-z0-9_-]{1,200}", re.ASCII)
_NUMBER: Final = re.compile(r"[0-9]{1,3}", re.ASCII)


@blueprint.get("")
def page(parts: Parts, asked: AskedRequest) -> Verstrekt:
    query = asked.query("na", "limiet")
    na, limiet = query.get("na"), query.get("limiet", str(USUAL))
    if na is not None and not _CURSOR.fullmatch(na):
        raise InvalidRequestError("na is geen cursor van deze feed.")
    if not _NUMBER.fullmatch(limiet) or not 1 <= int(limiet) <= MOST:
        raise InvalidRequestError(f"limiet is een getal van 1 tot en met {MOST}.")
    disclosure = disclose_page(parts, asked.caller, na, int(limiet))
    wanted = asked.accept_mimetypes.best_match([JSON, JOSE], JSON)
    return Verstrekt(disclosure, parts.signer, content_type=wanted)
