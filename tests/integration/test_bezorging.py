"""A partner that does not pull is brought its feed: everything, in order, at least once."""

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier

import psycopg
import pytest
from sqlalchemy import Row, func, select

from connectors.retries import NO_PATIENCE, Patience
from connectors.transport import Transport, Transportsettings
from gateway.database import upgrade
from gateway.services.bezorging import Afloop, Verslag, Way, deliver
from gateway.signer import Signer
from gateway.store.bezorging import BEGIN, bezorgstand
from gateway.wiring import Parts
from privacy.clock import Clock
from privacy.gate import PrivacyGate
from privacy.keys import KeyRing
from privacy.log.tables import auditregel
from privacy.log.verify import verify
from privacy.store.engine import make_engine, reading
from tests.integration.delivering import (
    EVERY_SECOND,
    Receiver,
    World,
    an_item,
    push,
    receiving,
    withdraw,
)
from tests.postgres.databases import plain

#: One attempt, and not longer than a moment.
IMPATIENT = Way(
    connect=lambda trace: Transport(
        Transportsettings(read_seconds=0.3),
        patience=NO_PATIENCE,
        traceparent=lambda: trace.header,
    ),
    patience=NO_PATIENCE,
)
#: As it really is, but that it does not wait between two attempts.
PERSISTENT = Way(patience=Patience(attempts=3, sleep=lambda _: None))


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
    return World(tmp_path, empty_database_url, receiver.url)


@pytest.fixture
def parts(world: World) -> Iterator[Parts]:
    made = world.parts()
    yield made
    made.engine.dispose()


def bring(parts: Parts, way: Way = IMPATIENT) -> Verslag:
    return deliver(parts, parts.settings.ketenpartners[0], way)


def without_policy(parts: Parts) -> Parts:
    """The same gateway after the review date of its policies."""
    clock = Clock(now=lambda: datetime(2090, 1, 1, tzinfo=UTC), day=parts.clock.day)
    gate = PrivacyGate(engine=parts.engine, keys=parts.keys, rules=parts.rules, clock=clock)
    return replace(parts, clock=clock, gate=gate)


def state(parts: Parts) -> Row:
    with reading(parts.engine) as tx:
        return tx.execute(select(bezorgstand)).one()


def log_length(parts: Parts) -> int:
    with reading(parts.engine) as tx:
        return tx.execute(select(func.count()).select_from(auditregel)).scalar_one()


def test_the_partner_gets_what_it_would_have_pulled_signed_and_in_the_log(parts, receiver):
    push(parts, an_item(1), an_item(2))

    report = bring(parts)

    assert report == Verslag(Afloop.BEZORGD, items=len(receiver.items))
    told = receiver.dossier(parts).mutaties
    assert {item["samenvatting"]["vNummer"] for item in told} == {"9000000001", "9000000002"}
    assert {"aanmelding", "instroom"} <= {item["soort"] for item in told}
    assert receiver.headers[0]["content-type"] == "application/json"


def test_what_was_received_stands_in_the_log_after_its_page_and_the_log_holds(parts, receiver):
    push(parts, an_item(1))

    bring(parts)

    with reading(parts.engine) as tx:
        lines = [row.regel.decode() for row in tx.execute(select(auditregel).order_by("nummer"))]
        assert verify(tx).sound
    page, received = lines[-2:]
    assert '"soort":"pagina"' in page
    assert '"soort":"bezorgd"' in received
    assert '"client":"bezorging"' in received
    trace = receiver.headers[0]["traceparent"].split("-")[1]
    assert f'"trace":"{trace}"' in page
    assert f'"trace":"{trace}"' in received


def test_what_was_received_is_not_sent_again(parts, receiver):
    push(parts, an_item(1))
    bring(parts)
    before = len(receiver.bodies), log_length(parts)

    assert bring(parts) == Verslag(Afloop.BEZORGD)

    assert (len(receiver.bodies), log_length(parts)) == before


def test_where_nothing_is_to_be_told_nothing_is_sent_and_nothing_logged(parts, receiver):
    push(parts, an_item(1, ontvangers=["AVIM"]))
    before = log_length(parts)

    assert bring(parts) == Verslag(Afloop.BEZORGD)

    assert receiver.bodies == []
    assert log_length(parts) == before
    assert state(parts).positie > BEGIN
    assert state(parts).laatste_ontvangst is None


def test_many_items_come_in_pages_in_order_and_each_once(parts, receiver):
    push(parts, *(an_item(number) for number in range(130)))

    bring(parts)

    assert [page["meer"] for page in receiver.pages] == [True] * (len(receiver.pages) - 1) + [False]
    assert all(len(page["items"]) <= 100 for page in receiver.pages)
    assert len(set(receiver.ids)) == len(receiver.ids)
    first = [item["samenvatting"]["vNummer"] for item in receiver.items]
    assert first == sorted(first)


