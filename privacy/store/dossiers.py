"""Loading and storing casussen: a dossier is one casus with its keys opened and its consent.

Rows are locked in id order, FOR SHARE by disclosures and FOR UPDATE by changes, so that a
withdrawal and a running pack never deadlock and one of them is wholly before the other
(design 6). SQLite has no row locks: there a writing transaction is alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BindParameter, Connection, Row, Select, bindparam, select

from privacy.consent import Event, Gebeurtenis, Statement, states_of
from privacy.dossier import Dossier
from privacy.keys import KeyRing
from privacy.sealed import Label, Sealed
from privacy.store import tables
from privacy.vault import WrappedKeys, open_keys
from schemas.terms import Doel

#: Parameters of one IN list; far below the limits of both databases.
CHUNK: Final = 500

# Built once: building a statement costs as much as running it.
_CHOSEN: Final[BindParameter[Any]] = bindparam("chosen", expanding=True)
_CASUS: Final = select(tables.casus).order_by(tables.casus.c.id)
_BY_ID: Final = _CASUS.where(tables.casus.c.id.in_(_CHOSEN))
_BY_INDEX: Final = select(tables.casus.c.id).where(
    tables.casus.c.bronhouder == bindparam("bronhouder"), tables.casus.c.blind_index.in_(_CHOSEN)
)
_EVENTS: Final = select(tables.toestemming).where(tables.toestemming.c.casus_id.in_(_CHOSEN))
_STANDS: Final = select(
    tables.mutatie.c.nummer, tables.mutatie.c.versie, tables.mutatie.c.stand
).where(tables.mutatie.c.nummer.in_(_CHOSEN))


class Lock(Enum):
    """How rows are held until the transaction ends; NONE is for a transaction that only reads."""

    NONE = "none"
    SHARE = "share"
    UPDATE = "update"


_Locked = Mapping[Lock, Select[Any]]


def _locked(query: Select[Any]) -> _Locked:
    return {
        Lock.NONE: query,
        Lock.SHARE: query.with_for_update(read=True),
        Lock.UPDATE: query.with_for_update(),
    }


_BY_ID_LOCKED: Final = _locked(_BY_ID)


def load_by_id(
    tx: Connection, ring: KeyRing, ids: Iterable[UUID], lock: Lock
) -> dict[UUID, Dossier]:
    """The casussen with these ids; an unknown id is simply not in the answer."""
    return _load(tx, ring, in_chunks(tx, _BY_ID_LOCKED[lock], ids))


def find_own(tx: Connection, bronhouder: str, indexes: Iterable[bytes]) -> set[UUID]:
    """Ids of the casussen of one bronhouder whose V-nummer has one of these blind indexes.

    Holds nothing: rows are locked by id, so that all who lock many do it in one order.
    """
    rows = in_chunks(tx, _BY_INDEX, indexes, {"bronhouder": bronhouder})
    return {row.id for row in rows}


def load_stands(tx: Connection, wanted: Iterable[tuple[Dossier, int]]) -> dict[int, Sealed]:
    """Summaries by the number of the outbox row that holds them."""
    by_number = {number: dossier for dossier, number in wanted}
    stands = {}
    for row in in_chunks(tx, _STANDS, by_number):
        dossier = by_number[row.nummer]
        label = Label(dossier.casus, dossier.label.bronhouder, dossier.label.kenmerk, row.versie)
        stands[row.nummer] = dossier.keys.decrypt(row.stand, "stand", label)
    return stands


def load_events(tx: Connection, casussen: Iterable[UUID]) -> dict[UUID, list[Event]]:
    """The consent events of casussen, oldest first."""
    found: dict[UUID, list[Event]] = {}
    for row in in_chunks(tx, _EVENTS, casussen):
        found.setdefault(row.casus_id, []).append(_event(row))
    for events in found.values():
        events.sort(key=attrgetter("nummer"))
    return found


def in_chunks(
    tx: Connection,
    query: Select[Any],
    keys: Iterable[Any],
    parameters: Mapping[str, Any] | None = None,
) -> list[Row[Any]]:
    """All rows of a query over the keys, asked for in order and by the chunk (`chosen`)."""
    ordered = sorted(set(keys))
    return [
        row
        for start in range(0, len(ordered), CHUNK)
        for row in tx.execute(
            query, {**(parameters or {}), "chosen": ordered[start : start + CHUNK]}
        )
    ]


def _load(tx: Connection, ring: KeyRing, rows: Sequence[Row[Any]]) -> dict[UUID, Dossier]:
    # Consent is read after the lock: what a concurrent withdrawal committed is seen.
    events = load_events(tx, [row.id for row in rows])
    return {row.id: _dossier(ring, row, events.get(row.id, [])) for row in rows}


def _dossier(ring: KeyRing, row: Row[Any], events: list[Event]) -> Dossier:
    wrapped = WrappedKeys(row.epoch, row.inhoud_sleutel, row.spoor_sleutel)
    return Dossier(
        label=Label(row.id, row.bronhouder, row.blind_index, row.versie),
        keys=open_keys(ring, row.id, wrapped),
        statements=states_of(events),
        events=tuple(events),
        stand_nummer=row.stand_nummer,
        stand_van=row.stand_van,
        vingerafdruk=row.vingerafdruk,
        gedekt=row.gedekt,
    )


def _event(row: Row[Any]) -> Event:
    return Event(
        soort=Gebeurtenis(row.soort),
        nummer=row.nummer,
        statement=Statement(
            toestemming_id=row.toestemming_id,
            versie=row.versie,
            ontvangers=frozenset(row.ontvangers),
            doelen=frozenset(Doel(word) for word in row.doelen),
            eerste_dag=row.eerste_dag,
            laatste_dag=row.laatste_dag,
            verklaring=row.verklaring,
            ingetrokken_op=row.ingetrokken_op,
        ),
        bijzonderheden=row.bijzonderheden,
    )
