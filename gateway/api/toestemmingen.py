"""Consents: register, show, withdraw; the same use case as inside an aanlevering, alone."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint

from gateway.answers import Gegevens
from gateway.body import parse_json, read_bytes
from gateway.repeatable import find_key
from gateway.request import AskedRequest
from gateway.services.toestemmingen import (
    register_toestemming,
    show_toestemming,
    withdraw_toestemming,
)
from gateway.wiring import Parts

blueprint = Blueprint("toestemmingen", __name__, url_prefix="/v1/toestemmingen")


@blueprint.post("")
def register(parts: Parts, asked: AskedRequest) -> Gegevens:
    asked.query()
    body = read_bytes(asked)
    key = find_key(parts, asked, body)
    answer = register_toestemming(parts, asked.caller, parse_json(body), key)
    return Gegevens(answer, HTTPStatus.CREATED)


@blueprint.get("/<uuid:toestemming_id>")
def show(parts: Parts, asked: AskedRequest, toestemming_id: UUID) -> Gegevens:
    asked.query()
    return Gegevens(show_toestemming(parts, asked.caller, toestemming_id))


@blueprint.post("/<uuid:toestemming_id>/intrekkingen")
def withdraw(parts: Parts, asked: AskedRequest, toestemming_id: UUID) -> Gegevens:
    asked.query()
    body = read_bytes(asked)
    key = find_key(parts, asked, body)
    answer = withdraw_toestemming(parts, asked.caller, toestemming_id, parse_json(body), key)
    return Gegevens(answer, HTTPStatus.CREATED)
