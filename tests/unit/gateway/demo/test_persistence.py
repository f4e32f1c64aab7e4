"""A step that was broken off is done again; a refusal is an answer."""

import pytest

from connectors.errors import GeweigerdError, Problem, TryLaterError, UnreachableError
from gateway.demo import persistence
from gateway.demo.errors import DemoError, InterruptedStepError
from gateway.demo.persistence import REPEATS, persist


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(persistence, "_PAUSE_SECONDS", 0.0)


class Step:
    """Fails so often, then gives its count."""

    def __init__(self, failures: int, error: Exception) -> None:
        self.failures = failures
        self.error = error
        self.done = 0

    def __call__(self) -> int:
        self.done += 1
        if self.done <= self.failures:
            raise self.error
        return self.done


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(InterruptedStepError("gedood"), id="killed"),
        pytest.param(UnreachableError(), id="not reachable"),
        pytest.param(TryLaterError(status=503), id="not now"),
    ],
)
def test_a_step_is_repeated_until_it_comes_to_its_end(error):
    assert persist("stap", Step(REPEATS, error)) == REPEATS + 1


def test_a_step_that_never_succeeds_is_told_of_and_ends_the_demo():
    step = Step(REPEATS + 1, UnreachableError())

    with pytest.raises(DemoError, match="stap: ook na 20 herhalingen niet gelukt"):
        persist("stap", step)

    assert step.done == REPEATS + 1


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        pytest.param(GeweigerdError(Problem(403)), GeweigerdError, id="a refusal"),
        pytest.param(TryLaterError(status=500), DemoError, id="a fault of the gateway"),
        pytest.param(DemoError("kan niet"), DemoError, id="the demo's own"),
    ],
)
def test_what_is_an_answer_is_not_asked_again(error, raised):
    step = Step(1, error)

    with pytest.raises(raised):
        persist("stap", step)

    assert step.done == 1
