"""The public keys by which the signatures of organisations are checked.

They are withdrawn and never deleted: what was signed before can still be checked. A key is of
one organisation, once and for all: its kid is its thumbprint (RFC 7638), so whoever adds it
again, for whomever, is refused by the database itself.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from joserfc.jwk import ECKey
from sqlalchemy import Column, Connection, String, Table, Text, bindparam, insert, select, update

from privacy.store.metadata import metadata
from privacy.store.moment import UtcMoment

_KID_LENGTH: Final = 43  # SHA-256 in base64url

ondertekenaar = Table(
    "ondertekenaar",
    metadata,
    Column("kid", String(_KID_LENGTH), primary_key=True),
    Column("bronhouder", String(32), nullable=False, index=True),
    Column("jwk", Text, nullable=False),
    Column("vanaf", UtcMoment(), nullable=False),
    Column("ingetrokken_op", UtcMoment()),
)
_COLUMNS: Final = tuple(
    ondertekenaar.c[name] for name in ("kid", "bronhouder", "jwk", "vanaf", "ingetrokken_op")
)
# Built once: it runs with every delivery.
_HOLDING: Final = select(ondertekenaar.c.kid, ondertekenaar.c.jwk).where(
    ondertekenaar.c.bronhouder == bindparam("wanted"), ondertekenaar.c.ingetrokken_op.is_(None)
)


@dataclass(frozen=True, slots=True)
class Ondertekenaar:
    """One signing key of one organisation; `jwk` is JSON text, public only."""

    kid: str
    bronhouder: str
    jwk: str
    vanaf: datetime
    ingetrokken_op: datetime | None = None

    @property
    def key(self) -> EllipticCurvePublicKey:
        """The key itself."""
        return _opened(self.jwk)

    def held_on(self, moment: datetime) -> bool:
        """Whether what was stored at that moment could be signed by it."""
        return self.ingetrokken_op is None or moment <= self.ingetrokken_op


def keys_now(connection: Connection, bronhouder: str) -> dict[str, EllipticCurvePublicKey]:
    """The keys of an organisation that hold, by kid.

    Read within the transaction that relies on them: a withdrawn one stops counting at once.
    """
    rows = connection.execute(_HOLDING, {"wanted": bronhouder})
    return {row.kid: _opened(row.jwk) for row in rows}


def all_ondertekenaars(connection: Connection) -> list[Ondertekenaar]:
    """Every key, also the withdrawn, oldest first."""
    table = ondertekenaar
    ordered = select(*_COLUMNS).order_by(table.c.bronhouder, table.c.vanaf, table.c.kid)
    return [Ondertekenaar(*row) for row in connection.execute(ordered)]


def find_ondertekenaar(connection: Connection, kid: str) -> Ondertekenaar | None:
    """One key, also a withdrawn one."""
    row = connection.execute(select(*_COLUMNS).where(ondertekenaar.c.kid == kid)).one_or_none()
    return None if row is None else Ondertekenaar(*row)


def add_ondertekenaar(connection: Connection, added: Ondertekenaar) -> None:
    """Register a key. One that was registered before is a fault of the caller (integrity error)."""
    values = {column.name: getattr(added, column.name) for column in ondertekenaar.c}
    connection.execute(insert(ondertekenaar), values)


def withdraw_ondertekenaar(
    connection: Connection, bronhouder: str, kid: str, moment: datetime
) -> bool:
    """Accept nothing more by it. False where it does not exist or was withdrawn before."""
    table = ondertekenaar
    held = update(table).where(
        table.c.bronhouder == bronhouder, table.c.kid == kid, table.c.ingetrokken_op.is_(None)
    )
    return connection.execute(held.values(ingetrokken_op=moment)).rowcount == 1


@lru_cache(maxsize=256)
def _opened(jwk: str) -> EllipticCurvePublicKey:
    return ECKey.import_key(json.loads(jwk)).public_key
