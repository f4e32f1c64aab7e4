"""A place in the feed: after a row of the outbox, or after some of the items of one.

A row can mean several items, and a page ends where it is full, also between two of them. The
place is one number, so that a cursor and the position of a delivery can hold it. It goes by the
kind of the last item and not by how many there were: consent can take items away meanwhile.
"""

from typing import Final

from schemas.terms import Kennisgevingssoort, Mutatiesoort

#: Before the first row.
BEGIN: Final = -1

#: A notice stands before whatever else its row tells; of one recipient a row has one at most.
_ORDER: Final = {
    **{soort.value: 0 for soort in Kennisgevingssoort},
    **{soort.value: at for at, soort in enumerate(Mutatiesoort, start=1)},
}
#: More than there are kinds. Never changed: stored positions are multiples of it.
_STEPS: Final = 16
#: More than there are places.
_MARKED: Final = 2**48


def after_row(nummer: int) -> int:
    """All of a row is told."""
    return nummer * _STEPS + _STEPS - 1


def after_item(nummer: int, soort: str) -> int:
    """A row is told up to and including its item of this kind."""
    return nummer * _STEPS + _ORDER[soort]


def last_recall(place: int) -> int:
    """The last row whose recall is told: it stands before the other items of its row."""
    return place // _STEPS


def last_whole_row(place: int) -> int:
    """The last row that is told as a whole; what follows it is still to be looked at."""
    return (place + 1) // _STEPS - 1


def with_mark(place: int, mark: int) -> int:
    """A place with the mark of the newest restore: how a cursor holds it.

    After a restore numbers are given out again, and what a recipient already passed may not have
    been what stands there now (`services.mutaties`).
    """
    return mark * _MARKED + place


def parted(marked: int) -> tuple[int, int]:
    """Place and mark again; a cursor of before there was a mark has 0."""
    mark = (marked + 1) // _MARKED
    return marked - mark * _MARKED, mark
