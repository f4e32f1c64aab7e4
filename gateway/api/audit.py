"""The log for outsiders: its newest checkpoint, and the proof that an entry stands in it."""

import re
from typing import Final

from flask import Blueprint

from gateway.answers import Gegevens
from gateway.refusals import InvalidRequestError, NotFoundError
from gateway.request import AskedRequest
from gateway.services.bewijzen import show_bewijs, show_controlepunt
from gateway.wiring import Parts

blueprint = Blueprint("audit", __name__, url_prefix="/v1/audit")
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,14}", re.ASCII)


@blueprint.get("/checkpoint")
def checkpoint(parts: Parts, asked: AskedRequest) -> Gegevens:
    vanaf = asked.query("vanaf").get("vanaf")
    if vanaf is not None and not _NUMBER.fullmatch(vanaf):
        raise InvalidRequestError("vanaf is een aantal regels van het log.")
    return Gegevens(show_controlepunt(parts, None if vanaf is None else int(vanaf)))


@blueprint.get("/bewijzen/<index>")
def proof(parts: Parts, asked: AskedRequest, index: str) -> Gegevens:
    """What is no number is no entry: not found, as one beyond the log."""
    asked.query()
    if not _NUMBER.fullmatch(index):
        raise NotFoundError
    return Gegevens(show_bewijs(parts, int(index)))
