"""What a node remembers of what it sent: its last good version, and whether that arrived.

Everything about a person in it is ciphertext, under keys of that casus here; `kenmerk` is the
blind index under this node's own keys. Before a batch leaves, each casus in it is noted with
`afdruk` empty: it may be at the gateway. The answer fills it. So whoever is killed between the
two sends again, and a consent that ends meanwhile is still told to the gateway.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    Row,
    Table,
    Uuid,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from gateway.node.statements import Toestemmingsstand
from privacy.keys import KeyRing
from privacy.sealed import Label, Sealed
from privacy.store.metadata import metadata
from privacy.store.moment import UtcMoment
from privacy.vault import CasusKeys, WrappedKeys, open_keys
from schemas.canonical import canonical

herinnering = Table(
    "herinnering",
    metadata,
    Column("kenmerk", LargeBinary, primary_key=True),
    # What the vault here calls the casus, and what the gateway calls it once it answered.
    Column("eigen_casus", Uuid, nullable=False, unique=True),
    Column("casus_id", Uuid),
    Column("epoch", Integer, nullable=False),
    Column("inhoud_sleutel", LargeBinary, nullable=False),
    Column("spoor_sleutel", LargeBinary, nullable=False),
    Column("versie", Integer, nullable=False),
    Column("stand", LargeBinary, nullable=False),
    Column("toestemmingen", LargeBinary, nullable=False),
    # Keyed digest of what the gateway has; empty where that is not certain.
    Column("afdruk", LargeBinary),
    Column("gezien_op", UtcMoment, nullable=False),
    Column("verdwenen_sinds", UtcMoment),
)

_STAND: Final = "herinnering"
_TOESTEMMINGEN: Final = "herinnering toestemmingen"
_THIS: Final = herinnering.c.kenmerk == bindparam("b_kenmerk")
_ANSWERED: Final = (
    update(herinnering)
    .where(_THIS)
    .values(casus_id=bindparam("b_casus_id"), afdruk=bindparam("b_afdruk"))
)
_REFRESHED: Final = (
    update(herinnering)
    .where(_THIS)
    .values(
        versie=bindparam("b_versie"),
        stand=bindparam("b_stand"),
        toestemmingen=bindparam("b_toestemmingen"),
        afdruk=bindparam("b_afdruk"),
        gezien_op=bindparam("b_gezien_op"),
    )
)
_VANISHED: Final = (
    update(herinnering).where(_THIS).values(verdwenen_sinds=bindparam("b_verdwenen_sinds"))
)
_FORGOTTEN: Final = delete(herinnering).where(_THIS)


@dataclass(frozen=True, slots=True)
class Herinnering:
    """One casus as remembered. Its record is opened only when it is asked for."""

    kenmerk: bytes = field(repr=False)
    bronhouder: str
    keys: CasusKeys
    casus_id: UUID | None
    versie: int
    afdruk: bytes | None = field(repr=False)
    gezien_op: datetime
    verdwenen_sinds: datetime | None
    stand: bytes = field(repr=False)
    toestemmingen: bytes = field(repr=False)

    @property
    def is_certain(self) -> bool:
        """Whether the gateway is known to have what is remembered."""
        return self.afdruk is not None

    def sealed(self) -> Sealed:
        """The record as it was last seen, sealed."""
        status, _ = self._opened()
        label = Label(self.keys.casus, self.bronhouder, self.kenmerk, self.versie, status)
        return self.keys.decrypt(self.stand, _STAND, label)

    def status(self) -> str | None:
        """Where the casus stood when it was last seen."""
        return self._opened()[0]

    def consents(self) -> Toestemmingsstand:
        """The consent state as it was last seen."""
        return Toestemmingsstand(self._opened()[1])

    def _opened(self) -> tuple[str | None, tuple[dict[str, Any], ...]]:
        text = self.keys.decrypt_spoor(self.toestemmingen, _TOESTEMMINGEN, self.versie)
        told = json.loads(text)
        return told["status"], tuple(told["toestemmingen"])


@dataclass(frozen=True, slots=True)
class Stand:
    """A version to remember. `wrapped` is there for a casus that is new here."""

    kenmerk: bytes = field(repr=False)
    keys: CasusKeys
    versie: int
    sealed: Sealed
    consents: Toestemmingsstand
    gezien_op: datetime
    afdruk: bytes | None = field(default=None, repr=False)
    wrapped: WrappedKeys | None = None


def recall_all(tx: Connection, ring: KeyRing, bronhouder: str) -> dict[bytes, Herinnering]:
    """Everything remembered, by kenmerk."""
    rows = tx.execute(select(herinnering).order_by(herinnering.c.eigen_casus))
    return {row.kenmerk: _remembered(ring, bronhouder, row) for row in rows}


def remember(tx: Connection, stands: Sequence[Stand]) -> None:
    """Note versions: new casussen and known ones, certain where they carry an `afdruk`."""
    new = [each for each in stands if each.wrapped is not None]
    known = [each for each in stands if each.wrapped is None]
    if new:
        tx.execute(insert(herinnering), [_new_row(each) for each in new])
    if known:
        tx.execute(_REFRESHED, [_bound(_version_row(each)) for each in known])


def note_answers(
    tx: Connection, answers: Iterable[tuple[bytes, UUID | None, bytes | None]]
) -> None:
    """Per kenmerk what the gateway calls the casus, and what it now has for certain."""
    rows = [
        {"b_kenmerk": kenmerk, "b_casus_id": casus_id, "b_afdruk": afdruk}
        for kenmerk, casus_id, afdruk in answers
    ]
    if rows:
        tx.execute(_ANSWERED, rows)


def forget(tx: Connection, kenmerken: Iterable[bytes]) -> None:
    """Drop casussen of which the gateway has nothing; their keys go with them."""
    rows = [{"b_kenmerk": kenmerk} for kenmerk in kenmerken]
    if rows:
        tx.execute(_FORGOTTEN, rows)


def note_presence(tx: Connection, since: Mapping[bytes, datetime | None]) -> None:
    """Per kenmerk since when it stands in the register no more; None where it is back."""
    rows = [
        {"b_kenmerk": kenmerk, "b_verdwenen_sinds": moment} for kenmerk, moment in since.items()
    ]
    if rows:
        tx.execute(_VANISHED, rows)


def _remembered(ring: KeyRing, bronhouder: str, row: Row[Any]) -> Herinnering:
    wrapped = WrappedKeys(row.epoch, row.inhoud_sleutel, row.spoor_sleutel)
    return Herinnering(
        kenmerk=row.kenmerk,
        bronhouder=bronhouder,
        keys=open_keys(ring, row.eigen_casus, wrapped),
        casus_id=row.casus_id,
        versie=row.versie,
        afdruk=row.afdruk,
        gezien_op=row.gezien_op,
        verdwenen_sinds=row.verdwenen_sinds,
        stand=row.stand,
        toestemmingen=row.toestemmingen,
    )


def _new_row(stand: Stand) -> dict[str, Any]:
    wrapped = stand.wrapped
    if wrapped is None:
        raise RuntimeError("A casus that is new here has new keys.")
    return {
        "eigen_casus": stand.keys.casus,
        "casus_id": None,
        "epoch": wrapped.epoch,
        "inhoud_sleutel": wrapped.inhoud,
        "spoor_sleutel": wrapped.spoor,
        "verdwenen_sinds": None,
        **_version_row(stand),
    }


def _version_row(stand: Stand) -> dict[str, Any]:
    told = {"status": stand.sealed.label.status, "toestemmingen": list(stand.consents.wire)}
    keys, versie = stand.keys, stand.versie
    return {
        "kenmerk": stand.kenmerk,
        "versie": versie,
        "stand": keys.encrypt(stand.sealed, _STAND, versie),
        "toestemmingen": keys.encrypt_spoor(canonical(told), _TOESTEMMINGEN, versie),
        "afdruk": stand.afdruk,
        "gezien_op": stand.gezien_op,
    }


def _bound(row: Mapping[str, Any]) -> dict[str, Any]:
    return {f"b_{name}": value for name, value in row.items()}
