"""Checkpoints and cosignatures as they stand in the database, believed only as far as signed.

Who can write in the database can put any row here. So what is read is checked against the keys
of the settings (`Trust`), and a row that does not hold counts as one that is not there.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, insert, select

from privacy.log.errors import NoteError, SignerRefusedError
from privacy.log.notes import (
    Checkpoint,
    Signature,
    SignedNote,
    VerifierKey,
    parse_note,
    parse_signature,
)
from privacy.log.tables import auditregel, controlepunt, medeondertekening
from privacy.log.trust import Trust
from privacy.store.bulk import inserting

#: How far the clock of a witness may be from ours.
SLACK: Final = timedelta(minutes=5)
#: How many checkpoints are tried before it is said that there is none: the newest is as a rule
#: good, and others before it were the newest once.
_TRIED: Final = 8


def stands(tx: Connection, told: Checkpoint, note: SignedNote) -> bool:
    """Whether this checkpoint is stored; SignerRefusedError where another of its size is."""
    found = tx.execute(
        select(controlepunt.c.tekst).where(controlepunt.c.omvang == told.size)
    ).scalar()
    if found is not None and found != note.encode():
        raise SignerRefusedError("ander_controlepunt", told.size)
    return found is not None


def store(tx: Connection, told: Checkpoint, note: SignedNote, now: datetime) -> None:
    """Store what the signer said, unless it stands there; as `stands`."""
    if not stands(tx, told, note):
        row = {"omvang": told.size, "wortel": told.root, "tekst": note.encode(), "gemaakt": now}
        tx.execute(insert(controlepunt), row)


def keep_cosignature(
    tx: Connection, told: Checkpoint, witness: VerifierKey, signature: Signature, now: datetime
) -> None:
    """Keep the newest line of a witness under a checkpoint."""
    key = {"omvang": told.size, "getuige": witness.name}
    newer = {
        "regel": signature.encode(),
        "tijd": datetime.fromtimestamp(signature.time, UTC),
        "ontvangen": now,
    }
    adding = inserting(tx, medeondertekening).values(**key, **newer)
    tx.execute(adding.on_conflict_do_update(index_elements=list(key), set_=newer))


def last_cosigned(tx: Connection, witness: VerifierKey) -> tuple[int, datetime | None]:
    """The longest log that a witness signed, and when that came in; 0 where it never did."""
    table = medeondertekening
    longest = (
        select(table.c.omvang, table.c.ontvangen)
        .where(table.c.getuige == witness.name)
        .order_by(table.c.omvang.desc())
        .limit(1)
    )
    row = tx.execute(longest).one_or_none()
    return (0, None) if row is None else (row.omvang, row.ontvangen)


def newest(tx: Connection, trust: Trust) -> tuple[Checkpoint, SignedNote] | None:
    """The newest checkpoint that is trusted, with the cosignatures of witnesses under it."""
    table, names = medeondertekening, [key.name for key in trust.witnesses]
    query = select(controlepunt.c.omvang, controlepunt.c.tekst)
    if trust.enough:
        by = func.count(table.c.getuige)
        enough = (
            select(table.c.omvang)
            .where(table.c.getuige.in_(names))
            .group_by(table.c.omvang)
            .having(by >= trust.enough)
            .order_by(table.c.omvang.desc())
            .limit(_TRIED)
        )
        query = query.where(controlepunt.c.omvang.in_(enough))
    for omvang, text in tx.execute(query.order_by(controlepunt.c.omvang.desc()).limit(_TRIED)):
        lines = select(table.c.regel).where(table.c.omvang == omvang, table.c.getuige.in_(names))
        found = _trusted(text, tx.execute(lines.order_by(table.c.getuige)).scalars(), trust)
        if found is not None and found[0].size == omvang:
            return found
    return None


def heard(tx: Connection, trust: Trust) -> datetime | None:
    """When enough witnesses were last heard; None where they never were.

    The moment that counts is the one at which we got the line, but never later than the witness
    itself says: that is signed, and what stands beside it in the row is not. Nor later than the
    first entry that it did not cosign: of an old checkpoint anyone may ask a new cosignature.
    """
    moments = [moment for key in trust.witnesses if (moment := _heard_from(tx, trust, key))]
    moments.sort(reverse=True)
    return moments[trust.enough - 1] if 0 < trust.enough <= len(moments) else None


def _heard_from(tx: Connection, trust: Trust, witness: VerifierKey) -> datetime | None:
    table = medeondertekening
    row = tx.execute(
        select(controlepunt.c.tekst, table.c.regel, table.c.ontvangen)
        .join(controlepunt, controlepunt.c.omvang == table.c.omvang)
        .where(table.c.getuige == witness.name)
        .order_by(table.c.ontvangen.desc())
        .limit(1)
    ).one_or_none()
    found = None if row is None else _trusted(row.tekst, [row.regel], trust, enough=1)
    if row is None or found is None:
        return None
    signed = found[1].verified([witness]).get(witness)
    if signed is None:
        return None
    beyond = select(auditregel.c.opgenomen).where(auditregel.c.nummer == found[0].size)
    moments: list[datetime] = [row.ontvangen, *tx.execute(beyond).scalars()]
    # By number: a witness can sign a moment that no calendar has.
    if signed.time + SLACK.total_seconds() < row.ontvangen.timestamp():
        moments.append(datetime.fromtimestamp(signed.time, UTC) + SLACK)
    return min(moments)


def _trusted(
    text: str, lines: Iterable[str], trust: Trust, enough: int | None = None
) -> tuple[Checkpoint, SignedNote] | None:
    wanted = Trust(
        trust.origin, trust.log, trust.witnesses, trust.enough if enough is None else enough
    )
    try:
        bare = parse_note(text)
        note = bare.with_signatures(_good(bare.text, lines, trust.witnesses))
        return wanted.checkpoint(note), note
    except NoteError:
        return None


def _good(text: str, lines: Iterable[str], keys: Iterable[VerifierKey]) -> list[Signature]:
    """Each line that one of these keys signed: a bad one is no reason to do without the others."""
    keys, found = tuple(keys), []
    for line in lines:
        try:
            signature = parse_signature(line)
            if SignedNote(text, (signature,)).verified(keys):
                found.append(signature)
        except NoteError:
            continue
    return found
