"""Sessions of people in the console. The cookie itself is not kept, only its digest."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    LargeBinary,
    String,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from gateway.settings_console import Rol
from gateway.store.once import forget
from privacy.store.metadata import metadata

console_sessie = Table(
    "console_sessie",
    metadata,
    Column("afdruk", LargeBinary, primary_key=True),
    # A keyed digest of issuer and subject: who it is, for one who is told so by the provider.
    Column("persoon", String(64), nullable=False),
    Column("rollen", Text, nullable=False),
    Column("acr", Text, nullable=False),
    Column("begonnen", BigInteger, nullable=False),
    Column("gezien", BigInteger, nullable=False),
    Column("verloopt", BigInteger, nullable=False, index=True),
)
_BY_DIGEST: Final = select(console_sessie).where(console_sessie.c.afdruk == bindparam("wanted"))


@dataclass(frozen=True, slots=True)
class Sessie:
    """One session; moments are seconds."""

    persoon: str
    rollen: frozenset[Rol]
    acr: str
    begonnen: int
    gezien: int
    verloopt: int


def begin_session(connection: Connection, cookie: str, begun: Sessie) -> None:
    """Keep a new session; those that are over are dropped in passing."""
    forget_sessions(connection, begun.begonnen)
    connection.execute(
        insert(console_sessie),
        {
            "afdruk": _digest(cookie),
            "persoon": begun.persoon,
            "rollen": " ".join(sorted(begun.rollen)),
            "acr": begun.acr,
            "begonnen": begun.begonnen,
            "gezien": begun.gezien,
            "verloopt": begun.verloopt,
        },
    )


def find_session(connection: Connection, cookie: str) -> Sessie | None:
    """One indexed read; whether it is still good is for the caller to see."""
    row = connection.execute(_BY_DIGEST, {"wanted": _digest(cookie)}).first()
    if row is None:
        return None
    _, persoon, rollen, acr, begonnen, gezien, verloopt = row
    known = frozenset(Rol(each) for each in rollen.split())
    return Sessie(persoon, known, acr, begonnen, gezien, verloopt)


def keep_session(connection: Connection, cookie: str, seen: int) -> None:
    """Note that the person was here now; a session never goes back in time."""
    mine = (console_sessie.c.afdruk == _digest(cookie)) & (console_sessie.c.gezien < seen)
    connection.execute(update(console_sessie).where(mine).values(gezien=seen))


def end_session(connection: Connection, cookie: str) -> None:
    """From now on this cookie is nothing; ending what is over is nothing too."""
    mine = console_sessie.c.afdruk == _digest(cookie)
    connection.execute(delete(console_sessie).where(mine))


def end_every_session(connection: Connection) -> int:
    """From now on no cookie is anything; says how many there were."""
    return connection.execute(delete(console_sessie)).rowcount


def forget_sessions(connection: Connection, now: int) -> int:
    """Drop those that are over; says how many."""
    return forget(connection, console_sessie, now)


def _digest(cookie: str) -> bytes:
    return sha256(cookie.encode()).digest()
