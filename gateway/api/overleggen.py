"""The LSO: planned and frozen by the municipality, nominated for by organisations."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint

from gateway.answers import Gegevens
from gateway.paging import CURSOR, read_page
from gateway.repeatable import find_key, read_repeatable
from gateway.request import AskedRequest
from gateway.services import overleggen, voordrachten
from gateway.wiring import Parts

blueprint = Blueprint("overleggen", __name__, url_prefix="/v1/overleggen")


@blueprint.post("")
def plan(parts: Parts, asked: AskedRequest) -> Gegevens:
    asked.query()
    body, key = read_repeatable(parts, asked)
    answer = overleggen.plan_overleg(parts, asked.caller, body, key)
    where = {"Location": f"/v1/overleggen/{answer['overlegId']}"}
    return Gegevens(answer, HTTPStatus.CREATED, where)


@blueprint.get("")
def index(parts: Parts, asked: AskedRequest) -> Gegevens:
    answer = overleggen.list_overleggen(parts, asked.caller, read_page(asked))
    return Gegevens(answer, fleeting=CURSOR)


@blueprint.get("/<uuid:overleg_id>")
def show(parts: Parts, asked: AskedRequest, overleg_id: UUID) -> Gegevens:
    asked.query()
    answer = overleggen.show_overleg(parts, asked.caller, overleg_id)
    return Gegevens(answer, fleeting=CURSOR)


@blueprint.get("/<uuid:overleg_id>/agendapunten")
def agenda(parts: Parts, asked: AskedRequest, overleg_id: UUID) -> Gegevens:
    page = read_page(asked)
    answer = overleggen.list_agendapunten(parts, asked.caller, overleg_id, page)
    return Gegevens(answer, fleeting=CURSOR)


@blueprint.post("/<uuid:overleg_id>/agendapunten")
def nominate(parts: Parts, asked: AskedRequest, overleg_id: UUID) -> Gegevens:
    asked.query()
    body, key = read_repeatable(parts, asked)
    return Gegevens(voordrachten.nominate(parts, asked.caller, overleg_id, body, key))


@blueprint.post("/<uuid:overleg_id>/bevriezingen")
def freeze(parts: Parts, asked: AskedRequest, overleg_id: UUID) -> Gegevens:
    """There is nothing to say in a body, so none is read."""
    asked.query()
    answer = overleggen.freeze(parts, asked.caller, overleg_id, find_key(parts, asked))
    return Gegevens(answer, HTTPStatus.CREATED)
