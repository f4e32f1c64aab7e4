"""`lso-gateway pia controleer | concept`: for a lawyer, without settings, keys or database."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli import cli
from gateway.config import Settings
from tests.architecture.checkout import ROOT

BELEID = Settings.__dataclass_fields__["beleid"].default
SAMPLE = ROOT / "tests/data/dpia-lvv-utrecht.json"
Pia = Callable[..., Result]


@pytest.fixture
def pia(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pia:
    """The command, in a folder without anything."""
    monkeypatch.chdir(tmp_path)
    return lambda *more: CliRunner(env={}).invoke(cli, ["pia", *map(str, more)])


@pytest.fixture
def beleid(tmp_path: Path) -> Path:
    """The shipped policy, to be changed."""
    return Path(shutil.copytree(BELEID, tmp_path / "beleid"))


def test_the_shipped_policy_passes_and_its_warnings_are_told_once(pia):
    told = pia("controleer", BELEID, "--dpia", SAMPLE)

    assert told.exit_code == 0
    assert "FOUT" not in told.output
    assert told.output.count("nader advies FG") == 1
    assert told.output.splitlines()[-1] == "Gecontroleerd: 3 bestanden; 0 fouten, 9 waarschuwingen."


def test_a_fault_is_told_on_one_line_with_file_line_table_field_rule_and_paragraph(pia, beleid):
    file = beleid / "ind.toml"
    file.write_text(
        file.read_text().replace('geboortedatum = "jaar"', 'geboortedatum = "maand"', 1)
    )
    line = 1 + file.read_text().splitlines().index('geboortedatum = "maand"')

    told = pia("controleer", beleid / "avim.toml", file, "--dpia", SAMPLE)

    assert told.exit_code == 1
    [fault] = [each for each in told.output.splitlines() if each.startswith("FOUT")]
    assert fault == (
        f"FOUT ind.toml:{line} [doelen.casusoverleg.velden] geboortedatum: Geboortedatum gaat hier"
        " maand; volgens de DPIA voor IND hoogstens jaar. (regel: precisie; DPIA 14.2)"
    )
    assert "1 fout," in told.output


def test_machines_are_told_the_same(pia, beleid):
    (beleid / "dtv.toml").write_text("ontvanger = 3")

    told = pia("controleer", beleid, "--dpia", SAMPLE, "--json")

    found = json.loads(told.output)
    assert told.exit_code == 1
    assert found["akkoord"] is False
    assert found["dpia"]["digest"].startswith("sha256:")
    assert [each["paragraaf"] for each in found["dpia"]["openVragen"]] == ["12.3.2.4"] * 5
    by_file = {each["bestand"]: each for each in found["beleid"]}
    assert by_file["avim.toml"]["fouten"] == by_file["ind.toml"]["fouten"] == []
    assert by_file["ind.toml"]["digest"].startswith("sha256:")
    assert by_file["dtv.toml"]["digest"] is None
    assert {each["regel"] for each in by_file["dtv.toml"]["fouten"]} == {"vorm"}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(b"geen toml", id="no TOML"),
        pytest.param(b'"\\u001b[2J" = 1', id="a key that wipes the screen"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"a = " + b"[" * 50_000, id="deep"),
    ],
)
def test_a_file_that_is_no_policy_is_a_fault_in_words(pia, tmp_path, content):
    file = tmp_path / "x.toml"
    file.write_bytes(content)

    told = pia("controleer", file, "--dpia", SAMPLE)

    assert told.exit_code == 1
    assert told.output.startswith("FOUT x.toml")
    assert "\x1b" not in told.output
    assert "Traceback" not in told.output


@pytest.mark.parametrize("command", [("controleer", BELEID), ("concept",)])
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b"{}", "$schema: dit is geen uitvoer", id="another shape"),
        pytest.param(
            SAMPLE.read_bytes().replace(b"urn:nl:dpia:3.0", b"urn:nl:prescan:2.0"),
            "metadata.urn: dit is niet het formulier urn:nl:dpia:3.0",
            id="another form",
        ),
        pytest.param(
            SAMPLE.read_bytes().replace(b'"value": "IND"', b'"value": null', 1),
            "answers.6.1.1[0].6.1.1.1: dit antwoord ontbreekt",
            id="an answer is missing",
        ),
        pytest.param(b"%PDF", "geen JSON", id="a PDF"),
    ],
)
def test_a_file_that_is_no_dpia_is_a_clear_error(pia, tmp_path, command, content, expected):
    file = tmp_path / "dpia.json"
    file.write_bytes(content)

    told = pia(*command, "--dpia", file)

    assert told.exit_code == 1
    assert "dpia.json is niet te gebruiken" in told.output
    assert expected in told.output
    assert "Traceback" not in told.output


def test_a_folder_without_a_policy_is_a_question_that_is_wrong(pia, tmp_path):
    told = pia("controleer", tmp_path, "--dpia", SAMPLE)

    assert told.exit_code == 2


def test_a_draft_is_written_refused_finished_and_passed(pia, tmp_path):
    made = pia("concept", "--dpia", SAMPLE, "--uit", tmp_path / "nieuw")

    folder = tmp_path / "nieuw"
    assert made.exit_code == 0
    assert {each.name for each in folder.iterdir()} == {"avim.toml", "dtv.toml", "ind.toml"}
    assert "Geen beleid voor Gemeente Utrecht: krijgt geen persoonsgegevens" in made.output

    refused = pia("controleer", folder, "--dpia", SAMPLE)
    assert refused.exit_code == 1
    assert "schrijf waarom AVIM het voor dit doel nodig heeft" in refused.output

    for file in folder.iterdir():
        file.write_text(re.sub(r'"NOG TE SCHRIJVEN[^"]*"', '"Omdat het moet."', file.read_text()))
    assert pia("controleer", folder, "--dpia", SAMPLE).exit_code == 0


def test_a_draft_never_writes_over_a_file_and_then_writes_none(pia, tmp_path):
    (tmp_path / "dtv.toml").write_text("van iemand")

    told = pia("concept", "--dpia", SAMPLE, "--uit", tmp_path)

    assert told.exit_code == 1
    assert "dtv.toml" in told.output
    assert [each.name for each in tmp_path.iterdir()] == ["dtv.toml"]
    assert (tmp_path / "dtv.toml").read_text() == "van iemand"


def test_without_a_folder_a_draft_is_shown_and_nothing_is_written(pia, tmp_path):
    told = pia("concept", "--dpia", SAMPLE)

    assert told.exit_code == 0
    assert told.stdout.count("# Bestand: ") == 3
    assert "Gemeente" not in told.stdout
    assert list(tmp_path.iterdir()) == []
