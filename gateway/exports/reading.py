"""The log as the exports want it: every entry with the page or pack that closes over it.

A batch is whole: no page is cut in two, since all of it was appended in one transaction. Nothing
is opened here, and nothing is checked (`privacy.log.verify`): what stands in the log is told.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from privacy.log.tables import auditregel
from privacy.log.terms import COUNTS_ONLY, Auditsoort

#: Enough for one message to a collector.
_WANTED: Final = 500
_AT_ONCE: Final = 1_000
_WAY: Final = ("organisatie", "client", "trace")


@dataclass(frozen=True, slots=True)
class Logregel:
    """One entry: its number, leaf hash and keys; `ouder` is the entry that closes over it."""

    nummer: int
    blad: bytes
    told: Mapping[str, Any]
    ouder: "Logregel | None" = None

    @property
    def soort(self) -> Auditsoort:
        """What happened."""
        return Auditsoort(self.told["soort"])

    @property
    def onderdelen(self) -> int | None:
        """How many entries directly before it are its own; None where it closes over nothing."""
        told: int | None = self.told.get("onderdelen")
        return None if self.soort in COUNTS_ONLY else told

    def same_way(self, other: "Logregel") -> bool:
        """Whether both came along one way: of a page and its parts that is always so."""
        return all(self.told.get(key) == other.told.get(key) for key in _WAY)


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries in order of number, and the number to go on from."""

    regels: Sequence[Logregel]
    volgende: int


def read_batch(tx: Connection, since: int, wanted: int = _WANTED) -> Batch:
    """At least so many entries from `since` on, if there are; `since` is never inside a page."""
    query = (
        select(auditregel.c.nummer, auditregel.c.blad, auditregel.c.regel)
        .where(auditregel.c.nummer >= since)
        .order_by(auditregel.c.nummer)
        .execution_options(yield_per=_AT_ONCE)
    )
    found: list[Logregel] = []
    waiting: list[Logregel] = []  # may yet turn out to be parts of a page
    with tx.execute(query) as rows:
        for row in rows:
            each = _read(row)
            if waiting and not waiting[-1].same_way(each):
                found += waiting
                waiting = []
            if not waiting and len(found) >= wanted:
                return Batch(found, each.nummer)
            waiting.append(each)
            if each.onderdelen is not None:
                found += _closed(waiting, each.onderdelen)
                waiting = []
    found += waiting
    return Batch(found, found[-1].nummer + 1 if found else since)


def _read(row: Row[int, bytes, bytes]) -> Logregel:
    return Logregel(row.nummer, row.blad, json.loads(row.regel))


def _closed(waiting: Sequence[Logregel], parts: int) -> list[Logregel]:
    """What waited, the last `parts` of it as parts of the page that came last."""
    *before, page = waiting
    alone = len(before) - parts
    told = [each if at < alone else replace(each, ouder=page) for at, each in enumerate(before)]
    return [*told, page]
