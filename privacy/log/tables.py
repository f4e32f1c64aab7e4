"""The two tables of the log. Rows of `auditregel` are only ever inserted.

`auditregel` keeps the leaf hash of every entry, so proofs and tiles can be made from it later.
`audithoofd` is one row: the state that the next append starts from, and the lock that orders
writers. It is locked last, after every casus.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
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
