"""Writing plans: all rows of one delivery in as few statements as there are tables.

Rows carry the number of their log entry, so this runs after the append and before the commit.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection, LargeBinary, bindparam, func, update

from privacy.consent_changes import details_table, gebrek_table, signature_table
from privacy.plan import NewEvent, Plan
from privacy.store import tables
from privacy.store.bulk import insert_rows
from privacy.store.erasure import anchors_of, renew_keys
from privacy.store.terugroepingen import due_by, owe_recalls

_UPDATE_CASUS: Final = (
    update(tables.casus)
    .where(tables.casus.c.id == bindparam("b_id"))
    .values(
        blind_index=bindparam("b_blind_index"),
        nummer=func.coalesce(bindparam("b_nummer", type_=LargeBinary), tables.casus.c.nummer),
        versie=bindparam("b_versie"),
        stand_nummer=bindparam("b_stand_nummer"),
        stand_van=bindparam("b_stand_van"),
        vingerafdruk=bindparam("b_vingerafdruk"),
        gedekt=bindparam("b_gedekt"),
        gedekt_tot=bindparam("b_gedekt_tot"),
        ankers=func.coalesce(bindparam("b_ankers", type_=LargeBinary), tables.casus.c.ankers),
    )
)
_LOOKED_AT: Final = (
    update(tables.casus)
    .where(tables.casus.c.id == bindparam("b_id"))
    .values(gedekt_tot=bindparam("b_gedekt_tot"))
)
_SEEN_AGAIN: Final = (
    update(tables.casus)
    .where(tables.casus.c.id == bindparam("b_id"))
    .values(stand_van=bindparam("b_stand_van"), vingerafdruk=bindparam("b_vingerafdruk"))
)


def write_plans(
    tx: Connection, plans: Mapping[int, Plan], *, day: date, now: datetime, term_days: int
) -> None:
    """Write plans by the number of their log entry, with the recalls that they owe.

    `term_days`: how long an earlier recipient has to confirm one. Content that a plan ends is not
    destroyed here (`privacy.recording`).
    """
    new = {nummer: plan for nummer, plan in plans.items() if plan.wrapped is not None}
    known = {nummer: plan for nummer, plan in plans.items() if plan.wrapped is None}
    insert_rows(tx, tables.casus, [_casus_row(nummer, plan, now) for nummer, plan in new.items()])
    if known:
        tx.execute(_UPDATE_CASUS, [_casus_change(nummer, plan) for nummer, plan in known.items()])
    mutaties = [_mutatie_row(nummer, plan, day, now) for nummer, plan in plans.items()]
    insert_rows(tx, tables.mutatie, mutaties)
    insert_rows(
        tx,
        tables.toestemming,
        [row for nummer, plan in plans.items() for row in _consent_rows(nummer, plan, now)],
    )
    named = {row["nummer"]: row["mutatie_id"] for row in mutaties}
    owe_recalls(tx, plans, named, due_by(day, term_days))
    renew_keys(tx, [plan for plan in known.values() if plan.renewed is not None])


def mark_seen(tx: Connection, seen: Sequence[Plan]) -> None:
    """Note that casussen were delivered again unchanged, so that what is older stays older."""
    if seen:
        rows = [
            {
                "b_id": plan.casus,
                "b_stand_van": plan.stand_van,
                "b_vingerafdruk": plan.vingerafdruk,
            }
            for plan in seen
        ]
        tx.execute(_SEEN_AGAIN, rows)


def note_until(tx: Connection, seen: Sequence[Plan]) -> None:
    """Note until when the ground of casussen holds, of which nothing began or ended."""
    if seen:
        rows = [{"b_id": plan.casus, "b_gedekt_tot": plan.ground.gedekt_tot} for plan in seen]
        tx.execute(_LOOKED_AT, rows)


def _stand_nummer(nummer: int, plan: Plan) -> int | None:
    return nummer if plan.stand is not None else plan.stand_nummer


def _covered(nummer: int, plan: Plan) -> dict[str, Any]:
    """Per recipient and purpose the row with which its present ground began."""
    return {
        name: {doel: plan.gedekt.get(name, {}).get(doel, nummer) for doel in doelen}
        for name, doelen in plan.ground.gedekt.items()
    }


def _nummer(plan: Plan) -> bytes | None:
    """The V-nummer by which the index is made again; None where it stays as it is."""
    return None if plan.nummer is None else plan.keys.encrypt_nummer(plan.nummer)


def _casus_row(nummer: int, plan: Plan, now: datetime) -> dict[str, Any]:
    wrapped = plan.wrapped
    if wrapped is None:
        raise RuntimeError("A new casus has new keys.")
    return {
        "id": plan.casus,
        "bronhouder": plan.label.bronhouder,
        "blind_index": plan.label.kenmerk,
        "nummer": _nummer(plan),
        "epoch": wrapped.epoch,
        "inhoud_sleutel": wrapped.inhoud,
        "spoor_sleutel": wrapped.spoor,
        "versie": plan.label.versie,
        "stand_nummer": _stand_nummer(nummer, plan),
        "stand_van": plan.stand_van,
        "vingerafdruk": plan.vingerafdruk,
        "gedekt": _covered(nummer, plan),
        "gedekt_tot": plan.ground.gedekt_tot,
        "ankers": anchors_of(plan),
        "opgenomen": now,
    }


def _casus_change(nummer: int, plan: Plan) -> dict[str, Any]:
    return {
        "b_id": plan.casus,
        "b_blind_index": plan.label.kenmerk,
        "b_nummer": _nummer(plan),
        "b_versie": plan.label.versie,
        "b_stand_nummer": _stand_nummer(nummer, plan),
        "b_stand_van": plan.stand_van,
        "b_vingerafdruk": plan.vingerafdruk,
        "b_gedekt": _covered(nummer, plan),
        "b_gedekt_tot": plan.ground.gedekt_tot,
        "b_ankers": anchors_of(plan),
    }


def _mutatie_row(nummer: int, plan: Plan, day: date, now: datetime) -> dict[str, Any]:
    versie, keys = plan.label.versie, plan.keys
    return {
        "nummer": nummer,
        "mutatie_id": uuid4(),
        "casus_id": plan.casus,
        "versie": versie,
        "stand": None if plan.stand is None else keys.encrypt(plan.stand, "stand", versie),
        "stand_nummer": _stand_nummer(nummer, plan),
        "verandering": (None if plan.change is None else keys.encrypt_change(*plan.change, versie)),
        "begonnen": plan.ground.begonnen,
        "beeindigd": plan.ground.beeindigd,
        "dag": day,
        "opgenomen": now,
    }


def _consent_rows(nummer: int, plan: Plan, now: datetime) -> list[dict[str, Any]]:
    rows = []
    for new in plan.events:
        event, statement = new.event, new.event.statement
        table = details_table(statement.toestemming_id)
        rows.append(
            {
                "bronhouder": plan.label.bronhouder,
                "toestemming_id": statement.toestemming_id,
                "nummer": nummer,
                "casus_id": plan.casus,
                "soort": event.soort.value,
                "versie": statement.versie,
                "ontvangers": sorted(statement.ontvangers),
                "doelen": sorted(statement.doelen),
                "eerste_dag": statement.eerste_dag,
                "laatste_dag": statement.laatste_dag,
                "ingetrokken_op": statement.ingetrokken_op,
                "verklaring": statement.verklaring,
                "bijzonderheden": plan.keys.encrypt_spoor(new.details, table, statement.versie),
                **_beside(plan, new),
                "opgenomen": now,
            }
        )
    return rows


def _beside(plan: Plan, new: NewEvent) -> dict[str, bytes | None]:
    """The signature, and what is amiss: ciphertext, or empty where there is none."""
    held = new.event.statement
    made, versie = held.toestemming_id, held.versie
    signed, gebrek = new.handtekening, held.gebrek
    encrypt = plan.keys.encrypt_spoor
    return {
        "handtekening": encrypt(signed, signature_table(made), versie) if signed else None,
        "gebrek": encrypt(gebrek.value.encode(), gebrek_table(made), versie) if gebrek else None,
    }
