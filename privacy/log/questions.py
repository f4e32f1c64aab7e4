"""Questions to the log: entries by kind, organisation, recipient, purpose, period, trace.

Answered by reading through the log inside the database, as `privacy.log.search` does; a million
entries take seconds. What an entry says of a time is its own `tijd`, which the tree proves; the
column beside it is not asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Select, select

from privacy.clock import utc_text
from privacy.log.search import Entry, holds
from privacy.log.tables import auditregel

#: Beyond any entry.
LAST: Final = 2**63 - 1
_CHUNK: Final = 1000
_TIJD: Final = b'"tijd":"'
_TIJD_BYTES: Final = len("2026-05-04T09:30:00.000Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What an entry must say; what is None is not asked. `van` is in, `tot` is not.

    ValueError for what no entry can hold: it would end a question early.
    """

    soort: str | None = None
    organisatie: str | None = None
    ontvanger: str | None = None
    doel: str | None = None
    trace: str | None = None
    pseudoniem: str | None = None
    van: datetime | None = None
    tot: datetime | None = None

    def __post_init__(self) -> None:
        for text in self._texts().values():
            if not text.isascii() or '"' in text or "\\" in text:
                raise ValueError("no entry can hold this")

    def needles(self) -> list[bytes]:
        """What stands in each entry that is asked for."""
        return [f'"{key}":"{text}"'.encode() for key, text in self._texts().items()]

    def of_its_time(self, regel: bytes) -> bool:
        """Whether the entry is of the period."""
        at = regel.index(_TIJD) + len(_TIJD)
        told = regel[at : at + _TIJD_BYTES].decode("ascii")
        begun = self.van is None or told >= utc_text(self.van)
        return begun and (self.tot is None or told < utc_text(self.tot))

    def _texts(self) -> dict[str, str]:
        asked = [each.name for each in fields(self) if each.name not in {"van", "tot"}]
        found = {name: getattr(self, name) for name in asked}
        return {name: text for name, text in found.items() if text is not None}


def ask_log(
    tx: Connection, question: Question, after: int = -1, until: int = LAST
) -> Iterator[Entry]:
    """Every entry for which the question holds, between two numbers; neither of those itself."""
    query: Select[int, bytes] = (
        select(auditregel.c.nummer, auditregel.c.regel)
        .where(auditregel.c.nummer > after, auditregel.c.nummer < until)
        .where(*(holds(tx, needle) for needle in question.needles()))
        .order_by(auditregel.c.nummer)
        .execution_options(yield_per=_CHUNK)
    )
    with tx.execute(query) as rows:
        for row in rows:
            if question.of_its_time(row.regel):
                yield Entry(row.nummer, row.regel)
