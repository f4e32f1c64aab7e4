"""Noticing that the database was put back from a backup, and finding again what it lost.

In one transaction, with nobody else at work: the door is shut, the restore is written down, the
entries that a copy still has are put back exactly as they were, and only then a new entry is
written. What those entries say that must never be undone (withdrawals, and who got what) is kept
beside it, to be applied (`gateway.services.herstel`). Every step may be repeated.

Who opens the door again has made sure that the log is reconciled and every node has spoken.
"""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, inspect

from privacy.log.append import append, append_lost
from privacy.log.copy import LogCopy
from privacy.log.copying import Difference, find_difference
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.log.head import Head, lock_head, read_head
from privacy.log.high_water import Mark, mark_kept, mark_of, note_longer, note_seen
from privacy.log.lost import read_lost
from privacy.store import door
from privacy.store.bulk import inserting
from privacy.store.engine import loser_tries_again, reading, writing
from privacy.store.herstel import (
    Herstel,
    Oorzaak,
    begin,
    change,
    find_newest,
    find_open,
    herstel,
)
from privacy.store.verloren import (
    is_kept,
    keep_fork,
    verloren_intrekking,
    verloren_regel,
    verloren_verstrekking,
)

#: Who acts where it is the gateway itself.
GATEWAY: Final = "gateway"
_MOST_MARK: Final = 2**30


