"""The register of processing: what a record in a log points at (LDV-03)."""

from flask import Blueprint

from gateway.answers import Gegevens
from gateway.refusals import NotFoundError
from gateway.request import AskedRequest
from gateway.services.register import find_verwerking, read_register
from gateway.wiring import Parts

blueprint = Blueprint("verwerkingen", __name__, url_prefix="/v1/verwerkingen")


@blueprint.get("")
def index(parts: Parts, asked: AskedRequest) -> Gegevens:
    asked.query()
    return Gegevens(read_register(parts), fleeting=("gemaaktOp",))


@blueprint.get("/<verwerking>/versies/<versie>")
def version(parts: Parts, asked: AskedRequest, verwerking: str, versie: str) -> Gegevens:
    asked.query()
    found = find_verwerking(parts, verwerking, versie)
    if found is None:
        raise NotFoundError
    return Gegevens(found)
