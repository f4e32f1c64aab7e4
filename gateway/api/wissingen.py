"""Erasure of an own casus (AVG 17): answered with the receipt, once."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint

from gateway.answers import Gegevens
from gateway.log_copy import copy_soon
from gateway.repeatable import find_key
from gateway.request import AskedRequest
from gateway.services.wissingen import erase_casus
from gateway.wiring import Parts

blueprint = Blueprint("wissingen", __name__, url_prefix="/v1/casussen")


@blueprint.post("/<uuid:casus_id>/wissingen")
def erase(parts: Parts, asked: AskedRequest, casus_id: UUID) -> Gegevens:
    """There is nothing to say in a body, so none is read."""
    asked.query()
    answer = erase_casus(parts, asked.caller, casus_id, find_key(parts, asked))
    copy_soon(parts)
    return Gegevens(answer, HTTPStatus.CREATED)
