"""FSC: contracts that other peers have with us, and the transactions that came of them."""

from sqlalchemy import Column, Date, String, Table, Uuid

from gateway.store.clients import LONGEST_ID
from privacy.store.metadata import metadata
from privacy.store.moment import UtcMoment

OIN_LENGTH = 20
#: "$1$4$" and a digest of 512 bits in base64url, with room.
LONGEST_HASH = 160

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
