"""All that the log says of some casussen, found without holding up who writes.

The log is read through before the question goes to the gate; within the gate's own transaction
only what came since is read. So a report is whole as of its own entry, and the writers' lock is
held for no longer than any question holds it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from gateway.wiring import Parts
from privacy.log.head import read_head
from privacy.log.search import Found, entries_of
from privacy.store.engine import reading


@dataclass(frozen=True, slots=True)
class Traces:
    """Entries by pseudonym as of a size of the log; to be brought up to date with `until_now`."""

    size: int
    found: Mapping[str, Sequence[Found]]

    def until_now(self, tx: Connection, pseudoniemen: Collection[str]) -> dict[str, list[Found]]:
        """Every entry of these as the transaction sees the log; of a new one all of it is read."""
        known = [each for each in pseudoniemen if each in self.found]
        new = [each for each in pseudoniemen if each not in self.found]
        whole = {name: list(self.found[name]) for name in known}
        since = [*entries_of(tx, known, since=self.size), *(entries_of(tx, new) if new else ())]
        for each in since:
            whole.setdefault(_named(each), []).append(each)
        return {name: whole.get(name, []) for name in pseudoniemen}


def trace(parts: Parts, pseudoniemen: Collection[str]) -> Traces:
    """What the log holds now of these pseudonyms."""
    found: dict[str, list[Found]] = {name: [] for name in pseudoniemen}
    if not pseudoniemen:
        return Traces(0, found)
    with reading(parts.engine) as tx:
        size = read_head(tx).omvang
        for each in entries_of(tx, pseudoniemen):
            # Beyond the size is what was written while this read: that comes with the rest.
            if each.nummer < size:
                found[_named(each)].append(each)
    return Traces(size, found)


def _named(found: Found) -> str:
    return str(found.entry.told["pseudoniem"])
