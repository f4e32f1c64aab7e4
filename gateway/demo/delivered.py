"""Whether a partner that does not pull has got everything there is to tell it.

Asked of the gateway's own database, as an operator would. Sound only once nothing is added to
the outbox any more: every node has pushed, and someone has read the feed, by which consents
that ended were noticed. From then on the position that was confirmed either reached the last
row of the outbox or did not; no clock is needed to know.
"""

import time
from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, func, select

from gateway.demo.errors import DemoError
from gateway.services.feed_place import after_row
from gateway.store.bezorging import BEGIN, bezorgstand
from privacy.store.engine import make_engine, reading
from privacy.store.tables import mutatie

_PATIENCE_SECONDS: Final = 90.0
_PAUSE_SECONDS: Final = 0.05


def await_delivery(database: str, recipient: str, require: Callable[[], None]) -> None:
    """Wait for the worker; `require` raises when there is no sense in waiting any longer."""
    engine = make_engine(database)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    try:
        while True:
            require()
            with reading(engine) as tx:
                if _all_delivered(tx, recipient):
                    return
            if time.monotonic() > deadline:
                raise DemoError(f"{recipient} heeft na {_PATIENCE_SECONDS:.0f} s nog niet alles.")
            time.sleep(_PAUSE_SECONDS)
    finally:
        engine.dispose()


def _all_delivered(tx: Connection, recipient: str) -> bool:
    position = select(bezorgstand.c.positie).where(bezorgstand.c.ontvanger == recipient)
    last = tx.execute(select(func.max(mutatie.c.nummer))).scalar()
    reached = tx.execute(position).scalar()
    return (BEGIN if reached is None else reached) >= (BEGIN if last is None else after_row(last))