def test_a_change_is_brought_after_what_it_changes(parts, receiver):
    push(parts, an_item(1))
    bring(parts)
    later = an_item(1, standVan="2020-04-02T08:00:00Z")
    later["samenvatting"]["lijn"] = "1"
    push(parts, later)

    bring(parts)

    assert receiver.items[0]["soort"] == "aanmelding"
    assert receiver.pages[-1]["items"][0]["velden"] == {"lijn": "1"}


def test_a_consent_that_ended_is_recalled_at_the_next_delivery(world, parts, receiver):
    push(parts, an_item(1))
    bring(parts)
    later = world.parts(day=date(2021, 3, 1))

    bring(later)

    later.engine.dispose()
    assert [item["soort"] for item in receiver.pages[-1]["items"]] == ["terugroeping"]
    references = {item["casusreferentie"] for item in receiver.items}
    assert receiver.dossier(parts).recalled == references


@pytest.mark.parametrize("status", [500, 503, 429, 400, 302])
def test_what_is_not_received_is_brought_again_under_the_same_ids(parts, receiver, status):
    push(parts, an_item(1))
    receiver.statuses = [status]

    first = bring(parts)
    failed = state(parts)
    second = bring(parts)

    assert first.afloop is Afloop.MISLUKT
    assert (failed.positie, failed.fout) == (BEGIN, first.fout)
    assert failed.laatste_ontvangst is None
    assert second.afloop is Afloop.BEZORGD
    assert state(parts).fout is None
    once, again = receiver.pages
    assert [each["mutatieId"] for each in once["items"]] == [
        each["mutatieId"] for each in again["items"]
    ]
    assert len(receiver.dossier(parts).mutaties) == len(once["items"])


def test_what_is_not_received_is_tried_a_few_times_and_no_more(parts, receiver):
    push(parts, an_item(1))
    receiver.statuses = [503] * 9

    failed = bring(parts, PERSISTENT)
    receiver.statuses = [503, 429]
    brought = bring(parts, PERSISTENT)

    assert (failed.afloop, failed.fout) == (Afloop.MISLUKT, "TryLaterError")
    assert brought.afloop is Afloop.BEZORGD
    assert len(receiver.bodies) == 6
    assert brought.items == len(receiver.pages[-1]["items"])


def test_consent_withdrawn_between_two_attempts_is_gone_from_the_second(parts, receiver):
    push(parts, an_item(1), an_item(2))
    receiver.statuses = [503]
    receiver.meanwhile = lambda: withdraw(parts, 1)

    report = bring(parts, PERSISTENT)

    assert report.afloop is Afloop.BEZORGD
    first, second = (str(page["items"]) for page in receiver.pages[:2])
    assert "9000000001" in first
    assert "9000000001" not in second
    assert "9000000002" in second
    assert "terugroeping" in str(receiver.items)


def test_where_all_was_withdrawn_between_two_attempts_only_the_recall_is_brought(parts, receiver):
    push(parts, an_item(1))
    receiver.statuses = [503]
    receiver.meanwhile = lambda: withdraw(parts, 1)

    bring(parts, PERSISTENT)

    assert [[each["soort"] for each in page["items"]] for page in receiver.pages[1:]] == [
        ["terugroeping"]
    ]


def test_recalls_are_brought_while_no_policy_is_in_force_and_nothing_else(world, parts, receiver):
    push(parts, an_item(1))
    bring(parts)
    withdraw(parts, 1)
    push(parts, an_item(2))
    lapsed = without_policy(parts)
    before = state(parts).positie

    report = bring(lapsed)
    again = bring(lapsed)

    assert (report.afloop, report.fout) == (Afloop.MISLUKT, "PolicyUnavailableError")
    assert (report.items, again.items) == (1, 0)
    assert [item["soort"] for item in receiver.pages[-1]["items"]] == ["terugroeping"]
    assert state(parts).positie == before
    assert len(receiver.dossier(parts).recalled) == 1

    assert bring(parts).afloop is Afloop.BEZORGD
    assert "9000000002" in str(receiver.pages[-1]["items"])
    assert len(receiver.dossier(parts).terugroepingen) == 1
    assert len(receiver.dossier(parts).recalled) == 1


def test_recalls_that_were_not_received_without_a_policy_are_brought_again(parts, receiver):
    push(parts, an_item(1))
    bring(parts)
    withdraw(parts, 1)
    lapsed = without_policy(parts)
    receiver.statuses = [503]

    failed, brought = bring(lapsed), bring(lapsed)

    assert (failed.fout, failed.items, brought.items) == ("TryLaterError", 0, 1)
    first, second = (page["items"] for page in receiver.pages[-2:])
    assert first == second


def test_a_partner_that_does_not_answer_in_time_did_not_receive(parts, receiver):
    push(parts, an_item(1))
    receiver.meanwhile = lambda: time.sleep(0.6)

    report = bring(parts)

    assert (report.afloop, report.fout) == (Afloop.MISLUKT, "UnreachableError")
    assert state(parts).positie == BEGIN


