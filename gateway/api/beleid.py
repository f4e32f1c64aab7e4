"""GET /v1/beleid: the digests that nodes pin."""

from flask import Blueprint

from gateway.answers import Gegevens
from gateway.request import AskedRequest
from gateway.services.beleid import show_beleid
from gateway.services.logstand import HEADER
from gateway.wiring import Parts

blueprint = Blueprint("beleid", __name__, url_prefix="/v1/beleid")


@blueprint.get("")
def show(parts: Parts, asked: AskedRequest) -> Gegevens:
    asked.query()
    told = show_beleid(parts, asked.caller, asked.headers.get(HEADER))
    return Gegevens(told, fleeting=("logstand",))
