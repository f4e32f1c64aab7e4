"""Consents: register, show, withdraw; the same use case as inside an aanlevering, alone."""

from http import HTTPStatus
from types import MappingProxyType
from typing import Final
from uuid import UUID

from flask import Blueprint
from werkzeug.exceptions import MethodNotAllowed

from gateway.answers import HTML, JOSE, JSON, LD_JSON, PDF, Antwoord, Gegevens, Opgemaakt, Verstrekt
from gateway.log_copy import copy_soon
from gateway.receipt.page import POLICY, make_page
from gateway.receipt.paper import make_paper
from gateway.repeatable import read_repeatable
from gateway.request import AskedRequest
from gateway.services.ontvangstbewijzen import disclose_receipt, sheet_of
from gateway.services.toestemmingen import (
    register_toestemming,
    show_toestemming,
    withdraw_toestemming,
)
from gateway.services.toestemmingsbewijzen import disclose_record, linked_data
from gateway.wiring import Parts

_PAGE: Final = HTML.partition(";")[0]
#: The same name for everyone: a name of a file is seen by others.
_AS_FILE: Final = MappingProxyType(
    {"Content-Disposition": 'inline; filename="ontvangstbewijs.pdf"'}
)

blueprint = Blueprint("toestemmingen", __name__, url_prefix="/v1/toestemmingen")


@blueprint.post("")
def register(parts: Parts, asked: AskedRequest) -> Gegevens:
    asked.query()
    body, key = read_repeatable(parts, asked)
    answer = register_toestemming(parts, asked.caller, body, key)
    return Gegevens(answer, HTTPStatus.CREATED)


@blueprint.get("/<uuid:toestemming_id>")
def show(parts: Parts, asked: AskedRequest, toestemming_id: UUID) -> Antwoord:
    asked.query()
    if asked.accept_mimetypes.best_match([JSON, LD_JSON], JSON) == LD_JSON:
        return _record(parts, asked, toestemming_id)
    told = show_toestemming(parts, asked.caller, toestemming_id)
    return Gegevens(told, headers={"Vary": "Accept"})


def _record(parts: Parts, asked: AskedRequest, toestemming_id: UUID) -> Opgemaakt:
    # Nothing is disclosed unread; the state alone, as JSON, may be asked by HEAD.
    if asked.method == "HEAD":
        raise MethodNotAllowed(valid_methods=["GET", "OPTIONS"])
    disclosure = disclose_record(parts, asked.caller, toestemming_id)
    return Opgemaakt(disclosure, linked_data, LD_JSON)


@blueprint.get("/<uuid:toestemming_id>/ontvangstbewijs", endpoint="receipt")
def show_receipt(parts: Parts, asked: AskedRequest, toestemming_id: UUID) -> Antwoord:
    taal = asked.query("taal").get("taal")
    wanted = asked.accept_mimetypes.best_match([JSON, PDF, _PAGE, JOSE], JSON)
    disclosure = disclose_receipt(parts, asked.caller, toestemming_id, taal)
    if wanted == PDF:
        return Opgemaakt(
            disclosure, lambda body: make_paper(sheet_of(parts, body, taal)), PDF, dict(_AS_FILE)
        )
    if wanted == _PAGE:
        return Opgemaakt(
            disclosure, lambda body: make_page(sheet_of(parts, body, taal)), HTML, POLICY
        )
    return Verstrekt(disclosure, parts.signer, content_type=wanted)


@blueprint.post("/<uuid:toestemming_id>/intrekkingen")
def withdraw(parts: Parts, asked: AskedRequest, toestemming_id: UUID) -> Gegevens:
    asked.query()
    body, key = read_repeatable(parts, asked)
    answer = withdraw_toestemming(parts, asked.caller, toestemming_id, body, key)
    copy_soon(parts)
    return Gegevens(answer, HTTPStatus.CREATED)
