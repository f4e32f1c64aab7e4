"""`lso-gateway sleutels tijdvak` and `tijdvakken`, as an operator gives them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli import cli
from gateway.runner_lock import take_turn
from gateway.signer import Signer
from privacy.keys import KeyRing
from privacy.store.engine import make_engine

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    place = tmp_path / "sleutels"
    KeyRing.create(place)
    Signer.create(place)
    settings = {
        "LSO_GATEWAY_DATABASE": f"sqlite:///{tmp_path / 'gateway.sqlite'}",
        "LSO_GATEWAY_SLEUTELS": str(place),
        "LSO_GATEWAY_UITGEVER": "https://gateway.example",
        "LSO_GATEWAY_LOGKOPIE": str(tmp_path),
        "LSO_GATEWAY_CONTACT": "lso@gemeente.example",
        "LSO_GATEWAY_DEMO": "true",
    }

    def command(*words: str) -> Result:
        return CliRunner(env=settings).invoke(cli, list(words))

    upgraded = command("db", "upgrade")
    assert upgraded.exit_code == 0, upgraded.output
    return command


def test_an_operator_begins_a_new_epoch_and_is_told_to_make_a_backup(run, tmp_path):
    done = run("sleutels", "tijdvak")

    assert done.exit_code == 0, done.output
    assert "Tijdvak 2 is begonnen" in done.output
    assert "De sleutel van tijdvak 1 is vernietigd." in done.output
    assert "Maak nu een back-up" in done.output
    assert [path.name for path in (tmp_path / "sleutels").glob("epoch-*")] == ["epoch-000002.key"]


def test_what_became_of_each_epoch_is_shown_to_people_and_machines(run):
    run("sleutels", "tijdvak")

    first, second = run("sleutels", "tijdvakken").output.splitlines()
    wire = json.loads(run("sleutels", "tijdvakken", "--json").output)

    assert first.startswith("tijdvak 1: begonnen ")
    assert "sleutel weg, vernietigd " in first
    assert second.endswith("sleutel aanwezig")
    assert [(each["nummer"], each["sleutelAanwezig"]) for each in wire] == [(1, False), (2, True)]
    assert [each["vernietigd"] is None for each in wire] == [False, True]


def test_a_key_can_be_prepared_before_it_is_used(run, tmp_path):
    prepared = run("sleutels", "tijdvak", "--voorbereiden")

    assert prepared.output == "De sleutel van tijdvak 2 staat klaar.\n"
    assert "Tijdvak 2 is begonnen" in run("sleutels", "tijdvak").output


def test_only_one_rolls_over_at_a_time(run, tmp_path, monkeypatch):
    monkeypatch.setattr("gateway.services.tijdvakken._WAIT_SECONDS", 0.1)
    engine = make_engine(f"sqlite:///{tmp_path / 'gateway.sqlite'}")
    with take_turn(engine, "tijdvak"):
        refused = run("sleutels", "tijdvak")

    assert refused.exit_code == 1
    assert "al bezig" in refused.output
