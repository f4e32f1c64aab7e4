"""The access log: what people did, in rows of their own that hang on the same tree.

Six fields, after BIO2 8.15.01: who, what, on what, with which outcome, from where, when. The
entry in the tree holds a salted digest of them alone, for the tree says nothing of staff
(LDV: no employee in any record of processing); a row that is changed or gone shows in `altered`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, or_, select

from privacy.clock import utc_text
from privacy.log.access_term import said_over
from privacy.log.append import append
from privacy.log.commitment import commit, new_salt, opens
from privacy.log.entries import AuditEntry, Auditsoort, Herkomst
from privacy.log.errors import CommitmentError, EntryRefusedError
from privacy.log.form import holds_ten_digits
from privacy.log.search import holds, text_after
from privacy.log.tables import auditregel, toegangsregel
from privacy.store.bulk import insert_rows
from schemas.canonical import canonical

_CHUNK: Final = 1_000
_ENTRY: Final = f'"soort":"{Auditsoort.TOEGANG}"'.encode()
_MOMENT: Final = b'"tijd":"'
_FORMS: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "wie": re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}"),
        "handeling": re.compile(r"[a-z][a-z0-9_. -]{1,63}"),
        "object": re.compile(r"[A-Za-z0-9/_.:<>-]{1,200}"),
        "herkomst": re.compile(r"[A-Za-z0-9:][A-Za-z0-9._:/-]{0,127}"),
    }
)
_ROWS: Final = (
    select(toegangsregel)
    .where(toegangsregel.c.nummer >= bindparam("begin"))
    .order_by(toegangsregel.c.nummer)
)
_BACK: Final = (
    select(toegangsregel)
    .where(toegangsregel.c.nummer < bindparam("before"))
    .order_by(toegangsregel.c.nummer.desc())
)


class Uitkomst(StrEnum):
    """How an action ended."""

    BEGONNEN = "begonnen"
    GELUKT = "gelukt"
    GEWEIGERD = "geweigerd"
    MISLUKT = "mislukt"


@dataclass(frozen=True, slots=True)
class Toegang:
    """One action of one person. `wie` is a keyed digest or an account of the machine, no name.

    `herkomst` is the network place or the device, `object` what it was done to: a route with its
    references, or a command. EntryRefusedError for anything that looks like a V-nummer.
    """

    wie: str
    handeling: str
    object: str
    uitkomst: Uitkomst
    herkomst: str


@dataclass(frozen=True, slots=True)
class Regel:
    """A row as it stands, with its number in the tree."""

    nummer: int
    toegang: Toegang
    tijd: datetime
    zout: bytes = field(repr=False)

    @classmethod
    def of(cls, row: Row[Any]) -> "Regel":
        """As it stands in the database; ValueError where the outcome is none of ours."""
        told = Toegang(row.wie, row.handeling, row.object, Uitkomst(row.uitkomst), row.herkomst)
        return cls(row.nummer, told, row.tijd, row.zout)


def note_access(tx: Connection, toegang: Toegang, herkomst: Herkomst, now: datetime) -> int:
    """Write the row and its entry in the tree, which count when `tx` commits; the entry's number.

    EntryRefusedError before anything is written; LogUnavailableError as of `append`.
    """
    _require_form(toegang)
    salt = new_salt()
    entry = AuditEntry(
        soort=Auditsoort.TOEGANG, tijd=now, **herkomst, afdruk=commit(_text(toegang, now), salt)
    )
    nummer = append(tx, [entry], now).first
    row = {"nummer": nummer, **asdict(toegang), "tijd": now, "zout": salt}
    insert_rows(tx, toegangsregel, [row])
    return nummer


def read_access(tx: Connection, before: int, most: int, wie: str | None = None) -> list[Regel]:
    """The newest rows before a number, newest first, of all or of one.

    Reading them is an action to note too; whoever lets somebody read does that.
    """
    asked = _BACK if wie is None else _BACK.where(toegangsregel.c.wie == wie)
    rows = tx.execute(asked.limit(most), {"before": before})
    return [Regel.of(row) for row in rows]


def altered(tx: Connection) -> Iterator[int]:
    """The numbers of rows that are not what the tree has a digest of, or are gone (BIO2 8.15.06).

    At the end of its term a row goes, and the log says so first (`privacy.log.access_term`):
    whatever else is gone, is named.
    """
    yield from _changed(tx)
    yield from _gone(tx)


def _gone(tx: Connection) -> Iterator[int]:
    row = select(toegangsregel.c.nummer).where(toegangsregel.c.nummer == auditregel.c.nummer)
    entries = (
        select(auditregel.c.nummer)
        .where(holds(tx, _ENTRY), ~row.exists())
        .order_by(auditregel.c.nummer)
    )
    if tx.execute(entries.limit(1)).scalar() is None:
        return
    line = said_over(tx)
    noted = text_after(tx, _MOMENT, len(line.voor))
    above = or_(auditregel.c.nummer > line.tot, noted > line.voor.encode())
    yield from tx.execute(entries.where(above)).scalars()


def _changed(tx: Connection) -> Iterator[int]:
    begin = 0
    while rows := tx.execute(_ROWS.limit(_CHUNK), {"begin": begin}).all():
        lines = _lines(tx, rows[0].nummer, rows[-1].nummer)
        yield from (row.nummer for row in rows if not _is_sound(row, lines.get(row.nummer, b"")))
        begin = rows[-1].nummer + 1


def _lines(tx: Connection, first: int, last: int) -> dict[int, bytes]:
    query = select(auditregel.c.nummer, auditregel.c.regel).where(
        auditregel.c.nummer.in_(
            select(toegangsregel.c.nummer).where(toegangsregel.c.nummer.between(first, last))
        )
    )
    return {row.nummer: row.regel for row in tx.execute(query)}


def _is_sound(row: Row[Any], line: bytes) -> bool:
    found = re.search(rb'"afdruk":"([0-9a-f]{64})"', line)
    if found is None:
        return False
    try:
        regel = Regel.of(row)
        opens(found[1].decode(), _text(regel.toegang, regel.tijd), regel.zout)
    except (CommitmentError, ValueError):
        return False
    return True


def _text(toegang: Toegang, tijd: datetime) -> bytes:
    return canonical({**asdict(toegang), "tijd": utc_text(tijd)})


def _require_form(toegang: Toegang) -> None:
    for name, form in _FORMS.items():
        value = getattr(toegang, name)
        if form.fullmatch(value) is None:
            raise EntryRefusedError(name, "vorm")
        if holds_ten_digits(f" {value} ".encode("ascii")):
            raise EntryRefusedError(name, "lijkt_v_nummer")
