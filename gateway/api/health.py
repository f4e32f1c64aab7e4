"""For operators and the machinery around us; tells nothing of what is stored."""

from datetime import datetime

from flask import Blueprint
from sqlalchemy import text

from gateway.answers import Gegevens
from gateway.request import AskedRequest
from gateway.services.beleid import notes_on
from gateway.services.getuigenwacht import gehoor
from gateway.wiring import Parts
from privacy.errors import PolicyUnavailableError
from privacy.log.head import read_head
from privacy.policy import Policies
from privacy.store.door import read_door
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

    A policy that lapsed or was never switched on does not make us unready: who is taken out of
    service by it could not receive withdrawals either, and those never stop (design 2.5). What
    people should do about a policy is in `meldingen`. A restore that is open is told the same way,
    and whether the witnesses of the log are heard.
    """
    with reading(parts.engine) as connection:
        connection.execute(text("SELECT 1"))
        read_head(connection)
        door = read_door(connection)
        policies = parts.look(connection).policies
        heard, _ = gehoor(parts, connection)
    check_keys(parts.engine, parts.keys)
    now = parts.clock.now()
    notes = [f"{each.naam}: {each.tekst}" for each in notes_on(policies, now.date())]
    restored = "geen" if door.gesloten_sinds is None else "open"
    told = {
        "status": "ok",
        "beleid": _stand(policies, now),
        "herstel": restored,
        "getuigen": heard.value,
    }
    return Gegevens({**told, "meldingen": notes} if notes else told)


def _stand(policies: Policies, now: datetime) -> str:
    try:
        policies.require_in_force(now)
    except PolicyUnavailableError:
        return "niet_van_kracht"
    return "van_kracht"
