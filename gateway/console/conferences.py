"""For the chair: the conferences, and how many items each organisation brought. No casus."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, func, select

from gateway.console.table import Cel, Tabel, Toon, day_text, moment_text
from gateway.store.overleggen import agendapunt, overleg
from gateway.wiring import Parts
from privacy.store.engine import reading

_MOST: Final = 50
_COUNTS: Final = select(
    agendapunt.c.overleg_id, agendapunt.c.bronhouder, func.count().label("aantal")
).group_by(agendapunt.c.overleg_id, agendapunt.c.bronhouder)
_LATEST: Final = select(overleg).order_by(overleg.c.datum.desc(), overleg.c.id).limit(_MOST)


def conferences(parts: Parts) -> Tabel:
    """The newest first, at most `_MOST`."""
    with reading(parts.engine) as tx:
        found = tx.execute(_LATEST).all()
        shown = _COUNTS.where(agendapunt.c.overleg_id.in_([row.id for row in found]))
        counts: dict[UUID, dict[str, int]] = {}
        for row in tx.execute(shown):
            counts.setdefault(row.overleg_id, {})[row.bronhouder] = row.aantal
    return Tabel(
        naam="overleggen",
        titel="Overleggen",
        kop=("Datum", "Soort", "Stand", "Agendapunten per organisatie"),
        rijen=tuple(_row(row, counts.get(row.id, {})) for row in found),
        leeg="Er is nog geen overleg gepland.",
        uitleg=f"De nieuwste {_MOST}. Over wie het gaat, is hier niet te zien.",
    )


def _row(row: Row[Any], counts: Mapping[str, int]) -> tuple[Cel, ...]:
    if row.bevroren_op is None:
        stand = Cel("gepland", Toon.LET_OP)
    else:
        stand = Cel(f"vastgesteld op {moment_text(row.bevroren_op)}", Toon.GOED)
    told = ", ".join(f"{code} {count}" for code, count in sorted(counts.items()))
    return Cel(day_text(row.datum)), Cel(row.soort), stand, Cel(told or "nog geen")
