"""Tables of the LSO: the conference, and the items of its agenda. No personal data.

Freezing fixes which version of a summary an item shows: the number of an outbox row.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    UniqueConstraint,
    Uuid,
)

from privacy.store.metadata import metadata
from privacy.store.moment import UtcMoment

overleg = Table(
    "overleg",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("soort", String(16), nullable=False),
    Column("datum", Date, nullable=False),
    Column("gepland_op", UtcMoment, nullable=False),
    Column("bevroren_op", UtcMoment),
)

agendapunt = Table(
    "agendapunt",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("overleg_id", Uuid, ForeignKey("overleg.id"), nullable=False),
    Column("casus_id", Uuid, ForeignKey("casus.id"), nullable=False),
    Column("bronhouder", String(64), nullable=False),
    Column("volgorde", Integer, nullable=False),
    Column("stand_nummer", BigInteger),
    Column("ingebracht_op", UtcMoment, nullable=False),
    UniqueConstraint("overleg_id", "casus_id"),
)
