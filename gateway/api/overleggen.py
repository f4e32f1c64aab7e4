"""The LSO: planned and frozen by the municipality, nominated for by organisations."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint

from gateway.answers import Gegevens
from gateway.body import parse_json, read_bytes
from gateway.request import AskedRequest
from gateway.services import overleggen
from gateway.wiring import Parts

blueprint = Blueprint("overleggen", __name__, url_prefix="/v1/overleggen")


@blueprint.post("")
def plan(parts: Parts, asked: AskedRequest) -> Gegevens:
    asked.query()
    answer = overleggen.plan_overleg(parts, asked.caller, parse_json(read_bytes(asked)))
    where = {"Location": f"/v1/overleggen/{answer['overlegId']}"}
    return Gegevens(answer, HTTPStatus.CREATED, where)


@blueprint.get("")
def index(parts: Parts, asked: AskedRequest) -> Gegevens:
    asked.query()
    return Gegevens(overleggen.list_overleggen(parts, asked.caller))


@blueprint.get("/<uuid:overleg_id>")
def show(parts: Parts, asked: AskedRequest, overleg_id: UUID) -> Gegevens:
    asked.query()
    return Gegevens(overleggen.show_overleg(parts, asked.caller, overleg_id))


@blueprint.post("/<uuid:overleg_id>/agendapunten")
def nominate(parts: Parts, asked: AskedRequest, overleg_id: UUID) -> Gegevens:
    asked.query()
    body = parse_json(read_bytes(asked))
    return Gegevens(overleggen.nominate(parts, asked.caller, overleg_id, body))


@blueprint.post("/<uuid:overleg_id>/bevriezingen")
def freeze(parts: Parts, asked: AskedRequest, overleg_id: UUID) -> Gegevens:
    """There is nothing to say in a body, so none is read."""
    asked.query()
    return Gegevens(overleggen.freeze(parts, asked.caller, overleg_id), HTTPStatus.CREATED)
