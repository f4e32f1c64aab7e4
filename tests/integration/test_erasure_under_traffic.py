"""Erasing while everything else goes on: wholly before or wholly after, and nothing comes back."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from types import FrameType
from uuid import UUID

import pytest
from sqlalchemy import select

from gateway.refusals import NotFoundError
from gateway.services.aanleveringen import accept_aanlevering
from gateway.services.bewaren import keep_terms
from gateway.services.mutaties import disclose_page
from gateway.services.pakketten import disclose_pakket
from gateway.services.tijdvakken import begin_epoch
from gateway.services.wissingen import erase_casus
from gateway.wiring import Parts
from privacy.store import tables
from privacy.store.engine import reading
from privacy.store.epochs import HAS_A_KEY
from tests.builders import people
from tests.integration.rolling import replica, row_of
from tests.signing import signed
from tests.world import TRACE, World, bronhouder, ketenpartner

MANY = 12
ORG = bronhouder("sndvu")
ERASES = ("services/wissingen.py", "privacy/erasure.py", "store/erasure.py", "registrations.py")


def living(world: World) -> set[UUID]:
    with reading(world.parts.engine) as tx:
        return set(tx.execute(select(tables.casus.c.id).where(HAS_A_KEY)).scalars())


def test_what_is_erased_while_all_goes_on_is_told_to_whoever_got_it_and_gone(world: World):
    """With packs, pages, deliveries of the same people, the nightly job and a rollover."""
    items = people(MANY)
    names = world.casus(*items)
    overleg = world.frozen(*names)
    done = threading.Event()
    works: list[Callable[[Parts], object]] = [
        lambda parts: disclose_pakket(parts, ketenpartner("AVIM"), overleg),
        lambda parts: disclose_page(parts, ketenpartner("IND"), None, 100),
        lambda parts: _deliver(parts, items),
        lambda parts: keep_terms(parts, TRACE),
    ]
    with ExitStack() as stack:
        # Replicas with keys of their own, as other processes have them.
        others = [stack.enter_context(replica(world)) for _ in range(2)]
        pool = stack.enter_context(ThreadPoolExecutor(len(works)))
        running = [
            pool.submit(_until, done, work, others[number % 2]) for number, work in enumerate(works)
        ]
        receipts = {}
        for number, name in enumerate(names):
            receipts[name] = erase_casus(others[number % 2], ORG, UUID(name))
            if number == MANY // 2:
                begin_epoch(world.parts)
        done.set()
        turns = [each.result() for each in running]

    assert min(turns) > 0
    assert not living(world) & set(map(UUID, names))
    _assert_told(world, receipts)
    assert world.log_is_sound()


def _until(done: threading.Event, work: Callable[[Parts], object], parts: Parts) -> int:
    turns = 0
    while not done.is_set():
        work(parts)
        turns += 1
    return turns


def _deliver(parts: Parts, items: list[dict[str, object]]) -> None:
    body = {"items": signed(items, "sndvu")}
    accept_aanlevering(parts, ORG, body, proef=False, idempotency=None)


def _assert_told(world: World, receipts: dict[str, dict[str, object]]) -> None:
    """Who got it before it was erased owes a confirmation; and nobody got it after."""
    lines = list(enumerate(world.entries(), start=world.installed))
    for receipt in receipts.values():
        mine = [(at, told) for at, told in lines if told.get("pseudoniem") == receipt["pseudoniem"]]
        assert receipt["logposities"] == [at for at, _told in mine]
        assert mine[-1][1]["soort"] == "casus_gewist"
        # Its own organisation and the municipality are told of an own casus, and owe nothing.
        got = {told["ontvanger"] for _at, told in mine if told["soort"] == "verstrekking"}
        owed = {each["ontvanger"] for each in receipt["terugroepingen"]}
        assert owed == got & {"AVIM", "IND", "DT&V"}


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.99])
def test_killed_in_the_middle_nothing_is_erased_and_asking_again_does_it(
    world: World, share: float
):
    """SIGKILL between any two calls before the commit."""
    first, second = world.casus(*people(2))
    world.feed("AVIM")
    before = row_of(world, second)
    steps = _counted(lambda _step: None, lambda: erase_casus(world.parts, ORG, UUID(first)))

    assert _erase_and_die(world, second, int(steps * share)) == -signal.SIGKILL

    assert row_of(world, second) == before
    receipt = erase_casus(world.parts, ORG, UUID(second))
    assert [each["ontvanger"] for each in receipt["terugroepingen"]] == ["AVIM"]
    with pytest.raises(NotFoundError):
        erase_casus(world.parts, ORG, UUID(second))
    assert [each["soort"] for each in world.entries()].count("casus_gewist") == 2
    assert world.log_is_sound()


def _erase_and_die(world: World, casus: str, died_at: int) -> int:
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        with ExitStack() as stack:
            parts = stack.enter_context(replica(world))
            _counted(
                lambda step: step == died_at and os.kill(os.getpid(), signal.SIGKILL),
                lambda: erase_casus(parts, ORG, UUID(casus)),
            )
    finally:
        os._exit(1)


def _counted(on_step: Callable[[int], object], work: Callable[[], object]) -> int:
    """How many calls the erasing files make inside the transaction; each is told as it is made."""
    steps = 0

    def note(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal steps
        if event in {"call", "c_call"} and frame.f_code.co_filename.endswith(ERASES):
            steps += 1
            on_step(steps)

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return steps
