"""What a partner got of the gateway, checked by the program for outsiders as they run it."""

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.controle import controleer
from gateway.services.bewaringstoetsen import answer_toets
from gateway.services.bewijzen import show_bewijs, show_controlepunt
from gateway.services.mutaties import disclose_page
from gateway.services.pakketten import disclose_pakket
from tests.builders import a_consent, an_item
from tests.integration.meddling import Onlookers
from tests.overseen import Overseen
from tests.world import ketenpartner

PROGRAM = Path(controleer.__file__)


@pytest.fixture
def looking(database_url: str, tmp_path: Path):
    world = Overseen(tmp_path, database_url)
    world.sign()  # before a witness was heard, nothing leaves
    yield Onlookers(world, tmp_path)
    world.close()


def received(world: Overseen) -> dict[str, bytes]:
    """A page, a pack and an answer about one person."""
    item = an_item(toestemmingen=[a_consent()])
    (casus,) = world.casus(item)
    overleg = world.frozen(casus)
    asked = {"vNummer": item["samenvatting"]["vNummer"]}
    return {
        "bladzijde": disclose_page(world.parts, ketenpartner("IND"), None, 100).body,
        "pakket": disclose_pakket(world.parts, ketenpartner("IND"), overleg).body,
        "toets": answer_toets(world.parts, ketenpartner("AVIM"), asked).body,
    }


def test_whatever_a_partner_got_is_proven_with_public_keys_alone(looking, tmp_path, capsys):
    """Statement 14, from the disclosure itself to the outsider's program."""
    world = looking.world
    got = received(world)
    world.sign()
    for name, body in got.items():
        answer, proof = tmp_path / f"{name}.json", tmp_path / f"{name}.bewijs"
        answer.write_bytes(body)
        index = json.loads(body)["bewijs"]["index"]
        proof.write_text(json.dumps(show_bewijs(world.parts, index)))

        asked = ["bewijs", str(proof), str(answer), *looking.keys]
        assert controleer.main(asked) == controleer.KLOPT, name
        assert "de inhoud is die van het antwoord" in capsys.readouterr().out
        answer.write_bytes(body.replace(b'"ontvanger":"', b'"ontvanger":"X', 1))
        assert controleer.main(asked) == controleer.KLOPT_NIET, name


def test_the_answers_of_the_gateway_one_after_another_are_a_chain(looking, tmp_path):
    world, known, answers = looking.world, 0, []
    for _ in range(4):
        world.page("IND")
        world.wait(seconds=10)
        world.sign()
        answers.append(show_controlepunt(world.parts, known))
        known = answers[-1]["omvang"]
    chain = tmp_path / "keten.jsonl"
    chain.write_text("".join(f"{json.dumps(each)}\n" for each in answers))

    assert controleer.main(["controlepunten", str(chain), *looking.keys]) == controleer.KLOPT
    chain.write_text("".join(f"{json.dumps(each)}\n" for each in answers[::2]))
    assert controleer.main(["controlepunten", str(chain), *looking.keys]) == controleer.KLOPT_NIET


def test_the_program_needs_nothing_but_itself(looking, tmp_path):
    """Copied elsewhere, and run where the project cannot be found."""
    received(looking.world)
    looking.world.sign()
    export = looking.export()
    elsewhere = tmp_path / "elders"
    elsewhere.mkdir()
    program = shutil.copy(PROGRAM, elsewhere)

    done = subprocess.run(
        [sys.executable, "-I", program, "log", str(export), *looking.keys],
        cwd=elsewhere,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Alles klopt.\n")


def test_the_program_imports_the_standard_library_and_cryptography_alone():
    tree = ast.parse(PROGRAM.read_text())
    names = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert names - sys.stdlib_module_names == {"cryptography"}
