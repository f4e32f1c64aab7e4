"""Who lost a race for the database runs again; whoever failed otherwise does not."""

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from privacy.errors import LogUnavailableError
from privacy.store.engine import loser_tries_again


class RefusedError(Exception):
    """What a driver raises."""

    def __init__(self, sqlstate: str | None = None) -> None:
        self.sqlstate = sqlstate


def operational(sqlstate: str) -> OperationalError:
    return OperationalError("COPY", None, RefusedError(sqlstate))


def caused_by(cause: Exception) -> LogUnavailableError:
    error = LogUnavailableError("the log cannot be written")
    error.__cause__ = cause
    return error


def runs(*failures: Exception) -> int:
    """How often a function runs that fails with these, one after the other, and then succeeds."""
    left = list(failures)
    count = 0

    @loser_tries_again
    def work() -> None:
        nonlocal count
        count += 1
        if left:
            raise left.pop(0)

    work()
    return count


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(operational("40P01"), id="a deadlock"),
        pytest.param(operational("40001"), id="no way to put two transactions in one order"),
        pytest.param(IntegrityError("", None, RefusedError("23505")), id="another was first"),
        pytest.param(caused_by(operational("40P01")), id="a deadlock at the log"),
    ],
)
def test_who_lost_a_race_runs_again(failure):
    assert runs(failure, failure) == 3


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(operational("57P01"), id="a server that goes away"),
        pytest.param(caused_by(SQLAlchemyError()), id="a log that cannot be written"),
        pytest.param(LogUnavailableError("the head of the log is damaged"), id="a damaged log"),
        pytest.param(ValueError(), id="a fault of our own"),
    ],
)
def test_any_other_failure_comes_out_at_once(failure):
    with pytest.raises(type(failure)):
        runs(failure)


def test_who_keeps_losing_gives_up_with_what_went_wrong():
    with pytest.raises(OperationalError):
        runs(*[operational("40P01")] * 5)
