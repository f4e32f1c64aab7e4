"""Questions of an officer to the log."""

from flask import Blueprint

from gateway.answers import Gegevens
from gateway.body import parse_json, read_bytes
from gateway.paging import CURSOR, read_page
from gateway.request import AskedRequest
from gateway.services.logvragen import answer_logvraag
from gateway.wiring import Parts

blueprint = Blueprint("auditregels", __name__, url_prefix="/v1/auditregels")


@blueprint.post("/zoekopdrachten")
def search(parts: Parts, asked: AskedRequest) -> Gegevens:
    page = read_page(asked)
    body = parse_json(read_bytes(asked))
    return Gegevens(answer_logvraag(parts, asked.caller, body, page), fleeting=CURSOR)
