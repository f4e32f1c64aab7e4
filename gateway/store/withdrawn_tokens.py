"""Access tokens that were withdrawn before their end; kept until they would have ended anyway."""

from sqlalchemy import BigInteger, Column, LargeBinary, Table

from privacy.store.metadata import metadata

ingetrokken_token = Table(
    "ingetrokken_token",
    metadata,
    Column("jti", LargeBinary, primary_key=True),
    Column("verloopt", BigInteger, nullable=False, index=True),
)
