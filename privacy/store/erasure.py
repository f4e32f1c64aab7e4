"""Destroying: the content of a casus when no consent is left, and all of it when it is erased.

What is destroyed here is gone from the tables. From WAL, replicas and backups it is gone when the
key of the epoch is destroyed that it was last wrapped under (`privacy.rollover`); until then who
has such a copy and that key could read it.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, LargeBinary, Uuid, bindparam, delete, or_, select, update

from privacy.comparison import latest_day_of
from privacy.plan import Plan
from privacy.store import tables
from privacy.store.chosen import CHUNK, in_chunks, over
from privacy.store.terugroepingen import terugroeping
from privacy.store.verloren import verloren_verstrekking
from privacy.vault import CasusKeys
from schemas.canonical import canonical

#: As every blind index: who reads the tables cannot tell which casus was erased by its length.
_INDEX_BYTES: Final = 32
_ANCHORS: Final = "ankers"
#: There is one at a time: what the casus's own version says is of its summary.
_VERSIE: Final = 1
#: The day that retention counts from where an anchor was never told: nothing left any more then.
ENDED: Final = "einde"
UITSTROOM: Final = "uitstroom"

_casus: Final = tables.casus
_mutatie: Final = tables.mutatie
_OF: Final = bindparam("b_id", type_=Uuid)
_KEPT_ANCHORS: Final = over(_casus.c.id, select(_casus.c.id, _casus.c.ankers).where)
_END: Final = (
    update(_casus)
    .where(_casus.c.id == _OF)
    .values(
        inhoud_sleutel=None,
        stand_nummer=None,
        vingerafdruk=bindparam("b_vingerafdruk"),
        ankers=bindparam("b_ankers", type_=LargeBinary),
    )
)
_LAST_TO_TELL: Final = over(
    _casus.c.id,
    select(_casus.c.id, _mutatie.c.versie, _mutatie.c.stand)
    .join(_mutatie, _mutatie.c.nummer == _casus.c.stand_nummer)
    .where(_casus.c.nummer.is_(None), _mutatie.c.stand.is_not(None))
    .where,
)
_KEEP_NUMBER: Final = (
    update(_casus).where(_casus.c.id == _OF).values(nummer=bindparam("b_nummer", type_=LargeBinary))
)
_RENEW: Final = (
    update(_casus)
    .where(_casus.c.id == _OF)
    .values(
        epoch=bindparam("b_epoch"),
        inhoud_sleutel=bindparam("b_inhoud", type_=LargeBinary),
        spoor_sleutel=bindparam("b_spoor", type_=LargeBinary),
    )
)
_ERASE: Final = (
    update(_casus)
    .where(_casus.c.id == _OF)
    .values(
        blind_index=bindparam("b_blind_index", type_=LargeBinary),
        inhoud_sleutel=None,
        spoor_sleutel=None,
        stand_nummer=None,
        stand_van=bindparam("b_now"),
        vingerafdruk=None,
        gedekt=bindparam("b_gedekt"),
        gedekt_tot=None,
        nummer=None,
        ankers=None,
        beperkt_sinds=None,
        beperking=None,
        gewist_op=bindparam("b_now"),
    )
)


def anchors_of(plan: Plan) -> bytes | None:
    """The days that retention counts from, of a plan with a new summary; None leaves them be.

    The summary alone tells them, and they must outlive it.
    """
    if plan.stand is None:
        return None
    day = latest_day_of(plan.stand, "datumUitstroom")
    return _seal(plan.keys, {} if day is None else {UITSTROOM: day})


def read_anchors(keys: CasusKeys, blob: bytes | None) -> dict[str, date]:
    """The days again; none of a casus of before they were kept."""
    if blob is None:
        return {}
    told = json.loads(keys.decrypt_spoor(blob, _ANCHORS, _VERSIE))
    return {name: date.fromisoformat(day) for name, day in told.items()}


def load_anchors(tx: Connection, keys: Mapping[UUID, CasusKeys]) -> dict[UUID, dict[str, date]]:
    """The days of several casussen, by casus."""
    rows = in_chunks(tx, _KEPT_ANCHORS, keys)
    return {row.id: read_anchors(keys[row.id], row.ankers) for row in rows}


def renew_keys(tx: Connection, plans: Sequence[Plan]) -> None:
    """Store the keys of casussen that get content anew, both under the epoch that is current."""
    rows = [
        {
            "b_id": plan.casus,
            "b_epoch": plan.renewed.epoch,
            "b_inhoud": plan.renewed.inhoud,
            "b_spoor": plan.renewed.spoor,
        }
        for plan in plans
        if plan.renewed is not None
    ]
    if rows:
        tx.execute(_RENEW, rows)


def end_content(tx: Connection, plans: Sequence[Plan], day: date) -> None:
    """Destroy the content of casussen that are held FOR UPDATE, from this day on.

    What is left: who got it, the consents, and the days that retention counts from.
    The plans tell no digest of it any more (`privacy.registration`).
    """
    keys = {plan.casus: plan.keys for plan in plans}
    days = load_anchors(tx, keys)
    _keep_numbers(tx, plans)
    rows = [
        {
            "b_id": plan.casus,
            "b_vingerafdruk": plan.vingerafdruk,
            "b_ankers": _seal(plan.keys, {**days[plan.casus], ENDED: day}),
        }
        for plan in plans
    ]
    tx.execute(_END, rows)
    _blank_outbox(tx, list(keys))


def _keep_numbers(tx: Connection, plans: Sequence[Plan]) -> None:
    """Of a casus of before V-nummers were kept apart: its summary is the last to tell it.

    Without it the casus could not be found again under the keys of a next epoch.
    """
    by_casus = {plan.casus: plan for plan in plans}
    rows = []
    for row in in_chunks(tx, _LAST_TO_TELL, by_casus):
        plan = by_casus[row.id]
        label = replace(plan.label, versie=row.versie)
        summary = plan.keys.decrypt(row.stand, "stand", label)
        rows.append({"b_id": row.id, "b_nummer": plan.keys.encrypt_nummer(summary)})
    if rows:
        tx.execute(_KEEP_NUMBER, rows)


def erase_rows(tx: Connection, casussen: Sequence[UUID], now: datetime) -> None:
    """Both keys gone, and with them all ciphertext; consents deleted; found by nothing any more.

    Recalls stay, with the references by which a recipient knows them, until they are confirmed
    (`forget_erased`); so do the rows of the outbox, emptied.
    """
    for start in range(0, len(casussen), CHUNK):
        some = casussen[start : start + CHUNK]
        rows = [
            {
                "b_id": each,
                "b_blind_index": secrets.token_bytes(_INDEX_BYTES),
                "b_now": now,
                "b_gedekt": {},
            }
            for each in some
        ]
        tx.execute(_ERASE, rows)
        consents, lost = tables.toestemming, verloren_verstrekking
        tx.execute(delete(consents).where(consents.c.casus_id.in_(some)))
        tx.execute(delete(lost).where(lost.c.casus_id.in_(some)))
    _blank_outbox(tx, casussen)


def forget_erased(tx: Connection) -> int:
    """Forget erased casussen whole, once every recall is confirmed; how many.

    Until then the numbers of their rows tie a random id to entries of the log. What is not
    confirmed stays, and shows as overdue: somebody has to ask (AVG 19).
    """
    open_ones = select(terugroeping.c.casus_id).where(terugroeping.c.bevestigd_op.is_(None))
    done = select(_casus.c.id).where(_casus.c.gewist_op.is_not(None), _casus.c.id.not_in(open_ones))
    # All that is deleted is of these: a recall that is confirmed meanwhile waits for the next time.
    ids = tx.execute(done.order_by(_casus.c.id)).scalars().all()
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        for table in (terugroeping, tables.casusreferentie, _mutatie):
            tx.execute(delete(table).where(table.c.casus_id.in_(some)))
        tx.execute(delete(_casus).where(_casus.c.id.in_(some)))
    return len(ids)


def _blank_outbox(tx: Connection, casussen: Sequence[UUID]) -> None:
    full = or_(_mutatie.c.stand.is_not(None), _mutatie.c.verandering.is_not(None))
    blank = update(_mutatie).where(full).values(stand=None, verandering=None)
    for start in range(0, len(casussen), CHUNK):
        tx.execute(blank.where(_mutatie.c.casus_id.in_(casussen[start : start + CHUNK])))


def _seal(keys: CasusKeys, days: Mapping[str, date]) -> bytes:
    text = canonical({name: day.isoformat() for name, day in days.items()})
    return keys.encrypt_spoor(text, _ANCHORS, _VERSIE)
