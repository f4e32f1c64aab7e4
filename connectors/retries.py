"""Patience: repeat what may be repeated, ever later, and never beyond a total time.

Who calls decides what may be repeated, by `may_pass` or `not_begun`; this file decides when and
how often. Back-off and jitter are tenacity's.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception
from tenacity.stop import stop_after_attempt, stop_before_delay
from tenacity.wait import wait_exponential_jitter

from connectors.errors import TryLaterError, UnreachableError

T = TypeVar("T")

#: Answers after which the same request soon after may well succeed. 500 is not one of them.
SOON_OVER = frozenset({408, 425, 429, 502, 503, 504})
_TOO_MANY = 429


def may_pass(error: BaseException) -> bool:
    """Whether the same request, which may safely arrive twice, has a chance soon after."""
    if isinstance(error, TryLaterError):
        return error.status in SOON_OVER
    return isinstance(error, UnreachableError)


def not_begun(error: BaseException) -> bool:
    """Whether the other said that it did nothing (RFC 6585, 4): safe for any request."""
    return isinstance(error, TryLaterError) and error.status == _TOO_MANY


@dataclass(frozen=True, slots=True)
class Patience:
    """At most `attempts`, and no new one that would begin after `total_seconds`.

    A Retry-After is obeyed where it fits in the total; where it does not, the error goes to the
    caller at once, with what was asked for. Between attempts is at least the back-off.
    """

    attempts: int = 4
    first_wait_seconds: float = 0.25
    longest_wait_seconds: float = 20.0
    total_seconds: float = 90.0
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    def run(self, call: Callable[[], T], repeat: Callable[[BaseException], bool] = may_pass) -> T:
        """Give the answer of the first call that has one, else raise the error of the last."""
        return self._retrying(repeat)(call)

    def _retrying(self, repeat: Callable[[BaseException], bool]) -> Retrying:
        back_off = wait_exponential_jitter(
            multiplier=self.first_wait_seconds,
            max=self.longest_wait_seconds,
            jitter=self.first_wait_seconds,
        )
        return Retrying(
            sleep=self.sleep,
            stop=stop_after_attempt(self.attempts) | stop_before_delay(self.total_seconds),
            wait=lambda state: max(back_off(state), _asked_for(state)),
            retry=retry_if_exception(repeat),
            reraise=True,
        )


#: Asks once.
NO_PATIENCE = Patience(attempts=1)


def _asked_for(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, TryLaterError) else None
    return asked or 0.0
