"""The schedule: it rings by the clock on the wall, and no partner waits for another."""

import signal
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from gateway.database import upgrade
from gateway.idempotency import KEPT
from gateway.signer import Signer
from gateway.store.asserties import assertie_jti
from gateway.store.bezorging import bezorgstand
from gateway.store.idempotentie import idempotentie
from gateway.worker import clean_up, start
from privacy.keys import KeyRing
from privacy.store.engine import make_engine, reading, writing
from tests.integration.delivering import EVERY_SECOND, Receiver, World, an_item, push, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def world(tmp_path: Path, empty_database_url: str, receiver: Receiver) -> World:
    KeyRing.create(tmp_path / "sleutels")
    Signer.create(tmp_path / "sleutels")
    engine = make_engine(empty_database_url)
    upgrade(engine)
    engine.dispose()
    return World(tmp_path, empty_database_url, receiver.url, cron=EVERY_SECOND)


def eventually(happened: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_two_workers_by_the_same_schedule_deliver_each_item_once(world, receiver):
    both = [world.parts(), world.parts()]
    workers = [start(parts) for parts in both]
    receiver.meanwhile = lambda: time.sleep(0.1)

    push(both[0], *(an_item(number) for number in range(130)))
    eventually(lambda: len(receiver.items) > 200)
    push(both[0], an_item(200))
    eventually(lambda: any("9000000200" in str(item) for item in receiver.items))
    time.sleep(1.2)

    for worker, parts in zip(workers, both, strict=True):
        worker.stop()
        parts.engine.dispose()
    assert len(set(receiver.ids)) == len(receiver.ids)


def test_a_partner_that_is_down_holds_up_no_other(world, receiver):
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # takes the call, and never answers
        silent = f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        parts = replace(world, first=silent, second=receiver.url).parts()
        push(parts, an_item(1, ontvangers=["DT&V", "AVIM"]))

        worker = start(parts)
        eventually(lambda: len(receiver.items) > 0)

    worker.stop()
    with reading(parts.engine) as tx:
        found = {row.ontvanger: row for row in tx.execute(select(bezorgstand))}
    parts.engine.dispose()
    assert found["AVIM"].laatste_ontvangst is not None
    assert found["DT&V"].laatste_ontvangst is None


def test_stopping_waits_for_the_page_under_way_and_stopping_twice_is_once(world, receiver):
    parts = world.parts()
    push(parts, *(an_item(number) for number in range(130)))
    receiver.meanwhile = lambda: time.sleep(0.5)
    worker = start(parts)
    eventually(lambda: len(receiver.bodies) == 1)

    worker.stop()
    worker.stop()

    with reading(parts.engine) as tx:
        assert tx.execute(select(bezorgstand.c.laatste_ontvangst)).scalar_one() is not None
    parts.engine.dispose()
    assert len(receiver.bodies) == 1


def test_cleaning_up_drops_what_can_no_longer_be_asked_for_and_nothing_else(world):
    parts = world.parts()
    now = parts.clock.now()
    fresh, old = (int((now - KEPT + timedelta(days=days)).timestamp()) for days in (1, -1))
    answer = {"client_id": "node", "afdruk": b"", "antwoord": "{}"}
    with writing(parts.engine) as tx:
        for name, moment in {"fresh": fresh, "old": old}.items():
            tx.execute(insert(idempotentie), {**answer, "sleutel": name, "tijd": moment})
        for seconds in (60, -60):
            expires = int(now.timestamp()) + seconds
            used = {"client_id": "node", "jti": str(seconds).encode(), "verloopt": expires}
            tx.execute(insert(assertie_jti), used)

    clean_up(parts)

    with reading(parts.engine) as tx:
        assert tx.execute(select(idempotentie.c.sleutel)).scalars().all() == ["fresh"]
        assert tx.execute(select(assertie_jti.c.jti)).scalars().all() == [b"60"]
    parts.engine.dispose()


def test_serve_with_its_worker_delivers_and_ends_with_zero_when_told_to_stop(world, receiver):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    parts = world.parts()
    push(parts, *(an_item(number) for number in range(130)))
    parts.engine.dispose()
    process = world.run("serve", "--met-worker", LSO_GATEWAY_LUISTER=address)
    receiver.meanwhile = lambda: process.send_signal(signal.SIGTERM)

    _, lines = process.communicate(timeout=60)

    assert process.returncode == 0, lines
    assert len(receiver.bodies) == 1
    assert "worker_gestopt" in lines
