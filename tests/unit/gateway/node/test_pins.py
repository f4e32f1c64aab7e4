"""Pins: every difference with what was approved is named, and nothing else."""

from pathlib import Path

import pytest

from connectors.gateway_answers import Beleid
from gateway.node.bron import _BELEID, _VERKLARINGEN
from gateway.node.pins import differences
from privacy.entitlement import Rulebook
from privacy.notice import load_notices
from privacy.policy import load_policies

RULEBOOK = Rulebook(load_policies(Path(_BELEID)), load_notices(Path(_VERKLARINGEN)))
BELEID, VERKLARINGEN = RULEBOOK.policies.digests(), RULEBOOK.notices.digests()


def test_the_approved_policies_differ_in_nothing():
    assert differences(RULEBOOK, Beleid(BELEID, VERKLARINGEN)) == ()


@pytest.mark.parametrize(
    ("told", "named"),
    [
        pytest.param(Beleid(BELEID | {"IND": "sha256:0"}, VERKLARINGEN), "IND", id="another"),
        pytest.param(Beleid({}, VERKLARINGEN), "AVIM", id="missing"),
        pytest.param(Beleid(BELEID | {"X": "y"}, VERKLARINGEN), "een ontvanger", id="one more"),
        pytest.param(Beleid(BELEID, {"2019-1": "z"}), "2019-1", id="another notice"),
        pytest.param(Beleid(BELEID, VERKLARINGEN | {"X": "y"}), "een verklaring", id="a new one"),
    ],
)
def test_a_difference_is_named(told, named):
    found = differences(RULEBOOK, told)

    assert any(named in each for each in found)
    assert all("niets verstuurd" in each for each in found)
