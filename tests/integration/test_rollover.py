"""A new epoch of the keys: what lives goes along, what was erased is gone for good."""

import json
import os
import random
import shutil
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from gateway.idempotency import read_idempotency
from gateway.refusals import ConflictError
from gateway.runner_lock import take_turn
from gateway.services import tijdvakken
from gateway.services.aanleveringen import accept_aanlevering
from gateway.services.casussen import find_casussen
from gateway.services.pakketten import disclose_pakket
from gateway.services.tijdvakken import (
    begin_epoch,
    finish_epoch,
    overview,
    prepare_epoch,
    turn_epoch,
)
from gateway.services.toestemmingen import show_toestemming
from gateway.wiring import Parts, build
from privacy import rollover
from privacy.epoch_files import make_epoch
from privacy.errors import KeysUnavailableError, RolloverStoppedError
from privacy.keys import KeyRing
from privacy.store.dossiers import Lock, load_by_id, load_stands
from privacy.store.engine import reading, writing
from privacy.store.key_proof import check_keys
from privacy.store.tables import casus, mutatie
from tests.builders import a_consent, a_samenvatting, an_item, people
from tests.integration.rolling import (
    destroyed,
    door_of,
    epochs_in,
    files_of,
    replica,
    row_of,
    rows,
    told_of_epochs,
)
from tests.signing import signed
from tests.world import World, bronhouder, ketenpartner

KILLS = 6
ROLLS_OVER = ("rollover.py", "epoch_files.py", "store/epochs.py", "log/append.py", "store/door.py")


def folder_of(world: World) -> Path:
    return world.parts.settings.sleutels


def readable(world: World) -> int:
    """How many casussen open with the keys of now, summary and all."""
    parts = world.parts
    with reading(parts.engine) as tx:
        parts.look(tx)
        dossiers = load_by_id(tx, parts.keys, [row.id for row in rows(world)], Lock.NONE)
        wanted = [(each, each.stand_nummer) for each in dossiers.values()]
        return len(load_stands(tx, wanted))


# What it does


def test_all_that_lives_goes_along_and_the_old_key_is_gone(world: World):
    """Statement 19, without traffic."""
    world.casus(*people(5))
    before = {row.id: (row.blind_index, row.spoor_sleutel) for row in rows(world)}

    done = begin_epoch(world.parts)

    assert (done.tijdvak, done.omgezet, done.vernietigd) == (2, 5, [1])
    assert epochs_in(world) == {2}
    assert door_of(world) == (2, 2)
    assert files_of(folder_of(world)) == {2}
    assert destroyed(world) == {1}
    for row in rows(world):
        assert row.blind_index != before[row.id][0]
        assert row.spoor_sleutel != before[row.id][1]
    assert readable(world) == 5


def test_a_partner_and_an_organisation_notice_nothing(world: World):
    [name] = world.casus(an_item())
    overleg = world.frozen(name)
    pack, feed = world.pack("AVIM", overleg), world.feed("IND")

    begin_epoch(world.parts)

    assert world.pack("AVIM", overleg) == pack
    assert world.feed("IND") == feed
    found = json.loads(
        find_casussen(world.parts, bronhouder("sndvu"), {"vNummer": "0902224584"}).body
    )
    assert [each["casusId"] for each in found["casussen"]] == [name]


def test_who_is_delivered_again_is_the_same_casus(world: World):
    consent = a_consent()
    [name] = world.casus(an_item(toestemmingen=[consent]))
    begin_epoch(world.parts)

    later = a_samenvatting(lijn="2")
    again = an_item(standVan="2020-04-02T08:00:00Z", samenvatting=later, toestemmingen=[consent])
    assert world.casus(again) == [name]


def test_a_number_that_was_corrected_is_the_one_that_goes_along(world: World):
    consent = a_consent()
    [name] = world.casus(an_item(toestemmingen=[consent]))
    corrected = a_samenvatting(vNummer="0000000017")
    world.casus(
        an_item(
            casusId=name,
            standVan="2020-04-02T08:00:00Z",
            samenvatting=corrected,
            toestemmingen=[consent],
        )
    )

    begin_epoch(world.parts)

    index = world.parts.keys.blind_index("sndvu", "0000000017")
    assert row_of(world, name).blind_index == index


def test_a_casus_of_before_numbers_were_kept_gets_its_index_of_its_summary(world: World):
    [name] = world.casus(an_item())
    with writing(world.parts.engine) as tx:
        tx.execute(update(casus).values(nummer=None))

    begin_epoch(world.parts)

    row = row_of(world, name)
    assert row.nummer is not None
    assert row.blind_index == world.parts.keys.blind_index("sndvu", "0902224584")


