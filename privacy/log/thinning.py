"""Stored checkpoints grow fewer as they grow old: all of the last days, then one of each day.

A checkpoint is evidence of what was signed, and any later one covers all that it covers: proofs
are made of the tree, never of a stored checkpoint. So what an old one still tells is between which
two moments a rewritten log was another; after a few days a day is close enough. What the clock
says decides how many stay, and never that none does.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, select

from privacy.log.checkpoints import newest
from privacy.log.tables import controlepunt, medeondertekening
from privacy.log.trust import Trust

#: A checkpoint every ten seconds in so long, each with the signatures under it, takes `verify`
#: about as long as a million entries.
ALL_STAY: Final = timedelta(days=2)
_AT_ONCE: Final = 1_000
_PAGE: Final = (
    select(controlepunt.c.omvang, controlepunt.c.gemaakt)
    .where(controlepunt.c.omvang >= bindparam("begin"), controlepunt.c.gemaakt < bindparam("end"))
    .order_by(controlepunt.c.omvang)
    .limit(_AT_ONCE)
)


def still_needed(tx: Connection, trust: Trust | None) -> frozenset[int]:
    """The sizes that stay whatever their age: the last of each witness, and what is given out."""
    last = select(func.max(medeondertekening.c.omvang)).group_by(medeondertekening.c.getuige)
    given_out = None if trust is None else newest(tx, trust)
    own = () if given_out is None else (given_out[0].size,)
    return frozenset((*tx.execute(last).scalars(), *own))


def thin_some(
    tx: Connection, needed: Collection[int], now: datetime, begin: int = 0
) -> tuple[int, int | None]:
    """Take away all but the last of each old day; how many these were.

    Goes through some at a time, so that nobody waits long: with where to go on, None at the end.
    The newest of all always stays.
    """
    rows = tx.execute(_PAGE, {"begin": begin, "end": now - ALL_STAY}).all()
    gone = [
        row.omvang
        for row, after in pairwise(rows)
        if row.gemaakt.astimezone(UTC).date() == after.gemaakt.astimezone(UTC).date()
        and row.omvang not in needed
    ]
    if gone:
        tx.execute(delete(medeondertekening).where(medeondertekening.c.omvang.in_(gone)))
        tx.execute(delete(controlepunt).where(controlepunt.c.omvang.in_(gone)))
    return len(gone), rows[-1].omvang if len(rows) == _AT_ONCE else None
