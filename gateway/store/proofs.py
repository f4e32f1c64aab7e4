"""DPoP proofs that were used: each once, until it would be refused for its age anyway."""

from sqlalchemy import BigInteger, Column, LargeBinary, Table

from privacy.store.metadata import metadata

dpop_bewijs = Table(
    "dpop_bewijs",
    metadata,
    Column("afdruk", LargeBinary, primary_key=True),
    Column("verloopt", BigInteger, nullable=False, index=True),
)
