"""GET /v1/overleggen/{id}/pakket: the caller's own pack of a frozen LSO."""

from uuid import UUID

from flask import Blueprint

from gateway.answers import JOSE, JSON, Verstrekt
from gateway.request import AskedRequest
from gateway.services.pakketten import disclose_pakket
from gateway.wiring import Parts

blueprint = Blueprint("pakketten", __name__, url_prefix="/v1/overleggen/<uuid:overleg_id>/pakket")


@blueprint.get("")
def download(parts: Parts, asked: AskedRequest, overleg_id: UUID) -> Verstrekt:
    asked.query()
    disclosure = disclose_pakket(parts, asked.caller, overleg_id)
    wanted = asked.accept_mimetypes.best_match([JSON, JOSE], JSON)
    return Verstrekt(disclosure, parts.signer, content_type=wanted)
