"""The tables of the log. Rows are only ever inserted, but for the one row of `audithoofd`.

And but for what grows without end and is no part of the tree: a cosignature gives way to a newer
one of the same witness, old checkpoints grow fewer, rows of the access log go at the end of their
term. Only the signer's process may do so, with an account of its own where there is one.

`auditregel` keeps the leaf hash of every entry, and `audittegel` the root of every 256 of them:
of these two any proof is made. `audithoofd` is the state that the next append starts from, and
the lock that orders writers; it is locked last, after every casus. `controlepunt` holds what the
signer said of the log, `medeondertekening` what witnesses signed under it. `toegangsregel` is the
access log of people: its rows hang on entries of the same tree by a salted digest.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
)

from privacy.store.metadata import metadata
from privacy.store.moment import UtcMoment

#: The only id that the head row can have.
HEAD_ID: Final = 1

auditregel: Final = Table(
    "auditregel",
    metadata,
    # On SQLite an INTEGER key is the row's own address, a BIGINT one a second index.
    Column(
        "nummer",
        BigInteger().with_variant(Integer(), "sqlite"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("regel", LargeBinary, nullable=False),
    Column("blad", LargeBinary, nullable=False),
    Column("opgenomen", UtcMoment, nullable=False),
    CheckConstraint("nummer >= 0", name="nummer_from_zero"),
    CheckConstraint("length(blad) = 32", name="blad_is_a_hash"),
)

audithoofd: Final = Table(
    "audithoofd",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("omvang", BigInteger, nullable=False),
    Column("rand", LargeBinary, nullable=False),
    Column("wortel", LargeBinary, nullable=False),
    Column("laatste_tijd", UtcMoment, nullable=True),
    CheckConstraint(f"id = {HEAD_ID}", name="one_row"),
)

audittegel: Final = Table(
    "audittegel",
    metadata,
    Column("niveau", SmallInteger, primary_key=True, autoincrement=False),
    Column("nummer", BigInteger, primary_key=True, autoincrement=False),
    Column("wortel", LargeBinary, nullable=False),
    CheckConstraint("length(wortel) = 32", name="wortel_is_a_hash"),
)

controlepunt: Final = Table(
    "controlepunt",
    metadata,
    Column("omvang", BigInteger, primary_key=True, autoincrement=False),
    Column("wortel", LargeBinary, nullable=False),
    # The signed note (C2SP tlog-checkpoint), without cosignatures.
    Column("tekst", Text, nullable=False),
    Column("gemaakt", UtcMoment, nullable=False),
)

medeondertekening: Final = Table(
    "medeondertekening",
    metadata,
    Column("omvang", BigInteger, ForeignKey("controlepunt.omvang"), primary_key=True),
    Column("getuige", String(255), primary_key=True),
    # The signature line; `tijd` is the moment in it, by the clock of the witness.
    Column("regel", Text, nullable=False),
    Column("tijd", UtcMoment, nullable=False),
    Column("ontvangen", UtcMoment, nullable=False, index=True),
)

# The six fields of BIO2 8.15.01: who, what, on what, with which outcome, from where, when.
toegangsregel: Final = Table(
    "toegangsregel",
    metadata,
    Column("nummer", BigInteger, ForeignKey("auditregel.nummer"), primary_key=True),
    Column("wie", String(128), nullable=False),
    Column("handeling", String(64), nullable=False),
    Column("object", String(200), nullable=False),
    Column("uitkomst", String(40), nullable=False),
    Column("herkomst", String(128), nullable=False),
    Column("tijd", UtcMoment, nullable=False),
    Column("zout", LargeBinary, nullable=False),
)
