"""How many may vanish."""

import pytest

from gateway.node.vanished import is_too_many


@pytest.mark.parametrize(
    ("gone", "stood", "percent", "stops"),
    [
        pytest.param(0, 0, 10, False, id="nobody was ever sent"),
        pytest.param(10, 100, 10, False, id="exactly one in ten"),
        pytest.param(11, 100, 10, True, id="just over"),
        pytest.param(1, 9, 10, True, id="one of few"),
        pytest.param(1, 100, 0, True, id="none may vanish"),
        pytest.param(100, 100, 100, False, id="all may vanish"),
    ],
)
def test_more_than_the_threshold_stops(gone, stood, percent, stops):
    assert is_too_many(gone, stood, percent) is stops
