"""Restriction of an own casus: begun or ended on one ground (AVG 18, 21)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint

from gateway.answers import Gegevens
from gateway.log_copy import copy_soon
from gateway.repeatable import read_repeatable
from gateway.request import AskedRequest
from gateway.services.beperkingen import restrict_casus
from gateway.wiring import Parts

blueprint = Blueprint("beperkingen", __name__, url_prefix="/v1/casussen")


@blueprint.post("/<uuid:casus_id>/beperkingen")
def restrict(parts: Parts, asked: AskedRequest, casus_id: UUID) -> Gegevens:
    asked.query()
    body, key = read_repeatable(parts, asked)
    answer = restrict_casus(parts, asked.caller, casus_id, body, key)
    copy_soon(parts)
    return Gegevens(answer, HTTPStatus.CREATED)
