"""What is known of restores: each one, and who has spoken since and named what.

Rows of `herstel` are never removed: they say which stretch of the log was once put back. What was
lost in it stands in `privacy.store.verloren`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    Uuid,
    insert,
    select,
    update,
)

from privacy.store import tables
from privacy.store.metadata import metadata
from privacy.store.moment import UtcMoment

herstel: Final = Table(
    "herstel",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("merk", Integer, nullable=False),
    Column("ontdekt_op", UtcMoment, nullable=False),
    Column("oorzaak", String(32), nullable=False),
    # Entries that the log had when this was found, and of which it is known that there were.
    Column("omvang", BigInteger, nullable=False),
    Column("buiten", BigInteger, nullable=False),
    # Up to where the log was reconciled with a copy, or given up; NULL: not yet.
    Column("verzoend_tot", BigInteger),
    Column("afgesloten_op", UtcMoment),
)

herstel_gesproken: Final = Table(
    "herstel_gesproken",
    metadata,
    Column("herstel_id", Uuid, ForeignKey("herstel.id"), primary_key=True),
    Column("bronhouder", String(64), primary_key=True),
    Column("gesproken_op", UtcMoment, nullable=False),
    # Given up by the operator: it will not speak again.
    Column("zonder", Boolean, nullable=False),
)

# Statements that an organisation named since a restore: what it names no more, ends.
herstel_genoemd: Final = Table(
    "herstel_genoemd",
    metadata,
    Column("herstel_id", Uuid, ForeignKey("herstel.id"), primary_key=True),
    Column("bronhouder", String(64), primary_key=True),
    Column("toestemming_id", Uuid, primary_key=True),
)

_NEWEST: Final = select(herstel).order_by(herstel.c.ontdekt_op.desc(), herstel.c.id).limit(1)
_OPEN: Final = select(herstel).where(herstel.c.afgesloten_op.is_(None))


class Oorzaak(StrEnum):
    """By what a restore was found."""

    KOPIE_LANGER = "kopie_langer"
    KOPIE_ANDERS = "kopie_anders"
    LOG_KORTER = "log_korter"
    STAND_VAN_NODE = "stand_van_node"
    MELDING = "melding"


@dataclass(frozen=True, slots=True)
class Herstel:
    """One restore, as it stands."""

    id: UUID
    merk: int
    ontdekt_op: datetime
    oorzaak: Oorzaak
    omvang: int
    buiten: int
    verzoend_tot: int | None
    afgesloten_op: datetime | None

    @property
    def reconciled(self) -> bool:
        """Whether all is found again of what is known to have been, or was given up."""
        return self.verzoend_tot is not None and self.verzoend_tot >= self.buiten


def find_open(tx: Connection) -> Herstel | None:
    """The restore that is not closed yet; there is never more than one."""
    return _herstel(tx.execute(_OPEN).one_or_none())


def find_newest(tx: Connection) -> Herstel | None:
    """The restore that was found last, closed or not."""
    return _herstel(tx.execute(_NEWEST).one_or_none())


def begin(tx: Connection, found: Herstel) -> None:
    """Keep a new restore."""
    values = {name: getattr(found, name) for name in herstel.c.keys()}  # noqa: SIM118
    tx.execute(insert(herstel).values({**values, "oorzaak": found.oorzaak.value}))


def change(tx: Connection, herstel_id: UUID, **values: Any) -> None:
    """Note how far it is."""
    tx.execute(update(herstel).where(herstel.c.id == herstel_id).values(**values))


def places_before(tx: Connection, merk: int) -> int | None:
    """The size of the log at the first restore that a cursor with this mark does not know of.

    None where it knows of all. A mark that nobody knows is of a branch that is lost: any may be.
    """
    rows = tx.execute(select(herstel.c.merk, herstel.c.omvang).order_by(herstel.c.ontdekt_op))
    sizes: list[int] = []
    for row in rows:
        sizes = [] if row.merk == merk else [*sizes, row.omvang]
    return min(sizes, default=None)


def note_spoken(
    tx: Connection, herstel_id: UUID, bronhouder: str, now: datetime, *, zonder: bool
) -> bool:
    """Note that an organisation has spoken, or will not; whether that is new."""
    if bronhouder in spoken(tx, herstel_id):
        return False
    values = {"herstel_id": herstel_id, "bronhouder": bronhouder, "gesproken_op": now}
    tx.execute(insert(herstel_gesproken).values({**values, "zonder": zonder}))
    return True


def spoken(tx: Connection, herstel_id: UUID) -> dict[str, bool]:
    """Who has spoken; true where the operator gave it up."""
    rows = tx.execute(select(herstel_gesproken).where(herstel_gesproken.c.herstel_id == herstel_id))
    return {row.bronhouder: row.zonder for row in rows}


def with_casussen(tx: Connection) -> frozenset[str]:
    """The organisations of which this database holds casussen that are not erased."""
    query = select(tables.casus.c.bronhouder).where(tables.casus.c.spoor_sleutel.is_not(None))
    return frozenset(tx.execute(query.distinct()).scalars())


def note_named(
    tx: Connection, herstel_id: UUID, bronhouder: str, statements: Iterable[UUID]
) -> None:
    """Remember which statements an organisation named; naming one twice is naming it."""
    wanted = set(statements) - named(tx, herstel_id, bronhouder)
    if wanted:
        common = {"herstel_id": herstel_id, "bronhouder": bronhouder}
        tx.execute(
            insert(herstel_genoemd), [{**common, "toestemming_id": each} for each in sorted(wanted)]
        )


def named(tx: Connection, herstel_id: UUID, bronhouder: str) -> set[UUID]:
    """The statements that an organisation named since."""
    query = select(herstel_genoemd.c.toestemming_id).where(
        herstel_genoemd.c.herstel_id == herstel_id, herstel_genoemd.c.bronhouder == bronhouder
    )
    return set(tx.execute(query).scalars())


def _herstel(row: Row[Any] | None) -> Herstel | None:
    if row is None:
        return None
    values = row._asdict()
    return Herstel(**{**values, "oorzaak": Oorzaak(values["oorzaak"])})
