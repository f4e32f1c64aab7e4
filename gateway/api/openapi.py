"""GET /v1/openapi.json: what this API is, made from what it does."""

from flask import Blueprint, current_app

from gateway.answers import Gegevens
from gateway.openapi import document
from gateway.request import AskedRequest
from gateway.wiring import Parts

blueprint = Blueprint("openapi", __name__, url_prefix="/v1/openapi.json")


@blueprint.get("", endpoint="document")
def show(parts: Parts, _asked: AskedRequest) -> Gegevens:
    """Open to all, browsers included (ADR-02)."""
    answer = document(current_app.url_map, parts)
    return Gegevens(answer, headers={"Access-Control-Allow-Origin": "*"})
