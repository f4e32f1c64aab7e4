"""The organisation's own casussen: found by V-nummer in a body, shown by id."""

from uuid import UUID

from flask import Blueprint

from gateway.answers import JOSE, JSON, Verstrekt
from gateway.body import parse_json, read_bytes
from gateway.request import AskedRequest
from gateway.services.casussen import find_casussen, show_casus
from gateway.services.verstrekkingen import disclose_verstrekkingen
from gateway.wiring import Parts
from privacy.disclosure import Disclosure

blueprint = Blueprint("casussen", __name__, url_prefix="/v1/casussen")


@blueprint.post("/zoekopdrachten")
def find(parts: Parts, asked: AskedRequest) -> Verstrekt:
    asked.query()
    return _shown(parts, asked, find_casussen(parts, asked.caller, parse_json(read_bytes(asked))))


@blueprint.get("/<uuid:casus_id>")
def show(parts: Parts, asked: AskedRequest, casus_id: UUID) -> Verstrekt:
    asked.query()
    return _shown(parts, asked, show_casus(parts, asked.caller, casus_id))


@blueprint.get("/<uuid:casus_id>/verstrekkingen")
def verstrekkingen(parts: Parts, asked: AskedRequest, casus_id: UUID) -> Verstrekt:
    asked.query()
    return _shown(parts, asked, disclose_verstrekkingen(parts, asked.caller, casus_id))


def _shown(parts: Parts, asked: AskedRequest, disclosure: Disclosure) -> Verstrekt:
    wanted = asked.accept_mimetypes.best_match([JSON, JOSE], JSON)
    return Verstrekt(disclosure, parts.signer, content_type=wanted)
