"""What is known of restores: each one, who has spoken since, and what was lost and found again.

Rows of `herstel` are never removed: they say which stretch of the log was once put back. A lost
withdrawal stays too, for as long as its statement may still be delivered.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
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
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    Uuid,
    and_,
    bindparam,
    exists,
    insert,
    or_,
    select,
    update,
)

from privacy.rule_life import Regelsoort
from privacy.store import tables
from privacy.store.chosen import in_chunks, over
from privacy.store.codes import Codes
from privacy.store.metadata import metadata
from privacy.store.moment import UtcMoment
from privacy.store.rulebooks import regelversie

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

# Entries of a copy for which there is no place any more: the log went on before it was found.
logvork: Final = Table(
    "logvork",
    metadata,
    Column("herstel_id", Uuid, ForeignKey("herstel.id"), primary_key=True),
    Column("nummer", BigInteger, primary_key=True, autoincrement=False),
    Column("blad", LargeBinary, primary_key=True),
    Column("regel", LargeBinary, nullable=False),
)

verloren_intrekking: Final = Table(
    "verloren_intrekking",
    metadata,
    Column("herstel_id", Uuid, ForeignKey("herstel.id"), primary_key=True),
    Column("bronhouder", String(64), primary_key=True),
    Column("toestemming_id", Uuid, primary_key=True),
    Column("versie", Integer, primary_key=True, autoincrement=False),
    # As in the withdrawal itself: none named is all.
    Column("ontvangers", Codes, nullable=False),
    Column("doelen", Codes, nullable=False),
    Column("dag", Date, nullable=False),
    Column("toegepast_op", UtcMoment),
    Index("ix_verloren_intrekking_toestemming", "toestemming_id", "bronhouder"),
)

verloren_verstrekking: Final = Table(
    "verloren_verstrekking",
    metadata,
    Column("herstel_id", Uuid, ForeignKey("herstel.id"), primary_key=True),
    Column("pseudoniem", String(64), primary_key=True),
    Column("ontvanger", String(64), primary_key=True),
    Column("doel", String(32), primary_key=True),
    # NULL where this database does not know the casus: its keys are gone with it.
    Column("casus_id", Uuid, ForeignKey("casus.id")),
)

# Steps of officers that this database knows nothing of: what they ended stays ended.
verloren_regel: Final = Table(
    "verloren_regel",
    metadata,
    Column("herstel_id", Uuid, ForeignKey("herstel.id"), primary_key=True),
    Column("nummer", BigInteger, primary_key=True, autoincrement=False),
    # As the log calls it: one of `privacy.log.terms.Auditsoort`.
    Column("soort", String(32), primary_key=True),
    Column("digest", String(71), primary_key=True),
    # The recipient of a policy; the version of a notice.
    Column("naam", String(64), nullable=False),
    # Up to where both logs are the same: what officers did here after that, stands.
    Column("gelijk_tot", BigInteger, nullable=False),
    Column("toegepast_op", UtcMoment),
)

_NEWEST: Final = select(herstel).order_by(herstel.c.ontdekt_op.desc(), herstel.c.id).limit(1)
_OPEN: Final = select(herstel).where(herstel.c.afgesloten_op.is_(None))
_LOST_OF: Final = over(
    verloren_intrekking.c.toestemming_id,
    select(verloren_intrekking)
    .where(verloren_intrekking.c.bronhouder == bindparam("bronhouder"))
    .where,
)
_KNOWN: Final = exists().where(
    tables.toestemming.c.toestemming_id == verloren_intrekking.c.toestemming_id,
    tables.toestemming.c.bronhouder == verloren_intrekking.c.bronhouder,
)
_PENDING: Final = (
    select(verloren_intrekking)
    .where(verloren_intrekking.c.toegepast_op.is_(None), _KNOWN)
    .order_by(verloren_intrekking.c.bronhouder, verloren_intrekking.c.toestemming_id)
)
#: Words of `privacy.log.terms.Auditsoort`, which the store does not know: what ends something.
ENDING_POLICIES: Final = ("beleid_actief", "beleid_ingetrokken")
ABOUT_NOTICES: Final = ("verklaring_opgenomen", "verklaring_teruggeroepen")
_KNOWN_NOTICE: Final = exists().where(
    regelversie.c.soort == Regelsoort.VERKLARING.value, regelversie.c.naam == verloren_regel.c.naam
)
_PENDING_RULES: Final = (
    select(verloren_regel)
    .where(
        verloren_regel.c.toegepast_op.is_(None),
        or_(
            verloren_regel.c.soort.in_(ENDING_POLICIES),
            and_(verloren_regel.c.soort == ABOUT_NOTICES[-1], _KNOWN_NOTICE),
        ),
    )
    .order_by(verloren_regel.c.nummer)
)


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


def keep_fork(tx: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep entries of another branch, beside the log: nothing is ever written over."""
    tx.execute(insert(logvork), rows)