def test_a_casus_without_a_summary_goes_along_by_its_number(world: World):
    """Nothing of this person may be had: its statement does not count, and yet it is found."""
    lacking = a_consent(taal="kxz", tolk=False)
    world.parts = replace(world.parts, settings=_with_languages(world))
    world.push(an_item(toestemmingen=[lacking]))
    [row] = rows(world)
    assert row.stand_nummer is None

    begin_epoch(world.parts)

    assert rows(world)[0].blind_index == world.parts.keys.blind_index("sndvu", "0902224584")


def _with_languages(world: World):
    settings = world.parts.settings
    parties = tuple(replace(each, talen=frozenset({"nl"})) for each in settings.bronhouders)
    return replace(settings, bronhouders=parties)


def test_an_erased_casus_is_passed_over(world: World):
    gone, stays = world.casus(*people(2))
    erase(world, gone)
    before = row_of(world, gone)

    assert begin_epoch(world.parts).omgezet == 1
    assert row_of(world, gone) == before
    assert row_of(world, stays).epoch == 2


def erase(world: World, name: str) -> None:
    """As an erasure leaves a row."""
    with writing(world.parts.engine) as tx:
        blank = update(mutatie).where(mutatie.c.casus_id == UUID(name))
        tx.execute(blank.values(stand=None, verandering=None))
        tx.execute(
            update(casus)
            .where(casus.c.id == UUID(name))
            .values(
                inhoud_sleutel=None,
                spoor_sleutel=None,
                blind_index=os.urandom(32),
                nummer=None,
                vingerafdruk=None,
                gewist_op=world.now,
            )
        )


def test_the_gateway_can_show_that_it_happened(world: World):
    world.casus(an_item())
    begin_epoch(world.parts)
    begin_epoch(world.parts)

    assert told_of_epochs(world) == ["tijdvak_begonnen", "tijdvak_vernietigd"] * 2
    assert [(each.nummer, each.vernietigd is None) for each in overview(world.parts)] == [
        (1, False),
        (2, False),
        (3, True),
    ]
    assert world.log_is_sound()


def test_a_number_is_never_given_twice(world: World):
    begin_epoch(world.parts)
    begin_epoch(world.parts)

    assert files_of(folder_of(world)) == {3}


# Processes that do not know yet


def test_another_process_goes_along_at_its_next_look_at_the_door(world: World):
    [name] = world.casus(an_item())
    overleg = world.frozen(name)
    with replica(world) as other:
        begin_epoch(world.parts)

        assert other.keys.epochs == {1}
        disclose_pakket(other, ketenpartner("AVIM"), overleg)
        assert other.keys.epochs == {2}
        assert other.keys.current.number == 2


def test_a_look_without_the_door_finds_the_new_key_too(world: World):
    consent = a_consent()
    world.casus(an_item(toestemmingen=[consent]))
    with replica(world) as other:
        begin_epoch(world.parts)

        name = UUID(consent["toestemmingId"])
        assert show_toestemming(other, bronhouder("sndvu"), name)["versie"] == 1


def test_a_process_that_cannot_find_the_key_answers_nobody(world: World, tmp_path: Path):
    """On a machine with a folder of its own, to which the new key did not come yet."""
    elsewhere = tmp_path / "elders"
    elsewhere.mkdir(mode=0o700)
    for path in folder_of(world).glob("*.key"):
        (elsewhere / path.name).write_bytes(path.read_bytes())
        (elsewhere / path.name).chmod(0o600)
    with replica(world) as other:
        there = KeyRing.open(elsewhere)
        lost = replace(other, keys=there)
        begin_epoch(world.parts)

        with pytest.raises(KeysUnavailableError, match="tijdvak 2 ontbreekt"):
            deliver(lost, an_item())
    assert rows(world) == []


def test_a_key_of_the_right_number_that_is_another_is_refused(world: World, tmp_path: Path):
    elsewhere = KeyRing.create(tmp_path / "elders")
    (tmp_path / "elders" / "epoch-000001.key").rename(tmp_path / "elders" / "epoch-000002.key")
    with replica(world) as other:
        begin_epoch(world.parts)
        strange = replace(other, keys=KeyRing.open(tmp_path / "elders"))

        with pytest.raises(KeysUnavailableError, match="hoort niet bij deze database"):
            deliver(strange, an_item())
    assert elsewhere.epochs == {1}


