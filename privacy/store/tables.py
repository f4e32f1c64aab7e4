"""Tables of the privacy package. Every value of a summary or mutation is ciphertext.

Open stand only the random casus id, bronhouder, blind index, version, epoch and time; of a
consent its recipients, purposes, days and notice version.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)

from privacy.store.codes import Codes
from privacy.store.metadata import metadata
from privacy.store.moment import UtcMoment

#: Every bit of `casusreferentie.velden`, those of fields still to come among them.
ALL_FIELDS = 2**62 - 1

casus = Table(
    "casus",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("bronhouder", String(64), nullable=False),
    Column("blind_index", LargeBinary, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("inhoud_sleutel", LargeBinary),
    Column("spoor_sleutel", LargeBinary),
    Column("versie", Integer, nullable=False),
    # The outbox row that holds the summary as it stands.
    Column("stand_nummer", BigInteger),
    Column("stand_van", UtcMoment, nullable=False),
    # Keyed digest of what was last delivered, under the casus's own key: tells only "the same".
    Column("vingerafdruk", LargeBinary),
    # Per recipient and purpose, as last told, the row of the outbox with which its ground
    # began; and the last day on which all this holds unchanged.
    Column("gedekt", JSON, nullable=False),
    Column("gedekt_tot", Date, index=True),
    Column("opgenomen", UtcMoment, nullable=False),
    # The V-nummer under the spoor key: of it the blind index of a next epoch is made, also where
    # the summary is gone. Empty in a casus of before there was one, until the next rollover.
    Column("nummer", LargeBinary),
    # The days that retention counts from, under the spoor key.
    Column("ankers", LargeBinary),
    # Since when processing is restricted (AVG 18), and why, under the spoor key.
    Column("beperkt_sinds", UtcMoment),
    Column("beperking", LargeBinary),
    # Since when nothing of it can be read any more (AVG 17, or the end of retention).
    Column("gewist_op", UtcMoment),
    # What is chosen by the list stands first: a plan made before the tables grew would otherwise
    # go through all casussen of the organisation.
    UniqueConstraint("blind_index", "bronhouder"),
)

# The outbox. One row per change of a casus, numbered by its entry in the log, so that the
# order of numbers is the order of commits. No rows per recipient.
mutatie = Table(
    "mutatie",
    metadata,
    Column("nummer", BigInteger, primary_key=True, autoincrement=False),
    Column("mutatie_id", Uuid, nullable=False, unique=True),
    Column("casus_id", Uuid, ForeignKey("casus.id"), nullable=False),
    Column("versie", Integer, nullable=False),
    Column("stand", LargeBinary),
    Column("stand_nummer", BigInteger),
    Column("verandering", LargeBinary),
    Column("begonnen", Codes, nullable=False),
    Column("beeindigd", Codes, nullable=False),
    Column("dag", Date, nullable=False),
    Column("opgenomen", UtcMoment, nullable=False),
    Index("ix_mutatie_casus_nummer", "casus_id", "nummer"),
)

# Append-only: the state of a consent is computed from its events, never stored.
toestemming = Table(
    "toestemming_gebeurtenis",
    metadata,
    Column("toestemming_id", Uuid, primary_key=True),
    Column("bronhouder", String(64), primary_key=True),
    Column("nummer", BigInteger, primary_key=True, autoincrement=False),
    Column("casus_id", Uuid, ForeignKey("casus.id"), nullable=False, index=True),
    Column("soort", String(16), nullable=False),
    Column("versie", Integer, nullable=False),
    Column("ontvangers", Codes, nullable=False),
    Column("doelen", Codes, nullable=False),
    Column("eerste_dag", Date, nullable=False),
    Column("laatste_dag", Date, nullable=False),
    Column("ingetrokken_op", Date),
    Column("verklaring", String(32), nullable=False),
    # Language, interpreter, representative, form, digest of the paper: under the spoor key.
    Column("bijzonderheden", LargeBinary, nullable=False),
    # The organisation's signature; and why the statement does not count, if it does not. Both
    # under the spoor key: a signature lets who guesses the details know whether he is right.
    Column("handtekening", LargeBinary),
    Column("gebrek", LargeBinary),
    Column("opgenomen", UtcMoment, nullable=False),
    # A statement begins once, for one casus: also where two requests come at once. By its id
    # alone it is withdrawn.
    Index(
        "ix_toestemming_gebeurtenis_begonnen",
        "bronhouder",
        "toestemming_id",
        unique=True,
        sqlite_where=text("soort IN ('gegeven', 'geweigerd') AND versie = 1"),
        postgresql_where=text("soort IN ('gegeven', 'geweigerd') AND versie = 1"),
    ),
)

# By which this database knows its keys again; epoch 0 is the system key. Tells nothing of them.
sleutelproef = Table(
    "sleutelproef",
    metadata,
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("proef", LargeBinary, nullable=False),
)

# The door that every disclosure passes: one row, read once in each of its transactions. It says
# which rules are newest, and whether the door is shut since a restore (design 2.10).
poort = Table(
    "poort",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    # One past the last event about a policy or a notice; 0 before the first.
    Column("regels", BigInteger, nullable=False),
    Column("gesloten_sinds", UtcMoment),
    # The mark of the newest restore, random; 0 before the first. Cursors of before it are known
    # by another mark.
    Column("herstel", Integer, nullable=False, server_default="0"),
    # The epoch that is written under, and the oldest that any casus still stands under: who holds
    # the door knows that its keys are those of the database.
    Column("tijdvak", Integer, nullable=False, server_default="1"),
    Column("oudste_tijdvak", Integer, nullable=False, server_default="1"),
    # Since when nothing leaves because no witness was heard; said once in the log, and taken back.
    Column("getuige_stil_sinds", UtcMoment),
    # The day that was last seen to begin, and the day by which things were destroyed then: a
    # clock that jumps ahead destroys no more than a few days' worth (`privacy.store.trusted_day`).
    Column("dag_gezien", Date),
    Column("dag_vertrouwd", Date),
)

# The epochs of the keys: when each began, and that its key was destroyed.
tijdvak = Table(
    "tijdvak",
    metadata,
    Column("nummer", Integer, primary_key=True, autoincrement=False),
    Column("begonnen", UtcMoment, nullable=False),
    Column("vernietigd", UtcMoment),
)

# That a recipient ever got a casus, and since which entry: who is owed a recall (AVG 19).
casusreferentie = Table(
    "casusreferentie",
    metadata,
    Column("casus_id", Uuid, ForeignKey("casus.id"), primary_key=True),
    Column("ontvanger", String(64), primary_key=True),
    Column("referentie", Uuid, nullable=False, unique=True),
    Column("sinds", BigInteger, nullable=False),
    # Which fields it ever got and how precisely, a bit for each (`privacy.received`): whom a
    # correction concerns (AVG 19). Of before this was kept, all of them.
    Column("velden", BigInteger, nullable=False, server_default=str(ALL_FIELDS)),
)
