"""The transaction of a call through FSC: its id, and the row that must be there before the view.

Digikoppeling REST 4.0 asks for a UUIDv7, made by the Outway. That no two calls share an id is
the Outway's duty (FSC Logging 1.1); it is not checked here, since a retry may keep it.
"""

import re
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy.exc import SQLAlchemyError

from gateway.edge import INWAY
from gateway.fsc.refused import Foutcode, note
from gateway.refusals import InvalidRequestError
from gateway.request import AskedRequest
from gateway.store.contracten import Contract, Transactie, add_transactie
from gateway.wiring import Parts
from privacy.errors import SystemRefusalError
from privacy.store.engine import writing

HEADER: Final = "Fsc-Transaction-Id"
_UUID_7: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_REFUSED: Final = f"De header {HEADER} ontbreekt, of is geen UUID van versie 7."


class TransactionNotWrittenError(SystemRefusalError):
    """The transaction could not be written down: then nothing happens at all (FSC-06)."""


def came_through_inway(asked: AskedRequest) -> bool:
    """Whether the edge saw that our own Inway sent this; no header can say so."""
    return asked.environ.get(INWAY) is True


def transaction_of(asked: AskedRequest) -> str | None:
    """The id, in lower case, of a call through the Inway; None where there is no good one."""
    if not came_through_inway(asked):
        return None
    told = asked.headers.get(HEADER, "").strip().lower()
    return told if _UUID_7.fullmatch(told) else None


def require_transaction(asked: AskedRequest) -> str:
    """The id, or InvalidRequestError: without it the two logs could never be put side by side."""
    told = transaction_of(asked)
    if told is None:
        missing = HEADER not in asked.headers
        note(asked, Foutcode.TRANSACTIE_ONTBREEKT if missing else Foutcode.TRANSACTIE_ONGELDIG)
        raise InvalidRequestError(_REFUSED)
    return told


def write_transaction(
    parts: Parts, asked: AskedRequest, transactie: str, contract: Contract
) -> None:
    """Commit who called under which contract, in a transaction of its own (FSC-06)."""
    written = Transactie(
        id=uuid4(),
        transactie=UUID(transactie),
        grant_hash=contract.grant_hash,
        peer=contract.peer,
        delegator=contract.delegator,
        dienst=contract.dienst,
        tijd=parts.clock.now(),
    )
    try:
        with writing(parts.engine) as tx:
            add_transactie(tx, written)
    except SQLAlchemyError as failure:
        note(asked, Foutcode.NIET_GELOGD)
        raise TransactionNotWrittenError("the transaction log cannot be written") from failure
