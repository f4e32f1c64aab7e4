"""`lso-gateway audit exporteer` and `bewijs`: what goes out is what outsiders check."""

import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete

from deploy.controle import controleer
from gateway.cli import cli
from gateway.database import upgrade
from privacy.log.append import append
from privacy.log.tables import audithoofd
from privacy.store.engine import make_engine, writing
from tests.integration.meddling import Onlookers
from tests.overseen import ORIGIN, Overseen
from tests.unit.privacy.log.examples import entries

SETTINGS = """\
logherkomst = "{origin}"
logsleutel = "{key}"
[[getuige]]
naam = "Hulporganisatie"
url = "https://getuige-0.example"
sleutel = "{witness}"
"""


@pytest.fixture
def looking(empty_database_url: str, tmp_path: Path) -> Iterator[Onlookers]:
    """In a database that was made by the migrations, as the commands want it."""
    engine = make_engine(empty_database_url)
    upgrade(engine)
    engine.dispose()
    world = Overseen(tmp_path, empty_database_url)
    with writing(world.parts.engine) as tx:
        append(tx, entries(20), world.now)
    world.sign()
    yield Onlookers(world, tmp_path)
    world.close()


@pytest.fixture
def run(looking: Onlookers, tmp_path: Path, empty_database_url: str) -> Callable[..., Result]:
    world = looking.world
    settings = tmp_path / "instellingen.toml"
    told = {"origin": ORIGIN, "key": world.log_key.encode()}
    witness = world.getuigen[0].sleutel.encode()
    settings.write_text(SETTINGS.format(**told, witness=witness))
    environ = {
        "LSO_GATEWAY_INSTELLINGEN": str(settings),
        "LSO_GATEWAY_DATABASE": empty_database_url,
        "LSO_GATEWAY_SLEUTELS": str(world.parts.settings.sleutels),
        "LSO_GATEWAY_UITGEVER": "https://gateway.example",
        "LSO_GATEWAY_LOGKOPIE": str(tmp_path),
        "LSO_GATEWAY_CONTACT": "lso@gemeente.example",
    }
    return lambda *words: CliRunner(env=environ).invoke(cli, ["audit", *words])


def test_an_export_is_what_the_program_for_outsiders_reads(run, looking, tmp_path, capsys):
    """`audit controleer`, `exporteer` and the outsider's program say the same of one log."""
    file = tmp_path / "log.jsonl"

    done, checked = run("exporteer", "--uit", str(file)), run("controleer", "--json")

    assert (done.exit_code, checked.exit_code) == (0, 0)
    assert controleer.main(["log", str(file), *looking.keys]) == controleer.KLOPT
    # That somebody began to take the log out, and that it was taken out.
    assert " 2 wachten op een controlepunt" in capsys.readouterr().out
    assert json.loads(checked.output)["controlepunten"] == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_export_tells_in_the_log_that_it_was_made_and_holds_that_entry_too(run, tmp_path):
    file = tmp_path / "log.jsonl"
    run("exporteer", "--uit", str(file))

    lines = [json.loads(line) for line in file.read_text().splitlines()]
    told = [json.loads(line["regel"]) for line in lines if "regel" in line]

    assert told[-1]["soort"] == "log_uitgevoerd"
    assert [line["nummer"] for line in lines if "nummer" in line] == list(range(len(told)))
    assert "controlepunt" in lines[-1]


def test_without_a_file_it_is_written_to_the_standard_output(run):
    done = run("exporteer")

    assert done.exit_code == 0
    assert all(json.loads(line) for line in done.stdout.splitlines())
    assert "regels geschreven" in done.stderr


def test_a_file_that_exists_is_left_alone(run, tmp_path):
    file = tmp_path / "log.jsonl"
    file.write_text("van een ander")

    done = run("exporteer", "--uit", str(file))

    assert done.exit_code == 1
    assert file.read_text() == "van een ander"


def test_what_cannot_be_noted_is_not_exported(run, looking, tmp_path):
    file = tmp_path / "log.jsonl"
    with writing(looking.world.parts.engine) as tx:
        tx.execute(delete(audithoofd))

    done = run("exporteer", "--uit", str(file))

    assert done.exit_code == 1
    assert not file.exists()


def test_a_proof_is_shown_as_text_and_as_the_route_gives_it(run, looking, tmp_path):
    text, wire = run("bewijs", "3"), run("bewijs", "3", "--json")

    assert (text.exit_code, wire.exit_code) == (0, 0)
    assert text.output.startswith("c2sp.org/tlog-proof@v1\nindex 3\n")
    assert json.loads(wire.output)["bewijs"] == text.output
    proof, answer = tmp_path / "bewijs", tmp_path / "antwoord"
    proof.write_text(text.output)
    first = json.loads(looking.export().read_text().splitlines()[3])["regel"]
    answer.write_text(json.dumps({"index": 3, "regel": json.loads(first), "zout": "00" * 16}))
    asked = ["bewijs", str(proof), str(answer), *looking.keys]
    assert controleer.main(asked) == controleer.KLOPT


def test_there_is_no_proof_beyond_the_log_nor_before_a_checkpoint_holds_it(run, looking):
    run("controleer")
    newest = len(looking.export().read_text().splitlines()) - 2

    beyond, waiting = run("bewijs", "9999"), run("bewijs", str(newest))

    assert (beyond.exit_code, waiting.exit_code) == (1, 1)
    assert "Zover is het log niet" in beyond.output
    assert "Nog geen controlepunt" in waiting.output
