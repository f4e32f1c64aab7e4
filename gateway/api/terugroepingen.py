"""Recalls: a partner's own list, and its confirmation of each."""

from http import HTTPStatus
from typing import Final
from uuid import UUID

from flask import Blueprint

from gateway.answers import JOSE, JSON, Gegevens, Verstrekt
from gateway.paging import read_page
from gateway.refusals import InvalidRequestError
from gateway.request import AskedRequest
from gateway.services.terugroepingen import confirm_terugroeping, disclose_terugroepingen
from gateway.wiring import Parts

blueprint = Blueprint("terugroepingen", __name__, url_prefix="/v1/terugroepingen")
_YES_OR_NO: Final = {"true": True, "false": False}


@blueprint.get("")
def index(parts: Parts, asked: AskedRequest) -> Verstrekt:
    page = read_page(asked, "open")
    only_open = _YES_OR_NO.get(asked.args.get("open", "false"))
    if only_open is None:
        raise InvalidRequestError("open is true of false.")
    disclosure = disclose_terugroepingen(parts, asked.caller, page, only_open=only_open)
    form = asked.accept_mimetypes.best_match([JSON, JOSE], JSON)
    return Verstrekt(disclosure, parts.signer, content_type=form)


@blueprint.post("/<uuid:terugroeping_id>/bevestigingen")
def confirm(parts: Parts, asked: AskedRequest, terugroeping_id: UUID) -> Gegevens:
    """There is nothing to say in a body, so none is read; confirming again is no fault."""
    asked.query()
    answer = confirm_terugroeping(parts, asked.caller, terugroeping_id)
    return Gegevens(answer, HTTPStatus.CREATED)
