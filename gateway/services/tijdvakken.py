"""Rolling over to a new epoch of the keys, for the worker and the command (docs/sleutels.md).

One at a time over all processes of an installation; whoever finds another at work leaves it to
that one. A rollover that was killed is gone on with by whoever comes next.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from gateway.refusals import ConflictError
from gateway.runner_lock import take_turn
from gateway.telemetry import log_event
from gateway.trace import begin_trace
from gateway.wiring import Parts
from privacy.restore import GATEWAY
from privacy.rollover import House, Rolled, finish, prepare, roll_over
from privacy.store.engine import reading
from privacy.store.epochs import Tijdvak, read_epochs

_TURN: Final = "tijdvak"
_BUSY: Final = "Een ander proces is al bezig met een nieuw tijdvak."
#: All workers ring at once, each perhaps on a machine with a folder of its own.
_WAIT_SECONDS: Final = 30.0
#: Who comes second finds an epoch that has just begun.
_JUST_NOW: Final = timedelta(hours=1)


def begin_epoch(parts: Parts) -> Rolled:
    """Begin a new epoch now and destroy the old keys; ConflictError where another is at it.

    RolloverStoppedError where casussen do not open: no key is destroyed then.
    """
    done = _in_turn(parts, roll_over)
    if done is None:
        raise ConflictError(_BUSY)
    return done


def prepare_epoch(parts: Parts) -> int:
    """Make the key of the next epoch, for who brings it to other machines first; its number.

    ConflictError where another is at work: it clears away what it finds half made.
    """
    with take_turn(parts.engine, _TURN, wait_seconds=_WAIT_SECONDS) as turn:
        if turn is None:
            raise ConflictError(_BUSY)
        return prepare(_house(parts))


def turn_epoch(parts: Parts) -> None:
    """Begin a new epoch by the clock: once, however many workers there are."""

    def work(house: House) -> Rolled:
        return finish(house) if _has_just_begun(parts) else roll_over(house)

    _in_turn(parts, work)


def finish_epoch(parts: Parts) -> None:
    """Go on with what was not finished, and remove on this machine what nothing needs."""
    _in_turn(parts, finish)


def overview(parts: Parts) -> list[Tijdvak]:
    """Every epoch that there ever was, oldest first."""
    with reading(parts.engine) as tx:
        return read_epochs(tx)


def _has_just_begun(parts: Parts) -> bool:
    begun = (each.begonnen for each in overview(parts) if each.begonnen is not None)
    return any(abs(parts.clock.now() - moment) < _JUST_NOW for moment in begun)


def _in_turn(parts: Parts, work: Callable[[House], Rolled]) -> Rolled | None:
    with take_turn(parts.engine, _TURN, wait_seconds=_WAIT_SECONDS) as turn:
        if turn is None:
            return None
        before = parts.keys.current.number
        done = work(_house(parts))
    _tell(before, done)
    return done


def _tell(before: int, done: Rolled) -> None:
    if done.tijdvak != before or done.omgezet:
        log_event("tijdvak_begonnen", plaats=f"tijdvak {done.tijdvak}", aantal=done.omgezet)
    for number in done.vernietigd:
        # Copies of before open with no key any more.
        log_event("tijdvak_vernietigd", level=logging.WARNING, plaats=f"tijdvak {number}")


def _house(parts: Parts) -> House:
    return House(
        engine=parts.engine,
        ring=parts.keys,
        folder=parts.settings.sleutels,
        now=parts.clock.now,
        herkomst={"organisatie": GATEWAY, "trace": begin_trace(None).trace_id},
    )
