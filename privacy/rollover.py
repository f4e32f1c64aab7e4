"""Rolling over to a new epoch: what lives goes along, and the old key is destroyed.

What was erased before had its keys wrapped under the old epoch, in rows that are gone but may
still be read in a backup, a replica or the log of the database. With the old key destroyed they
are nothing, and the old blind indexes are of no number any more (design 3; AVG 17).

In steps, each of which may be killed and is gone on with: a key file, a door that says so, every
casus wrapped anew in id order, a door that says that too, and only then the file destroyed. Any
number of processes go on working meanwhile. Only one may roll over at a time: that is for who
calls this. A casus that does not open is counted, left as it is, and stops the destruction
(RolloverStoppedError). Not promised: anything of a copy of a key file that was made elsewhere.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Engine, Integer, LargeBinary, Row, bindparam, select, update

from privacy.epoch_files import (
    clear_left_over,
    destroy_epoch,
    make_epoch,
    numbers_in,
    path_of,
    read_secret,
)
from privacy.errors import KeysUnavailableError, PrivacyError, RolloverStoppedError
from privacy.keys import Epoch, KeyRing
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort, Herkomst
from privacy.sealed import Label
from privacy.store.door import (
    hold_against_all,
    hold_alone,
    hold_door,
    note_epoch,
    note_oldest,
    read_door,
)
from privacy.store.engine import loser_tries_again, reading, writing
from privacy.store.epochs import (
    HAS_A_KEY,
    highest_known,
    keep_up,
    left_under,
    note_begun,
    note_destroyed,
    proofs_before,
    to_destroy,
)
from privacy.store.tables import casus, mutatie
from privacy.vault import WrappedKeys, open_keys, wrap_again

_AT_ONCE: Final = 200
_BEGIN: Final = UUID(int=0)
# In id order, as everybody locks many: two who meet never wait for each other.
_NEXT: Final = (
    select(
        casus.c.id,
        casus.c.bronhouder,
        casus.c.epoch,
        casus.c.inhoud_sleutel,
        casus.c.spoor_sleutel,
        casus.c.nummer,
        casus.c.stand_nummer,
    )
    .where(casus.c.id > bindparam("last", type_=casus.c.id.type))
    .where(casus.c.epoch < bindparam("before", type_=Integer), HAS_A_KEY)
    .order_by(casus.c.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update()
)
_STAND: Final = select(mutatie.c.versie, mutatie.c.stand).where(
    mutatie.c.nummer == bindparam("stand_nummer")
)
_MOVE: Final = (
    update(casus)
    .where(casus.c.id == bindparam("b_id"))
    .values(
        epoch=bindparam("b_epoch"),
        inhoud_sleutel=bindparam("b_inhoud", type_=LargeBinary),
        spoor_sleutel=bindparam("b_spoor", type_=LargeBinary),
        blind_index=bindparam("b_index"),
        nummer=bindparam("b_nummer"),
    )
)


@dataclass(frozen=True, slots=True)
class House:
    """What is rolled over: a database, the keys of it, and the folder in which they stand."""

    engine: Engine
    ring: KeyRing
    folder: Path
    now: Callable[[], datetime]
    herkomst: Herkomst


@dataclass(slots=True)
class Rolled:
    """What was done: the epoch that is written under, how many casussen moved, what is gone."""

    tijdvak: int
    omgezet: int = 0
    onleesbaar: int = 0
    vernietigd: list[int] = field(default_factory=list)


def roll_over(house: House) -> Rolled:
    """Begin a new epoch now, and destroy the old. What an earlier one left is finished first."""
    finish(house)
    clear_left_over(house.folder)
    begin(house, prepare(house))
    return finish(house)


def prepare(house: House) -> int:
    """Make the key of the next epoch, if it is not there; its number. Nothing uses it yet."""
    with reading(house.engine) as tx:
        at, known = read_door(tx).tijdvak, highest_known(tx)
    waiting = [number for number in numbers_in(house.folder) if number > at]
    if waiting:
        return max(waiting)
    make_epoch(house.folder, known + 1)
    return known + 1


@loser_tries_again
def begin(house: House, number: int) -> None:
    """From this commit on everybody writes under this epoch; nothing where it began already."""
    epoch = Epoch.of(number, read_secret(numbers_in(house.folder)[number]))
    with writing(house.engine) as tx:
        hold_alone(tx)
        door = read_door(tx)
        if door.tijdvak >= number:
            return
        now, proof = house.now(), epoch.proof()
        note_begun(tx, number, proof, now, before=door.tijdvak)
        note_epoch(tx, number)
        append(tx, [_entry(house, Auditsoort.TIJDVAK_BEGONNEN, proof, now)], now)


def finish(house: House) -> Rolled:
    """Move what still stands under an older epoch, and destroy the keys that nothing needs.

    RolloverStoppedError where casussen do not open: of those nothing is touched. Mostly there is
    nothing to do, and one row is read.
    """
    with reading(house.engine) as tx:
        door = read_door(tx)
    done = Rolled(door.tijdvak)
    if door.oudste_tijdvak < door.tijdvak:
        _move_all(house, done)
        _note_moved(house, done)
    _destroy(house, done)
    return done


def _move_all(house: House, done: Rolled) -> None:
    last: UUID | None = _BEGIN
    while last is not None:
        last = _move_some(house, done, last)


@loser_tries_again
def _move_some(house: House, done: Rolled, last: UUID) -> UUID | None:
    """Move the casussen after this one; the last of them, None where there were no more."""
    with writing(house.engine) as tx:
        door = hold_door(tx)
        keep_up(tx, house.ring, door)
        found = tx.execute(_NEXT, {"last": last, "before": door.tijdvak, "most": _AT_ONCE}).all()
        moved = [row for row in (_moved(tx, house.ring, each) for each in found) if row]
        if moved:
            tx.execute(_MOVE, moved)
    done.omgezet += len(moved)
    done.onleesbaar += len(found) - len(moved)
    return found[-1].id if found else None


def _moved(tx: Connection, ring: KeyRing, row: Row[*tuple[Any, ...]]) -> dict[str, Any] | None:
    """A casus under the epoch of now; None where it does not open."""
    try:
        wrapped = WrappedKeys(row.epoch, row.inhoud_sleutel, row.spoor_sleutel)
        keys = open_keys(ring, row.id, wrapped)
        nummer = row.nummer
        if nummer is None:
            versie, stand = tx.execute(_STAND, {"stand_nummer": row.stand_nummer}).one()
            nummer = keys.encrypt_nummer(
                keys.decrypt(stand, "stand", Label(row.id, row.bronhouder, b"", versie))
            )
        again = wrap_again(ring, row.id, wrapped)
        index = keys.index_again(ring, row.bronhouder, nummer)
    except (PrivacyError, LookupError, TypeError):
        return None
    return {
        "b_id": row.id,
        "b_epoch": again.epoch,
        "b_inhoud": again.inhoud,
        "b_spoor": again.spoor,
        "b_index": index,
        "b_nummer": nummer,
    }


@loser_tries_again
def _note_moved(house: House, done: Rolled) -> None:
    """From this commit on nobody needs an older key; RolloverStoppedError while somebody does."""
    with writing(house.engine) as tx:
        hold_against_all(tx)
        door = read_door(tx)
        left = left_under(tx, door.tijdvak)
        if left:
            raise RolloverStoppedError(
                f"{left} casussen staan nog onder een ouder tijdvak en gaan niet open. "
                "Er is geen sleutel vernietigd; zie docs/sleutels.md."
            )
        note_oldest(tx, door.tijdvak)
    done.tijdvak = door.tijdvak


def _destroy(house: House, done: Rolled) -> None:
    _destroy_own(house)
    with reading(house.engine) as tx:
        door = read_door(tx)
        keep_up(tx, house.ring, door)
        going = to_destroy(tx, door.oudste_tijdvak)
    for number, proof in going.items():
        if number in numbers_in(house.folder):
            raise KeysUnavailableError(
                f"{path_of(house.folder, number).name} hoort niet bij deze database."
            )
        # Also where one was killed after the file had lost its name.
        destroy_epoch(house.folder, number)
        _note_destroyed(house, number, proof)
        done.vernietigd.append(number)


def _destroy_own(house: House) -> None:
    """Destroy the files of this machine that no casus needs any more.

    Only of keys that this database knows as its own: a folder may belong to another.
    """
    with reading(house.engine) as tx:
        proofs = proofs_before(tx, read_door(tx).oudste_tijdvak)
    for number, path in numbers_in(house.folder).items():
        if number in proofs and Epoch.of(number, read_secret(path)).proof() == proofs[number]:
            destroy_epoch(house.folder, number)


@loser_tries_again
def _note_destroyed(house: House, number: int, proof: bytes) -> None:
    with writing(house.engine) as tx:
        now = house.now()
        if note_destroyed(tx, number, now):
            append(tx, [_entry(house, Auditsoort.TIJDVAK_VERNIETIGD, proof, now)], now)


def _entry(house: House, soort: Auditsoort, proof: bytes, now: datetime) -> AuditEntry:
    """Which key it was is told by its mark, which stays in the database (`sleutelproef`)."""
    return AuditEntry(soort=soort, tijd=now, afdruk=proof.hex() or None, **house.herkomst)
