"""POST /v1/aanleveringen: summaries with their consents, a result per item."""

from typing import Final

from flask import Blueprint

from gateway.answers import Gegevens
from gateway.body import parse_json, read_bytes
from gateway.refusals import InvalidRequestError
from gateway.repeatable import find_key, require_key
from gateway.request import AskedRequest
from gateway.services.aanleveringen import accept_aanlevering
from gateway.wiring import Parts

blueprint = Blueprint("aanleveringen", __name__, url_prefix="/v1/aanleveringen")
_YES_OR_NO: Final = {"true": True, "false": False}


@blueprint.post("")
def accept(parts: Parts, asked: AskedRequest) -> Gegevens:
    """With `?proef=true` nothing is kept, so no key is asked."""
    proef = _YES_OR_NO.get(asked.query("proef").get("proef", "false"))
    if proef is None:
        raise InvalidRequestError("proef is true of false.")
    body = read_bytes(asked)
    # A malformed key is a fault of the caller, also where it is not needed.
    key = find_key(parts, asked, body) if proef else require_key(parts, asked, body)
    answer = accept_aanlevering(
        parts, asked.caller, parse_json(body), proef=proef, idempotency=None if proef else key
    )
    return Gegevens(answer)
