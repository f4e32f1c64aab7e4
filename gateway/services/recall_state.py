"""Which recalls are open, overdue or confirmed: for the officer, who asks after them.

Also of recipients that take part no longer: nobody else would ask them; and other notices of
AVG 19 beside recalls. A reference, an organisation, purposes or names of fields, and days; nothing
of a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Integer, Row, bindparam, func, select

from gateway.wiring import Parts
from privacy.store.engine import reading
from privacy.store.tables import casusreferentie
from privacy.store.terugroepingen import terugroeping
from schemas.terms import Doel, Kennisgevingssoort

#: As many as a person looks through; the oldest deadline first.
MOST: Final = 500
_NAMED: Final = select(terugroeping, casusreferentie.c.referentie).join(
    casusreferentie,
    (casusreferentie.c.casus_id == terugroeping.c.casus_id)
    & (casusreferentie.c.ontvanger == terugroeping.c.ontvanger),
)
_OPEN: Final = (
    _NAMED.where(terugroeping.c.bevestigd_op.is_(None))
    .order_by(terugroeping.c.uiterlijk, terugroeping.c.nummer)
    .limit(bindparam("most", type_=Integer))
)
_DONE: Final = (
    _NAMED.where(terugroeping.c.bevestigd_op.is_not(None))
    .order_by(terugroeping.c.bevestigd_op.desc(), terugroeping.c.nummer)
    .limit(bindparam("most", type_=Integer))
)
_OVERDUE: Final = (
    select(terugroeping.c.ontvanger, func.count().label("aantal"))
    .where(terugroeping.c.bevestigd_op.is_(None), terugroeping.c.uiterlijk < bindparam("day"))
    .group_by(terugroeping.c.ontvanger)
    .order_by(terugroeping.c.ontvanger)
)


class Stand(StrEnum):
    """How a recall stands on a day."""

    TE_LAAT = "te_laat"
    OPEN = "open"
    BEVESTIGD = "bevestigd"


@dataclass(frozen=True, slots=True)
class Regel:
    """One recall as an officer sees it. `deelnemer`: whether its recipient still takes part."""

    terugroeping_id: UUID
    referentie: UUID
    ontvanger: str
    deelnemer: bool
    doelen: tuple[Doel, ...]
    uiterlijk: date
    bevestigd_op: datetime | None
    stand: Stand
    soort: Kennisgevingssoort = Kennisgevingssoort.TERUGROEPING
    velden: tuple[str, ...] = ()

    @property
    def waarover(self) -> str:
        """What its recipient is told: purposes that ended, or fields that were wrong."""
        if self.soort is Kennisgevingssoort.RECTIFICATIE:
            return f"rectificatie: {', '.join(self.velden)}"
        doelen = "alle doelen" if len(self.doelen) == len(Doel) else ", ".join(self.doelen)
        return f"beperking: {doelen}" if self.soort is Kennisgevingssoort.BEPERKING else doelen


def list_recalls(parts: Parts) -> list[Regel]:
    """Overdue first, then open, both by deadline; then what was confirmed, the latest first."""
    day = parts.clock.day()
    partners = {each.code for each in parts.settings.ketenpartners}
    with reading(parts.engine) as tx:
        rows = [*tx.execute(_OPEN, {"most": MOST}), *tx.execute(_DONE, {"most": MOST})]
    return [_regel(row, day, partners) for row in rows]


def overdue_by_recipient(tx: Connection, day: date) -> Mapping[str, int]:
    """How many recalls of each recipient are past their deadline without a confirmation."""
    return {row.ontvanger: row.aantal for row in tx.execute(_OVERDUE, {"day": day})}


def _regel(row: Row[Any], day: date, partners: set[str]) -> Regel:
    stand = Stand.TE_LAAT if row.uiterlijk < day else Stand.OPEN
    return Regel(
        terugroeping_id=row.id,
        referentie=row.referentie,
        ontvanger=row.ontvanger,
        deelnemer=row.ontvanger in partners,
        doelen=tuple(Doel(each) for each in row.doelen),
        uiterlijk=row.uiterlijk,
        bevestigd_op=row.bevestigd_op,
        stand=stand if row.bevestigd_op is None else Stand.BEVESTIGD,
        soort=Kennisgevingssoort(row.soort),
        velden=row.velden,
    )
