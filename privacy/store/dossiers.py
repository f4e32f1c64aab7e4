"""Loading and storing casussen: a dossier is one casus with its keys opened and its consent.

Rows are locked in id order, FOR SHARE by disclosures and FOR UPDATE by changes, so that a
withdrawal and a running pack never deadlock and one of them is wholly before the other
(design 6). SQLite has no row locks: there a writing transaction is alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, Select, bindparam, select

from privacy.consent import Statement, Weigering
from privacy.consent_changes import gebrek_table
from privacy.consent_events import Event, Gebeurtenis, states_of
from privacy.dossier import Dossier
from privacy.errors import IntegrityError
from privacy.keys import KeyRing
from privacy.sealed import Label, Sealed
from privacy.store import tables
from privacy.store.chosen import Chosen, in_chunks, over
from privacy.vault import CasusKeys, WrappedKeys, open_keys
from schemas.terms import Doel

# What nothing here asks for is not read: each moment costs as much as a key.
_CASUS: Final = select(
    *(column for column in tables.casus.c if column.name not in {"gedekt_tot", "opgenomen"})
).order_by(tables.casus.c.id)
_OWN: Final = select(tables.casus.c.id).where(tables.casus.c.bronhouder == bindparam("bronhouder"))
_BY_INDEX: Final = over(tables.casus.c.blind_index, _OWN.where)
_EVENTS: Final = over(
    tables.toestemming.c.casus_id,
    select(*(column for column in tables.toestemming.c if column.name != "opgenomen")).where,
)
_STANDS: Final = over(
    tables.mutatie.c.nummer,
    select(tables.mutatie.c.nummer, tables.mutatie.c.versie, tables.mutatie.c.stand).where,
)


class Lock(Enum):
    """How rows are held until the transaction ends; NONE is for a transaction that only reads."""

    NONE = "none"
    SHARE = "share"
    UPDATE = "update"


def _by_id(query: Select[Any]) -> Mapping[Lock, Chosen]:
    return {
        Lock.NONE: over(tables.casus.c.id, query.where),
        Lock.SHARE: over(tables.casus.c.id, query.with_for_update(read=True).where),
        Lock.UPDATE: over(tables.casus.c.id, query.with_for_update().where),
    }


_BY_ID: Final = _by_id(_CASUS)
_OWN_BY_ID: Final = _by_id(
    _CASUS.where(
        tables.casus.c.bronhouder == bindparam("bronhouder"), tables.casus.c.gewist_op.is_(None)
    )
)


def load_by_id(
    tx: Connection, ring: KeyRing, ids: Iterable[UUID], lock: Lock
) -> dict[UUID, Dossier]:
    """The casussen with these ids; an unknown id is simply not in the answer."""
    return _load(tx, ring, in_chunks(tx, _BY_ID[lock], ids))


def load_evenly(
    tx: Connection, ring: KeyRing, ids: Sequence[UUID], lock: Lock
) -> dict[UUID, Dossier]:
    """As `load_by_id`, by the same statements with as many keys, however many ids are unknown."""
    rows = in_chunks(tx, _BY_ID[lock], ids)
    return _opened(ring, rows, load_events(tx, ids))


def load_own(
    tx: Connection, ring: KeyRing, bronhouder: str, ids: Iterable[UUID], lock: Lock
) -> dict[UUID, Dossier]:
    """The casussen of one bronhouder with these ids.

    Another's, and one that is erased, is neither held nor opened: it costs what an unknown id
    costs (design 2.5).
    """
    rows = in_chunks(tx, _OWN_BY_ID[lock], ids, {"bronhouder": bronhouder})
    return _load(tx, ring, rows)


def find_own(tx: Connection, bronhouder: str, indexes: Iterable[bytes]) -> set[UUID]:
    """Ids of the casussen of one bronhouder whose V-nummer has one of these blind indexes.

    Holds nothing: rows are locked by id, so that all who lock many do it in one order.
    """
    rows = in_chunks(tx, _BY_INDEX, indexes, {"bronhouder": bronhouder})
    return {row.id for row in rows}


def _always(_dossier: Dossier) -> bool:
    return True


def load_stands(
    tx: Connection,
    wanted: Iterable[tuple[Dossier, int]],
    needed: Callable[[Dossier], bool] = _always,
) -> dict[int, Sealed]:
    """Summaries by the number of the outbox row that holds them; absent where it was destroyed.

    Absent too where one does not open that is not `needed`; for one that is, IntegrityError.
    """
    by_number = {number: dossier for dossier, number in wanted}
    stands = {}
    for row in in_chunks(tx, _STANDS, by_number):
        if row.stand is None:
            continue  # destroyed since, when the last consent ended
        dossier = by_number[row.nummer]
        try:
            stands[row.nummer] = open_stand(dossier, row.versie, row.stand)
        except IntegrityError:
            if needed(dossier):
                raise
    return stands


def open_stand(dossier: Dossier, versie: int, stand: bytes) -> Sealed:
    """The summary of an outbox row, with the keys of its casus."""
    label = Label(dossier.casus, dossier.label.bronhouder, dossier.label.kenmerk, versie)
    return dossier.keys.decrypt(stand, "stand", label)


def load_events(tx: Connection, casussen: Iterable[UUID]) -> dict[UUID, list[Event]]:
    """The consent events of casussen, oldest first."""
    found: dict[UUID, list[Event]] = {}
    for row in in_chunks(tx, _EVENTS, casussen):
        found.setdefault(row.casus_id, []).append(_event(row))
    for events in found.values():
        events.sort(key=attrgetter("nummer"))
    return found


def _load(tx: Connection, ring: KeyRing, rows: Sequence[Row[Any]]) -> dict[UUID, Dossier]:
    # Consent is read after the lock: what a concurrent withdrawal committed is seen.
    return _opened(ring, rows, load_events(tx, [row.id for row in rows]))


def _opened(
    ring: KeyRing, rows: Sequence[Row[Any]], events: Mapping[UUID, list[Event]]
) -> dict[UUID, Dossier]:
    return {row.id: _dossier(ring, row, events.get(row.id, [])) for row in rows}


def _dossier(ring: KeyRing, row: Row[Any], read: list[Event]) -> Dossier:
    wrapped = WrappedKeys(row.epoch, row.inhoud_sleutel, row.spoor_sleutel)
    keys = open_keys(ring, row.id, wrapped)
    events = [each if each.gebrek is None else _judged(keys, each) for each in read]
    return Dossier(
        label=Label(row.id, row.bronhouder, row.blind_index, row.versie),
        keys=keys,
        statements=states_of(events),
        events=tuple(events),
        stand_nummer=row.stand_nummer,
        stand_van=row.stand_van,
        vingerafdruk=row.vingerafdruk,
        gedekt=row.gedekt,
        beperkt_sinds=row.beperkt_sinds,
        beperking=row.beperking,
    )


def _judged(keys: CasusKeys, event: Event) -> Event:
    """With what is amiss in clear: only where something is, and so seldom."""
    held = event.statement
    code = keys.decrypt_spoor(event.gebrek or b"", gebrek_table(held.toestemming_id), held.versie)
    return replace(event, statement=replace(held, gebrek=Weigering(code.decode())))


def _event(row: Row[Any]) -> Event:
    return Event(
        soort=Gebeurtenis(row.soort),
        nummer=row.nummer,
        statement=Statement(
            toestemming_id=row.toestemming_id,
            versie=row.versie,
            ontvangers=frozenset(row.ontvangers),
            doelen=_doelen(row.doelen),
            eerste_dag=row.eerste_dag,
            laatste_dag=row.laatste_dag,
            verklaring=row.verklaring,
            ingetrokken_op=row.ingetrokken_op,
        ),
        bijzonderheden=row.bijzonderheden,
        handtekening=row.handtekening or b"",
        gebrek=row.gebrek,
    )


@lru_cache(maxsize=256)
def _doelen(words: tuple[str, ...]) -> frozenset[Doel]:
    return frozenset(map(Doel, words))
