"""What a restore lost of the log, as it was found again in a copy, and what came of it.

A lost withdrawal stays for as long as its statement may still be delivered, and a lost step of
officers for as long as its notice may still be taken in.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
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


def keep_fork(tx: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep entries of another branch, beside the log: nothing is ever written over."""
    tx.execute(insert(logvork), rows)


def is_kept(tx: Connection, nummer: int, blad: bytes) -> bool:
    """Whether this entry was kept as one of another branch before."""
    query = select(logvork.c.nummer).where(logvork.c.nummer == nummer, logvork.c.blad == blad)
    return tx.execute(query).first() is not None


def kept_lines(tx: Connection, herstel_id: UUID | None = None) -> list[bytes]:
    """The entries that were kept beside the log, in their order; without a restore those of all."""
    query = select(logvork.c.regel).order_by(logvork.c.nummer, logvork.c.blad)
    if herstel_id is not None:
        query = query.where(logvork.c.herstel_id == herstel_id)
    return list(tx.execute(query).scalars())


def pending_withdrawals(tx: Connection) -> Sequence[Row[Any]]:
    """Lost withdrawals of statements that are known here and not yet withdrawn again."""
    return tx.execute(_PENDING).all()


def lost_withdrawals(
    tx: Connection, bronhouder: str, statements: Collection[UUID]
) -> Sequence[Row[Any]]:
    """What the log knows to be withdrawn of these statements, of whichever restore."""
    return in_chunks(tx, _LOST_OF, statements, {"bronhouder": bronhouder})


def note_applied(tx: Connection, table: Table, row: Row[Any], now: datetime) -> None:
    """What a row of this table says was lost, counts in the database again."""
    same = and_(*(column == getattr(row, column.name) for column in table.primary_key))
    tx.execute(update(table).where(same).values(toegepast_op=now))


def pending_rules(tx: Connection) -> Sequence[Row[Any]]:
    """Lost steps that ended something and are not taken again yet, in their order.

    A notice that is not known here was not recalled here either: its turn comes when it is.
    """
    return tx.execute(_PENDING_RULES).all()


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
