"""Notices that are no recall: that processing is restricted, or a field was wrong (AVG 19).

Each has an entry of the log and a row of the outbox of its own, which changes nothing of the
casus: the feed tells it in its turn, and the list of recalls holds it until it is confirmed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection

from privacy.dossier import Dossier
from privacy.plan import KENNISGEVING
from privacy.store import tables
from privacy.store.bulk import insert_rows
from privacy.store.terugroepingen import recall_id, terugroeping
from schemas.terms import Doel, Kennisgevingssoort


@dataclass(frozen=True, slots=True)
class Kennisgeving:
    """What earlier recipients of one casus are told; per recipient the fields, where it has any."""

    dossier: Dossier
    soort: Kennisgevingssoort
    ontvangers: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Dated:
    """When notices are made, and by when they are to be confirmed."""

    now: datetime
    day: date
    uiterlijk: date


def owe_notices(tx: Connection, notices: Mapping[int, Kennisgeving], at: Dated) -> None:
    """Write notices down, by the number of their log entry.

    The casussen are held by the caller FOR UPDATE: nobody gets one of them meanwhile.
    """
    names = {number: uuid4() for number in notices}
    rows = [_outbox_row(number, names[number], each, at) for number, each in notices.items()]
    insert_rows(tx, tables.mutatie, rows)
    owed = [
        {
            "id": recall_id(names[number], recipient),
            "casus_id": each.dossier.casus,
            "ontvanger": recipient,
            "soort": each.soort.value,
            "doelen": _ended(each.soort),
            "velden": tuple(velden),
            "nummer": number,
            "uiterlijk": at.uiterlijk,
        }
        for number, each in notices.items()
        for recipient, velden in each.ontvangers.items()
    ]
    insert_rows(tx, terugroeping, owed)


def _outbox_row(number: int, name: UUID, each: Kennisgeving, at: Dated) -> dict[str, object]:
    return {
        "nummer": number,
        "mutatie_id": name,
        "casus_id": each.dossier.casus,
        "versie": each.dossier.label.versie,
        "stand": None,
        "stand_nummer": None,
        "verandering": None,
        "begonnen": (),
        "beeindigd": (KENNISGEVING,),
        "dag": at.day,
        "opgenomen": at.now,
    }


def _ended(soort: Kennisgevingssoort) -> list[Doel]:
    """While processing is restricted, what was given is used for nothing; else it may be."""
    return [] if soort is Kennisgevingssoort.RECTIFICATIE else sorted(Doel)
