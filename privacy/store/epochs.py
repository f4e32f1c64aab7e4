"""Which epoch the database is at: every process goes along with the door, and none before it.

Who holds the door knows that the keys in its hands are those of the database until it commits,
for a new epoch begins only when nobody holds it (`privacy.rollover`). Refuses with
KeysUnavailableError where a key is not here, or is another than the database knows.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from privacy.errors import KeysUnavailableError
from privacy.keys import KeyRing, Standing
from privacy.store.door import Door
from privacy.store.tables import casus, sleutelproef, tijdvak

#: A casus that is erased has neither key, and stands under no epoch.
HAS_A_KEY: Final = or_(casus.c.inhoud_sleutel.is_not(None), casus.c.spoor_sleutel.is_not(None))
_PROOFS: Final = select(sleutelproef.c.epoch, sleutelproef.c.proef).where(
    sleutelproef.c.epoch.between(bindparam("oudste"), bindparam("tijdvak"))
)


class Tijdvak(NamedTuple):
    """One epoch: when it began, when its key was destroyed, and how many casussen are under it."""

    nummer: int
    begonnen: datetime | None
    vernietigd: datetime | None
    casussen: int


def keep_up(tx: Connection, ring: KeyRing, door: Door) -> None:
    """Have the ring stand where the door of this transaction stands. Mostly nothing is read."""
    standing = ring.standing
    at, told = (standing.tijdvak, standing.oudste), (door.tijdvak, door.oudste_tijdvak)
    # Who only looks may see a moment ago: what others hold now is newer, and opens that too.
    if standing.of_door and (at == told or (told < at and not door.held)):
        return
    found = ring.standing_at(door.tijdvak, door.oudste_tijdvak)
    _require_proven(tx, found)
    ring.stand(found)


def _require_proven(tx: Connection, found: Standing) -> None:
    """A casus that is wrapped under a key of our own making is lost to every other process."""
    rows = tx.execute(_PROOFS, {"oudste": found.oudste, "tijdvak": found.tijdvak})
    for epoch, proof in rows:
        if epoch in found.epochs and found.epochs[epoch].proof() != proof:
            raise KeysUnavailableError(_foreign(epoch))


def _foreign(epoch: int) -> str:
    return f"De sleutel van tijdvak {epoch} hoort niet bij deze database."


def highest_known(tx: Connection) -> int:
    """The highest number that was ever an epoch's: none is given twice."""
    numbers = (
        tx.execute(select(func.max(column))).scalar() or 0
        for column in (sleutelproef.c.epoch, tijdvak.c.nummer, casus.c.epoch)
    )
    return max(numbers)


def note_begun(tx: Connection, nummer: int, proof: bytes, now: datetime, *, before: int) -> None:
    """Write down that an epoch began after `before`, with the mark by which its key is known.

    KeysUnavailableError where another key of this number is known: of another machine, perhaps.
    """
    marked = select(sleutelproef.c.proef).where(sleutelproef.c.epoch == nummer)
    known = tx.execute(marked).scalar()
    if known not in {None, proof}:
        raise KeysUnavailableError(_foreign(nummer))
    if tx.execute(select(tijdvak.c.nummer)).first() is None:
        # The first one began when the gateway was installed; nobody wrote that down.
        since = tx.execute(select(func.min(casus.c.opgenomen))).scalar() or now
        tx.execute(insert(tijdvak), {"nummer": before, "begonnen": since})
    tx.execute(insert(tijdvak), {"nummer": nummer, "begonnen": now})
    if known is None:
        tx.execute(insert(sleutelproef), {"epoch": nummer, "proef": proof})


def note_destroyed(tx: Connection, nummer: int, now: datetime) -> bool:
    """Write down that the key of an epoch is gone; False where that was written already."""
    still = (tijdvak.c.nummer == nummer) & tijdvak.c.vernietigd.is_(None)
    return tx.execute(update(tijdvak).where(still).values(vernietigd=now)).rowcount == 1


def left_under(tx: Connection, before: int) -> int:
    """How many casussen stand under an older epoch than this. Reads every casus."""
    query = select(func.count()).select_from(casus).where(casus.c.epoch < before, HAS_A_KEY)
    found: int = tx.execute(query).scalar_one()
    return found


def to_destroy(tx: Connection, oudste: int) -> dict[int, bytes]:
    """Epochs that no casus needs any more and whose key is not known to be gone: their marks."""
    query = (
        select(tijdvak.c.nummer, sleutelproef.c.proef)
        .outerjoin(sleutelproef, sleutelproef.c.epoch == tijdvak.c.nummer)
        .where(tijdvak.c.nummer < oudste, tijdvak.c.vernietigd.is_(None))
        .order_by(tijdvak.c.nummer)
    )
    return {row.nummer: row.proef or b"" for row in tx.execute(query)}


def proofs_before(tx: Connection, oudste: int) -> Mapping[int, bytes]:
    """The marks of the keys of all older epochs, by which their files are known."""
    rows = tx.execute(_PROOFS, {"oudste": 1, "tijdvak": oudste - 1})
    return {row.epoch: row.proef for row in rows}


def read_epochs(tx: Connection) -> list[Tijdvak]:
    """Every epoch that there ever was, oldest first."""
    counted = select(casus.c.epoch, func.count()).where(HAS_A_KEY).group_by(casus.c.epoch)
    casussen = {row[0]: row[1] for row in tx.execute(counted)}
    noted = {row.nummer: row for row in tx.execute(select(tijdvak))}
    marks = select(sleutelproef.c.epoch).where(sleutelproef.c.epoch > 0)
    numbers = sorted({*noted, *casussen, *tx.execute(marks).scalars()})
    return [
        Tijdvak(
            nummer,
            noted[nummer].begonnen if nummer in noted else None,
            noted[nummer].vernietigd if nummer in noted else None,
            casussen.get(nummer, 0),
        )
        for nummer in numbers
    ]
