"""Whoever meddles with the stored log is found out, and the first bad entry is named."""

import tracemalloc

import pytest
from sqlalchemy import Connection, delete, insert, update

from privacy.log.entries import encode
from privacy.log.errors import LogUnavailableError
from privacy.log.merkle import Frontier, leaf_hash
from privacy.log.tables import audithoofd, auditregel
from privacy.log.verify import Reden
from privacy.store.engine import reading, writing
from tests.unit.privacy.log.examples import (
    NOW,
    an_entry,
    appended,
    entries,
    stored,
    verified,
)

SIZE = 11
FORGED = encode(an_entry(pseudoniem="0f" * 32))


def _set(tx: Connection, at: int, **values: object) -> None:
    tx.execute(update(auditregel).where(auditregel.c.nummer == at).values(**values))


def _add(tx: Connection, nummer: int, line: bytes = FORGED) -> None:
    row = {"nummer": nummer, "regel": line, "blad": leaf_hash(line), "opgenomen": NOW}
    tx.execute(insert(auditregel), row)


def alter_a_byte(tx: Connection) -> None:
    line = stored(tx)[4][1]
    _set(tx, 4, regel=line.replace(b"IND", b"INE"))


def alter_a_leaf_hash(tx: Connection) -> None:
    _set(tx, 4, blad=leaf_hash(FORGED))


def alter_with_its_leaf_hash(tx: Connection) -> None:
    _set(tx, 4, regel=FORGED, blad=leaf_hash(FORGED))


def write_another_form(tx: Connection) -> None:
    line = stored(tx)[4][1].replace(b'"v":1', b'"v": 1')
    _set(tx, 4, regel=line, blad=leaf_hash(line))


def drop(tx: Connection) -> None:
    tx.execute(delete(auditregel).where(auditregel.c.nummer == 4))


def drop_the_first(tx: Connection) -> None:
    tx.execute(delete(auditregel).where(auditregel.c.nummer == 0))


def drop_and_renumber(tx: Connection) -> None:
    drop(tx)
    for nummer in range(5, SIZE):
        _set(tx, nummer, nummer=nummer - 1)


def swap(tx: Connection) -> None:
    rows = stored(tx)
    _set(tx, 4, regel=rows[7][1])
    _set(tx, 7, regel=rows[4][1])


def swap_with_leaf_hashes(tx: Connection) -> None:
    rows = stored(tx)
    _set(tx, 4, regel=rows[7][1], blad=rows[7][2])
    _set(tx, 7, regel=rows[4][1], blad=rows[4][2])


def add_at_the_end(tx: Connection) -> None:
    _add(tx, SIZE)


def add_far_beyond_the_end(tx: Connection) -> None:
    _add(tx, SIZE + 100)


def add_before_the_first(tx: Connection) -> None:
    tx.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
    _add(tx, -1)


def add_in_between(tx: Connection) -> None:
    for nummer in reversed(range(4, SIZE)):
        _set(tx, nummer, nummer=nummer + 1)
    _add(tx, 4)


def cut_the_tail(tx: Connection) -> None:
    tx.execute(delete(auditregel).where(auditregel.c.nummer >= 8))


def cut_everything(tx: Connection) -> None:
    tx.execute(delete(auditregel))


def alter_the_root(tx: Connection) -> None:
    tx.execute(update(audithoofd).values(wortel=leaf_hash(b"")))


def alter_the_frontier(tx: Connection) -> None:
    tx.execute(update(audithoofd).values(rand=leaf_hash(b"") * 3))


@pytest.mark.parametrize(
    ("meddle", "first_bad", "reason"),
    [
        (alter_a_byte, 4, Reden.GEWIJZIGD),
        (alter_a_leaf_hash, 4, Reden.GEWIJZIGD),
        (alter_with_its_leaf_hash, None, Reden.WORTEL),
        (write_another_form, 4, Reden.VORM),
        (drop, 4, Reden.ONTBREEKT),
        (drop_the_first, 0, Reden.ONTBREEKT),
        (drop_and_renumber, SIZE - 1, Reden.ONTBREEKT),
        (swap, 4, Reden.GEWIJZIGD),
        (swap_with_leaf_hashes, None, Reden.WORTEL),
        (add_at_the_end, SIZE, Reden.TE_VEEL),
        (add_far_beyond_the_end, SIZE + 100, Reden.TE_VEEL),
        (add_before_the_first, -1, Reden.TE_VEEL),
        (add_in_between, SIZE, Reden.TE_VEEL),
        (cut_the_tail, 8, Reden.ONTBREEKT),
        (cut_everything, 0, Reden.ONTBREEKT),
        (alter_the_root, None, Reden.WORTEL),
        (alter_the_frontier, None, Reden.RAND),
    ],
)
def test_meddling_is_found_and_named(log, meddle, first_bad, reason):
    appended(log, entries(SIZE))
    with writing(log) as tx:
        meddle(tx)

    found = verified(log)

    assert (found.first_bad, found.reason, found.sound) == (first_bad, reason, False)


def test_a_sound_log_is_told_with_its_size_and_root(log):
    appended(log, entries(SIZE))
    expected = Frontier()
    expected.extend(leaf_hash(encode(entry)) for entry in entries(SIZE))

    found = verified(log)

    assert (found.size, found.root, found.first_bad, found.reason) == (
        SIZE,
        expected.root(),
        None,
        None,
    )


@pytest.mark.parametrize("size", [511, 512, 513, 1024])
def test_a_bad_entry_is_named_also_where_one_read_ends_and_the_next_begins(log, size):
    appended(log, entries(size))
    with writing(log) as tx:
        _set(tx, size - 1, regel=FORGED)

    assert verified(log).first_bad == size - 1


def test_a_log_without_head_can_not_be_verified(log):
    with writing(log) as tx:
        tx.execute(delete(audithoofd))

    with pytest.raises(LogUnavailableError):
        verified(log)


def test_memory_does_not_grow_with_the_log(log):
    def peak() -> int:
        tracemalloc.start()
        assert verified(log).sound
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    appended(log, entries(2000))
    before = peak()
    appended(log, entries(8000, start=2000))

    assert peak() < 1.5 * before


def test_verifying_leaves_the_transaction_open_for_more(log):
    appended(log, entries(SIZE))
    with writing(log) as tx:
        alter_a_byte(tx)

    assert verified(log).first_bad == 4
    with reading(log) as tx:
        assert len(stored(tx)) == SIZE
