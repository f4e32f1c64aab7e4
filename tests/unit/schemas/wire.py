"""Valid messages, by default; one keyword to differ."""

from datetime import date
from typing import Any
from uuid import UUID

DAY = date(2020, 4, 1)
ONTVANGERS = frozenset({"IND", "DT&V", "AVIM"})
VERKLARINGEN = frozenset({"2019-1"})
CONFIGURED = {"day": DAY, "ontvangers": ONTVANGERS, "verklaringen": VERKLARINGEN}
CASUS = UUID("01900000-0000-7000-8000-000000000001")
TOESTEMMING = UUID("01900000-0000-7000-8000-000000000002")
#: Passes the BSN test; published as an example.
BSN = "111222333"


def a_samenvatting(**other: Any) -> dict[str, Any]:
    return {
        "vNummer": "0902224584",
        "naam": "Ngọc Farahani",
        "geboortedatum": "1987-03-14",
        "geslacht": "M",
        "nationaliteit": "0149",
        "status": "in_begeleiding",
        "lijn": "2",
        "datumAanmelding": "2019-06-29",
        "datumInstroom": "2019-07-11",
        "datumUitstroom": None,
        "uitstroomreden": None,
        "begeleidingsscenario": "verblijf",
        "bronhouder": "toevlucht",
        "rol": "zaakhouder",
    } | other


def a_toestemming(**other: Any) -> dict[str, Any]:
    return {
        "toestemmingId": str(TOESTEMMING),
        "ontvangers": ["IND", "AVIM"],
        "doelen": ["aanmelding", "mutaties"],
        "eersteDag": "2019-07-01",
        "laatsteDag": "2021-04-01",
        "verklaring": "2019-1",
        "vorm": "schriftelijk",
        "taal": "fa",
        "tolk": True,
        "ingetrokkenOp": None,
        "vertegenwoordiger": None,
        "vertegenwoordigerVereist": False,
        "bewijsSha256": None,
        "besluit": "gegeven",
        "curatele": False,
        "handtekening": None,
    } | other


def an_item(**other: Any) -> dict[str, Any]:
    return {
        "standVan": "2020-04-01T08:00:00Z",
        "samenvatting": a_samenvatting(),
        "toestemmingen": [a_toestemming()],
    } | other


def without(message: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in message.items() if name not in names}
