"""POST /v1/herstelmeldingen: an organisation has sent everything again, after a restore."""

from http import HTTPStatus

from flask import Blueprint

from gateway.answers import Gegevens
from gateway.body import parse_json, read_bytes
from gateway.request import AskedRequest
from gateway.services.herstelmelding import report_spoken
from gateway.wiring import Parts

blueprint = Blueprint("herstelmeldingen", __name__, url_prefix="/v1/herstelmeldingen")


@blueprint.post("")
def report(parts: Parts, asked: AskedRequest) -> Gegevens:
    asked.query()
    told = report_spoken(parts, asked.caller, parse_json(read_bytes(asked)))
    return Gegevens(told, HTTPStatus.CREATED)
