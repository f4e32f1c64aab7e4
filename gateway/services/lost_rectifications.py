"""Notices of rectification that a restore lost: owed again when it closes (AVG 16, 19).

The log names casus and fields, not who was told. So whoever ever got one of these fields is told,
also who saw the correction in its feed; but not who was told of that field since, by a delivery
that corrected it once more. Of a casus whose keys are lost nobody can be told by us.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from gateway.services.kennisgevingen import notify
from gateway.services.lost_entries import lost_entries
from gateway.services.lost_withdrawals import by_gateway
from gateway.services.rectificaties import notice_of, rectification_entry
from gateway.wiring import Parts
from privacy.log.terms import Auditsoort
from privacy.store.chosen import in_chunks, over
from privacy.store.dossiers import Lock, load_by_id
from privacy.store.herstel import Herstel
from privacy.store.kennisgevingen import Kennisgeving
from privacy.store.references import earlier_recipients
from privacy.store.terugroepingen import find_traces, terugroeping
from schemas.terms import Kennisgevingssoort

_SINCE: Final = over(
    terugroeping.c.casus_id,
    select(terugroeping.c.casus_id, terugroeping.c.ontvanger, terugroeping.c.velden)
    .where(
        terugroeping.c.soort == Kennisgevingssoort.RECTIFICATIE.value,
        terugroeping.c.nummer >= bindparam("since"),
    )
    .where,
)
#: A casus and who got it.
_Of = tuple[UUID, str]


def owe_rectifications(parts: Parts, tx: Connection, found: Herstel) -> int:
    """Write the notices down, in the transaction that closes the restore; of how many casussen."""
    wrong = _wrong(parts, tx, found)
    earlier, since = earlier_recipients(tx, wrong), _told_since(tx, wrong, found)
    now, owed = parts.clock.now(), []
    for casus, dossier in load_by_id(tx, parts.keys, earlier, Lock.UPDATE).items():
        notice = _left(notice_of(dossier, wrong[casus], earlier[casus]), since)
        if notice.ontvangers:
            herkomst = by_gateway(dossier.label.bronhouder)
            owed.append((rectification_entry(herkomst, dossier, wrong[casus], now), notice))
    notify(parts, tx, owed, now)
    return len(owed)


def _wrong(parts: Parts, tx: Connection, found: Herstel) -> dict[UUID, set[str]]:
    """Per casus that is here the fields that the log says were wrong."""
    told: dict[str, set[str]] = {}
    for each in lost_entries(tx, found, [Auditsoort.RECTIFICATIE]):
        told.setdefault(each["pseudoniem"], set()).update(each.get("velden", ()))
    traces = find_traces(tx, parts.keys, told)
    return {casus: told[name] for name, (casus, _keys) in traces.items()}


def _told_since(tx: Connection, casussen: Collection[UUID], found: Herstel) -> dict[_Of, set[str]]:
    told: dict[_Of, set[str]] = {}
    for row in in_chunks(tx, _SINCE, casussen, {"since": found.omvang}):
        told.setdefault((row.casus_id, row.ontvanger), set()).update(row.velden)
    return told


def _left(notice: Kennisgeving, since: Mapping[_Of, set[str]]) -> Kennisgeving:
    casus = notice.dossier.casus
    left = {
        name: [each for each in velden if each not in since.get((casus, name), ())]
        for name, velden in notice.ontvangers.items()
    }
    return replace(notice, ontvangers={name: velden for name, velden in left.items() if velden})
