"""Entries come in order, side by side, in the transaction that they prove, and stay."""

import ast
import contextlib
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

import privacy
from privacy.log.append import CLOCK_SLACK, append, initialise
from privacy.log.entries import encode
from privacy.log.errors import EntryRefusedError, LogUnavailableError
from privacy.log.merkle import EMPTY_ROOT, Frontier, leaf_hash
from privacy.log.tables import audithoofd
from privacy.store.engine import reading, writing
from tests.unit.privacy.log.examples import (
    LATER,
    NOW,
    an_entry,
    appended,
    entries,
    stored,
    verified,
)


def test_the_first_entry_has_number_zero_and_the_next_follow_without_gap(log):
    firsts = [appended(log, entries(count, start=count * 10)) for count in (1, 3, 2)]

    with reading(log) as tx:
        numbers = [nummer for nummer, _, _ in stored(tx)]
    assert firsts == [0, 1, 4]
    assert numbers == [0, 1, 2, 3, 4, 5]


def test_every_row_holds_the_bytes_and_their_leaf_hash(log):
    given = entries(5)

    with writing(log) as tx:
        done = append(tx, given, NOW)

    with reading(log) as tx:
        rows = stored(tx)
    assert [line for _, line, _ in rows] == [encode(entry) for entry in given]
    assert [leaf for _, _, leaf in rows] == [leaf_hash(line) for _, line, _ in rows]
    assert (done.first, done.last) == (0, 4)
    assert list(done.lines) == [line for _, line, _ in rows]


def test_the_head_tells_size_root_and_frontier_of_all_entries(log):
    appended(log, entries(7))
    appended(log, entries(6, start=7))
    expected = Frontier()
    expected.extend(leaf_hash(encode(entry)) for entry in entries(13))

    with reading(log) as tx:
        head = tx.execute(select(audithoofd)).one()
    assert (head.omvang, head.wortel, head.rand) == (13, expected.root(), expected.to_bytes())
    assert head.laatste_tijd == NOW


def test_what_is_rolled_back_leaves_no_trace(log):
    appended(log, entries(3))

    with contextlib.suppress(RuntimeError), writing(log) as tx:
        append(tx, entries(3, start=3), NOW)
        raise RuntimeError

    assert appended(log, entries(1, start=9)) == 3
    assert verified(log).sound


def test_one_refused_entry_keeps_all_of_them_out_before_anything_is_locked(log):
    with writing(log) as tx:
        with pytest.raises(EntryRefusedError):
            append(tx, [an_entry(), an_entry(reden="vrije tekst")], NOW)

        assert stored(tx) == []


def test_to_append_nothing_is_a_mistake_of_the_caller(log):
    with writing(log) as tx, pytest.raises(ValueError, match="nothing"):
        append(tx, [], NOW)


def test_an_empty_log_has_the_empty_root(log):
    found = verified(log)

    assert (found.size, found.root, found.sound) == (0, EMPTY_ROOT, True)


def test_initialising_again_changes_nothing(log):
    appended(log, entries(3))

    with writing(log) as tx:
        initialise(tx)

    assert (verified(log).size, verified(log).sound) == (3, True)


def test_a_log_without_head_takes_no_entry(log):
    with writing(log) as tx:
        tx.execute(delete(audithoofd))

    with writing(log) as tx, pytest.raises(LogUnavailableError):
        append(tx, entries(1), NOW)


def test_a_log_that_lost_its_head_is_not_started_anew(log):
    appended(log, entries(3))
    with writing(log) as tx:
        tx.execute(delete(audithoofd))

    with writing(log) as tx, pytest.raises(LogUnavailableError):
        initialise(tx)


def test_a_log_with_a_damaged_head_takes_no_entry(log):
    appended(log, entries(3))
    with writing(log) as tx:
        tx.execute(update(audithoofd).values(rand=b"short"))

    with writing(log) as tx, pytest.raises(LogUnavailableError):
        append(tx, entries(1), NOW)


def test_a_database_that_refuses_is_told_as_a_log_that_is_unavailable(log):
    with reading(log) as tx:
        tx.exec_driver_sql("PRAGMA query_only=ON")
        with pytest.raises(LogUnavailableError) as refused:
            append(tx, entries(1), NOW)
        tx.exec_driver_sql("PRAGMA query_only=OFF")

    assert "5e5e" not in str(refused.value.__cause__)


def test_a_moment_without_zone_is_not_stored(log):
    with writing(log) as tx, pytest.raises(LogUnavailableError):
        append(tx, entries(1), NOW.replace(tzinfo=None))


def test_a_clock_that_goes_backwards_is_told_and_the_order_stays(log):
    """Statement 37."""
    earlier = NOW - timedelta(hours=1)
    appended(log, entries(2))

    with writing(log) as tx:
        done = append(tx, [an_entry(tijd=earlier), an_entry(tijd=earlier)], earlier)

    assert done.first == 2
    assert [json.loads(line).get("klok_terug") for line in done.lines] == [True, True]
    assert [json.loads(line)["tijd"] for line in done.lines] == ["2026-11-21T09:00:00.123Z"] * 2
    with reading(log) as tx:
        assert [line for _, line, _ in stored(tx)][2:] == list(done.lines)
    assert verified(log).sound


def test_the_flag_stays_until_the_clock_has_caught_up(log):
    moments = [NOW, NOW - timedelta(hours=1), NOW - timedelta(minutes=30), LATER]

    for moment in moments:
        appended(log, [an_entry(tijd=moment)], moment)

    with reading(log) as tx:
        flags = [json.loads(line).get("klok_terug", False) for _, line, _ in stored(tx)]
        latest = tx.execute(select(audithoofd.c.laatste_tijd)).scalar_one()
    assert flags == [False, True, True, False]
    assert latest == LATER


def test_writers_that_queued_in_another_order_are_no_clock_going_backwards(log):
    appended(log, entries(1))
    just_before = NOW - CLOCK_SLACK

    with writing(log) as tx:
        done = append(tx, [an_entry(tijd=just_before)], just_before)

    assert b"klok_terug" not in done.lines[0]


def test_threads_that_append_at_once_leave_no_gap_and_no_double(log):
    gate = threading.Barrier(8)

    def writer(number: int) -> list[tuple[int, int]]:
        gate.wait()
        spans = []
        for turn in range(10):
            count = 1 + (number + turn) % 5
            first = appended(log, entries(count, start=number * 1000 + turn * 10))
            spans.append((first, count))
        return spans

    with ThreadPoolExecutor(8) as pool:
        spans = sorted(span for found in pool.map(writer, range(8)) for span in found)

    taken = [first + step for first, count in spans for step in range(count)]
    found = verified(log)
    assert taken == list(range(len(taken)))
    assert (found.size, found.sound) == (len(taken), True)


def test_no_code_changes_or_deletes_an_entry():
    sources = [file for root in privacy.__path__ for file in Path(root).rglob("*.py")]
    offences = [
        (file.name, node.lineno)
        for file in sources
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).rpartition(".")[2] in {"update", "delete"}
        and "auditregel" in ast.unparse(node)
    ]

    assert sources
    assert offences == []
