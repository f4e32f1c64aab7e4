"""`lso-gateway inzage` and `audit getroffen` as an officer types them."""

import io
import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader

from gateway.cli import cli
from gateway.database import upgrade
from privacy.store.engine import make_engine
from tests.builders import an_item
from tests.integration.reporting import NUMBER, casussen
from tests.world import World

Command = Callable[..., Result]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """In a database that was made by the migrations; IND had its pack of one person."""
    url = f"sqlite:///{tmp_path / 'gateway.sqlite'}"
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()
    made = World(tmp_path, url)
    made.pack("IND", made.frozen(*made.casus(an_item())))
    yield made
    made.close()


@pytest.fixture
def command(world: World, tmp_path: Path, monkeypatch) -> Command:
    settings = world.parts.settings
    reach = 'adres = "Voorbeeldstraat 1"\ncontact = "privacy@voorbeeld.example"\n'
    lines = ['demo = true\n[gemeente]\ncode = "utrecht"\nnaam = "Gemeente Utrecht"\n', reach]
    for each in settings.bronhouders:
        lines += [f'[[bronhouder]]\ncode = "{each.code}"\nnaam = "{each.naam}"\n', reach]
    for each in settings.ketenpartners:
        start = f'[[ketenpartner]]\ncode = "{each.code}"\nnaam = "{each.naam}"\n'
        lines += [start, 'levering = "ophalen"\n', reach]
    (tmp_path / "gateway.toml").write_text("".join(lines))
    environ = {
        "LSO_GATEWAY_INSTELLINGEN": str(tmp_path / "gateway.toml"),
        "LSO_GATEWAY_DATABASE": settings.database,
        "LSO_GATEWAY_SLEUTELS": str(settings.sleutels),
        "LSO_GATEWAY_UITGEVER": settings.uitgever,
        "LSO_GATEWAY_LOGKOPIE": str(settings.logkopie),
    }
    monkeypatch.setattr("os.environ", environ)
    return lambda *words, **more: CliRunner().invoke(cli, list(map(str, words)), **more)


def test_the_number_comes_from_the_input_and_the_file_is_for_one_pair_of_eyes(command, tmp_path):
    made = tmp_path / "verslag.pdf"

    done = command("inzage", made, input=f"{NUMBER}\n")

    assert done.exit_code == 0, done.output
    assert "Casussen in het verslag: 1." in done.output
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    said = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(made.read_bytes())).pages)
    assert "IND kreeg gegevens van u" in " ".join(said.split())
    assert NUMBER not in done.output


def test_the_number_is_no_argument(command, tmp_path):
    """It would stand in the history of the shell and in every list of processes."""
    done = command("inzage", tmp_path / "verslag.pdf", NUMBER)

    assert done.exit_code == 2
    assert not (tmp_path / "verslag.pdf").exists()


def test_for_machines_it_is_what_the_gate_let_out(world, command, tmp_path):
    made = tmp_path / "verslag.json"

    assert command("inzage", made, "--vorm", "json", input=f"{NUMBER}\n").exit_code == 0

    told = json.loads(made.read_bytes())
    assert told["bewijs"]["regel"]["client"] == "opdrachtregel"
    assert told["bewijs"]["regel"]["organisatie"] == "utrecht"
    assert told["inzage"]["casussen"][0]["bronhouder"]["code"] == "sndvu"


def test_by_a_receipt_no_number_is_asked(world, command, tmp_path):
    [casus] = casussen(world)
    places = [line["index"] for line in casus["regels"]]
    receipt = {"pseudoniem": casus["pseudoniem"], "logposities": places, "gewistOp": "2026-05-04"}
    (tmp_path / "wisbewijs.json").write_text(json.dumps(receipt))
    made = tmp_path / "verslag.pdf"

    done = command("inzage", made, "--wisbewijs", tmp_path / "wisbewijs.json")

    assert done.exit_code == 0, done.output
    said = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(made.read_bytes())).pages)
    assert "Deze gegevens zijn gewist." in " ".join(said.split())


def test_a_file_that_is_there_is_never_written_over_and_nothing_is_disclosed(
    world, command, tmp_path
):
    before = len(world.entries())
    (tmp_path / "verslag.pdf").write_text("van gisteren")

    done = command("inzage", tmp_path / "verslag.pdf", input=f"{NUMBER}\n")

    assert done.exit_code == 1
    assert (tmp_path / "verslag.pdf").read_text() == "van gisteren"
    assert not [each for each in world.entries()[before:] if each["soort"] == "inzage"]


def test_what_is_no_number_leaves_no_file_and_is_not_repeated(command, tmp_path):
    done = command("inzage", tmp_path / "verslag.pdf", input="12345\n")

    assert done.exit_code == 1
    assert "vNummer" in done.output
    assert "12345" not in done.output
    assert not (tmp_path / "verslag.pdf").exists()


def test_whom_a_breach_concerns_is_told_without_a_number(command):
    period = ("--van", "2020-01-01", "--tot", "2030-01-01")

    shown = command("audit", "getroffen", "--ontvanger", "IND", *period)
    told = command("audit", "getroffen", "--ontvanger", "IND", *period, "--json")

    assert shown.exit_code == told.exit_code == 0, shown.output
    assert "Casussen: 1. Gewist: 0." in shown.output
    [person] = json.loads(told.output)["personen"]
    assert person["casusId"] in shown.output
    assert NUMBER not in shown.output + told.output


def test_a_recipient_that_never_was_is_refused_and_the_known_ones_are_named(world, command):
    """A mistyped code would say that nobody is affected."""
    before = len(world.entries())
    period = ("--van", "2020-01-01", "--tot", "2030-01-01")

    done = command("audit", "getroffen", "--ontvanger", "INDD", *period)

    assert done.exit_code == 2
    assert "niet bekend. Wel bekend: AVIM, DT&V, IND." in done.output
    assert [each["soort"] for each in world.entries()[before:]].count("lek_onderzocht") == 0


def test_a_period_that_ends_before_it_begins_is_refused(command):
    done = command(
        "audit", "getroffen", "--ontvanger", "IND", "--van", "2026-02-01", "--tot", "2026-01-01"
    )

    assert done.exit_code == 2
