"""The stored tree gives the proofs of the whole, however it grew, and from a row per 256."""

import pytest
from sqlalchemy import Engine, delete, func, select, update

from privacy.log.append import append_lost, initialise
from privacy.log.copy import Line
from privacy.log.errors import LogUnavailableError, ProofError
from privacy.log.head import Head, lock_head, read_head
from privacy.log.high_water import note_seen
from privacy.log.merkle import Frontier
from privacy.log.proofs import verify_consistency, verify_inclusion
from privacy.log.tables import audithoofd, auditregel, audittegel
from privacy.log.tiles import WIDTH, StoredTree, root_of
from privacy.log.verify import Reden
from privacy.store.engine import make_engine, reading, writing
from tests.unit.privacy.log.examples import NOW, appended, entries, prepare, stored, verified

SIZE = 3 * WIDTH + 77


@pytest.fixture(scope="module")
def grown(tmp_path_factory) -> Engine:
    """A log that grew by steps of every kind: one, within a tile, over borders."""
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('tegels') / 'log.sqlite'}")
    prepare(engine)
    at = 0
    for step in (1, WIDTH - 1, 2, WIDTH + 200, SIZE - 2 * WIDTH - 202):
        appended(engine, entries(step, at))
        at += step
    return engine


def roots(engine: Engine) -> list[tuple[int, int, bytes]]:
    with reading(engine) as tx:
        return [tuple(row) for row in tx.execute(audittegel.select())]


def test_a_row_stands_for_each_full_tile_and_holds_its_root(grown):
    with reading(grown) as tx:
        leaves = [leaf for _number, _line, leaf in stored(tx)]

    assert roots(grown) == [
        (0, at, root_of(leaves[at * WIDTH : (at + 1) * WIDTH])) for at in range(3)
    ]


def test_every_entry_has_a_proof_that_leads_to_the_root_of_the_head(grown):
    with reading(grown) as tx:
        head, tree = read_head(tx), StoredTree(tx, SIZE)
        leaves = [leaf for _number, _line, leaf in stored(tx)]

        assert tree.root() == head.wortel
        for index in (0, 1, WIDTH - 1, WIDTH, 2 * WIDTH + 5, 3 * WIDTH, SIZE - 1):
            verify_inclusion(leaves[index], index, SIZE, tree.inclusion(index), head.wortel)


def test_every_earlier_log_is_proven_to_be_the_beginning_of_this_one(grown):
    with reading(grown) as tx:
        tree, root = StoredTree(tx, SIZE), read_head(tx).wortel
        for old in (0, 1, WIDTH - 1, WIDTH, WIDTH + 1, 2 * WIDTH, 3 * WIDTH + 76, SIZE):
            before = StoredTree(tx, old).root()
            verify_consistency(old, SIZE, before, root, tree.consistency(old))


def test_a_proof_against_an_earlier_log_needs_nothing_that_came_later(grown):
    with reading(grown) as tx:
        tree = StoredTree(tx, WIDTH + 3)
        leaf = tx.execute(select(auditregel.c.blad).where(auditregel.c.nummer == 7)).scalar_one()

        verify_inclusion(leaf, 7, WIDTH + 3, tree.inclusion(7), tree.root())


def test_two_levels_are_read_where_the_log_is_long(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'log.sqlite'}")
    prepare(engine)
    size = WIDTH * WIDTH + 300
    for at in range(0, size, 8_192):
        appended(engine, entries(min(8_192, size - at), at))

    with reading(engine) as tx:
        head, tree = read_head(tx), StoredTree(tx, size)
        assert tx.execute(select(func.max(audittegel.c.niveau))).scalar_one() == 1
        for index in (0, 40_000, WIDTH * WIDTH, size - 1):
            leaf = tx.execute(
                select(auditregel.c.blad).where(auditregel.c.nummer == index)
            ).scalar_one()
            verify_inclusion(leaf, index, size, tree.inclusion(index), head.wortel)
        full = StoredTree(tx, WIDTH * WIDTH)
        verify_consistency(full.size, size, full.root(), head.wortel, tree.consistency(full.size))
        newest = tx.execute(
            select(auditregel.c.blad).where(auditregel.c.nummer == full.size - 1)
        ).scalar_one()
        path = full.inclusion(full.size - 1)
        verify_inclusion(newest, full.size - 1, full.size, path, full.root())
    engine.dispose()


