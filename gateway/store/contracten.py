"""FSC: contracts that other peers have with us, and the transactions that came of them.

The register is ours: FSC knows that two peers signed, not for which client and on whose behalf
we let a peer in. Contracts are withdrawn, never deleted: they explain what the log says.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    Date,
    String,
    Table,
    Uuid,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from gateway.store.clients import LONGEST_ID, Client, client, client_of
from privacy.store.metadata import metadata
from privacy.store.moment import UtcMoment

OIN_LENGTH: Final = 20
#: "$1$4$" and a digest of 512 bits in base64url, with room.
LONGEST_HASH: Final = 160
#: Five years, as the log that partners may ask for beside it (docs/fsc.md).
RETENTION: Final = timedelta(days=1_827)

fsc_contract = Table(
    "fsc_contract",
    metadata,
    Column("grant_hash", String(LONGEST_HASH), primary_key=True),
    Column("peer", String(OIN_LENGTH), nullable=False),
    Column("client_id", String(LONGEST_ID), nullable=False),
    Column("dienst", String(100), nullable=False),
    Column("geldig_van", UtcMoment(), nullable=False),
    Column("geldig_tot", UtcMoment(), nullable=False),
    Column("ingetrokken_op", UtcMoment()),
    # Of a delegated contract: on whose behalf, by which agreement, and when that was checked.
    Column("delegator", String(OIN_LENGTH)),
    Column("referentie", String(100)),
    Column("geverifieerd_op", Date),
)
fsc_transactie = Table(
    "fsc_transactie",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("transactie", Uuid, nullable=False, index=True),
    Column("grant_hash", String(LONGEST_HASH), nullable=False),
    Column("peer", String(OIN_LENGTH), nullable=False),
    Column("delegator", String(OIN_LENGTH)),
    Column("dienst", String(100), nullable=False),
    Column("tijd", UtcMoment(), nullable=False),
)
_WIDTH: Final = len(fsc_contract.c)
# Built once: it runs on every call through the Inway.
_WITH_CLIENT: Final = (
    select(fsc_contract, client)
    .join(client, client.c.client_id == fsc_contract.c.client_id)
    .where(fsc_contract.c.grant_hash == bindparam("wanted"))
)


@dataclass(frozen=True, slots=True)
class Contract:
    """One contract. With `delegator` the peer acts on behalf of that organisation (FSC-05)."""

    grant_hash: str
    peer: str
    client_id: str
    dienst: str
    geldig_van: datetime
    geldig_tot: datetime
    ingetrokken_op: datetime | None = None
    delegator: str | None = None
    referentie: str | None = None
    geverifieerd_op: date | None = None

    @property
    def acts_for(self) -> str:
        """The OIN of the organisation whose data this is about."""
        return self.peer if self.delegator is None else self.delegator


@dataclass(frozen=True, slots=True)
class Transactie:
    """One call through FSC, as FSC Logging has it: who asked what under which grant."""

    id: UUID
    transactie: UUID
    grant_hash: str
    peer: str
    delegator: str | None
    dienst: str
    tijd: datetime


def find_contract(connection: Connection, grant_hash: str) -> tuple[Contract, Client] | None:
    """A contract with its client, whatever their state: the caller must look. One statement."""
    row = connection.execute(_WITH_CLIENT, {"wanted": grant_hash}).first()
    if row is None:
        return None
    told = tuple(row)
    return Contract(*told[:_WIDTH]), client_of(told[_WIDTH:])


def add_contract(connection: Connection, added: Contract) -> None:
    """Register a contract. A grant hash that exists is a fault of the caller (integrity error)."""
    connection.execute(insert(fsc_contract), _values(fsc_contract, added))


def all_contracts(connection: Connection) -> list[Contract]:
    """Every contract, also those that ended, oldest first."""
    ordered = select(fsc_contract).order_by(fsc_contract.c.geldig_van, fsc_contract.c.grant_hash)
    return [Contract(*row) for row in connection.execute(ordered)]


def withdraw_contract(connection: Connection, grant_hash: str, moment: datetime) -> bool:
    """Refuse it from the next call on. False where it does not exist or was withdrawn before."""
    table = fsc_contract
    held = update(table).where(table.c.grant_hash == grant_hash, table.c.ingetrokken_op.is_(None))
    return connection.execute(held.values(ingetrokken_op=moment)).rowcount == 1


def add_transactie(connection: Connection, added: Transactie) -> None:
    """Write down one call; the commit is the caller's."""
    connection.execute(insert(fsc_transactie), _values(fsc_transactie, added))


def forget_transacties(connection: Connection, before: datetime) -> int:
    """Drop the transactions whose term is over; says how many."""
    return connection.execute(delete(fsc_transactie).where(fsc_transactie.c.tijd < before)).rowcount


def _values(table: Table, told: Contract | Transactie) -> dict[str, Any]:
    return {column.name: getattr(told, column.name) for column in table.c}
