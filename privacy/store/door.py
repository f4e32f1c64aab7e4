"""The door: one row that every disclosure reads, in the transaction in which it discloses."""

from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, select, text, update

from privacy.errors import RestoredError
from privacy.store.bulk import inserting
from privacy.store.direct import Direct
from privacy.store.tables import poort

_ID: Final = 1
_QUERY: Final = select(
    poort.c.regels,
    poort.c.gesloten_sinds,
    poort.c.herstel,
    poort.c.tijdvak,
    poort.c.oudste_tijdvak,
).where(poort.c.id == _ID)
_READ: Final = Direct(_QUERY)
#: Whoever goes by the rules keeps them as they are until its commit. SQLite has no such locks:
#: there a transaction that writes is alone.
_HOLD: Final = Direct(_QUERY.with_for_update(read=True))
#: Taken in turn, so that one who comes to change the rules is not kept out by an endless coming
#: and going of those who use them.
_ALONE: Final = text("LOCK TABLE poort IN EXCLUSIVE MODE")
#: Also who only looks is waited for: its transaction sees the rows of when it looked. Not for
#: long, since everybody else waits behind this one.
_SOON: Final = text("SET LOCAL lock_timeout = '3s'")
_AGAINST_ALL: Final = text("LOCK TABLE poort IN ACCESS EXCLUSIVE MODE")


class Door(NamedTuple):
    """The number of the newest rules, and since when nothing may pass.

    `held`: nobody changes the rules before the transaction that read it ends. `herstel` is the
    mark of the newest restore, 0 before the first. `tijdvak` is the epoch that is written under,
    `oudste_tijdvak` the oldest that any casus may still stand under.
    """

    regels: int
    gesloten_sinds: datetime | None
    held: bool = False
    herstel: int = 0
    tijdvak: int = 1
    oudste_tijdvak: int = 1

    def require_open(self) -> None:
        """RestoredError while the door is shut: alike for every question (design 2.5)."""
        if self.gesloten_sinds is not None:
            raise RestoredError("Na een herstel is nog niet alles nagegaan.")


def read_door(tx: Connection) -> Door:
    """The door as it stands in this transaction. A database without the row is a shut door."""
    return _door(_READ.row(tx))


def hold_door(tx: Connection) -> Door:
    """The same, and until this transaction ends nobody changes the rules; for one that writes."""
    return _door(_HOLD.row(tx))._replace(held=True)


def hold_alone(tx: Connection) -> None:
    """Wait until nobody goes by the rules, and keep everybody waiting until this one ends."""
    if tx.dialect.name == "postgresql":
        tx.execute(_ALONE)


def hold_against_all(tx: Connection) -> None:
    """As `hold_alone`, and nobody looks at it either. OperationalError where that takes long."""
    if tx.dialect.name == "postgresql":
        tx.execute(_SOON)
        tx.execute(_AGAINST_ALL)


def _door(row: tuple[Any, ...] | None) -> Door:
    if row is None:
        raise RestoredError("De poort van deze database ontbreekt.")
    regels, gesloten_sinds, herstel, tijdvak, oudste = row
    return Door(regels, gesloten_sinds, herstel=herstel, tijdvak=tijdvak, oudste_tijdvak=oudste)


def initialise(tx: Connection) -> None:
    """Make the row of a new database, open and without rules; doing it again changes nothing."""
    insert = inserting(tx, poort).on_conflict_do_nothing()
    tx.execute(insert, {"id": _ID, "regels": 0, "gesloten_sinds": None, "herstel": 0})


def note_rules(tx: Connection, nummer: int) -> None:
    """From this commit on these are the newest rules: every process reads them anew.

    Kept is one more than the number of the event: 0 is before the first, and the first entry of a
    log has number 0.
    """
    tx.execute(update(poort).where(poort.c.id == _ID).values(regels=nummer + 1))


def shut(tx: Connection, since: datetime) -> None:
    """Let nothing pass from this commit on; a door that is shut stays shut since when it was."""
    closing = update(poort).where(poort.c.id == _ID, poort.c.gesloten_sinds.is_(None))
    tx.execute(closing.values(gesloten_sinds=since))


def note_restored(tx: Connection, mark: int) -> None:
    """From this commit on what was told before is told apart from what is told since."""
    tx.execute(update(poort).where(poort.c.id == _ID).values(herstel=mark))


def reopen(tx: Connection) -> None:
    """Let pass again; who calls this has made sure that every node has spoken."""
    tx.execute(update(poort).where(poort.c.id == _ID).values(gesloten_sinds=None))


def note_silence(tx: Connection, since: datetime | None) -> bool:
    """Write down that witnesses are silent since then, or (None) are heard again.

    False where that stood there already: then another process said it.
    """
    hold_alone(tx)
    known = poort.c.getuige_stil_sinds
    other = known.is_(None) if since is not None else known.is_not(None)
    changing = update(poort).where(poort.c.id == _ID, other).values(getuige_stil_sinds=since)
    return tx.execute(changing).rowcount == 1


def read_silence(tx: Connection) -> datetime | None:
    """Since when it stands that witnesses are silent."""
    query = select(poort.c.getuige_stil_sinds).where(poort.c.id == _ID)
    found: datetime | None = tx.execute(query).scalar()
    return found


def note_epoch(tx: Connection, tijdvak: int) -> None:
    """From this commit on everybody writes under this epoch."""
    tx.execute(update(poort).where(poort.c.id == _ID).values(tijdvak=tijdvak))


def note_oldest(tx: Connection, oudste: int) -> None:
    """From this commit on nothing stands under an older epoch any more."""
    tx.execute(update(poort).where(poort.c.id == _ID).values(oudste_tijdvak=oudste))