def test_a_log_of_before_there_were_tiles_gets_them_when_it_is_upgraded(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'log.sqlite'}")
    prepare(engine)
    appended(engine, entries(2 * WIDTH + 9))
    wanted = roots(engine)
    with writing(engine) as tx:
        tx.execute(delete(audittegel))

    for _again in range(2):
        with writing(engine) as tx:
            initialise(tx)

    assert roots(engine) == wanted
    engine.dispose()


def _cut(engine: Engine, size: int) -> list[Line]:
    """The tail of the log is gone, and its head fits; tiles were forgotten."""
    with writing(engine) as tx:
        kept, lost = Frontier(), []
        for number, line, leaf in stored(tx):
            if number < size:
                kept.append(leaf)
            else:
                lost.append(Line(number, leaf, line))
        tx.execute(delete(auditregel).where(auditregel.c.nummer >= size))
        head = Head(size, kept.to_bytes(), kept.root(), None)
        tx.execute(update(audithoofd).values(**head._asdict()))
        note_seen(engine, size, NOW)
        return lost


def test_a_log_that_gets_back_what_was_cut_finds_its_tiles_there(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'log.sqlite'}")
    prepare(engine)
    appended(engine, entries(2 * WIDTH + 9))
    wanted = roots(engine)

    lost = _cut(engine, WIDTH + 5)
    with writing(engine) as tx:
        append_lost(tx, lock_head(tx), lost, NOW)

    assert roots(engine) == wanted
    assert verified(engine).sound
    engine.dispose()


def test_a_log_that_goes_on_otherwise_after_a_cut_is_stopped_by_the_tile_that_was_left(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'log.sqlite'}")
    prepare(engine)
    appended(engine, entries(2 * WIDTH + 9))
    _cut(engine, WIDTH + 5)
    assert verified(engine).reason is Reden.TEGEL

    with pytest.raises(LogUnavailableError):
        appended(engine, entries(WIDTH, start=7_000))

    assert verified(engine).size == WIDTH + 5
    engine.dispose()


@pytest.mark.parametrize("size", [WIDTH - 1, WIDTH, WIDTH + 1, 2 * WIDTH])
def test_a_log_of_just_a_full_tile_proves_its_first_and_its_newest_entry(tmp_path, size):
    engine = make_engine(f"sqlite:///{tmp_path / 'log.sqlite'}")
    prepare(engine)
    appended(engine, entries(size))

    with reading(engine) as tx:
        root, tree = read_head(tx).wortel, StoredTree(tx, size)
        leaves = [leaf for _number, _line, leaf in stored(tx)]
        for index in (0, size - 1):
            verify_inclusion(leaves[index], index, size, tree.inclusion(index), root)
        before = StoredTree(tx, size - 1)
        verify_consistency(size - 1, size, before.root(), root, tree.consistency(size - 1))
    assert verified(engine).sound
    engine.dispose()


def test_a_hash_that_was_altered_gives_a_proof_that_fails(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'log.sqlite'}")
    prepare(engine)
    appended(engine, entries(10))
    with writing(engine) as tx:
        tx.execute(update(auditregel).where(auditregel.c.nummer == 4).values(blad=bytes(32)))

    with reading(engine) as tx:
        root, tree = read_head(tx).wortel, StoredTree(tx, 10)
        leaf = tx.execute(select(auditregel.c.blad).where(auditregel.c.nummer == 5)).scalar_one()
        with pytest.raises(ProofError):
            verify_inclusion(leaf, 5, 10, tree.inclusion(5), root)
    engine.dispose()


def test_a_hash_that_is_gone_is_no_proof_of_something_else(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'log.sqlite'}")
    prepare(engine)
    appended(engine, entries(10))
    with writing(engine) as tx:
        tx.execute(delete(auditregel).where(auditregel.c.nummer == 4))

    with reading(engine) as tx, pytest.raises(LogUnavailableError):
        StoredTree(tx, 10).inclusion(5)
    engine.dispose()
