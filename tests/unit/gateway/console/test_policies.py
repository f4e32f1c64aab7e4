"""Officers see in time that a policy ends: long before, shortly before, and after."""

from datetime import timedelta

import pytest

from gateway.config import _BELEID
from gateway.console.policies import review
from gateway.console.table import Toon
from privacy.policy import load_policies

POLICY = load_policies(_BELEID).of("IND")


@pytest.mark.parametrize(
    ("days", "toon", "words"),
    [
        pytest.param(42, Toon.GOED, "nog 42 dagen", id="long before"),
        pytest.param(41, Toon.LET_OP, "nog 41 dagen: plan de herziening", id="six weeks before"),
        pytest.param(1, Toon.LET_OP, "nog 1 dag: plan de herziening", id="the day before"),
        pytest.param(0, Toon.LET_OP, "nog 0 dagen: plan de herziening", id="the day itself"),
        pytest.param(-1, Toon.FOUT, "verlopen: er wordt niets verstrekt", id="after"),
    ],
)
def test_the_state_of_a_policy_says_how_long_it_holds(days, toon, words):
    told = review(POLICY, POLICY.herzien_voor - timedelta(days=days))

    assert (told.toon, told.tekst) == (toon, words)
