"""Between the log in the database and its copy outside: what is copied, and where they differ.

Only what is committed is copied, and the log is never shortened. So a copy with an entry that the
database lacks, or with another one at the same number, means one thing: the database was put back
to an earlier day (design 2.10).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from sqlalchemy import Connection, Engine, select

from privacy.log.copy import Line, LogCopy
from privacy.log.errors import CopyDiffersError
from privacy.log.head import read_head
from privacy.log.tables import auditregel
from privacy.store.engine import reading

_CHUNK: Final = 1_000


@dataclass(frozen=True, slots=True)
class Difference:
    """`common` entries are the same in both; `lost` are the copy's own, oldest first."""

    common: int
    lost: Sequence[Line]


def copy_on(engine: Engine, copy: LogCopy, *, most: int | None = None) -> int:
    """Add to the copy what the log has more; how many lines. CopyDiffersError: see above.

    With `most` no more is begun after so many. Nothing is added where another process is adding
    already.
    """
    added = 0
    with copy.adding() as end:
        if end is None:
            return 0
        if end.last is not None:
            with reading(engine) as tx:
                if _leaves(tx, [end.last]).get(end.last.nummer) != end.last.blad:
                    raise CopyDiffersError
        while (most is None or added < most) and (lines := _lines(engine, end.next)):
            end.add(lines)
            added += len(lines)
    return added


def find_difference(tx: Connection, copy: LogCopy, *, whole: bool = False) -> Difference | None:
    """Where the copy holds what the database does not; None where it is the database's own.

    With `whole` every line of the copy is compared, also those before the first that agrees.
    """
    lost: list[Line] = []
    for chunk in _chunks(copy.back()):
        leaves = _leaves(tx, chunk)
        # One that differs before others that agree: the log itself was altered there.
        differing = [line for line in chunk if leaves.get(line.nummer) != line.blad]
        lost += differing
        if len(differing) < len(chunk) and not whole:
            break
    return Difference(lost[-1].nummer, lost[::-1]) if lost else None


def _chunks(lines: Iterator[Line]) -> Iterator[list[Line]]:
    size = 1  # mostly the newest line says it all
    while chunk := list(islice(lines, size)):
        yield chunk
        size = _CHUNK


def _leaves(tx: Connection, lines: Iterable[Line]) -> dict[int, bytes]:
    numbers = [line.nummer for line in lines]
    query = select(auditregel.c.nummer, auditregel.c.blad).where(
        auditregel.c.nummer.between(min(numbers), max(numbers))
    )
    return {row.nummer: row.blad for row in tx.execute(query)}


def _lines(engine: Engine, first: int) -> list[Line]:
    query = (
        select(auditregel.c.nummer, auditregel.c.blad, auditregel.c.regel)
        .where(auditregel.c.nummer >= first)
        .order_by(auditregel.c.nummer)
        .limit(_CHUNK)
    )
    with reading(engine) as tx:
        read_head(tx)
        return [Line(*row) for row in tx.execute(query)]
