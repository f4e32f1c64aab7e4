"""The node and the gateway together: what crosses, and what is left after every mishap."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from gateway.caller import Caller
from gateway.node.bron import load_bron
from gateway.node.delivery import Wijze, aanleveren
from gateway.node.errors import BronError
from gateway.node.outcome import Afloop
from gateway.node.parts import open_node
from gateway.parties import Soort
from gateway.runner_lock import take_turn
from gateway.services.overleggen import plan_overleg, show_overleg
from privacy.log.verify import verify
from privacy.store.engine import make_engine, reading
from tests.architecture.checkout import ROOT
from tests.integration.loopback import (
    FILES,
    FIRST,
    REGISTERS,
    SECOND,
    Loopback,
    Nodes,
    pages_of,
    run,
)
from tests.unit.connectors.ngo.registers import a_row

ALL = "IND, DT&V, AVIM, gemeente"
ANNA, BORA, CEM, DINA = "9912846204", "0012345678", "9912846205", "9912846206"
UNMAPPED = "wat niemand mag lezen"


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Loopback]:
    folder = tmp_path / "gateway"
    folder.mkdir()
    made = Loopback(folder, f"sqlite:///{folder / 'gateway.sqlite'}")
    yield made
    made.close()


@pytest.fixture
def nodes(tmp_path: Path, gateway: Loopback) -> Nodes:
    """One node, of sndvu, that keeps three people."""
    made = Nodes(tmp_path / "nodes", gateway)
    made.keeps("sndvu", person(ANNA), person(BORA, delen="IND"), person(CEM, delen="gemeente"))
    made.make("sndvu")
    return made


@pytest.fixture
def ten(nodes: Nodes) -> list[dict[str, object]]:
    """Ten people that were delivered."""
    rows = [person(f"99000000{place:02}") for place in range(10)]
    nodes.keeps("sndvu", *rows)
    nodes.told("sndvu")
    return rows


def person(nummer: str, **changes: object) -> dict[str, object]:
    return a_row(nummer=nummer, **{"naam": f"Naam van {nummer}", **changes})


def kept_of(gateway: Loopback, nummer: str):
    """The one casus with this number; no number is kept twice by one organisation."""
    (found,) = [each for each in gateway.kept() if each.inhoud["vNummer"] == nummer]
    return found


def deliveries(gateway: Loopback) -> int:
    return gateway.requests.count("/v1/aanleveringen")


# What crosses


def test_who_agreed_to_ind_only_has_no_name_and_no_full_birth_date_at_the_gateway(nodes, gateway):
    told = nodes.told("sndvu")

    assert told["metToestemming"] == 2
    assert told["zonderToestemming"] == 1
    assert told["verzonden"]["aangenomen"] == 2
    bora = kept_of(gateway, BORA).inhoud
    assert "naam" not in bora
    assert bora["geboortedatum"] == "1972"
    assert "rol" not in bora
    assert kept_of(gateway, ANNA).inhoud["naam"] == f"Naam van {ANNA}"
    assert kept_of(gateway, ANNA).inhoud["geboortedatum"] == "1972-09-09"


def test_whom_no_partner_may_have_and_what_no_mapping_names_never_leaves(nodes, gateway):
    nodes.keeps(
        "sndvu", person(ANNA, Opmerkingen=UNMAPPED), person(CEM, delen="", Opmerkingen=UNMAPPED)
    )

    nodes.told("sndvu")

    sent = b"".join(gateway.received).decode()
    assert ANNA in sent
    assert CEM not in sent
    assert UNMAPPED not in sent
    assert [each.inhoud["vNummer"] for each in gateway.kept()] == [ANNA]


def test_a_reason_that_tells_of_health_leaves_as_another_reason(nodes, gateway):
    mapping = (nodes.folder / "sndvu" / "mapping.toml").read_text()
    (nodes.folder / "sndvu" / "mapping.toml").write_text(mapping.replace('"mob"', '"medisch"'))
    nodes.keeps("sndvu", person(ANNA, uit="01-03-2020", reden="weg"))
    (nodes.folder / "sndvu" / "mapping.toml").write_text(mapping.replace('"mob"', '"medisch"'))

    nodes.told("sndvu")

    assert kept_of(gateway, ANNA).inhoud["uitstroomreden"] == "overig"
    assert b"medisch" not in b"".join(gateway.received)


def test_who_spoke_for_a_child_leaves_as_what_they_are_and_not_by_name(nodes, gateway):
    nodes.keeps("sndvu", person(ANNA, geboren="01-01-2010", namens="moeder, Fatma Yilmaz"))

    nodes.told("sndvu")

    (item,) = json.loads(gateway.received[-1])["items"]
    assert item["toestemmingen"][0]["vertegenwoordiger"] == "ouder"
    assert item["toestemmingen"][0]["vertegenwoordigerVereist"]
    assert b"Yilmaz" not in gateway.received[-1]


def test_what_did_not_change_is_not_sent_again(nodes, gateway):
    nodes.told("sndvu")

    again = nodes.told("sndvu")

    assert deliveries(gateway) == 1
    assert again["overgeslagen"] == 2
    assert again["verzonden"]["aangenomen"] == 0


def test_a_change_that_no_partner_may_see_is_not_sent(nodes, gateway):
    nodes.told("sndvu")
    nodes.keeps("sndvu", person(ANNA, rol="medebegeleiding"), person(BORA, delen="IND"))

    assert nodes.told("sndvu")["overgeslagen"] == 2


# Consent


def test_narrowing_consent_takes_name_and_birth_date_from_the_gateway(nodes, gateway):
    nodes.keeps("sndvu", person(ANNA, delen="IND, AVIM"))
    nodes.told("sndvu")
    assert "naam" in kept_of(gateway, ANNA).inhoud

    nodes.keeps("sndvu", person(ANNA, delen="IND"))
    nodes.told("sndvu")

    anna = kept_of(gateway, ANNA)
    assert "naam" not in anna.inhoud
    assert anna.inhoud["geboortedatum"] == "1972"
    assert set(anna.gedekt) == {"IND"}


@pytest.mark.parametrize(
    "ended",
    [
        pytest.param({"ingetrokken": "31-03-2020"}, id="withdrawn"),
        pytest.param({"delen": ""}, id="the names were cleared"),
        pytest.param({"delen": "gemeente"}, id="only totals are left"),
        pytest.param({"tot": "31-03-2020"}, id="it ran out"),
    ],
)
def test_consent_that_ended_is_told_without_a_word_about_the_person(nodes, gateway, ended):
    nodes.told("sndvu")
    casus = str(kept_of(gateway, ANNA).casus)
    nodes.keeps("sndvu", person(ANNA, **ended), person(BORA, delen="IND"))

    told = nodes.told("sndvu")

    assert told["verzonden"]["geweigerd"] == 0
    (item,) = json.loads(gateway.received[-1])["items"]
    assert item["casusId"] == casus
    assert "samenvatting" not in item
    assert ANNA.encode() not in gateway.received[-1]
    assert kept_of(gateway, ANNA).gedekt == {}
    assert nodes.told("sndvu")["overgeslagen"] == 2


def test_consent_that_runs_out_by_itself_is_told_on_the_day_after(nodes, gateway):
    nodes.keeps("sndvu", person(ANNA, tot="10-04-2020"))
    nodes.told("sndvu")
    nodes.day = SECOND
    gateway.stand_on(SECOND)

    told = nodes.told("sndvu")

    assert told["zonderToestemming"] == 1
    assert "samenvatting" not in json.loads(gateway.received[-1])["items"][0]


# Mishaps


def test_an_answer_that_was_lost_is_asked_again_and_nothing_is_double(nodes, gateway):
    gateway.after_commit = lambda: True
    broken = nodes.deliver("sndvu")
    assert broken.exit_code == 4
    assert "niets verloren" in broken.stderr
    before = {each.casus for each in gateway.kept()}

    gateway.after_commit = lambda: False
    told = nodes.told("sndvu")

    assert told["verzonden"]["ongewijzigd"] == 2
    assert {each.casus for each in gateway.kept()} == before
    assert nodes.told("sndvu")["overgeslagen"] == 2


@pytest.mark.parametrize("ended", [{"ingetrokken": "01-04-2020"}, {"delen": ""}])
def test_consent_that_ends_while_an_answer_was_lost_ends_at_the_gateway_too(nodes, gateway, ended):
    gateway.after_commit = lambda: True
    nodes.fails("sndvu")
    gateway.after_commit = lambda: False
    assert kept_of(gateway, ANNA).toestemmingen == 1

    nodes.keeps("sndvu", person(ANNA, **ended), person(BORA, delen="IND"))
    told = nodes.told("sndvu")

    assert told["verzonden"]["geweigerd"] == 0
    assert kept_of(gateway, ANNA).toestemmingen == 0
    assert kept_of(gateway, ANNA).gedekt == {}
    nodes.told("sndvu")
    assert nodes.told("sndvu")["overgeslagen"] == 2


def test_consent_that_ends_before_anything_arrived_is_no_failure(nodes, gateway):
    gateway.down()
    assert nodes.fails("sndvu").afloop is Afloop.GATEWAY
    gateway.up()
    nodes.keeps("sndvu", person(ANNA, delen=""), person(BORA, delen="IND"))

    told = nodes.told("sndvu")

    assert told["verzonden"]["geweigerd"] == 0
    assert [each.inhoud["vNummer"] for each in gateway.kept()] == [BORA]


def test_a_register_put_back_after_a_lost_answer_puts_the_gateway_back(nodes, gateway):
    nodes.keeps("sndvu", person(ANNA, lijn="1"))
    nodes.told("sndvu")
    nodes.keeps("sndvu", person(ANNA, lijn="2"))
    gateway.after_commit = lambda: True
    nodes.fails("sndvu")
    assert kept_of(gateway, ANNA).inhoud["lijn"] == "2"

    gateway.after_commit = lambda: False
    nodes.keeps("sndvu", person(ANNA, lijn="1"))
    nodes.told("sndvu")

    assert kept_of(gateway, ANNA).inhoud["lijn"] == "1"


def test_who_vanished_while_an_answer_was_lost_arrives_as_last_seen(nodes, gateway):
    rows = [person(f"99000000{place:02}") for place in range(10)]
    nodes.keeps("sndvu", *rows)
    nodes.told("sndvu")
    nodes.keeps("sndvu", person("9900000000", lijn="1"), *rows[1:])
    gateway.after_commit = lambda: True
    nodes.fails("sndvu")
    gateway.after_commit = lambda: False
    nodes.keeps("sndvu", *rows[1:])

    told = nodes.told("sndvu")

    assert told["verdwenen"] == ["9900000000"]
    # The very same batch: the gateway gives the answer that was lost.
    assert told["verzonden"]["aangenomen"] == 1
    assert nodes.told("sndvu")["verzonden"]["aangenomen"] == 0
    assert kept_of(gateway, "9900000000").inhoud["lijn"] == "1"


def test_a_node_that_is_killed_at_the_answer_loses_nothing(nodes, gateway):
    bron = nodes.bron("sndvu")
    words = [sys.executable, "-m", "gateway.cli", "agent", "aanleveren", "--bron", str(bron)]
    node = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def kill() -> bool:
        os.kill(node.pid, signal.SIGKILL)
        return True

    gateway.after_commit = kill
    node.communicate(timeout=60)
    assert node.returncode == -signal.SIGKILL

    gateway.after_commit = lambda: False
    told = nodes.told("sndvu")

    assert told["verzonden"]["ongewijzigd"] == 2
    assert len(gateway.kept()) == 2


def test_batches_that_were_answered_are_not_sent_again(nodes, gateway):
    rows = [person(f"99{place:08}") for place in range(260)]
    nodes.keeps("sndvu", *rows)
    gateway.after_commit = lambda: deliveries(gateway) > 1
    broken = nodes.fails("sndvu")
    assert broken.afloop is Afloop.GATEWAY
    assert broken.to_wire()["verzonden"]["aangenomen"] == 250

    gateway.after_commit = lambda: False
    told = nodes.told("sndvu")

    assert told["overgeslagen"] == 250
    assert told["verzonden"]["ongewijzigd"] == 10
    assert len(gateway.kept()) == 260


def test_a_gateway_that_is_down_loses_nothing_and_the_next_run_completes(nodes, gateway):
    gateway.down()
    down = nodes.deliver("sndvu")
    assert down.exit_code == 4
    assert "niet bereikbaar" in down.stderr

    gateway.up()

    assert nodes.told("sndvu")["verzonden"]["aangenomen"] == 2


def test_a_client_that_the_gateway_does_not_know_is_told_that_nothing_arrived(nodes, gateway):
    nodes.keeps("stil", person(ANNA))
    assert run("sleutels", nodes.bron("stil")).exit_code == 0

    assert nodes.deliver("stil").exit_code == 4
    assert gateway.kept() == []


def test_items_that_the_gateway_refuses_are_named_and_the_others_taken(nodes, gateway):
    gateway.stand_on(FIRST.replace(month=3))
    nodes.keeps("sndvu", person(ANNA), person(BORA, aangemeld="20-03-2020", in_="20-03-2020"))

    refused = run("aanleveren", nodes.bron("sndvu"))

    assert refused.exit_code == 6
    assert "Geweigerd door de gateway" in refused.output
    assert "datumAanmelding" in refused.output
    assert BORA not in refused.output
    assert [each.inhoud["vNummer"] for each in gateway.kept()] == [ANNA]
    gateway.stand_on(FIRST)
    assert nodes.told("sndvu")["verzonden"]["aangenomen"] == 1


def test_a_second_run_at_once_is_refused(nodes, gateway):
    engine = make_engine(load_bron(nodes.bron("sndvu")).database)
    with take_turn(engine, "agent"):
        second = nodes.deliver("sndvu")
    engine.dispose()

    assert second.exit_code == 1
    assert "loopt al" in second.stderr
    assert gateway.requests == []


# Vanished


def test_one_in_ten_may_vanish_and_is_named_to_its_own_organisation(nodes, gateway, ten):
    nodes.keeps("sndvu", *ten[1:])

    told = nodes.told("sndvu")

    assert told["verdwenen"] == ["9900000000"]
    assert kept_of(gateway, "9900000000").toestemmingen == 1
    assert nodes.told("sndvu")["verdwenen"] == ["9900000000"]


def test_more_than_one_in_ten_stops_the_run_before_anything_is_sent(nodes, gateway, ten):
    gateway.requests.clear()
    nodes.keeps("sndvu", *ten[2:], person(ANNA))

    stopped = nodes.deliver("sndvu")

    assert stopped.exit_code == 3
    assert "drempel_verdwenen" in stopped.stderr
    assert json.loads(stopped.stdout)["verdwenen"] == ["9900000000", "9900000001"]
    assert gateway.requests == []
    nodes.more[""] = "drempel_verdwenen = 20"
    assert nodes.told("sndvu")["verzonden"]["aangenomen"] == 1


def test_who_vanished_before_does_not_count_again(nodes, ten):
    nodes.keeps("sndvu", *ten[1:])
    nodes.told("sndvu")
    nodes.more[""] = "drempel_verdwenen = 12"
    nodes.keeps("sndvu", *ten[2:])

    assert nodes.told("sndvu")["verdwenen"] == ["9900000000", "9900000001"]


def test_a_row_that_is_refused_now_has_not_vanished(nodes, gateway, ten):
    nodes.keeps("sndvu", person("9900000000", naam=""), *ten[1:])

    told = nodes.told("sndvu")

    assert told["geweigerd"] == [
        {"rij": 1, "blad": None, "bladrij": 2, "veld": "naam", "code": "ontbreekt"}
    ]
    assert told["verdwenen"] == []
    assert kept_of(gateway, "9900000000").toestemmingen == 1


# Policies, trial, everything


def _approve_other_than_shipped(nodes, folder, changed: str) -> None:
    own = folder / changed
    source = ROOT / "privacy" / {"beleid": "pia", "verklaringen": "verklaringen"}[changed]
    own.mkdir()
    for path in source.glob("*.toml"):
        told = path.read_text(encoding="utf-8").replace('naam = "volledig"\n', "")
        (own / path.name).write_text(told, encoding="utf-8")
    key = {"beleid": "map", "verklaringen": "verklaringen"}[changed]
    nodes.more["beleid"] = f'{key} = "{own}"'


@pytest.mark.parametrize("changed", ["beleid", "verklaringen"])
def test_a_gateway_with_other_policies_than_were_approved_gets_nothing(
    nodes, gateway, tmp_path, changed
):
    _approve_other_than_shipped(nodes, tmp_path, changed)

    stopped = nodes.deliver("sndvu")

    assert stopped.exit_code == 5
    assert {"beleid": "AVIM", "verklaringen": "2019-1"}[changed] in stopped.stderr
    assert deliveries(gateway) == 0


def test_a_withdrawal_goes_whatever_policy_there_is(nodes, gateway, tmp_path):
    nodes.keeps("sndvu", person(ANNA), person(BORA))
    nodes.told("sndvu")
    _approve_other_than_shipped(nodes, tmp_path, "beleid")
    nodes.keeps("sndvu", person(ANNA, ingetrokken="31-03-2020"), person(BORA, lijn="2"))
    before = len(gateway.received)

    stopped = nodes.deliver("sndvu")

    assert stopped.exit_code == 5
    sent = b"".join(gateway.received[before:])
    assert b"2020-03-31" in sent
    assert b"samenvatting" not in sent


def test_a_trial_asks_the_gateway_nothing_and_remembers_nothing(nodes, gateway):
    told = nodes.told("sndvu", "--proef")

    assert told["metToestemming"] == 2
    assert told["verzonden"] == dict.fromkeys(told["verzonden"], 0)
    assert gateway.requests == []
    assert nodes.told("sndvu")["verzonden"]["aangenomen"] == 2


def test_everything_goes_again_also_who_is_only_remembered(nodes, gateway, ten):
    nodes.keeps("sndvu", *ten[1:])
    nodes.told("sndvu")

    told = nodes.told("sndvu", "--alles")

    assert told["verzonden"]["ongewijzigd"] == 10
    assert told["overgeslagen"] == 0


def test_a_gateway_that_lost_its_store_has_everything_again_after_alles(nodes, gateway, ten):
    nodes.keeps("sndvu", person("9900000000", delen=""), *ten[1:9])
    nodes.told("sndvu")
    gateway.forget_everything()

    told = nodes.told("sndvu", "--alles")

    assert told["verzonden"]["aangenomen"] == 9
    assert told["verzonden"]["geweigerd"] == 0
    assert nodes.told("sndvu")["overgeslagen"] == 8


# Two organisations, one person


def test_two_organisations_with_one_v_nummer_are_each_answered_as_if_alone(nodes, gateway):
    days = (
        [person(ANNA), person(BORA, delen="IND")],
        [person(ANNA, delen="IND"), person(BORA, delen="")],
    )
    nodes.keeps("stil", *days[0])
    nodes.make("stil")
    alone, beside = [], []
    for rows in days:
        nodes.keeps("sndvu", *rows)
        alone.append(nodes.told("sndvu"))
    for rows in days:
        nodes.keeps("stil", *rows)
        beside.append(nodes.told("stil"))

    assert [{**each, "bronhouder": "sndvu"} for each in beside] == alone
    assert len(gateway.kept("sndvu")) == len(gateway.kept("stil")) == 2
    ids = {each.casus for each in gateway.kept("sndvu")}
    assert ids.isdisjoint(each.casus for each in gateway.kept("stil"))


# What is at fault at home


def test_making_keys_again_keeps_what_is_there_and_shows_the_same_public_key(nodes):
    nodes.told("sndvu")

    again = run("sleutels", nodes.bron("sndvu"))

    assert again.exit_code == 0
    assert list(json.loads(again.stdout)) == ["keys"]
    assert "PRIVATE" not in again.stdout
    assert nodes.told("sndvu")["overgeslagen"] == 2


AT_HOME = {
    "no keys": ("sleutels/systeem.key", None, "systeem.key"),
    "no database": ("node.sqlite", None, "agent sleutels"),
    "a key of the client that is none": ("client.pem", b"stiekem", "P-256"),
    "a mapping that is none": ("mapping.toml", b"stiekem", "mapping.toml"),
    "a mapping of another organisation": ("mapping.toml", b"stil", "andere bronhouder"),
    "an empty register": ("register.csv", b"", "leeg"),
    "another kind of register": ("register.csv", b"PK\x03\x04", "beschadigd"),
}


@pytest.mark.parametrize(("name", "content", "told"), AT_HOME.values(), ids=AT_HOME.keys())
def test_what_is_at_fault_at_home_is_named_and_nothing_is_asked(
    nodes, gateway, name, content, told
):
    bron = nodes.bron("sndvu")
    path = nodes.folder / "sndvu" / name
    if content is None:
        path.unlink()
    elif content == b"stil":
        path.write_text(path.read_text().replace('"sndvu"', '"stil"'))
    else:
        path.write_bytes(content)

    refused = run("aanleveren", bron, "--json")

    assert refused.exit_code == 2
    assert told in refused.stderr
    assert "stiekem" not in refused.output
    assert gateway.requests == []


# Nominating, and the schedule


def test_who_is_in_guidance_and_agreed_is_nominated_and_once_only(nodes, gateway):
    nodes.keeps(
        "sndvu",
        person(ANNA),
        person(BORA, delen="gemeente"),
        person(CEM, in_=""),
        person(DINA, uit="01-03-2020", reden="weg"),
    )
    nodes.told("sndvu")
    chair = Caller("gemeente", "utrecht", Soort.GEMEENTE, frozenset(), frozenset(), "0" * 32)
    overleg = plan_overleg(gateway.parts, chair, {"datum": "2020-04-02", "soort": "lso"})

    words = ("--overleg", overleg["overlegId"], "--json")
    first = run("voordragen", nodes.bron("sndvu"), *words)
    second = run("voordragen", nodes.bron("sndvu"), *words)

    assert first.exit_code == 0, first.output
    assert json.loads(first.stdout)["casussen"] == {
        "aangenomen": 1,
        "ongewijzigd": 0,
        "geweigerd": 0,
    }
    assert json.loads(second.stdout)["casussen"]["ongewijzigd"] == 1
    agenda = show_overleg(gateway.parts, chair, UUID(overleg["overlegId"]))["agendapunten"]
    assert len(agenda) == 1


def test_nominating_for_an_unknown_conference_is_told_as_a_refusal(nodes):
    nodes.told("sndvu")
    unknown = "00000000-0000-4000-8000-000000000000"

    refused = run("voordragen", nodes.bron("sndvu"), "--overleg", unknown)

    assert refused.exit_code == 4
    assert "Niet alles is voorgedragen" in refused.stderr


def test_the_schedule_delivers_logs_no_value_and_ends_on_sigterm(nodes, gateway):
    nodes.more["rooster"] = 'cron = "* * * * * *"'
    bron = nodes.bron("sndvu")
    words = [sys.executable, "-m", "gateway.cli", "agent", "volgen", "--bron", str(bron)]
    following = subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 30
    while len(gateway.kept()) < 2 and time.monotonic() < deadline:
        time.sleep(0.2)

    following.send_signal(signal.SIGTERM)
    _, told = following.communicate(timeout=30)

    assert following.returncode == 0
    assert len(gateway.kept()) == 2
    lines = [json.loads(line) for line in told.splitlines()]
    (first, *_) = [line for line in lines if line.get("gebeurtenis") == "aanlevering"]
    assert (first["status"], first["aantal"]) == ("goed", 2)
    assert lines[-1]["gebeurtenis"] == "rooster_gestopt"
    assert not any(value in told for value in (ANNA, BORA, "Naam van", "1972"))


def test_a_schedule_that_is_not_there_is_said_at_once(nodes):
    assert run("volgen", nodes.bron("sndvu")).exit_code == 2


# The samples


def test_of_the_samples_the_gateway_holds_exactly_what_may_be_there(tmp_path, gateway):
    expected = json.loads((ROOT / "tests" / "data" / "verwacht.json").read_text())["momenten"]
    with pages_of(REGISTERS) as source_url:
        nodes = Nodes(tmp_path / "nodes", gateway, source_url=source_url)
        nodes.make(*FILES)
        for day in (FIRST, SECOND):
            nodes.day = day
            gateway.stand_on(day)
            for code in FILES:
                told = nodes.told(code)
                wanted = expected[day.isoformat()]["bronnen"][code]
                assert _comparable(told) == _comparable(wanted)

    kept = gateway.kept()
    packs = expected[SECOND.isoformat()]["pakketten"]
    for partner, pack in packs.items():
        found = {
            (each.bronhouder, each.inhoud["vNummer"])
            for each in kept
            if partner in each.gedekt and each.inhoud["status"] == "in_begeleiding"
        }
        assert found >= {(one["bronhouder"], one["vNummer"]) for one in map(_summary, pack)}
    for each in kept:
        assert "rol" not in each.inhoud
        assert each.inhoud.get("uitstroomreden") not in {"medisch", "artikel_64"}
        if each.gedekt and "AVIM" not in each.gedekt:
            assert "naam" not in each.inhoud
            assert len(each.inhoud["geboortedatum"] or "1972") == 4


def _comparable(told):
    names = ("rijen", "geldig", "metToestemming", "zonderToestemming")
    return (
        *(told[name] for name in names),
        sorted(told["verdwenen"]),
        {(each["rij"], each["veld"]) for each in told["geweigerd"]},
    )


def _summary(part):
    return part.get("samenvatting", part)


# The log


def test_every_batch_stands_in_the_log_of_the_node_itself(nodes):
    nodes.told("sndvu")

    engine = make_engine(load_bron(nodes.bron("sndvu")).database)
    with reading(engine) as tx:
        assert verify(tx).sound
        lines = [json.loads(line) for (line,) in tx.execute(text("SELECT regel FROM auditregel"))]
    engine.dispose()
    assert [each["soort"] for each in lines] == ["verstrekking", "verstrekking", "aanlevering"]
    assert {each["ontvanger"] for each in lines} == {"gateway"}
    assert "naam" in {name for each in lines for name in each.get("velden", {})}


def test_the_store_of_the_node_holds_nothing_of_a_person_in_the_open(nodes):
    nodes.told("sndvu")

    stored = b"".join(path.read_bytes() for path in (nodes.folder / "sndvu").glob("node.sqlite*"))

    for value in (ANNA, BORA, "Naam van", "in_begeleiding", "schriftelijk", "1972-09-09"):
        assert value.encode() not in stored


def test_a_node_with_the_keys_of_another_is_not_opened(nodes):
    nodes.told("sndvu")
    bron = load_bron(nodes.bron("sndvu"))
    (bron.sleutels / "epoch-000001.key").write_text("ab" * 32)

    with pytest.raises(BronError, match="hoort niet bij deze database"), open_node(bron):
        pass


def test_a_run_without_anyone_to_look_shows_no_v_nummer(nodes, ten):
    nodes.keeps("sndvu", *ten[1:])

    with open_node(load_bron(nodes.bron("sndvu"))) as node:
        found = aanleveren(node, Wijze(toon=False))

    assert found.afloop is Afloop.GOED
    assert found.aantal_verdwenen == 1
    assert found.v_nummers() == ()
