"""Repeats a step that was broken off: a process was killed, or the gateway was just not there.

Every step of the demo may be repeated: nodes remember what they sent, a conference is looked
for before it is planned, a page that comes twice counts once.
"""

import time
from collections.abc import Callable
from typing import Final, TypeVar

from connectors.errors import TryLaterError, UnreachableError
from connectors.retries import SOON_OVER
from gateway.demo.errors import DemoError, InterruptedStepError

#: How often a step is repeated, or a process started again, before the demo gives up.
REPEATS: Final = 20
_PAUSE_SECONDS: Final = 0.1
_LONGEST_PAUSE_SECONDS: Final = 1.0

T = TypeVar("T")


def persist(what: str, step: Callable[[], T]) -> T:
    """Do a step until it succeeds; DemoError when that is not after `REPEATS` repeats.

    A refusal is not repeated, nor is a fault of the gateway: that is the answer.
    """
    broken: Exception | None = None
    for attempt in range(REPEATS + 1):
        if attempt:
            time.sleep(min(_PAUSE_SECONDS * 2**attempt, _LONGEST_PAUSE_SECONDS))
        try:
            return step()
        except (UnreachableError, TryLaterError, InterruptedStepError) as error:
            if isinstance(error, TryLaterError) and error.status not in SOON_OVER:
                raise DemoError(f"{what}: de gateway heeft een storing ({error}).") from None
            broken = error
    raise DemoError(f"{what}: ook na {REPEATS} herhalingen niet gelukt ({broken}).")
