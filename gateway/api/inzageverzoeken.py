"""The report for one person, as JSON for machines or as a PDF to print (AVG 15)."""

from types import MappingProxyType
from typing import Final

from flask import Blueprint

from gateway.answers import JOSE, JSON, PDF, Antwoord, Opgemaakt, Verstrekt
from gateway.body import parse_json, read_bytes
from gateway.inzage.paper import report_paper
from gateway.request import AskedRequest
from gateway.services.inzage import disclose_report
from gateway.wiring import Parts

blueprint = Blueprint("inzageverzoeken", __name__, url_prefix="/v1/inzageverzoeken")
#: The same name for everyone: a name of a file is seen by others.
_AS_FILE: Final = MappingProxyType({"Content-Disposition": 'inline; filename="inzage.pdf"'})


@blueprint.post("")
def report(parts: Parts, asked: AskedRequest) -> Antwoord:
    asked.query()
    wanted = asked.accept_mimetypes.best_match([JSON, PDF, JOSE], JSON)
    disclosure = disclose_report(parts, asked.caller, parse_json(read_bytes(asked)))
    if wanted == PDF:
        return Opgemaakt(
            disclosure, lambda body: report_paper(body, parts.woorden), PDF, dict(_AS_FILE)
        )
    return Verstrekt(disclosure, parts.signer, content_type=wanted)
