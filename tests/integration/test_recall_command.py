"""`lso-gateway terugroepingen` as an operator types it: what is late, and nothing of a person."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli import cli
from gateway.database import upgrade
from privacy.store.engine import make_engine
from tests.builders import a_consent, a_samenvatting, an_item
from tests.getuigen import GETUIGE, LOGSLEUTEL
from tests.integration.test_recalls import confirm, listed
from tests.world import World


@pytest.fixture
def world(empty_database_url: str, tmp_path: Path) -> Iterator[World]:
    """In a database that was made by the migrations, as the command wants it."""
    engine = make_engine(empty_database_url)
    upgrade(engine)
    engine.dispose()
    made = World(tmp_path, empty_database_url)
    yield made
    made.close()


@pytest.fixture
def consent(world: World) -> dict[str, str]:
    """Of a casus that IND and AVIM had."""
    made = a_consent()
    world.casus(an_item(toestemmingen=[made]))
    for partner in ("IND", "AVIM"):
        world.feed(partner)
    return made


@pytest.fixture
def command(
    world: World, empty_database_url: str, tmp_path: Path, monkeypatch
) -> Callable[..., Result]:
    """`lso-gateway terugroepingen`, on the day that it really is."""
    settings = world.parts.settings
    parties = [("bronhouder", each.code, "") for each in settings.bronhouders]
    parties += [
        ("ketenpartner", each.code, 'levering = "ophalen"\n') for each in settings.ketenpartners
    ]
    lines = [
        f'[[{table}]]\ncode = "{code}"\nnaam = "{code}"\n{more}'
        f'adres = "Voorbeeldstraat 1"\ncontact = "privacy@voorbeeld.example"\n'
        for table, code, more in parties
    ]
    (tmp_path / "gateway.toml").write_text("".join([LOGSLEUTEL, *lines, GETUIGE]))
    environ = {
        "LSO_GATEWAY_INSTELLINGEN": str(tmp_path / "gateway.toml"),
        "LSO_GATEWAY_DATABASE": empty_database_url,
        "LSO_GATEWAY_SLEUTELS": str(settings.sleutels),
        "LSO_GATEWAY_UITGEVER": settings.uitgever,
        "LSO_GATEWAY_CONTACT": "lso@gemeente.example",
        "LSO_GATEWAY_LOGKOPIE": str(settings.logkopie),
    }
    monkeypatch.setattr("os.environ", environ)
    return lambda *words: CliRunner().invoke(cli, ["terugroepingen", *words])


def test_the_command_says_what_is_late_until_it_is_confirmed(world, consent, command):
    nothing = command()
    world.withdraw(consent)

    late = command()
    for partner in ("IND", "AVIM"):
        confirm(world, partner, listed(world, partner)[0])
    done = command()

    assert (nothing.exit_code, late.exit_code, done.exit_code) == (0, 1, 0)
    assert "Terugroepingen: 0 te laat, 0 open, 0 bevestigd." in nothing.output
    assert "Terugroepingen: 2 te laat, 0 open, 0 bevestigd." in late.output
    assert "te laat    uiterlijk 2020-04-15" in late.output
    assert "Terugroepingen: 0 te laat, 0 open, 2 bevestigd." in done.output


def test_the_command_tells_machines_the_same_and_nobody_a_person(world, consent, command):
    world.withdraw(consent)
    names = {listed(world, partner)[0]["terugroepingId"] for partner in ("IND", "AVIM")}

    told = command("--json")

    assert {each["terugroepingId"] for each in json.loads(told.output)} == names
    assert {each["stand"] for each in json.loads(told.output)} == {"te_laat"}
    for value in a_samenvatting().values():
        assert value is None or len(value) < 4 or value not in told.output
