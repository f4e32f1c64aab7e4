"""A day of the demo as values."""

from datetime import date
from typing import Any

from gateway.demo.outcome import Moment, read_intake
from gateway.demo.partners import Ontvangen, Teruggeroepen
from tests.unit.connectors.exchange import NAAM, V_NUMMER, a_mutatie

DAG = date(2020, 4, 15)
TOLD: dict[str, Any] = {
    "bronhouder": "sndvu",
    "dag": "2020-04-15",
    "rijen": 4,
    "geldig": 3,
    "geweigerd": [
        {"rij": 2, "blad": "Cliënten", "bladrij": 6, "veld": "naam", "code": "ontbreekt"}
    ],
    "metToestemming": 2,
    "zonderToestemming": 1,
    "verdwenen": ["0912653864"],
    "verzonden": {"aangenomen": 2},
    "overgeslagen": 0,
}
PAKKET = {"vNummer": V_NUMMER, "naam": NAAM, "geboortedatum": None}


def a_moment() -> Moment:
    received = Ontvangen((a_mutatie(),), (Teruggeroepen("stil", "0912653864"),), (PAKKET,))
    nothing = Ontvangen((), (), ())
    partners = {"IND": nothing, "DT&V": nothing, "AVIM": received}
    return Moment(DAG, {"sndvu": read_intake(TOLD)}, partners, {"aanleveren": 1.25})
