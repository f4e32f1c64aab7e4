"""Invented people, the same in every run: as full as a summary can be, consented to all three."""

import json
import random
from typing import Any
from uuid import UUID

from tests.signing import signed

BRONHOUDER = "sndvu"
_NAMES = ("Amina", "Bekele", "Farid", "Hodan", "Kidane", "Mariam", "Samir", "Yasemin")
_FAMILIES = ("Diallo", "Tesfaye", "Rahimi", "Warsame", "Haile", "Öztürk", "Ahmadi", "Jović")
_NATIONALITIES = ("0058", "0070", "0149")


def an_item(number: int, stand_van: str) -> dict[str, Any]:
    """One casus of the wire, as a node sends it."""
    chance = random.Random(number)  # noqa: S311  not a secret
    return {
        "standVan": stand_van,
        "samenvatting": _summary(number, chance),
        "toestemmingen": [_consent(chance)],
    }


def a_body(numbers: range, stand_van: str) -> bytes:
    """The body of one aanlevering."""
    items = signed((an_item(number, stand_van) for number in numbers), BRONHOUDER)
    return json.dumps({"items": items}, ensure_ascii=False, separators=(",", ":")).encode()


def _summary(number: int, chance: random.Random) -> dict[str, str | None]:
    year, month = chance.randint(1960, 2000), chance.randint(1, 12)
    return {
        "vNummer": f"{number:010d}",
        "naam": f"{chance.choice(_NAMES)} {chance.choice(_FAMILIES)}",
        "geboortedatum": f"{year}-{month:02d}-{chance.randint(1, 28):02d}",
        "geslacht": chance.choice("MV"),
        "nationaliteit": chance.choice(_NATIONALITIES),
        "status": "in_begeleiding",
        "lijn": chance.choice("12"),
        "datumAanmelding": f"2019-06-{chance.randint(1, 28):02d}",
        "datumInstroom": f"2019-07-{chance.randint(1, 28):02d}",
        "datumUitstroom": None,
        "uitstroomreden": None,
        "begeleidingsscenario": "verblijf",
    }


def _consent(chance: random.Random) -> dict[str, Any]:
    return {
        "toestemmingId": str(UUID(int=chance.getrandbits(128), version=4)),
        "ontvangers": ["AVIM", "DT&V", "IND"],
        "doelen": ["aanmelding", "casusoverleg", "mutaties"],
        "eersteDag": "2019-06-01",
        "laatsteDag": "2099-12-31",
        "verklaring": "2019-1",
        "vorm": "schriftelijk",
        "taal": "fa",
        "tolk": True,
        "ingetrokkenOp": None,
        "vertegenwoordiger": None,
        "vertegenwoordigerVereist": False,
        "bewijsSha256": None,
    }
