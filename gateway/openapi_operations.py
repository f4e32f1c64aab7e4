"""What the OpenAPI document says of each endpoint, in Dutch: a table for each kind of caller."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gateway.openapi_bronhouders import BRONHOUDERS
from gateway.openapi_ketenpartners import KETENPARTNERS
from gateway.openapi_operation import Operation
from gateway.openapi_toezicht import TOEZICHT

#: In the order in which the docs page shows them.
TAGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Aanleveringen": "Een organisatie levert casussamenvattingen aan, met de toestemmingen"
        " waarop zij rusten. Wat zonder toestemming is, wordt nergens verstrekt.",
        "Casussen": "Een organisatie ziet haar eigen casussen terug, zoals de gateway ze bewaart.",
        "Toestemmingen": "Een toestemming vastleggen, lezen en intrekken. Intrekken is even"
        " makkelijk als geven (AVG 7 lid 3) en werkt meteen.",
        "Mutaties": "Een ketenpartner haalt op wat er voor hem veranderd is, in volgorde en"
        " zonder gaten.",
        "Terugroepingen": "Een ketenpartner ziet wat hij niet meer mag gebruiken, en bevestigt dat"
        " (AVG 19).",
        "Overleggen": "Het LSO: de gemeente plant en bevriest, organisaties dragen voor,"
        " ketenpartners halen hun pakket op.",
        "Bewaringstoetsen": "Voor een bewaring: is iemand in begeleiding?",
        "Audit": "Bewijs dat het auditlog alleen groeit: controlepunten, en wat erin staat.",
        "Toezicht": "De privacyofficer (FG) leest het auditlogboek en maakt het inzageverslag van"
        " een persoon (AVG 15).",
        "Verwerkingen": "Het register van verwerkingen (AVG 30), waar elk record in een logboek"
        " naar verwijst.",
        "Beschrijving": "Deze API zelf: het document en de pagina die u leest.",
    }
)

OPERATIONS: Final[Mapping[str, Operation]] = MappingProxyType(
    {**BRONHOUDERS, **KETENPARTNERS, **TOEZICHT}
)
