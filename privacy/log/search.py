"""All entries of some casussen, found by reading through the log inside the database.

There is no index on pseudonyms and there must not be one: who has the tables alone should not
find all of one casus at once. So every search reads the whole log (a second or two for a million
entries), and only who can open the spoor key, or holds an erasure receipt, knows what to look for.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    Row,
    Select,
    func,
    literal,
    not_,
    or_,
    select,
    type_coerce,
)

from privacy.log.rules import MAX_PARTS
from privacy.log.tables import auditregel
from privacy.log.terms import COUNTS_ONLY, Auditsoort

#: Pseudonyms sought at once; each entry is looked at once, however many there are.
_AT_ONCE: Final = 500
_KEY: Final = b'"pseudoniem":"'
#: Numbers read at once.
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it stands: its number, its bytes, and what they say."""

    nummer: int
    regel: bytes

    @property
    def told(self) -> Mapping[str, Any]:
        """The keys of the entry."""
        return cast("Mapping[str, Any]", json.loads(self.regel))


@dataclass(frozen=True, slots=True)
class Found:
    """An entry about a casus, with the page or pack that closes over it, if one does."""

    entry: Entry
    page: Entry | None = None

    @property
    def nummer(self) -> int:
        """Where it stands in the log."""
        return self.entry.nummer

    @property
    def place(self) -> int:
        """Its place in its page or pack, from 0: of it the salt of its digest is made."""
        return 0 if self.page is None else self.nummer - _first(self.page)


def entries_of(tx: Connection, pseudoniemen: Collection[str], *, since: int = 0) -> list[Found]:
    """Every entry that names one of the pseudonyms, from `since` on, in order of number.

    ValueError for what is no pseudonym. An entry that was taken out of the log is not missed
    here: that is for `privacy.log.verify`.
    """
    entries = [Entry(row.nummer, row.regel) for row in _search(tx, pseudoniemen, since)]
    return list(_with_pages(tx, sorted(entries, key=lambda each: each.nummer)))


def positions_of(tx: Connection, pseudoniemen: Collection[str], *, since: int = 0) -> list[int]:
    """The numbers of `entries_of` alone: for an erasure receipt, where nothing is opened."""
    return sorted(row.nummer for row in _search(tx, pseudoniemen, since))


def entries_at(tx: Connection, positions: Iterable[int]) -> list[Found]:
    """The entries with these numbers, as an erasure receipt names them; absent ones are left out.

    Whether they are of one casus is not checked: compare `pseudoniem` in what they tell.
    """
    entries = [
        Entry(row.nummer, row.regel)
        for numbers in _lots(sorted(set(positions)), _CHUNK)
        for row in tx.execute(_query().where(auditregel.c.nummer.in_(numbers)))
    ]
    return list(_with_pages(tx, entries))


def pseudonyms_since(tx: Connection, soorten: Collection[Auditsoort], since: int) -> set[str]:
    """Whom the entries of some kinds are about, from a number on."""
    return {told["pseudoniem"] for told in told_since(tx, soorten, since)}


def told_since(
    tx: Connection, soorten: Collection[Auditsoort], since: int
) -> list[Mapping[str, Any]]:
    """What the entries of some kinds about a casus say, from a number on."""
    return told_in(lines_since(tx, soorten, since), soorten)


def lines_since(
    tx: Connection, soorten: Collection[Auditsoort], since: int, until: int | None = None
) -> list[bytes]:
    """The entries of some kinds as they stand, from a number on; `until`: before that."""
    query = _of_kinds(tx, soorten, since)
    if until is not None:
        query = query.where(auditregel.c.nummer < until)
    return [row.regel for row in tx.execute(query)]


def is_told(tx: Connection, soort: Auditsoort, text: str) -> bool:
    """Whether any entry of a kind says this: a key with its value, as they stand."""
    query = _of_kinds(tx, [soort], 0).where(holds(tx, text.encode("ascii")))
    return tx.execute(query.limit(1)).first() is not None


