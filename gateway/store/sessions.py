"""Sessions of people in the console. The cookie itself is not kept, only its digest."""

from sqlalchemy import BigInteger, Column, LargeBinary, String, Table, Text

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
