"""Who got what in the stretch that a restore lost: known again, and owed its recalls (AVG 19)."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Connection, select, update

from gateway.wiring import Parts
from privacy.dossier import Dossier
from privacy.plan import Plan, Situation
from privacy.received import Given
from privacy.registration import plan_owed
from privacy.store import tables
from privacy.store.dossiers import Lock, load_by_id
from privacy.store.engine import loser_tries_again, writing
from privacy.store.herstel import Herstel
from privacy.store.references import note_disclosed
from privacy.store.terugroepingen import find_traces
from privacy.store.verloren import verloren_verstrekking


@loser_tries_again
def note_recipients(parts: Parts, found: Herstel) -> None:
    """Note of the casussen that are known here who got them in the stretch that was lost."""
    table = verloren_verstrekking
    with writing(parts.engine) as tx:
        unknown = table.c.casus_id.is_(None) & (table.c.herstel_id == found.id)
        rows = tx.execute(select(table).where(unknown)).all()
        if not rows:
            return
        wanted = {row.pseudoniem for row in rows}
        by_name = find_traces(tx, parts.keys, wanted)
        for row in rows:
            if row.pseudoniem not in by_name:
                continue
            casus, keys = by_name[row.pseudoniem]
            same = (table.c.pseudoniem == row.pseudoniem) & (table.c.herstel_id == found.id)
            tx.execute(update(table).where(same).values(casus_id=casus))
            # Before every row of the outbox that is still to come.
            references = {casus: Given(keys.referentie(row.ontvanger), tables.ALL_FIELDS)}
            note_disclosed(tx, row.ontvanger, references, found.omvang - 1)


def owed_recalls(parts: Parts, tx: Connection, found: Herstel) -> list[Plan]:
    """Whoever got a casus in the lost stretch, and has no ground for it now, is owed a recall."""
    table = verloren_verstrekking
    query = select(table).where(table.c.herstel_id == found.id, table.c.casus_id.is_not(None))
    owed: dict[UUID, set[tuple[str, str]]] = {}
    for row in tx.execute(query):
        owed.setdefault(row.casus_id, set()).add((row.ontvanger, row.doel))
    dossiers = load_by_id(tx, parts.keys, owed, Lock.UPDATE)
    at = Situation.under(parts.rulebook, parts.clock.day())
    plans = []
    for casus, dossier in dossiers.items():
        ended = sorted(set(_ended(dossier, owed[casus])) - _recalled(tx, found, casus))
        if ended:
            plans.append(plan_owed(dossier, ended, at))
    return plans


def _ended(dossier: Dossier, given: Iterable[tuple[str, str]]) -> Iterable[str]:
    for recipient, purpose in given:
        covered = dossier.gedekt.get(recipient)
        if not covered:
            yield recipient
        elif purpose not in covered:
            yield f"{recipient}:{purpose}"


def _recalled(tx: Connection, found: Herstel, casus: UUID) -> set[str]:
    """What ended since the restore is recalled already."""
    query = select(tables.mutatie.c.beeindigd).where(
        tables.mutatie.c.casus_id == casus, tables.mutatie.c.nummer >= found.omvang
    )
    return {code for codes in tx.execute(query).scalars() for code in codes}