def last_since(tx: Connection, soort: Auditsoort, since: int) -> int | None:
    """The number of the last entry of a kind, from a number on."""
    backwards = _of_kinds(tx, [soort], since).order_by(None).order_by(auditregel.c.nummer.desc())
    row = tx.execute(backwards.limit(1)).first()
    return None if row is None else row.nummer


def told_in(lines: Iterable[bytes], soorten: Collection[Auditsoort]) -> list[Mapping[str, Any]]:
    """The same of entries that stand outside the log."""
    return [told for told in said_in(lines, soorten) if "pseudoniem" in told]


def said_in(lines: Iterable[bytes], soorten: Collection[Auditsoort]) -> Iterator[Mapping[str, Any]]:
    """What those of some kinds say, also where they are about no casus."""
    marks = _kinds(soorten)
    return (json.loads(each) for each in lines if any(mark in each for mark in marks))


def _of_kinds(tx: Connection, soorten: Collection[Auditsoort], since: int) -> Select[int, bytes]:
    wanted = [holds(tx, each) for each in _kinds(soorten)]
    return _query().where(auditregel.c.nummer >= since, or_(*wanted))


def _kinds(soorten: Collection[Auditsoort]) -> list[bytes]:
    return [f'"soort":"{each.value}"'.encode("ascii") for each in soorten]


def _search(tx: Connection, pseudoniemen: Collection[str], since: int) -> Iterator[Row[int, bytes]]:
    sought = sorted({b'%s"' % _bytes(each) for each in pseudoniemen}, key=len)
    for length, alike in groupby(sought, key=len):
        told = text_after(tx, _KEY, length)
        for some in _lots(list(alike), _AT_ONCE):
            named = told.in_(some)
            yield from tx.execute(_query().where(auditregel.c.nummer >= since, named))


def _with_pages(tx: Connection, entries: Iterable[Entry]) -> Iterator[Found]:
    after: Entry | None = None  # the first entry with parts beyond the one at hand
    for each in entries:
        if after is None or after.nummer <= each.nummer:
            after = _next_with_parts(tx, each.nummer)
        covers = after is not None and _first(after) <= each.nummer
        yield Found(each, after if covers else None)


def _next_with_parts(tx: Connection, number: int) -> Entry | None:
    counts_only = or_(*(holds(tx, each) for each in _kinds(COUNTS_ONLY)))
    query = (
        _query()
        .where(auditregel.c.nummer.between(number + 1, number + MAX_PARTS))
        .where(holds(tx, b'"onderdelen":'), not_(counts_only))
        .limit(1)
    )
    row = tx.execute(query).first()
    return None if row is None else Entry(row.nummer, row.regel)


def _first(page: Entry) -> int:
    return page.nummer - int(page.told["onderdelen"])


def _query() -> Select[int, bytes]:
    return select(auditregel.c.nummer, auditregel.c.regel).order_by(auditregel.c.nummer)


def holds(tx: Connection, text: bytes) -> ColumnElement[bool]:
    """Whether an entry says this: a key with its value, as they stand."""
    return _at(tx, text) > 0


def text_after(tx: Connection, key: bytes, length: int) -> ColumnElement[bytes]:
    """So much of an entry as stands after a key that it has."""
    return type_coerce(
        func.substr(auditregel.c.regel, _at(tx, key) + len(key), length), LargeBinary
    )


def _at(tx: Connection, text: bytes) -> ColumnElement[int]:
    # The alphabets of the log hold no quote (`privacy.log.rules`), so that a key with its value
    # stands in no other value.
    sought, regel = literal(text, LargeBinary), auditregel.c.regel
    if tx.dialect.name == "postgresql":
        return func.position(sought.op("IN")(regel), type_=Integer)
    return func.instr(regel, sought, type_=Integer)


def _lots(values: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (values[start : start + size] for start in range(0, len(values), size))


def _bytes(pseudoniem: str) -> bytes:
    if len(pseudoniem) not in {32, 64} or set(pseudoniem) - set("0123456789abcdef"):
        raise ValueError("this is not a pseudonym")
    return pseudoniem.encode("ascii")
