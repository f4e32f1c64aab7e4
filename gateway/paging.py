"""Lists in pages: by where the last page ended, never by a count (keyset paging).

What is added or removed meanwhile moves nothing: each item that was there all the time is told
once. A cursor is sealed for one client and one list, so it tells nothing of what lies between
its pages, and another's is no cursor at all. No page says how many items or pages there are.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from gateway.refusals import InvalidRequestError
from gateway.request import AskedRequest
from privacy.errors import IntegrityError
from privacy.keys import KeyRing

T = TypeVar("T")

MOST: Final = 500
USUAL: Final = 100
#: Where the cursor stands in an answer: another text each time, also where nothing changed.
CURSOR: Final = ("volgende",)
_NUMBER: Final = re.compile(r"[0-9]{1,3}", re.ASCII)
_CURSOR: Final = re.compile(r"[A-Za-z0-9_-]{1,200}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Page:
    """Which page is asked for: so many items, after the place of a cursor."""

    na: str | None = None
    limiet: int = USUAL


def read_page(asked: AskedRequest, *more: str) -> Page:
    """From `na` and `limiet` of the URL; InvalidRequestError for a fault, and for another name.

    The names of `more` are read by the view itself.
    """
    query = asked.query("na", "limiet", *more)
    na, limiet = query.get("na"), query.get("limiet", str(USUAL))
    if na is not None and not _CURSOR.fullmatch(na):
        raise InvalidRequestError("na is geen cursor van deze lijst.")
    if not _NUMBER.fullmatch(limiet) or not 1 <= int(limiet) <= MOST:
        raise InvalidRequestError(f"limiet is een getal van 1 tot en met {MOST}.")
    return Page(na, int(limiet))


@dataclass(frozen=True, slots=True)
class Cursors:
    """The cursors of one list as one client may read it.

    `lijst` is a name of ours, with the reference of whatever the list belongs to. The places of
    one list are all of one length, so that the cursor does not tell by its own.
    """

    keys: KeyRing
    client_id: str
    lijst: str

    def place(self, page: Page) -> bytes | None:
        """Where the page begins; None is the beginning. InvalidRequestError for no cursor."""
        if page.na is None:
            return None
        try:
            return self.keys.read_place(self._reader, page.na)
        except IntegrityError:
            raise InvalidRequestError("na is geen cursor van deze lijst.") from None

    def split(
        self, found: Sequence[T], page: Page, place: Callable[[T], bytes]
    ) -> tuple[Sequence[T], str | None]:
        """The rows of the page, and the cursor of the next; None where the list is at its end.

        `found`: one row more than the page may hold, if there are so many.
        """
        rows = found[: page.limiet]
        if len(found) <= page.limiet:
            return rows, None
        return rows, self.keys.hide_place(self._reader, place(rows[-1]))

    @property
    def _reader(self) -> str:
        return f"{self.lijst}|{self.client_id}"