@dataclass(frozen=True, slots=True)
class Sign:
    """By what a restore is suspected, and how long the log is known to have been."""

    oorzaak: Oorzaak
    buiten: int = 0


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of a look: the restore that is open, and whether this look found it."""

    herstel: Herstel | None
    found: bool = False


def look(engine: Engine, copy: LogCopy | None, now: datetime, sign: Sign | None = None) -> Looked:
    """Look for signs of a restore; note one, and put back what the copy still has.

    Without signs nothing is written. CopyError where the copy is of no use: nothing is merged.
    """
    known = mark_of(engine)  # before what is read: meanwhile this process may write
    with reading(engine) as tx:
        if not inspect(tx).has_table(herstel.name):
            return Looked(None)  # not upgraded yet: whoever serves refuses that by itself
        suspected = _shorter(tx, known, now) if sign is None else sign
        difference = None if copy is None else find_difference(tx, copy)
        if suspected is None and difference is None:
            return Looked(find_open(tx))
    return note(engine, copy, now, suspected)


@loser_tries_again
def note(engine: Engine, copy: LogCopy | None, now: datetime, sign: Sign | None) -> Looked:
    """Note a restore with everybody else waiting; one that is open already takes it in."""
    with mark_kept(engine), writing(engine) as tx:
        door.hold_alone(tx)
        head = lock_head(tx)
        difference = None if copy is None else find_difference(tx, copy)
        if sign is not None and _is_explained(tx, sign):
            sign = None
        # From here on the log is as long as it is now, or nothing could be written.
        note_seen(engine, head.omvang, now)
        if sign is None and difference is not None and _is_kept(tx, difference):
            # Killed between the commit and setting the file aside.
            looked = Looked(find_open(tx))
        else:
            looked = _note(tx, head, difference, sign, now)
    if copy is not None and difference is not None and difference.common < head.omvang:
        copy.set_aside(_branch(looked))
    return looked


@loser_tries_again
def take_in_copy(
    engine: Engine, copy: LogCopy | None, now: datetime, *, give_up_rest: bool
) -> Herstel | None:
    """By the operator: compare the whole of a copy, take in what it has more, and call it enough.

    With `give_up_rest` also where more is known to have been. None where nothing is open then.
    """
    with writing(engine) as tx:
        door.hold_alone(tx)
        head = lock_head(tx)
        difference = None if copy is None else find_difference(tx, copy, whole=True)
        if difference is not None and find_open(tx) is None and _is_kept(tx, difference):
            return None
        found = _note(tx, head, difference, None, now).herstel
        if found is None:
            return None
        # Only what the copy has of before the restore counts, not how far the log is since.
        upto = max(found.omvang, found.verzoend_tot or 0)
        change(tx, found.id, verzoend_tot=max(upto, found.buiten) if give_up_rest else upto)
        return find_open(tx)


def _note(
    tx: Connection, head: Head, difference: Difference | None, sign: Sign | None, now: datetime
) -> Looked:
    known = find_open(tx)
    if difference is None and sign is None:
        return Looked(known)
    which = known or _begun(tx, head, difference, sign, now)
    if difference is not None:
        _take_in(tx, which.id, head, difference, now)
    ends = [which.buiten, 0 if sign is None else sign.buiten]
    reconciled = which.verzoend_tot
    if difference is not None:
        ends.append(difference.lost[-1].nummer + 1)
        reconciled = max(ends[-1], reconciled or 0)
    change(tx, which.id, buiten=max(ends), verzoend_tot=reconciled)
    # Also where one that is open lost more: what is lost stands before the last that says so.
    if known is None or (difference is not None and difference.common == head.omvang):
        entry = AuditEntry(
            soort=Auditsoort.HERSTEL_ONTDEKT,
            tijd=now,
            organisatie=GATEWAY,
            reden=which.oorzaak.value,
        )
        append(tx, [entry], now)
    return Looked(find_open(tx), found=known is None)


def _begun(
    tx: Connection, head: Head, difference: Difference | None, sign: Sign | None, now: datetime
) -> Herstel:
    """Shut the door and write the restore down."""
    common = head.omvang if difference is None else min(difference.common, head.omvang)
    made = Herstel(
        id=uuid4(),
        merk=secrets.randbelow(_MOST_MARK) + 1,
        ontdekt_op=now,
        oorzaak=_cause(head, difference, sign),
        omvang=common,
        buiten=common,
        verzoend_tot=None,
        afgesloten_op=None,
    )
    begin(tx, made)
    door.shut(tx, now)
    door.note_restored(tx, made.merk)
    return made


def _cause(head: Head, difference: Difference | None, sign: Sign | None) -> Oorzaak:
    if sign is not None:
        return sign.oorzaak
    if difference is not None and difference.common < head.omvang:
        return Oorzaak.KOPIE_ANDERS
    return Oorzaak.KOPIE_LANGER


def _take_in(
    tx: Connection, herstel_id: UUID, head: Head, difference: Difference, now: datetime
) -> None:
    """Put lost entries back at their place; where that is taken, keep them beside the log."""
    if difference.common == head.omvang:
        append_lost(tx, head, difference.lost, now)
    elif not _is_kept(tx, difference):
        keep_fork(tx, [{"herstel_id": herstel_id, **asdict(each)} for each in difference.lost])
    _keep_losses(tx, herstel_id, difference)


def _keep_losses(tx: Connection, herstel_id: UUID, difference: Difference) -> None:
    lost = read_lost(difference.lost)
    withdrawals = [
        {
            "herstel_id": herstel_id,
            "bronhouder": each.bronhouder,
            "toestemming_id": each.toestemming_id,
            "versie": each.versie,
            "ontvangers": each.ontvangers,
            "doelen": each.doelen,
            "dag": each.dag,
        }
        for each in lost.withdrawals
    ]
    disclosures = [
        {
            "herstel_id": herstel_id,
            "pseudoniem": each.pseudoniem,
            "ontvanger": each.ontvanger,
            "doel": each.doel,
        }
        for each in lost.disclosures
    ]
    rules = [
        {"herstel_id": herstel_id, "gelijk_tot": difference.common, **asdict(each)}
        for each in lost.rules
    ]
    for table, rows in (
        (verloren_intrekking, withdrawals),
        (verloren_verstrekking, disclosures),
        (verloren_regel, rules),
    ):
        if rows:
            tx.execute(inserting(tx, table).on_conflict_do_nothing(), rows)


def _shorter(tx: Connection, known: Mark | None, now: datetime) -> Sign | None:
    """Whether this process knew of more; what it learns here it knows from now on."""
    size = read_head(tx).omvang
    if known is not None and size < known.omvang:
        return Sign(Oorzaak.LOG_KORTER, known.omvang)
    note_longer(tx.engine, size, now)
    return None


def _is_explained(tx: Connection, sign: Sign) -> bool:
    """Whether a shorter log is that of a restore which another process found before."""
    newest, mark = find_newest(tx), mark_of(tx.engine)
    if sign.oorzaak is not Oorzaak.LOG_KORTER or newest is None or mark is None:
        return False
    return newest.afgesloten_op is not None and mark.gezien_op <= newest.ontdekt_op


def _is_kept(tx: Connection, difference: Difference) -> bool:
    """Whether this branch was kept before: all its entries are, in one commit."""
    last = difference.lost[-1]
    return is_kept(tx, last.nummer, last.blad)


def _branch(looked: Looked) -> str:
    return str(uuid4() if looked.herstel is None else looked.herstel.id) + secrets.token_hex(2)
