"""Restriction of processing as it is stored: since when, and on which grounds (AVG 18).

The moment stands open, so that whoever reads a casus sees it without a key; why stands under the
spoor key. Deliveries and withdrawals go on beside it, and keep the grounds of consent up to date.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, update

from privacy.dossier import Dossier
from privacy.store.tables import casus
from schemas.terms import Beperkingsgrond

_TABLE: Final = "beperking"
#: There is one at a time: what the casus's own version says is of its summary.
_VERSIE: Final = 1
_NOTE: Final = (
    update(casus)
    .where(casus.c.id == bindparam("b_id"))
    .values(beperkt_sinds=bindparam("b_sinds"), beperking=bindparam("b_beperking"))
)


def gronden_of(dossier: Dossier) -> frozenset[Beperkingsgrond]:
    """On which grounds processing is restricted; none where it is not.

    IntegrityError where the ciphertext is not of this casus.
    """
    if dossier.beperking is None:
        return frozenset()
    text = dossier.keys.decrypt_spoor(dossier.beperking, _TABLE, _VERSIE).decode("ascii")
    return frozenset(map(Beperkingsgrond, text.split()))


def note_gronden(
    tx: Connection, dossier: Dossier, gronden: Collection[Beperkingsgrond], now: datetime
) -> datetime | None:
    """Store the grounds of a casus that is held FOR UPDATE; since when it is restricted.

    With none, it is restricted no longer.
    """
    sinds = (dossier.beperkt_sinds or now) if gronden else None
    text = " ".join(sorted(gronden)).encode("ascii")
    sealed = dossier.keys.encrypt_spoor(text, _TABLE, _VERSIE) if gronden else None
    tx.execute(_NOTE, {"b_id": dossier.casus, "b_sinds": sinds, "b_beperking": sealed})
    return sinds
