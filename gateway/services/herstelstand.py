"""How far an open restore is, for the operator: who is waited for, and what nobody can undo."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from gateway.services.lost_machines import VerlorenMachines, tell_lost_machines
from gateway.services.lost_restrictions import unknown_restrictions
from gateway.services.lost_rules import VerlorenRegels, tell_lost_rules
from gateway.wiring import Parts
from privacy.store.engine import reading
from privacy.store.herstel import Herstel, find_open, spoken, with_casussen
from privacy.store.verloren import kept_lines, verloren_verstrekking


def silent(parts: Parts, tx: Connection, found: Herstel) -> tuple[str, ...]:
    """Who has not spoken yet: whoever takes part, and whoever has casussen here."""
    wanted = {each.code for each in parts.settings.bronhouders} | with_casussen(tx)
    return tuple(sorted(wanted - spoken(tx, found.id).keys()))


@dataclass(frozen=True, slots=True)
class Toestand:
    """How far an open restore is; counts alone, and codes of organisations."""

    herstel: Herstel
    silent: tuple[str, ...]
    missing: int
    forked: int
    unknown: int
    unrestricted: int
    regels: VerlorenRegels
    machines: VerlorenMachines


def state(parts: Parts) -> Toestand | None:
    """The open restore; None where nothing is the matter."""
    table = verloren_verstrekking
    with reading(parts.engine) as tx:
        found = find_open(tx)
        if found is None:
            return None
        lost = select(func.count(table.c.pseudoniem.distinct())).where(
            table.c.herstel_id == found.id, table.c.casus_id.is_(None)
        )
        return Toestand(
            herstel=found,
            silent=silent(parts, tx, found),
            missing=max(0, found.buiten - max(found.verzoend_tot or 0, found.omvang)),
            forked=len(kept_lines(tx, found.id)),
            unknown=tx.execute(lost).scalar_one(),
            unrestricted=unknown_restrictions(parts, tx, found),
            regels=tell_lost_rules(tx, found),
            machines=tell_lost_machines(tx, found),
        )
