"""For operators and the machinery around us; tells nothing of what is stored."""

from flask import Blueprint
from sqlalchemy import text

from gateway.answers import Gegevens
from gateway.request import AskedRequest
from gateway.wiring import Parts
from privacy.errors import PolicyUnavailableError
from privacy.log.head import read_head
from privacy.store.engine import reading
from privacy.store.key_proof import check_keys

blueprint = Blueprint("health", __name__, url_prefix="/health")


@blueprint.get("/live")
def live(_parts: Parts, _asked: AskedRequest) -> Gegevens:
    """The process answers; nothing else is looked at."""
    return Gegevens({"status": "ok"})


@blueprint.get("/ready")
def ready(parts: Parts, _asked: AskedRequest) -> Gegevens:
    """Database, keys and log are there; else 503. Whether the policy holds stands beside it.

    A policy that lapsed does not make us unready: who is taken out of service by it could not
    receive withdrawals either, and those never stop (design 2.5).
    """
    with reading(parts.engine) as connection:
        connection.execute(text("SELECT 1"))
        read_head(connection)
    check_keys(parts.engine, parts.keys)
    return Gegevens({"status": "ok", "beleid": _policy(parts)})


def _policy(parts: Parts) -> str:
    try:
        parts.policies.require_in_force(parts.clock.now())
    except PolicyUnavailableError:
        return "niet_van_kracht"
    return "van_kracht"
