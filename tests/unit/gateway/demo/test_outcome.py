"""UIT.json: what was told and received, and nothing else."""

import pytest

from gateway.demo.errors import DemoError
from gateway.demo.outcome import read_intake, to_wire
from tests.unit.connectors.exchange import V_NUMMER
from tests.unit.gateway.demo.moments import PAKKET, TOLD, a_moment


def test_it_shows_what_each_node_told_and_each_partner_received():
    first, second = a_moment(), a_moment()

    told = to_wire([first, second], 17)

    assert told["audit"] == {"regels": 17, "gecontroleerd": True}
    (dag,) = told["momenten"].values()  # both stand on one day here
    assert dag["bronnen"] == {
        "sndvu": {
            "rijen": 4,
            "geldig": 3,
            "geweigerd": [{"rij": 2, "veld": "naam", "code": "ontbreekt"}],
            "metToestemming": 2,
            "zonderToestemming": 1,
            "verdwenen": ["0912653864"],
        }
    }
    assert dag["pakketten"] == {"IND": [], "DT&V": [], "AVIM": [PAKKET]}
    assert dag["mutaties"]["AVIM"] == [
        {
            "bron": "sndvu",
            "vNummer": V_NUMMER,
            "soort": "instroom",
            "velden": {"status": "in_begeleiding"},
        }
    ]
    assert dag["terugroepingen"]["AVIM"] == [{"bron": "stil", "vNummer": "0912653864"}]


def test_on_the_first_day_nothing_has_changed_yet():
    (dag,) = to_wire([a_moment()], 1)["momenten"].values()

    assert set(dag) == {"bronnen", "pakketten"}


def test_a_node_that_tells_something_else_is_not_believed():
    with pytest.raises(DemoError, match="iets anders"):
        read_intake({name: TOLD[name] for name in TOLD if name != "geldig"})
    with pytest.raises(DemoError, match="iets anders"):
        read_intake({**TOLD, "geweigerd": [{"rij": 1}]})
