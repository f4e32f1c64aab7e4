"""Going through every casus, to count: in one reading transaction, lot by lot, locking nothing.

One that is erased is passed over. A casus whose keys do not open is counted apart, and holds up no
other.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, Integer, bindparam, func, select

from privacy.dossier import Dossier
from privacy.errors import PrivacyError
from privacy.keys import KeyRing
from privacy.sealed import Sealed
from privacy.store import tables
from privacy.store.dossiers import Lock, load_by_id, load_stands

_AT_ONCE: Final = 500
_NEXT: Final = (
    select(tables.casus.c.id)
    .where(
        tables.casus.c.id > bindparam("last", type_=tables.casus.c.id.type),
        tables.casus.c.gewist_op.is_(None),
    )
    .order_by(tables.casus.c.id)
    .limit(bindparam("most", type_=Integer))
)
_COUNT: Final = (
    select(func.count()).select_from(tables.casus).where(tables.casus.c.gewist_op.is_(None))
)


@dataclass(slots=True)
class Lot:
    """Some casussen with their summary, None where there is none or nobody asked for it.

    `onleesbaar`: how many more there were, whose keys or summary do not open.
    """

    gelezen: list[tuple[Dossier, Sealed | None]] = field(default_factory=list)
    onleesbaar: int = 0

    def __len__(self) -> int:
        return len(self.gelezen) + self.onleesbaar


def count_casussen(tx: Connection) -> int:
    """How many there are, to show how far it is."""
    found: int = tx.execute(_COUNT).scalar_one()
    return found


def scan(tx: Connection, ring: KeyRing, wanted: Callable[[Dossier], bool]) -> Iterator[Lot]:
    """Every casus of this transaction, once; of those that are `wanted` the summary is opened."""
    last = UUID(int=0)
    while ids := tx.execute(_NEXT, {"last": last, "most": _AT_ONCE}).scalars().all():
        last = ids[-1]
        try:
            lot = _read(tx, ring, ids, wanted)
        except PrivacyError:
            lot = _one_by_one(tx, ring, ids, wanted)
        yield lot


def _read(
    tx: Connection, ring: KeyRing, ids: Sequence[UUID], wanted: Callable[[Dossier], bool]
) -> Lot:
    dossiers = load_by_id(tx, ring, ids, Lock.NONE).values()
    numbers = {
        each.casus: each.stand_nummer
        for each in dossiers
        if each.stand_nummer is not None and wanted(each)
    }
    stands = load_stands(
        tx, [(each, numbers[each.casus]) for each in dossiers if each.casus in numbers]
    )
    # The number of the first row ever is 0.
    return Lot([(each, stands.get(numbers.get(each.casus, -1))) for each in dossiers])


def _one_by_one(
    tx: Connection, ring: KeyRing, ids: Sequence[UUID], wanted: Callable[[Dossier], bool]
) -> Lot:
    lot = Lot()
    for each in ids:
        try:
            lot.gelezen += _read(tx, ring, [each], wanted).gelezen
        except PrivacyError:
            lot.onleesbaar += 1
    return lot