def test_a_page_that_failed_leaves_those_before_it_received(parts, receiver):
    push(parts, *(an_item(number) for number in range(130)))
    receiver.statuses = [200, 500]

    bring(parts)
    bring(parts)

    ids = [[item["mutatieId"] for item in page["items"]] for page in receiver.pages]
    assert ids[1] == ids[2]
    assert not set(ids[0]) & set(ids[1])


def test_a_fault_is_kept_and_shown_by_its_kind_alone(parts, receiver, caplog):
    push(parts, an_item(1))
    receiver.statuses = [400]

    report = bring(parts)

    assert state(parts).fout == "GeweigerdError"
    shown = f"{report} {caplog.text} {[vars(record) for record in caplog.records]}"
    assert "9000000001" not in shown
    assert "/mutaties" not in shown


def test_no_transaction_is_open_while_the_partner_is_spoken_to(world, parts, receiver, backend):
    push(parts, an_item(1))
    seen: list[object] = []

    def look() -> None:
        if backend == "sqlite":
            file = world.database.removeprefix("sqlite:///")
            with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                seen.append("free")
            return
        with psycopg.connect(plain(world.database)) as other:
            query = (
                "SELECT state FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            states = {row[0] for row in other.execute(query)}
            seen.append("free" if states == {"idle"} else states)

    receiver.meanwhile = look

    bring(parts)

    assert seen == ["free"]


def test_a_recipient_that_pulls_is_never_brought_anything(parts, receiver):
    push(parts, an_item(1, ontvangers=["IND"]))

    for partner in parts.settings.ketenpartners[1:]:
        with pytest.raises(ValueError, match="pulls"):
            deliver(parts, partner, IMPATIENT)

    assert receiver.bodies == []


def test_two_that_deliver_at_once_deliver_each_item_once(world, parts, receiver):
    push(parts, *(an_item(number) for number in range(130)))
    receiver.meanwhile = lambda: time.sleep(0.1)
    start = Barrier(2)

    def work(_: int) -> Verslag:
        mine = world.parts()
        start.wait()
        report = bring(mine)
        mine.engine.dispose()
        return report

    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(work, range(2)))

    assert sorted(each.afloop for each in reports) == [Afloop.BEZET, Afloop.BEZORGD]
    assert len(set(receiver.ids)) == len(receiver.ids) > 200


def test_who_waits_for_another_finds_nothing_left_to_bring(world, parts, receiver):
    push(parts, an_item(1))
    receiver.meanwhile = lambda: time.sleep(0.2)
    patient = replace(IMPATIENT, wait_seconds=20)

    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda _: bring(parts, patient), range(2)))

    assert [each.afloop for each in reports] == [Afloop.BEZORGD] * 2
    assert len(receiver.bodies) == 1


def test_killed_before_it_knew_of_the_receipt_it_brings_the_same_items_again(
    world, parts, receiver
):
    push(parts, an_item(1), an_item(2))
    with world.running("worker", "--nu", "DT&V") as process:

        def kill() -> None:
            receiver.meanwhile = lambda: None
            os.kill(process.pid, signal.SIGKILL)
            process.wait()

        receiver.meanwhile = kill
        _, lines = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, lines

    again = bring(parts, replace(IMPATIENT, wait_seconds=5))

    assert again.afloop is Afloop.BEZORGD
    once, twice = (sorted(str(item) for item in page["items"]) for page in receiver.pages)
    assert once == twice
    assert len(receiver.dossier(parts).mutaties) == len(once)


def test_told_to_stop_it_finishes_the_page_under_way_and_the_next_run_goes_on(
    world, parts, receiver
):
    push(parts, *(an_item(number) for number in range(130)))
    with replace(world, cron=EVERY_SECOND).running("worker") as process:
        receiver.meanwhile = lambda: process.send_signal(signal.SIGTERM)
        _, lines = process.communicate(timeout=60)

    assert process.returncode == 0, lines
    assert len(receiver.bodies) == 1
    receiver.meanwhile = lambda: None
    assert bring(parts).afloop is Afloop.BEZORGD
    assert len(set(receiver.ids)) == len(receiver.ids) > 200


def test_one_delivery_at_once_says_by_its_exit_code_whether_all_was_received(
    world, parts, receiver
):
    push(parts, an_item(1))
    receiver.statuses = [400]

    def now(recipient: str) -> tuple[int, str]:
        with world.running("worker", "--nu", recipient) as process:
            told = "".join(process.communicate(timeout=60))
        return process.returncode, told

    refused, why = now("DT&V")
    assert refused == 1
    assert "weigerde het verzoek" in why
    assert now("DT&V")[0] == 0
    assert now("IND")[0] == 2
    assert now("ONBEKEND")[0] == 2
    assert len(receiver.bodies) == 2
