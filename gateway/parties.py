"""Who takes part: organisations, partners and the municipality, as the settings name them.

Configuration, not code: a new organisation or partner is a few lines in the settings file. Its
OIN is what its certificates say (FSC, NL GOV OAuth); one with a KVK number has its OIN from that.
`adres` and `contact` are where people reach it (AVG 13 lid 1 a); a consent record names both.
"""

from dataclasses import dataclass
from enum import StrEnum


class Soort(StrEnum):
    """What kind of organisation a client acts for."""

    BRONHOUDER = "bronhouder"
    KETENPARTNER = "ketenpartner"
    GEMEENTE = "gemeente"
    #: The privacy officer (functionaris gegevensbescherming, AVG 37-39) of the municipality's
    #: installation: a kind of its own, so that no client that plans can ever read the log.
    FG = "fg"


class Levering(StrEnum):
    """How a partner gets its feed: it pulls, or the worker brings."""

    OPHALEN = "ophalen"
    BEZORGEN = "bezorgen"


@dataclass(frozen=True, slots=True)
class Bronhouder:
    """An organisation that supplies casussen from its own register.

    `talen` are the languages its staff speak, by which a missing interpreter shows; None where
    the settings do not say, and then nothing is made of it.
    """

    code: str
    naam: str
    oin: str | None = None
    adres: str | None = None
    contact: str | None = None
    talen: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Ketenpartner:
    """A recipient. `cron` and `url` are there if and only if the feed is brought."""

    code: str
    naam: str
    levering: Levering
    cron: str | None = None
    url: str | None = None
    oin: str | None = None
    adres: str | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Gemeente:
    """The municipality: plans the LSO, sees no casus."""

    code: str
    naam: str
    oin: str | None = None
    adres: str | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Verwerker:
    """Who runs this installation for the organisations, as their processor (AVG 28, 30 lid 2).

    `fg` is how its data protection officer is reached, if it has one.
    """

    naam: str
    oin: str | None = None
    adres: str | None = None
    contact: str | None = None
    fg: str | None = None