def test_a_key_of_the_next_number_that_another_machine_made_is_begun_by_none(
    world: World, tmp_path: Path
):
    """Two folders, each with a key of its own for epoch 2: the one that was seen first is known."""
    elsewhere = tmp_path / "elders"
    shutil.copytree(folder_of(world), elsewhere)
    prepare_epoch(world.parts)
    make_epoch(elsewhere, 2)
    check_keys(world.parts.engine, KeyRing.open(elsewhere))
    world.casus(an_item())

    with pytest.raises(KeysUnavailableError, match="tijdvak 2 hoort niet bij deze database"):
        begin_epoch(world.parts)

    assert door_of(world) == (1, 1)
    assert readable(world) == 1


def test_nobody_prepares_a_key_while_another_rolls_over(world: World, monkeypatch):
    monkeypatch.setattr(tijdvakken, "_WAIT_SECONDS", 0.0)

    with take_turn(world.parts.engine, "tijdvak"), pytest.raises(ConflictError):
        prepare_epoch(world.parts)

    assert files_of(folder_of(world)) == {1}


def deliver(parts: Parts, *items: dict[str, object], by: str = "sndvu") -> list[str]:
    body = {"items": signed(items, by)}
    told = accept_aanlevering(parts, bronhouder(by), body, proef=False, idempotency=None)
    return [each["casusId"] for each in told["resultaten"]]


def test_a_delivery_finds_a_casus_that_has_not_gone_along_yet(world: World, tmp_path: Path):
    consent = a_consent()
    [name] = world.casus(an_item(toestemmingen=[consent]))
    begin_only(world.parts)

    again = an_item(
        standVan="2020-04-02T08:00:00Z",
        samenvatting=a_samenvatting(lijn="2"),
        toestemmingen=[consent],
    )
    assert world.casus(again) == [name]
    assert world.casus(an_item(samenvatting=a_samenvatting(vNummer="0000000042"))) != [name]
    assert epochs_in(world) == {1, 2}

    finish_epoch(world.parts)

    assert epochs_in(world) == {2}
    assert readable(world) == 2


def begin_only(parts: Parts) -> None:
    """As it stands where whoever rolled over was killed before any casus went along."""
    house = rollover.House(
        parts.engine,
        parts.keys,
        parts.settings.sleutels,
        parts.clock.now,
        {"organisatie": "gateway"},
    )
    rollover.begin(house, rollover.prepare(house))


def test_a_request_that_is_repeated_over_a_rollover_has_one_effect(world: World):
    """Also where nobody can tell any more that it is the same: its key is not used twice."""
    sent = {"items": signed([an_item()], "sndvu")}

    def ask(body: dict[str, Any]) -> dict[str, Any]:
        header, text = "sleutel-0001", json.dumps(body).encode()
        key = read_idempotency(world.parts.keys, "sndvu-node", header, (text,))
        return accept_aanlevering(
            world.parts, bronhouder("sndvu"), body, proef=False, idempotency=key
        )

    first = ask(sent)
    begin_only(world.parts)
    with reading(world.parts.engine) as tx:
        world.parts.look(tx)
    assert ask(sent) == first
    with pytest.raises(ConflictError):
        ask({"items": signed(people(1), "sndvu")})
    finish_epoch(world.parts)

    assert ask(sent) == first
    assert len(rows(world)) == 1


# What does not open


def test_a_casus_that_does_not_open_stops_the_destruction_and_is_left_as_it_is(world: World):
    broken, _whole = world.casus(*people(2))
    with writing(world.parts.engine) as tx:
        spoilt = update(casus).where(casus.c.id == UUID(broken))
        tx.execute(spoilt.values(spoor_sleutel=bytes(61)))
    before = row_of(world, broken)

    for _ in range(2):
        with pytest.raises(RolloverStoppedError, match=r"^1 casussen"):
            begin_epoch(world.parts)

    assert row_of(world, broken) == before
    assert files_of(folder_of(world)) == {1, 2}
    assert door_of(world) == (2, 1)
    assert destroyed(world) == set()


def test_a_key_that_another_database_needs_is_not_destroyed(world: World, tmp_path: Path):
    """The file has the number, and is not the key that this database knows."""
    begin_only(world.parts)
    file = folder_of(world) / "epoch-000001.key"
    file.unlink()
    file.write_text("ab" * 32)
    file.chmod(0o600)

    with pytest.raises(KeysUnavailableError, match="hoort niet bij deze database"):
        finish_epoch(world.parts)

    assert file.exists()


# The clock and the command


def test_workers_whose_clocks_ring_at_once_begin_one_epoch(world: World):
    with replica(world) as other:
        turn_epoch(world.parts)
        turn_epoch(other)

    assert door_of(world) == (2, 2)


