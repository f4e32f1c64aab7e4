"""After a restore of the gateway its nodes send everything again by themselves, over real HTTP."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from gateway.log_copy import keep_copy
from gateway.node.outcome import Afloop
from gateway.parties import Bronhouder
from gateway.services.herstel import begin_again, proceed, reconcile
from gateway.services.herstelstand import state
from gateway.services.toestemmingen import withdraw_toestemming
from privacy.log.tables import auditregel
from privacy.store import tables
from privacy.store.engine import reading
from tests.integration.backups import Backups
from tests.integration.loopback import FIRST, Loopback, Nodes
from tests.integration.test_node import ALL, ANNA, BORA, CEM, person
from tests.world import bronhouder


class Gateway(Loopback):
    """One that is put back to an earlier moment, with a copy of its log on another disk."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        database = f"sqlite:///{folder / 'gateway.sqlite'}"
        super().__init__(folder, database, bronhouders=(Bronhouder("sndvu", "SNDVU"),), **settings)
        self._backups = Backups(database, folder)

    def backup(self) -> str:
        self._stopped()
        kept = self._backups.take()
        self.stand_on(FIRST)
        return kept

    def restore(self, kept: str) -> None:
        self._stopped()
        self._backups.restore(kept)
        self.stand_on(FIRST)
        begin_again(self.parts)
        self.requests.clear()
        self.received.clear()

    def _stopped(self) -> None:
        self.down()
        self.parts.engine.dispose()

    def kinds(self) -> list[str]:
        with reading(self.parts.engine) as tx:
            lines = tx.execute(auditregel.select().order_by(auditregel.c.nummer)).all()
        return [line.regel.decode().split('"soort":"')[1].split('"')[0] for line in lines]

    def covered(self) -> dict[str, bool]:
        """By V-nummer: whether anybody has a ground."""
        return {each.inhoud["vNummer"]: bool(each.gedekt) for each in self.kept()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "gateway"
    (made / "kopie").mkdir(parents=True)
    return made


@pytest.fixture
def gateway(folder: Path) -> Iterator[Gateway]:
    made = Gateway(folder, logkopie=folder / "kopie")
    yield made
    made.close()


@pytest.fixture
def nodes(tmp_path: Path, gateway: Gateway) -> Nodes:
    made = Nodes(tmp_path / "nodes", gateway)
    made.keeps("sndvu", person(ANNA), person(BORA))
    made.make("sndvu")
    made.told("sndvu")
    return made


def withdraw_bora(gateway: Gateway) -> None:
    """At the gateway itself: the register goes on saying that she agrees."""
    casus = next(each.casus for each in gateway.kept() if each.inhoud["vNummer"] == BORA)
    table = tables.toestemming
    with reading(gateway.parts.engine) as tx:
        names = tx.execute(table.select().where(table.c.casus_id == casus)).all()
    for name in {each.toestemming_id for each in names}:
        withdraw_toestemming(gateway.parts, bronhouder("sndvu"), UUID(str(name)), {})


def test_one_run_of_the_node_sends_everything_reports_and_so_opens_the_door(nodes, gateway):
    kept = gateway.backup()
    nodes.keeps("sndvu", person(ANNA, delen=""), person(BORA), person(CEM, delen=ALL))
    nodes.told("sndvu")
    withdraw_bora(gateway)
    keep_copy(gateway.parts)
    gateway.restore(kept)
    assert state(gateway.parts) is not None

    done = nodes.deliver("sndvu")

    # What was withdrawn here is withdrawn again, and of it no summary is taken in: said, and no
    # reason to stay shut.
    assert done.exit_code == Afloop.GEWEIGERD
    assert json.loads(done.stdout)["verzonden"]["geweigerd"] == 1
    assert gateway.requests.count("/v1/herstelmeldingen") == 1
    # All that was sent came before it said so.
    said = gateway.requests.index("/v1/herstelmeldingen")
    assert "/v1/aanleveringen" not in gateway.requests[said:]
    assert state(gateway.parts) is None
    assert gateway.kinds()[-2:] == ["herstel_gemeld", "herstel_afgesloten"]
    assert gateway.covered() == {ANNA: False, BORA: False, CEM: True}


def test_a_node_that_had_nothing_to_send_finds_it_by_what_it_was_told_of_the_log(tmp_path, folder):
    gateway = Gateway(folder)
    try:
        nodes = Nodes(tmp_path / "nodes", gateway)
        nodes.keeps("sndvu", person(ANNA))
        nodes.make("sndvu")
        nodes.told("sndvu")
        kept = gateway.backup()
        nodes.keeps("sndvu", person(ANNA), person(BORA))
        nodes.told("sndvu")
        nodes.told("sndvu")
        gateway.restore(kept)
        assert state(gateway.parts) is None

        nodes.told("sndvu")

        # It sent all of it again and said so; what nobody has a copy of is for the operator.
        assert gateway.requests.count("/v1/herstelmeldingen") == 1
        assert state(gateway.parts).silent == ()
        assert state(gateway.parts).missing > 0
        reconcile(gateway.parts, None, give_up_rest=True)
        proceed(gateway.parts)
        assert state(gateway.parts) is None
        assert gateway.covered() == {ANNA: True, BORA: True}
    finally:
        gateway.close()


def test_cut_off_while_it_sends_everything_the_node_reports_nothing_and_begins_again(
    nodes, gateway
):
    kept = gateway.backup()
    nodes.keeps("sndvu", person(ANNA), person(BORA), person(CEM, delen=ALL))
    nodes.told("sndvu")
    keep_copy(gateway.parts)
    gateway.restore(kept)
    gateway.after_commit = lambda: True

    assert nodes.fails("sndvu").afloop is Afloop.GATEWAY
    assert "/v1/herstelmeldingen" not in gateway.requests
    assert state(gateway.parts).silent == ("sndvu",)

    gateway.after_commit = lambda: False
    nodes.told("sndvu")

    assert state(gateway.parts) is None
    assert gateway.covered() == {ANNA: True, BORA: True, CEM: True}


def test_cut_off_while_it_reports_the_report_counts_once(nodes, gateway):
    kept = gateway.backup()
    nodes.keeps("sndvu", person(ANNA), person(BORA), person(CEM, delen=ALL))
    nodes.told("sndvu")
    keep_copy(gateway.parts)
    gateway.restore(kept)
    gateway.breaks_at = "/v1/herstelmeldingen"
    gateway.after_commit = lambda: True

    assert nodes.fails("sndvu").afloop is Afloop.GATEWAY
    gateway.after_commit = lambda: False
    nodes.told("sndvu")

    assert gateway.kinds().count("herstel_gemeld") == 1
    assert state(gateway.parts) is None


def test_a_node_whose_organisation_approved_other_policies_does_not_speak(nodes, gateway):
    kept = gateway.backup()
    nodes.keeps("sndvu", person(ANNA), person(BORA), person(CEM, delen=ALL))
    nodes.told("sndvu")
    keep_copy(gateway.parts)
    gateway.restore(kept)
    own = nodes.folder / "sndvu" / "beleid"
    own.mkdir()
    shipped = Path(__file__).resolve().parents[2] / "privacy" / "pia"
    for file in shipped.glob("*.toml"):
        text = file.read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if line.startswith("naam = ")]
        (own / file.name).write_text(text.replace(lines[0], 'naam = "Een andere naam"', 1))
    nodes.more["beleid"] = 'map = "beleid"'

    told = nodes.fails("sndvu")

    assert told.afloop is Afloop.BELEID
    assert "/v1/herstelmeldingen" not in gateway.requests
    assert state(gateway.parts).silent == ("sndvu",)
