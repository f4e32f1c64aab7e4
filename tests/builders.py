"""Messages of an organisation, valid by default; one keyword to differ.

The default person agreed to all three partners for all that the sample's forms name, so the
summary holds what those three may have between them, and no more.
"""

from typing import Any
from uuid import uuid4

PARTNERS = ("IND", "DT&V", "AVIM")
DOELEN = ("aanmelding", "mutaties", "casusoverleg")
STAND_VAN = "2020-04-01T08:00:00Z"
#: Fields that only AVIM may have, or may have in full.
_OF_AVIM_ALONE = ("naam",)


def a_samenvatting(**other: Any) -> dict[str, Any]:
    return {
        "vNummer": "0902224584",
        "naam": "Ngọc Farahani",
        "geboortedatum": "1987-03-14",
        "geslacht": "M",
        "nationaliteit": "0149",
        "status": "in_begeleiding",
        "lijn": "1",
        "datumAanmelding": "2019-06-29",
        "datumInstroom": "2019-07-11",
        "datumUitstroom": None,
        "uitstroomreden": None,
        "begeleidingsscenario": "verblijf",
    } | other


def without_avim(samenvatting: dict[str, Any]) -> dict[str, Any]:
    """What is left of a summary where AVIM is not among the consented partners."""
    left = {name: v for name, v in samenvatting.items() if name not in _OF_AVIM_ALONE}
    birth = left.get("geboortedatum")
    return left | ({"geboortedatum": birth[:4]} if birth else {})


def a_consent(**other: Any) -> dict[str, Any]:
    return {
        "toestemmingId": str(uuid4()),
        "ontvangers": list(PARTNERS),
        "doelen": list(DOELEN),
        "eersteDag": "2020-01-01",
        "laatsteDag": "2020-12-31",
        "verklaring": "2019-1",
        "vorm": "schriftelijk",
        "taal": "fa",
        "tolk": True,
        "ingetrokkenOp": None,
        "vertegenwoordiger": None,
        "vertegenwoordigerVereist": False,
        "bewijsSha256": None,
    } | other


def an_item(**other: Any) -> dict[str, Any]:
    """A casus with one consent. `samenvatting=None` leaves the summary out."""
    item = {
        "standVan": STAND_VAN,
        "samenvatting": a_samenvatting(),
        "toestemmingen": [a_consent()],
    } | other
    return {name: value for name, value in item.items() if value is not None}


def people(number: int, start: int = 1) -> list[dict[str, Any]]:
    """So many items, each of another person."""
    return [
        an_item(samenvatting=a_samenvatting(vNummer=f"{at:010d}"))
        for at in range(start, start + number)
    ]
