"""One runner at a time, in threads and in processes, on both databases."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import psycopg
import pytest
from sqlalchemy import Engine

from gateway.runner_lock import take_turn
from privacy.store.engine import make_engine
from tests.postgres.databases import plain

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys, time
from gateway.runner_lock import take_turn
from privacy.store.engine import make_engine

with take_turn(make_engine(sys.argv[1]), "werk") as turn:
    print("held" if turn else "busy", flush=True)
    time.sleep(60)
"""


def is_free(engine: Engine, work: str = "werk", wait_seconds: float = 0.0) -> bool:
    with take_turn(engine, work, wait_seconds=wait_seconds) as turn:
        return turn is not None


def test_a_second_has_no_turn_until_the_first_is_done(engine: Engine):
    with take_turn(engine, "werk") as turn:
        assert turn is not None
        assert turn.is_held()
        assert not is_free(engine)

    assert is_free(engine)


def test_other_work_goes_on(engine: Engine):
    with take_turn(engine, "bezorging-DT&V"):
        assert is_free(engine, "bezorging-AVIM")


def test_the_turn_ends_also_when_the_work_fails(engine: Engine):
    with pytest.raises(RuntimeError), take_turn(engine, "werk"):
        raise RuntimeError

    assert is_free(engine)


def test_who_waits_gets_the_turn_when_the_other_is_done(engine: Engine):
    taken, done = Event(), Event()

    def hold() -> None:
        with take_turn(engine, "werk"):
            taken.set()
            done.wait(10)

    with ThreadPoolExecutor(2) as pool:
        pool.submit(hold)
        taken.wait(10)
        waiting = pool.submit(is_free, engine, wait_seconds=20)
        done.set()
        assert waiting.result(30)


def test_a_process_that_is_killed_lets_go(database_url: str):
    engine = make_engine(database_url)
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, database_url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    assert not is_free(engine)

    process.kill()
    process.communicate()

    assert is_free(engine, wait_seconds=10)
    engine.dispose()


def test_who_lost_its_session_no_longer_holds_the_turn(postgres_url: str):
    engine = make_engine(postgres_url)
    with take_turn(engine, "werk") as turn:
        assert turn is not None
        with psycopg.connect(plain(postgres_url), autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )

        assert not turn.is_held()
        assert is_free(engine, wait_seconds=10)
    engine.dispose()


def test_the_session_that_holds_the_turn_holds_no_transaction(postgres_url: str):
    engine = make_engine(postgres_url)
    with take_turn(engine, "werk"), psycopg.connect(plain(postgres_url)) as other:
        query = (
            "SELECT state FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert [row[0] for row in other.execute(query)] == ["idle"]
    engine.dispose()
