"""Closed lists of the domain, each value exactly as it stands on the wire.

Every list is held to `glossary.toml` by a test. Sources: REGELS of the Utrecht sample
(2020), BRP tables (geslacht), samenwerkingsafspraken LVV Utrecht 2019.
"""

import re
from enum import Enum, StrEnum
from typing import Final

#: Ten ASCII digits. There is no check digit: never refuse on a checksum (ID-01, ID-02).
V_NUMMER: Final = re.compile(r"[0-9]{10}", re.ASCII)


class NietGedeeld(Enum):
    """The one value of a field that was not shared; `None` is a shared field that is empty."""

    NIET_GEDEELD = "niet gedeeld"

    def __repr__(self) -> str:
        return "NIET_GEDEELD"


NIET_GEDEELD: Final = NietGedeeld.NIET_GEDEELD


class Status(StrEnum):
    """Where a casus stands; derived from its dates, never taken from a register."""

    AANGEMELD = "aangemeld"
    IN_BEGELEIDING = "in_begeleiding"
    UITGESTROOMD = "uitgestroomd"


class Uitstroomreden(StrEnum):
    """Why guidance ended. `medisch` and `artikel_64` tell of health (AVG 9)."""

    VERBLIJFSVERGUNNING = "verblijfsvergunning"
    RIJKSOPVANG = "rijksopvang"
    ARTIKEL_64 = "artikel_64"
    TERUGKEER = "terugkeer"
    DOORMIGRATIE = "doormigratie"
    EENZIJDIGE_BEEINDIGING = "eenzijdige_beeindiging"
    MOB = "mob"
    MEDISCH = "medisch"
    BBB = "bbb"
    OVERIG = "overig"


class Begeleidingsscenario(StrEnum):
    """What guidance aims at; fixed in the LSO."""

    VERBLIJF = "verblijf"
    VERTREK = "vertrek"
    NIET_VASTGESTELD = "niet_vastgesteld"


class Rol(StrEnum):
    """What the bronhouder is to the casus."""

    ZAAKHOUDER = "zaakhouder"
    MEDEBEGELEIDING = "medebegeleiding"


class Geslacht(StrEnum):
    """BRP: man, vrouw, onbekend."""

    M = "M"
    V = "V"
    O = "O"  # noqa: E741  the BRP's own letter


class Lijn(StrEnum):
    """First or second line of shelter."""

    EERSTE = "1"
    TWEEDE = "2"


class Mutatiesoort(StrEnum):
    """Kinds of change that a partner is told of, in the order in which they are told."""

    AANMELDING = "aanmelding"
    INSTROOM = "instroom"
    HEROPENING = "heropening"
    DOORSTROOM = "doorstroom"
    UITSTROOM = "uitstroom"
    SCENARIO = "scenario"
    CORRECTIE = "correctie"


class Doel(StrEnum):
    """Why something is disclosed; a route stands for one purpose (AVG 5 lid 1 b)."""

    AANMELDING = "aanmelding"
    MUTATIES = "mutaties"
    CASUSOVERLEG = "casusoverleg"
    MRT = "mrt"
    BEWARINGSTOETS = "bewaringstoets"


class Grondslag(StrEnum):
    """On what ground (design 2.2): consent, the bronhouder's own casus, or the law itself."""

    TOESTEMMING = "toestemming"
    EIGEN = "eigen"
    WETTELIJK = "wettelijk"


class Precisie(StrEnum):
    """How precisely a field leaves, from finest to coarsest within its family."""

    VOLLEDIG = "volledig"
    MAAND = "maand"
    JAAR = "jaar"
    LEEFTIJDSGROEP = "leeftijdsgroep"
    GROEP = "groep"
    PSEUDONIEM = "pseudoniem"
    JA_NEE = "ja_nee"


class JaOfNee(StrEnum):
    """All that is left of a value in the precision `ja_nee`: whether there is one."""

    JA = "ja"
    NEE = "nee"


class Leeftijdsgroep(StrEnum):
    """Years of age from and through. A birth date that leaves two groups open is `onbekend`."""

    KIND = "0-11"
    TWAALF = "12-15"
    ZESTIEN = "16-17"
    ACHTTIEN = "18-24"
    VIJFENTWINTIG = "25-39"
    VEERTIG = "40-64"
    VIJFENZESTIG = "65-200"
    ONBEKEND = "onbekend"


class Beperkingsgrond(StrEnum):
    """Why processing is restricted: AVG 18 lid 1 under a, b, c and d; the last is AVG 21 too."""

    JUISTHEID = "juistheid"
    ONRECHTMATIG = "onrechtmatig"
    RECHTSVORDERING = "rechtsvordering"
    BEZWAAR = "bezwaar"


class Kennisgevingssoort(StrEnum):
    """What an earlier recipient is told of what it got, beside mutations (AVG 19)."""

    TERUGROEPING = "terugroeping"
    BEPERKING = "beperking"
    RECTIFICATIE = "rectificatie"


class Besluit(StrEnum):
    """What the person decided when asked."""

    GEGEVEN = "gegeven"
    GEWEIGERD = "geweigerd"


class Vorm(StrEnum):
    """How consent was given."""

    SCHRIFTELIJK = "schriftelijk"
    MONDELING = "mondeling"


class Itemresultaat(StrEnum):
    """What became of one item of an aanlevering."""

    AANGENOMEN = "aangenomen"
    ONGEWIJZIGD = "ongewijzigd"
    VEROUDERD = "verouderd"
    GEWEIGERD = "geweigerd"
