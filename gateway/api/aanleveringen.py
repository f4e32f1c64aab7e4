"""POST /v1/aanleveringen: summaries with their consents, a result per item."""

from typing import Final

from flask import Blueprint

from gateway.answers import Gegevens
from gateway.body import parse_json, read_bytes
from gateway.idempotency import read_idempotency
from gateway.refusals import InvalidRequestError
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
    key = asked.headers.get("Idempotency-Key")
    idempotency = None
    if not proef:
        idempotency = read_idempotency(
            parts.keys, asked.caller.client_id, key, (asked.route.encode(), body)
        )
    answer = accept_aanlevering(
        parts, asked.caller, parse_json(body), proef=proef, idempotency=idempotency
    )
    return Gegevens(answer)
