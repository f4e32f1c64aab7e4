"""POST /v1/bewaringstoetsen: one question about one person, answered by one word."""

from flask import Blueprint

from gateway.answers import JOSE, JSON, Verstrekt
from gateway.body import parse_json, read_bytes
from gateway.request import AskedRequest
from gateway.services.bewaringstoetsen import answer_toets
from gateway.wiring import Parts

blueprint = Blueprint("bewaringstoetsen", __name__, url_prefix="/v1/bewaringstoetsen")


@blueprint.post("")
def answer(parts: Parts, asked: AskedRequest) -> Verstrekt:
    asked.query()
    disclosure = answer_toets(parts, asked.caller, parse_json(read_bytes(asked)))
    wanted = asked.accept_mimetypes.best_match([JSON, JOSE], JSON)
    return Verstrekt(disclosure, parts.signer, content_type=wanted)