def test_a_key_that_was_prepared_is_the_one_that_is_used(world: World):
    assert prepare_epoch(world.parts) == 2
    assert prepare_epoch(world.parts) == 2
    prepared = (folder_of(world) / "epoch-000002.key").read_text()
    world.casus(an_item())
    assert epochs_in(world) == {1}

    begin_epoch(world.parts)

    assert (folder_of(world) / "epoch-000002.key").read_text() == prepared


def test_a_gateway_starts_with_the_epoch_of_its_database_and_not_the_newest_file(world: World):
    prepare_epoch(world.parts)

    again = build(world.parts.settings)

    assert again.keys.current.number == 1
    again.engine.dispose()


# Killed half-way


@pytest.mark.parametrize("seed", range(3))
def test_statement_19_killed_at_any_moment_it_is_gone_on_with(world: World, seed: int):
    """Statement 19: SIGKILL between any two calls; whoever comes next finishes, nobody is lost."""
    names = world.casus(*people(5))
    draw = random.Random(seed)  # noqa: S311  moments, not keys
    steps = steps_of(world)
    for _ in range(KILLS):
        died_at = draw.randrange(1, steps)
        assert run_and_die(world, died_at) == -signal.SIGKILL, f"seed {seed}, step {died_at}"

        assert readable(world) == len(names)
        begin_epoch(world.parts)
        assert_at_one_epoch(world, len(names))


def assert_at_one_epoch(world: World, number: int) -> None:
    at, oldest = door_of(world)
    assert at == oldest
    assert files_of(folder_of(world)) == epochs_in(world) == {at}
    assert readable(world) == number
    assert destroyed(world) == set(range(1, at))
    told = told_of_epochs(world)
    assert Counter(told) == {"tijdvak_begonnen": at - 1, "tijdvak_vernietigd": at - 1}
    assert world.log_is_sound()


def steps_of(world: World) -> int:
    """How many calls a whole rollover takes."""
    begin_epoch(world.parts)
    with ExitStack() as stack:
        steps = stack.enter_context(counted(lambda _step: None))
        begin_epoch(world.parts)
    return steps[0]


def run_and_die(world: World, died_at: int) -> int:
    """Roll over in a process of its own, which kills itself at this call; how it ended."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        with ExitStack() as stack:
            parts = stack.enter_context(replica(world))
            stack.enter_context(
                counted(lambda step: step == died_at and os.kill(os.getpid(), signal.SIGKILL))
            )
            begin_epoch(parts)
    finally:
        os._exit(1)


@contextmanager
def counted(on_step: Callable[[int], object]) -> Iterator[list[int]]:
    """Count every call from the files that roll over: also each of the system that they make."""
    steps = [0]

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event in {"call", "c_call"} and frame.f_code.co_filename.endswith(ROLLS_OVER):
            steps[0] += 1
            on_step(steps[0])

    sys.setprofile(note)
    try:
        yield steps
    finally:
        sys.setprofile(None)


# Under traffic


def test_statement_19_under_the_traffic_of_eight_writers_nobody_is_lost_or_doubled(world: World):
    """Statement 19: all are readable, none is under the old key, and the old key is gone."""
    shared = people(40, start=9_000)
    done = threading.Event()
    with ExitStack() as stack:
        replicas = [stack.enter_context(replica(world)) for _ in range(3)]
        pool = stack.enter_context(ThreadPoolExecutor(8))
        writers = [
            pool.submit(write_until, done, replicas[number % 3], number, shared)
            for number in range(8)
        ]
        for _ in range(3):
            begin_epoch(world.parts)
        done.set()
        told = [writer.result() for writer in writers]

    begin_epoch(world.parts)
    numbers = {number for each in told for number in each}
    assert len(rows(world)) == len(numbers)
    assert_at_one_epoch(world, len(numbers))
    for number, name in [pair for each in told for pair in each.items()]:
        index = world.parts.keys.blind_index("sndvu", number)
        assert row_of(world, name).blind_index == index


def write_until(
    done: threading.Event, parts: Parts, writer: int, shared: Sequence[dict[str, Any]]
) -> dict[str, str]:
    """Deliver the same people again and again, and new ones that others deliver too."""
    consent = a_consent()
    number, found = f"{writer + 1:010d}", {}
    turn = 0
    while not done.is_set() or turn < len(shared):
        turn += 1
        changed = a_samenvatting(vNummer=number, lijn="12"[turn % 2])
        moment = (datetime(2020, 4, 1, 8, tzinfo=UTC) + timedelta(seconds=turn)).isoformat()
        [name] = deliver(
            parts, an_item(standVan=moment, samenvatting=changed, toestemmingen=[consent])
        )
        assert found.setdefault(number, name) == name
        if turn <= len(shared):
            item = shared[turn - 1]
            [found[item["samenvatting"]["vNummer"]]] = deliver(parts, item)
    return found
