"""Recalls: what each earlier recipient is owed when a ground ends (AVG 19), until it confirms.

Other notices of AVG 19 stand here too (`soort`); they are made in `privacy.store.kennisgevingen`.

A row is made in the commit that ended the ground, for whoever has a casusreferentie: also for a
recipient that takes part no longer. Its own table, so that it outlives the outbox and the keys of
the casus: whom it is about is known by the reference alone.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    ForeignKey,
    Integer,
    Row,
    Select,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    bindparam,
    select,
    update,
)

from privacy.errors import PrivacyError
from privacy.keys import KeyRing
from privacy.plan import Plan, ended_for
from privacy.store.bulk import insert_rows
from privacy.store.chosen import in_chunks, over
from privacy.store.codes import Codes
from privacy.store.metadata import metadata
from privacy.store.moment import UtcMoment
from privacy.store.tables import casus, casusreferentie
from privacy.vault import CasusKeys, WrappedKeys, open_keys
from schemas.terms import Doel, Kennisgevingssoort

terugroeping = Table(
    "terugroeping",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("casus_id", Uuid, ForeignKey("casus.id"), nullable=False),
    Column("ontvanger", String(64), nullable=False),
    # What the recipient is told: `terugroeping`, or another notice of AVG 19.
    Column("soort", String(24), nullable=False, server_default="terugroeping"),
    # The purposes that ended; all there are, where nothing is left.
    Column("doelen", Codes, nullable=False),
    # Of a rectificatie, the names of the corrected fields.
    Column("velden", Codes, nullable=False, server_default=""),
    # The log entry, and so the row of the outbox, that ended them.
    Column("nummer", BigInteger, nullable=False),
    Column("uiterlijk", Date, nullable=False, index=True),
    Column("bevestigd_op", UtcMoment),
    UniqueConstraint("ontvanger", "nummer"),
)

#: Of one recipient, with the name under which that recipient knows the casus.
_KNOWN: Final = (
    select(terugroeping, casusreferentie.c.referentie)
    .join(
        casusreferentie,
        (casusreferentie.c.casus_id == terugroeping.c.casus_id)
        & (casusreferentie.c.ontvanger == terugroeping.c.ontvanger),
    )
    .where(terugroeping.c.ontvanger == bindparam("ontvanger"))
)
_OF_ROWS: Final = over(terugroeping.c.nummer, _KNOWN.where)
_AFTER: Final = (
    _KNOWN.where(terugroeping.c.nummer > bindparam("after"))
    .order_by(terugroeping.c.nummer)
    .limit(bindparam("most", type_=Integer))
)
_OPEN_AFTER: Final = _AFTER.where(terugroeping.c.bevestigd_op.is_(None))
_EARLIER: Final = over(
    casusreferentie.c.casus_id,
    select(casusreferentie.c.casus_id, casusreferentie.c.ontvanger).where,
)
_TRACES: Final = over(
    casus.c.id, select(casus.c.id, casus.c.bronhouder, casus.c.epoch, casus.c.spoor_sleutel).where
)
_ONE: Final = _KNOWN.where(terugroeping.c.id == bindparam("wanted"))
_CONFIRM: Final = (
    update(terugroeping)
    .where(
        terugroeping.c.id == bindparam("wanted"),
        terugroeping.c.ontvanger == bindparam("of"),
        terugroeping.c.bevestigd_op.is_(None),
    )
    .values(bevestigd_op=bindparam("moment"))
)


@dataclass(frozen=True, slots=True)
class Recall:
    """One recall or other notice, with the name that its recipient knows the casus by."""

    terugroeping_id: UUID
    casus: UUID
    ontvanger: str
    doelen: frozenset[Doel]
    nummer: int
    uiterlijk: date
    bevestigd_op: datetime | None
    referentie: UUID
    soort: Kennisgevingssoort = Kennisgevingssoort.TERUGROEPING
    velden: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: Row[Any]) -> "Recall":
        """As it stands in the database."""
        return cls(
            terugroeping_id=row.id,
            casus=row.casus_id,
            ontvanger=row.ontvanger,
            doelen=frozenset(map(Doel, row.doelen)),
            nummer=row.nummer,
            uiterlijk=row.uiterlijk,
            bevestigd_op=row.bevestigd_op,
            referentie=row.referentie,
            soort=Kennisgevingssoort(row.soort),
            velden=row.velden,
        )


def recall_id(mutatie_id: UUID, recipient: str) -> UUID:
    """Of a row of the outbox for one recipient: two recipients cannot match theirs."""
    return uuid5(mutatie_id, f"{recipient} terugroeping")


def owe_recalls(
    tx: Connection, plans: Mapping[int, Plan], mutaties: Mapping[int, UUID], uiterlijk: date
) -> None:
    """Write down what the plans owe to whoever got these casussen before.

    The casussen are held by the caller FOR UPDATE: nobody gets one of them meanwhile.
    """
    ending = {plan.casus: number for number, plan in plans.items() if plan.ground.beeindigd}
    if not ending:
        return
    rows = []
    for earlier in in_chunks(tx, _EARLIER, ending):
        number = ending[earlier.casus_id]
        ended = ended_for(plans[number].ground.beeindigd, earlier.ontvanger)
        if ended is not None:
            rows.append(
                {
                    "id": recall_id(mutaties[number], earlier.ontvanger),
                    "casus_id": earlier.casus_id,
                    "ontvanger": earlier.ontvanger,
                    "doelen": sorted(ended),
                    "nummer": number,
                    "uiterlijk": uiterlijk,
                }
            )
    insert_rows(tx, terugroeping, rows)


def due_by(day: date, term_days: int) -> date:
    """The last day on which a recall of this day can be confirmed in time."""
    return day + timedelta(days=term_days)


def recalls_of_rows(tx: Connection, recipient: str, numbers: Iterable[int]) -> dict[int, Recall]:
    """By the number of the row of the outbox that owes it."""
    rows = in_chunks(tx, _OF_ROWS, numbers, {"ontvanger": recipient})
    return {row.nummer: Recall.of(row) for row in rows}


def recalls_after(
    tx: Connection, recipient: str, number: int, most: int, *, only_open: bool = False
) -> list[Recall]:
    """The recalls of one recipient after a number, in order of the log."""
    query: Select[Any] = _OPEN_AFTER if only_open else _AFTER
    asked = {"ontvanger": recipient, "after": number, "most": most}
    return [Recall.of(row) for row in tx.execute(query, asked)]


def find_recall(tx: Connection, recipient: str, terugroeping_id: UUID) -> Recall | None:
    """One of this recipient's own; None for another's, as for one that is not there."""
    asked = {"ontvanger": recipient, "wanted": terugroeping_id}
    row = tx.execute(_ONE, asked).one_or_none()
    return None if row is None else Recall.of(row)


def load_traces(
    tx: Connection, ring: KeyRing, casussen: Iterable[UUID]
) -> dict[UUID, tuple[str, CasusKeys | None]]:
    """Whose each casus is, with what names it in the log; None where its key does not open."""
    return {row.id: (row.bronhouder, _spoor(ring, row)) for row in in_chunks(tx, _TRACES, casussen)}


def find_traces(
    tx: Connection, ring: KeyRing, pseudoniemen: Collection[str]
) -> dict[str, tuple[UUID, CasusKeys]]:
    """The casussen that the log calls by these names, by name; every key there is, is opened."""
    if not pseudoniemen:
        return {}
    held = select(casus.c.id).where(casus.c.spoor_sleutel.is_not(None))
    traces = load_traces(tx, ring, tx.execute(held).scalars().all())
    names = {keys.pseudoniem(): (each, keys) for each, (_of, keys) in traces.items() if keys}
    return {name: names[name] for name in pseudoniemen if name in names}


def _spoor(ring: KeyRing, row: Row[Any]) -> CasusKeys | None:
    if row.spoor_sleutel is None:
        return None  # erased
    try:
        return open_keys(ring, row.id, WrappedKeys(row.epoch, None, row.spoor_sleutel))
    except PrivacyError:
        return None


def owed_by(tx: Connection, nummer: int) -> Sequence[Row[UUID, str, date]]:
    """Who owes a confirmation by one row of the outbox, by when, and under which id."""
    columns = (terugroeping.c.id, terugroeping.c.ontvanger, terugroeping.c.uiterlijk)
    query = select(*columns).where(terugroeping.c.nummer == nummer)
    return tx.execute(query.order_by(terugroeping.c.ontvanger)).all()


def confirm_recall(tx: Connection, recall: Recall, now: datetime) -> bool:
    """Note the confirmation; False, and nothing changed, where it was confirmed before."""
    asked = {"wanted": recall.terugroeping_id, "of": recall.ontvanger, "moment": now}
    return tx.execute(_CONFIRM, asked).rowcount == 1