def is_kept(tx: Connection, nummer: int, blad: bytes) -> bool:
    """Whether this entry was kept as one of another branch before."""
    query = select(logvork.c.nummer).where(logvork.c.nummer == nummer, logvork.c.blad == blad)
    return tx.execute(query).first() is not None


def kept_lines(tx: Connection, herstel_id: UUID) -> list[bytes]:
    """The entries that were kept beside the log."""
    query = select(logvork.c.regel).where(logvork.c.herstel_id == herstel_id)
    return list(tx.execute(query).scalars())


def pending_withdrawals(tx: Connection) -> Sequence[Row[Any]]:
    """Lost withdrawals of statements that are known here and not yet withdrawn again."""
    return tx.execute(_PENDING).all()


def lost_withdrawals(
    tx: Connection, bronhouder: str, statements: Collection[UUID]
) -> Sequence[Row[Any]]:
    """What the log knows to be withdrawn of these statements, of whichever restore."""
    return in_chunks(tx, _LOST_OF, statements, {"bronhouder": bronhouder})


def note_applied(tx: Connection, row: Row[Any], now: datetime) -> None:
    """A lost withdrawal stands in the database again."""
    table = verloren_intrekking
    same = and_(
        table.c.herstel_id == row.herstel_id,
        table.c.bronhouder == row.bronhouder,
        table.c.toestemming_id == row.toestemming_id,
        table.c.versie == row.versie,
    )
    tx.execute(update(table).where(same).values(toegepast_op=now))


def pending_rules(tx: Connection) -> Sequence[Row[Any]]:
    """Lost steps that ended something and are not taken again yet, in their order.

    A notice that is not known here was not recalled here either: its turn comes when it is.
    """
    return tx.execute(_PENDING_RULES).all()


def note_rule_applied(tx: Connection, row: Row[Any], now: datetime) -> None:
    """A lost step counts in this database again."""
    table = verloren_regel
    same = and_(
        table.c.herstel_id == row.herstel_id,
        table.c.nummer == row.nummer,
        table.c.soort == row.soort,
        table.c.digest == row.digest,
    )
    tx.execute(update(table).where(same).values(toegepast_op=now))


def lost_rules(tx: Connection, herstel_id: UUID) -> Sequence[Row[Any]]:
    """Every step of officers that was lost, in their order."""
    table = verloren_regel
    query = select(table).where(table.c.herstel_id == herstel_id)
    return tx.execute(query.order_by(table.c.nummer)).all()


def other_texts_of(tx: Connection, notice: str, digest: str) -> bool:
    """Whether another text once had the name of this notice, in a stretch that was lost."""
    table = verloren_regel
    query = select(table.c.nummer).where(
        table.c.naam == notice, table.c.digest != digest, table.c.soort.in_(ABOUT_NOTICES)
    )
    return tx.execute(query.limit(1)).first() is not None


def _herstel(row: Row[Any] | None) -> Herstel | None:
    if row is None:
        return None
    values = row._asdict()
    return Herstel(**{**values, "oorzaak": Oorzaak(values["oorzaak"])})
