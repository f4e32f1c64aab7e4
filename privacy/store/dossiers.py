"""Loading and storing casussen: a dossier is one casus with its keys opened and its consent.

Rows are locked in id order, FOR SHARE by disclosures and FOR UPDATE by changes, so that a
withdrawal and a running pack never deadlock and one of them is wholly before the other
(design 6). SQLite has no row locks: there a writing transaction is alone.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, select

from privacy.consent import Event, Gebeurtenis, Statement, states_of
from privacy.dossier import Dossier
from privacy.keys import KeyRing
from privacy.sealed import Label, Sealed
from privacy.store import tables
from privacy.vault import WrappedKeys, open_keys
from schemas.terms import Doel

#: Parameters of one IN list; far below the limits of both databases.
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Lock:
    """How rows are held until the transaction ends."""

    read: bool


SHARE = Lock(read=True)
UPDATE = Lock(read=False)


def load_by_id(
    tx: Connection, ring: KeyRing, ids: Iterable[UUID], lock: Lock
) -> dict[UUID, Dossier]:
    """The casussen with these ids; an unknown id is simply not in the answer."""
    return _load(tx, ring, sorted(set(ids)), tables.casus.c.id.in_, lock=lock)


def load_by_index(
    tx: Connection, ring: KeyRing, bronhouder: str, indexes: Iterable[bytes], *, lock: Lock
) -> dict[UUID, Dossier]:
    """The casussen of one bronhouder whose V-nummer has one of these blind indexes."""
    own = tables.casus.c.bronhouder == bronhouder
    return _load(
        tx,
        ring,
        sorted(set(indexes)),
        lambda chunk: own & tables.casus.c.blind_index.in_(chunk),
        lock=lock,
    )


def load_stands(tx: Connection, wanted: Iterable[tuple[Dossier, int]]) -> dict[int, Sealed]:
    """Summaries by the number of the outbox row that holds them."""
    by_number = {number: dossier for dossier, number in wanted}
    columns = (tables.mutatie.c.nummer, tables.mutatie.c.versie, tables.mutatie.c.stand)
    stands = {}
    for row in _chunked(tx, columns, sorted(by_number), tables.mutatie.c.nummer.in_):
        dossier = by_number[row.nummer]
        label = Label(dossier.casus, dossier.label.bronhouder, dossier.label.kenmerk, row.versie)
        stands[row.nummer] = dossier.keys.decrypt(row.stand, "stand", label)
    return stands


def _load(
    tx: Connection,
    ring: KeyRing,
    keys: Sequence[Any],
    condition: Callable[[Any], ColumnElement[bool]],
    *,
    lock: Lock,
) -> dict[UUID, Dossier]:
    table = tables.casus
    rows: list[Row[Any]] = []
    for start in range(0, len(keys), _CHUNK):
        chosen = condition(keys[start : start + _CHUNK])
        query = select(table).where(chosen).order_by(table.c.id)
        rows.extend(tx.execute(query.with_for_update(read=lock.read)))
    # Consent is read after the lock: what a concurrent withdrawal committed is seen.
    events = load_events(tx, [row.id for row in rows])
    return {row.id: _dossier(ring, row, events.get(row.id, [])) for row in rows}


def load_events(tx: Connection, casussen: Sequence[UUID]) -> dict[UUID, list[Event]]:
    """The consent events of casussen, oldest first."""
    table = tables.toestemming
    found: dict[UUID, list[Event]] = {}
    for row in _chunked(tx, tuple(table.c), sorted(casussen), table.c.casus_id.in_):
        found.setdefault(row.casus_id, []).append(_event(row))
    for events in found.values():
        events.sort(key=lambda event: event.nummer)
    return found


def _chunked(
    tx: Connection,
    columns: Sequence[Any],
    keys: Sequence[Any],
    condition: Callable[[Any], ColumnElement[bool]],
) -> Iterable[Row[Any]]:
    for start in range(0, len(keys), _CHUNK):
        yield from tx.execute(select(*columns).where(condition(keys[start : start + _CHUNK])))


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
        gedekt={name: held["doelen"] for name, held in row.gedekt.items()},
        gedekt_sinds={name: held["sinds"] for name, held in row.gedekt.items() if "sinds" in held},
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
