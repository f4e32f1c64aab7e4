"""For operators and the machinery around us; tells nothing of what is stored."""

from flask import Blueprint
from sqlalchemy import text

from gateway.answers import Gegevens
from gateway.request import AskedRequest
from gateway.wiring import Parts
from privacy.log.head import read_head
from privacy.store.engine import reading

blueprint = Blueprint("health", __name__, url_prefix="/health")


@blueprint.get("/live")
def live(_parts: Parts, _asked: AskedRequest) -> Gegevens:
    """The process answers; nothing else is looked at."""
    return Gegevens({"status": "ok"})


@blueprint.get("/ready")
def ready(parts: Parts, _asked: AskedRequest) -> Gegevens:
    """Every disclosure that is allowed could be made now; else the 503 that it would get.

    Keys, notices and signing keys were read at start: without them there is no process.
    """
    parts.policies.require_in_force(parts.clock.now())
    with reading(parts.engine) as connection:
        connection.execute(text("SELECT 1"))
        read_head(connection)
    return Gegevens({"status": "ok"})
