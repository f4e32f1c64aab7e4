"""Rectification of an own casus: which fields were wrong, for who got them (AVG 16, 19)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint

from gateway.answers import Gegevens
from gateway.repeatable import read_repeatable
from gateway.request import AskedRequest
from gateway.services.rectificaties import rectify_casus
from gateway.wiring import Parts

blueprint = Blueprint("rectificaties", __name__, url_prefix="/v1/casussen")


@blueprint.post("/<uuid:casus_id>/rectificaties")
def rectify(parts: Parts, asked: AskedRequest, casus_id: UUID) -> Gegevens:
    asked.query()
    body, key = read_repeatable(parts, asked)
    answer = rectify_casus(parts, asked.caller, casus_id, body, key)
    return Gegevens(answer, HTTPStatus.CREATED)
