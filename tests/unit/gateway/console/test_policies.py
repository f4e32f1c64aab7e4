"""Officers see in time that a policy ends: long before, shortly before, and after."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from gateway.config import _BELEID
from gateway.console.policies import policies
from gateway.console.table import Toon
from privacy.policy import load_policies

POLICIES = load_policies(_BELEID)
END = POLICIES.of("IND").herzien_voor


@pytest.mark.parametrize(
    ("days", "toon", "words"),
    [
        pytest.param(60, Toon.GOED, "van kracht, nog 60 dagen", id="long before"),
        pytest.param(59, Toon.LET_OP, "nog 59 dagen: plan de herziening", id="shortly before"),
        pytest.param(1, Toon.LET_OP, "nog 1 dag: plan de herziening", id="the day before"),
        pytest.param(0, Toon.LET_OP, "nog 0 dagen: plan de herziening", id="the day itself"),
        pytest.param(-1, Toon.FOUT, "verlopen: er wordt niets verstrekt", id="after"),
    ],
)
def test_the_state_of_a_policy_says_how_long_it_holds(days, toon, words):
    now = datetime(END.year, END.month, END.day, 12, tzinfo=UTC) - timedelta(days=days)
    parts = SimpleNamespace(policies=POLICIES, clock=SimpleNamespace(now=lambda: now))

    table = policies(parts)

    (row,) = (each for each in table.rijen if each[0].tekst == "IND")
    assert (row[-1].toon, row[-1].tekst) == (toon, words)
