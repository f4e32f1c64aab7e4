"""The door: one row that every disclosure reads, in the transaction in which it discloses."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from privacy.errors import RestoredError
from privacy.store.tables import poort

_ID: Final = 1
_READ: Final = select(poort.c.regels, poort.c.gesloten_sinds).where(poort.c.id == _ID)
_INSERTS: Final[Mapping[str, Callable[..., Any]]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}


class Door(NamedTuple):
    """The number of the newest rules, and since when nothing may pass."""

    regels: int
    gesloten_sinds: datetime | None

    def require_open(self) -> None:
        """RestoredError while the door is shut: alike for every question (design 2.5)."""
        if self.gesloten_sinds is not None:
            raise RestoredError("Na een herstel is nog niet alles nagegaan.")


def read_door(tx: Connection) -> Door:
    """The door as it stands in this transaction. A database without the row is a shut door."""
    row = tx.execute(_READ).one_or_none()
    if row is None:
        raise RestoredError("De poort van deze database ontbreekt.")
    return Door(*row)


def initialise(tx: Connection) -> None:
    """Make the row of a new database, open and without rules; doing it again changes nothing."""
    insert = _INSERTS[tx.dialect.name](poort).on_conflict_do_nothing()
    tx.execute(insert, {"id": _ID, "regels": 0, "gesloten_sinds": None})


def note_rules(tx: Connection, nummer: int) -> None:
    """From this commit on these are the newest rules: every process reads them anew."""
    tx.execute(update(poort).where(poort.c.id == _ID).values(regels=nummer))


def shut(tx: Connection, since: datetime) -> None:
    """Let nothing pass from this commit on; a door that is shut stays shut since when it was."""
    closing = update(poort).where(poort.c.id == _ID, poort.c.gesloten_sinds.is_(None))
    tx.execute(closing.values(gesloten_sinds=since))


def reopen(tx: Connection) -> None:
    """Let pass again; who calls this has made sure that every node has spoken."""
    tx.execute(update(poort).where(poort.c.id == _ID).values(gesloten_sinds=None))
