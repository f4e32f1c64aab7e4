"""`pia` and `verklaring` as an operator types them, on a new installation."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli import cli
from gateway.config import read_settings
from gateway.person import Person
from gateway.services import regels
from gateway.settings_console import Rol
from gateway.wiring import build
from tests.api.world import settings_for
from tests.architecture.checkout import ROOT
from tests.getuigen import GETUIGE, LOGSLEUTEL

DPIA = str(ROOT / "tests/data/dpia-lvv-utrecht.json")
IND = str(ROOT / "privacy/pia/ind.toml")
PARTIES = """
[[bronhouder]]
code = "sndvu"
naam = "SNDVU"
adres = "Voorbeeldstraat 1, Utrecht"
contact = "privacy@sndvu.example"
[[ketenpartner]]
code = "IND"
naam = "IND"
levering = "ophalen"
adres = "Voorbeeldstraat 2, Utrecht"
contact = "privacy@ind.example"
"""


@dataclass
class Desk:
    """Where an operator sits; the officers are at the console."""

    run: Callable[..., Result]
    environ: dict[str, str]

    def say(self, *words: str) -> str:
        told = self.run(*words)
        assert told.exit_code == 0, told.output
        return told.output

    def refused(self, *words: str) -> str:
        told = self.run(*words)
        assert told.exit_code == 1, told.output
        return told.output

    def approve(self, *names: str) -> None:
        """By these people, of whatever is checked."""
        parts = build(read_settings(self.environ))
        later = datetime(2030, 1, 1, tzinfo=UTC)
        for life, _ in regels.policies_of(regels.all_lives(parts)):
            for name in names:
                person = Person(name, frozenset({Rol.PRIVACY_OFFICER}), "hoog", later, later, "x")
                regels.approve(parts, person, life.versie.digest, "0" * 31 + "1")
        parts.engine.dispose()

    def shown(self) -> list[dict[str, object]]:
        return json.loads(self.say("pia", "tonen", "--json"))


@pytest.fixture
def desk(empty_database_url: str, tmp_path: Path, monkeypatch) -> Desk:
    settings = settings_for(tmp_path, empty_database_url)
    (tmp_path / "gateway.toml").write_text(LOGSLEUTEL + PARTIES + GETUIGE)
    (tmp_path / "kopie").mkdir(mode=0o700)
    environ = {
        "LSO_GATEWAY_INSTELLINGEN": str(tmp_path / "gateway.toml"),
        "LSO_GATEWAY_DATABASE": empty_database_url,
        "LSO_GATEWAY_SLEUTELS": str(settings.sleutels),
        "LSO_GATEWAY_UITGEVER": settings.uitgever,
        "LSO_GATEWAY_CONTACT": "lso@gemeente.example",
        "LSO_GATEWAY_LOGKOPIE": str(tmp_path / "kopie"),
    }
    monkeypatch.setattr("os.environ", environ)
    made = Desk(lambda *words: CliRunner().invoke(cli, words), environ)
    made.say("db", "upgrade")
    return made


def test_from_an_empty_installation_to_a_policy_in_force(desk: Desk):
    assert "nog geen beleid" in desk.say("pia", "tonen")
    assert "Opgenomen: verklaring 2019-1" in desk.say("verklaring", "opnemen")
    assert desk.say("pia", "opnemen").count("Opgenomen: beleid") == 3
    assert desk.say("pia", "vastleggen", "--dpia", DPIA).count("Gecontroleerd:") == 3
    desk.approve("femke", "tariq")

    assert "Actief: beleid IND" in desk.say("pia", "activeer", "IND")
    stands = {each["ontvanger"]: each["stand"] for each in desk.shown()}
    assert stands == {"IND": "actief", "AVIM": "goedgekeurd", "DT&V": "goedgekeurd"}


def test_what_is_missing_is_said_step_by_step(desk: Desk):
    desk.say("pia", "opnemen", IND)
    assert "Een controle tegen de DPIA" in desk.refused("pia", "activeer", "IND")
    desk.say("pia", "vastleggen", "--dpia", DPIA)
    assert "twee verschillende officers" in desk.refused("pia", "activeer", "IND")
    desk.approve("femke")
    assert "één officer" in desk.refused("pia", "activeer", "IND")
    assert "nodig: Goedkeuring door één officer" in desk.say("pia", "tonen")


def test_taking_in_and_checking_can_be_one_command(desk: Desk):
    told = desk.say("pia", "opnemen", IND, "--dpia", DPIA)

    assert "Gecontroleerd: beleid IND" in told
    assert "LET OP" in told
    assert desk.shown()[0]["stand"] == "gecontroleerd"


def test_a_policy_that_the_dpia_does_not_support_stays_a_concept(desk: Desk, tmp_path: Path):
    file = tmp_path / "ind.toml"
    file.write_text(Path(IND).read_text().replace('"P1Y"', '"P9Y"', 1))

    told = desk.refused("pia", "opnemen", str(file), "--dpia", DPIA)

    assert "Niet vastgelegd: beleid IND" in told
    assert "FOUT" in told
    assert desk.shown()[0]["stand"] == "concept"


def test_a_version_is_named_by_the_beginning_of_its_digest_too(desk: Desk):
    desk.say("pia", "opnemen", IND, "--dpia", DPIA)
    desk.approve("femke", "tariq")
    digest = str(desk.shown()[0]["digest"])

    assert "minstens 8 tekens" in desk.refused("pia", "activeer", digest[:9])
    assert "Actief" in desk.say("pia", "activeer", digest[:20])


def test_withdrawing_says_that_what_left_is_called_back(desk: Desk):
    desk.say("pia", "opnemen", IND, "--dpia", DPIA)
    desk.approve("femke", "tariq")
    desk.say("pia", "activeer", "IND")

    assert "teruggeroepen" in desk.say("pia", "intrekken", "IND")
    assert "geen actief beleid" in desk.refused("pia", "intrekken", "IND")


def test_a_notice_is_taken_in_shown_and_recalled_for_good(desk: Desk):
    desk.say("verklaring", "opnemen")

    assert "en, fr, nl" in desk.say("verklaring", "tonen")
    assert "Teruggeroepen: verklaring 2019-1" in desk.say("verklaring", "terugroepen", "2019-1")
    assert "teruggeroepen" in desk.say("verklaring", "tonen")
    assert "al teruggeroepen" in desk.refused("verklaring", "terugroepen", "2019-1")
    assert "Was al opgenomen" in desk.say("verklaring", "opnemen")


def test_a_file_that_is_no_policy_is_named_fault_by_fault(desk: Desk, tmp_path: Path):
    file = tmp_path / "krom.toml"
    file.write_text('ontvanger = "IND"\n')

    told = desk.refused("pia", "opnemen", IND, str(file))

    assert "krom.toml is niet te gebruiken; er is niets opgenomen" in told
    assert desk.shown() == []


def test_a_database_without_tables_is_said_to_be_behind(desk: Desk, tmp_path: Path):
    desk.environ["LSO_GATEWAY_DATABASE"] = f"sqlite:///{tmp_path / 'leeg.sqlite'}"

    assert "db upgrade" in desk.refused("pia", "tonen")
