"""Whoever uses the command line is noted before the command begins, and with how it ended."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete

from gateway.cli import COMMANDS, cli
from gateway.commands.attended import NOT_NOTED, path_of
from gateway.database import upgrade
from privacy.log.access import Uitkomst, altered, read_access
from privacy.log.tables import audithoofd
from privacy.store.engine import make_engine, reading, writing
from tests.api.world import settings_for


@pytest.fixture
def database(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'gateway.sqlite'}"
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()
    return url


@pytest.fixture
def run(tmp_path: Path, database: str) -> Callable[..., Result]:
    settings = settings_for(tmp_path, database)
    environ = {
        "LSO_GATEWAY_DATABASE": database,
        "LSO_GATEWAY_SLEUTELS": str(settings.sleutels),
        "LSO_GATEWAY_UITGEVER": settings.uitgever,
        "LSO_GATEWAY_DEMO": "true",
    }
    return lambda *words: CliRunner().invoke(cli, words, env=environ)


def noted(database: str) -> list[tuple[str, str, Uitkomst]]:
    engine = make_engine(database)
    with reading(engine) as tx:
        found = read_access(tx, 1_000_000, 100)[::-1]
        assert list(altered(tx)) == []
    engine.dispose()
    return [(row.toegang.wie, row.toegang.object, row.toegang.uitkomst) for row in found]


ME = f"account:{os.getuid()}"


def test_a_command_is_noted_when_it_begins_and_when_it_is_done(run, database):
    assert run("client", "tonen").exit_code == 0

    assert noted(database) == [
        (ME, "client/tonen", Uitkomst.BEGONNEN),
        (ME, "client/tonen", Uitkomst.GELUKT),
    ]


def test_a_command_that_fails_is_noted_as_failed(run, database):
    assert run("client", "intrekken", "niemand").exit_code != 0

    assert [outcome for _, _, outcome in noted(database)] == [
        Uitkomst.BEGONNEN,
        Uitkomst.MISLUKT,
    ]


def test_what_somebody_typed_behind_the_command_is_not_kept(run, database):
    run("client", "intrekken", "0012345678")

    assert {what for _, what, _ in noted(database)} == {"client/intrekken"}


def test_a_command_that_cannot_be_noted_is_not_begun(run, database):
    engine = make_engine(database)
    with writing(engine) as tx:
        tx.execute(delete(audithoofd))
    engine.dispose()

    told = run("client", "tonen")

    assert told.exit_code == 1
    assert "niet te noteren" in told.output


def test_asking_for_help_is_not_noted(run, database):
    assert run("client", "--help").exit_code == 0

    assert noted(database) == []


def test_the_officer_reads_what_was_noted_and_that_is_noted_too(run, database):
    run("client", "tonen")

    told = run("toegang", "tonen", "--json")

    rows = json.loads(told.output)
    assert [row["object"] for row in rows] == ["toegang/tonen", "client/tonen", "client/tonen"]
    assert set(rows[0]) == {
        "nummer",
        "tijd",
        "wie",
        "handeling",
        "object",
        "uitkomst",
        "herkomst",
    }
    assert run("toegang", "controleer").exit_code == 0


def test_every_command_of_a_person_is_noted():
    """Also one that is added later: what is not noted is a short list, each with its reason."""
    assert {path_of(cli, each) for each in NOT_NOTED} == NOT_NOTED
    assert set(COMMANDS) - {path[0] for path in NOT_NOTED} >= {"client", "herstel", "inzage", "pia"}


def test_only_names_of_commands_are_taken_from_what_was_typed():
    assert path_of(cli, ("client", "intrekken", "--geheim", "x")) == ("client", "intrekken")
    assert path_of(cli, ("onzin",)) == ()
    assert path_of(click.Command("los"), ("client",)) == ()
