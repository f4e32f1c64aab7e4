"""The log on PostgreSQL: many writers at once, and a verification in between."""

import contextlib
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from privacy.log.append import append, initialise
from privacy.log.tables import audithoofd, auditregel, audittegel
from privacy.log.verify import Reden, verify
from privacy.store.engine import reading, writing
from privacy.store.metadata import metadata
from privacy.store.tables import poort
from tests.unit.privacy.log.examples import (
    NOW,
    an_entry,
    appended,
    entries,
    prepare,
    stored,
    verified,
)

WRITERS = 8
TURNS = 20


@pytest.fixture
def log(postgres_engine: Engine) -> Engine:
    prepare(postgres_engine)
    return postgres_engine


def test_eight_writers_leave_no_gap_and_no_double_and_the_root_recomputes(log):
    """Statement 7."""
    gate = threading.Barrier(WRITERS)

    def writer(number: int) -> list[tuple[int, int]]:
        gate.wait()
        spans = []
        for turn in range(TURNS):
            count = 1 + (number + turn) % 5
            first = appended(log, entries(count, start=number * 1000 + turn * 10))
            spans.append((first, count))
        return spans

    with ThreadPoolExecutor(WRITERS) as pool:
        spans = sorted(span for found in pool.map(writer, range(WRITERS)) for span in found)

    taken = [first + step for first, count in spans for step in range(count)]
    found = verified(log)
    assert len(spans) == WRITERS * TURNS
    assert taken == list(range(len(taken)))
    assert (found.size, found.sound) == (len(taken), True)


def test_a_log_that_grows_meanwhile_verifies_in_either_kind_of_transaction(log):
    stop = threading.Event()

    def writer() -> None:
        while not stop.is_set():
            appended(log, entries(7))

    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(writer) for _ in range(2)]
        try:
            for _ in range(20):
                assert verified(log).sound
                with log.connect() as tx:
                    assert verify(tx).sound
        finally:
            stop.set()
        for done in running:
            done.result()


def test_of_two_that_initialise_at_once_one_makes_the_head(postgres_engine):
    metadata.create_all(postgres_engine, tables=[auditregel, audithoofd, audittegel, poort])
    gate = threading.Barrier(WRITERS)

    def starter(_: int) -> None:
        gate.wait()
        with writing(postgres_engine) as tx:
            initialise(tx)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(starter, range(WRITERS)))

    assert appended(postgres_engine, entries(1)) == 0


def test_what_is_rolled_back_leaves_no_trace(log):
    appended(log, entries(3))

    with contextlib.suppress(RuntimeError), writing(log) as tx:
        append(tx, entries(3, start=3), NOW)
        raise RuntimeError

    assert appended(log, entries(1, start=9)) == 3
    assert verified(log).sound


def test_bytes_and_moments_come_back_as_they_went_in(log):
    earlier = NOW - timedelta(hours=1)
    appended(log, entries(2))
    with writing(log) as tx:
        done = append(tx, [an_entry(tijd=earlier)], earlier)

    with reading(log) as tx:
        rows = stored(tx)
        recorded = tx.execute(select(auditregel.c.opgenomen)).scalars().all()
        latest = tx.execute(select(audithoofd.c.laatste_tijd)).scalar_one()
    assert (2, done.lines[0]) == rows[2][:2]
    assert json.loads(done.lines[0])["klok_terug"] is True
    assert recorded == [NOW, NOW, earlier]
    assert latest == NOW


def test_an_altered_entry_is_named(log):
    appended(log, entries(2500))
    with writing(log) as tx:
        altered = update(auditregel).where(auditregel.c.nummer == 1700)
        tx.execute(altered.values(regel=b"{}"))

    found = verified(log)

    assert (found.first_bad, found.reason) == (1700, Reden.GEWIJZIGD)
