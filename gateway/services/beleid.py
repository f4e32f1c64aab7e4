"""Which policies and notices are in force, by digest (nodes pin what they approved); how long yet.

A policy that is past its review date stops every disclosure, so people are told weeks before.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from gateway.caller import Caller
from gateway.log_copy import look_for_restore
from gateway.services.herstelmelding import open_restore
from gateway.services.logstand import is_ours_still, read_position, say_position
from gateway.wiring import Parts
from privacy.policy import Policies
from privacy.restore import Sign
from privacy.store.engine import reading
from privacy.store.herstel import Oorzaak, find_newest

#: A DPIA has to be looked at again, and two officers have to approve: six weeks is little enough.
WARN_DAYS: Final = 42


@dataclass(frozen=True, slots=True)
class Melding:
    """What somebody should do about a policy. `dagen` is how long it still holds, if it does."""

    naam: str
    tekst: str
    dagen: int | None = None


def show_beleid(parts: Parts, caller: Caller, shown: str | None = None) -> dict[str, Any]:
    """The digests; no personal data, so no gate.

    With the position of the log as it stands, for the node to show at its next call (`shown`),
    and the restore after which this organisation has not sent everything again.
    """
    _look_at(parts, shown)
    rules, now = parts.rules_now(), parts.clock.now()
    with reading(parts.engine) as tx:
        logstand = say_position(tx, parts.keys, parts.signer, now)
        found = open_restore(tx, caller.organisatie)
    return {
        "beleid": rules.policies.digests(),
        "verklaringen": rules.notices.digests(),
        "logstand": logstand,
        "herstel": None if found is None else {"herstelId": str(found.id)},
    }


def _look_at(parts: Parts, shown: str | None) -> None:
    """A position that we gave out and do not have: the database was put back (design 2.10).

    One that was given out before the newest restore is that restore's own: it may tell how much
    was lost, as long as that restore is open.
    """
    position = read_position(parts.keys, shown)
    if position is None:
        return
    with reading(parts.engine) as tx:
        if is_ours_still(tx, position):
            return
        newest = find_newest(tx)
    is_old = newest is not None and position.tijd <= newest.ontdekt_op
    if is_old and newest is not None and newest.afgesloten_op is not None:
        return
    look_for_restore(parts, Sign(Oorzaak.STAND_VAN_NODE, position.omvang))


def notes_on(policies: Policies, today: date) -> list[Melding]:
    """What is missing, withdrawn, or to be reviewed within six weeks; nothing where all is well."""
    found = [Melding(name, "geen bruikbaar beleid of verklaring") for name in policies.faults]
    found += [
        Melding(name, "beleid ingetrokken: krijgt niets")
        for name in sorted(policies.ever - policies.recipients)
    ]
    for name in policies.digests():
        day = policies.of(name).herzien_voor
        left = (day - today).days
        if left < 0:
            found.append(Melding(name, f"herzieningsdatum {day.isoformat()} is voorbij", left))
        elif left < WARN_DAYS:
            told = f"herzien vóór {day.isoformat()}, nog {left} dagen"
            found.append(Melding(name, told, left))
    return found
