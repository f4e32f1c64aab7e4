"""The schedule: it rings by the clock on the wall, and no partner waits for another."""

import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
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
from gateway.store.once import MARGIN
from gateway.wiring import Parts
from gateway.worker import Worker, clean_up, start
from privacy.keys import KeyRing
from privacy.store.engine import make_engine, reading, writing
from tests.integration.delivering import EVERY_SECOND, Receiver, World, an_item, push, receiving

REACHES_THE_WORKER_SECONDS = 4


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


@pytest.fixture
def opened() -> Iterator[Callable[[World], Parts]]:
    """Opens the parts of a world, as often as asked, and disposes of them."""
    with ExitStack() as stack:

        def opening(world: World) -> Parts:
            parts = world.parts()
            stack.callback(parts.engine.dispose)
            return parts

        yield opening


@contextmanager
def working(parts: Parts) -> Iterator[Worker]:
    """A schedule that does not outlive the block."""
    worker = start(parts)
    try:
        yield worker
    finally:
        worker.stop()


def test_two_workers_by_the_same_schedule_deliver_each_item_once(world, opened, receiver):
    parts, other = opened(world), opened(world)
    receiver.meanwhile = lambda: time.sleep(0.1)

    with working(parts), working(other):
        push(parts, *(an_item(number) for number in range(130)))
        eventually(lambda: len(receiver.items) > 200)
        push(parts, an_item(200))
        eventually(lambda: any("9000000200" in str(item) for item in receiver.items))
        time.sleep(1.2)

    assert len(set(receiver.ids)) == len(receiver.ids)


def test_a_partner_that_is_down_holds_up_no_other(world, opened, receiver):
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # takes the call, and never answers
        silent = f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        parts = opened(replace(world, first=silent, second=receiver.url))
        push(parts, an_item(1, ontvangers=["DT&V", "AVIM"]))

        with working(parts):
            eventually(lambda: len(receiver.items) > 0)
            deaf.close()

    with reading(parts.engine) as tx:
        found = {row.ontvanger: row for row in tx.execute(select(bezorgstand))}
    assert found["AVIM"].laatste_ontvangst is not None
    assert found["DT&V"].laatste_ontvangst is None


def test_stopping_waits_for_the_page_under_way_and_stopping_twice_is_once(world, opened, receiver):
    parts = opened(world)
    push(parts, *(an_item(number) for number in range(130)))
    receiver.meanwhile = lambda: time.sleep(0.5)

    with working(parts) as worker:
        eventually(lambda: len(receiver.bodies) == 1)
        worker.stop()

    with reading(parts.engine) as tx:
        assert tx.execute(select(bezorgstand.c.laatste_ontvangst)).scalar_one() is not None
    assert len(receiver.bodies) == 1


def test_cleaning_up_drops_what_can_no_longer_be_asked_for_and_nothing_else(world, opened):
    parts = opened(world)
    now = parts.clock.now()
    fresh, old = (int((now - KEPT + timedelta(days=days)).timestamp()) for days in (-3, -5))
    answer = {"client_id": "node", "afdruk": b"", "antwoord": "{}"}
    with writing(parts.engine) as tx:
        for name, moment in {"fresh": fresh, "old": old}.items():
            tx.execute(insert(idempotentie), {**answer, "sleutel": name, "tijd": moment})
        for seconds in (60, -60 - MARGIN - 4 * 86_400):
            expires = int(now.timestamp()) + seconds
            used = {"client_id": "node", "jti": str(seconds).encode(), "verloopt": expires}
            tx.execute(insert(assertie_jti), used)

    clean_up(parts)

    with reading(parts.engine) as tx:
        assert tx.execute(select(idempotentie.c.sleutel)).scalars().all() == ["fresh"]
        assert tx.execute(select(assertie_jti.c.jti)).scalars().all() == [b"60"]


def test_serve_with_its_worker_delivers_and_ends_with_zero_when_told_to_stop(
    world, opened, receiver
):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    push(opened(world), *(an_item(number) for number in range(130)))
    with world.running("serve", "--met-worker", LSO_GATEWAY_LUISTER=address) as process:

        def stop() -> None:
            process.send_signal(signal.SIGTERM)
            # gunicorn tells its worker process, which looks once a second.
            time.sleep(REACHES_THE_WORKER_SECONDS)

        receiver.meanwhile = stop
        _, lines = process.communicate(timeout=60)

    assert process.returncode == 0, lines
    assert len(receiver.bodies) == 1
    assert "worker_gestopt" in lines
