"""GET /v1/mutaties: one page of the caller's own feed."""

from flask import Blueprint

from gateway.answers import JOSE, JSON, Verstrekt
from gateway.paging import read_page
from gateway.request import AskedRequest
from gateway.services.mutaties import disclose_page
from gateway.wiring import Parts

blueprint = Blueprint("mutaties", __name__, url_prefix="/v1/mutaties")


@blueprint.get("")
def page(parts: Parts, asked: AskedRequest) -> Verstrekt:
    wanted = read_page(asked)
    disclosure = disclose_page(parts, asked.caller, wanted.na, wanted.limiet)
    form = asked.accept_mimetypes.best_match([JSON, JOSE], JSON)
    return Verstrekt(disclosure, parts.signer, content_type=form)
