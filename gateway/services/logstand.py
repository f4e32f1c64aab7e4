"""A position of the log, signed: given to nodes, and known again when one shows it.

`merk` is made with the system key, which no rotation replaces: it is by this that we know our own
word again, also where the folder of keys was restored and the signing key of that day is gone.
The signature is for others. Who cannot make the mark cannot shut the door.
"""

import hmac
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, select

from connectors.errors import NotUnderstoodError
from connectors.wire import read_object
from gateway.signer import Signer
from privacy.clock import utc_text
from privacy.keys import KeyRing
from privacy.log.head import read_head
from privacy.log.tables import auditregel
from schemas.canonical import canonical

#: The header in which a node shows what it was told before.
HEADER: Final = "Lso-Logstand"
_MOST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Logstand:
    """So many entries there were, the last of them with this leaf, when this was said."""

    omvang: int
    blad: bytes
    tijd: datetime


def say_position(
    tx: Connection, keys: KeyRing, signer: Signer, now: datetime
) -> dict[str, Any] | None:
    """The position as it is now; None for an empty log."""
    omvang = read_head(tx).omvang
    if not omvang:
        return None
    blad = _leaf(tx, omvang)
    if blad is None:
        return None
    told = _told(omvang, blad, utc_text(now))
    body = canonical({**told, "merk": _mark(keys, told)})
    return {**told, "handtekening": signer.answer_as_jose(body).decode("ascii")}


def read_position(keys: KeyRing, shown: str | None) -> Logstand | None:
    """A position that we gave out ourselves; None for anything else, whoever shows it."""
    parts = (shown or "").split(".")
    if shown is None or len(shown) > _MOST or len(parts) != 3:  # noqa: PLR2004
        return None
    try:
        told = read_object(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        known = _told(told.whole("omvang"), told.hexadecimal("blad"), told.text("tijd"))
        if not hmac.compare_digest(_mark(keys, known), told.text("merk")):
            return None
        return Logstand(known["omvang"], told.hexadecimal("blad"), _moment(known["tijd"]))
    except (NotUnderstoodError, ValueError):
        return None


def is_ours_still(tx: Connection, position: Logstand) -> bool:
    """Whether the log holds that entry at that place."""
    return _leaf(tx, position.omvang) == position.blad


def _leaf(tx: Connection, omvang: int) -> bytes | None:
    query = select(auditregel.c.blad).where(auditregel.c.nummer == omvang - 1)
    found: bytes | None = tx.execute(query).scalar()
    return found


def _told(omvang: int, blad: bytes, tijd: str) -> dict[str, Any]:
    return {"omvang": omvang, "blad": blad.hex(), "tijd": tijd}


def _mark(keys: KeyRing, told: dict[str, Any]) -> str:
    return hmac.digest(keys.system_key("logstand"), canonical(told), sha256).hex()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
