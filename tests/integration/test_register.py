"""The register of processing (AVG 30): made of what the gate goes by, and by nobody."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli import cli
from gateway.database import upgrade
from gateway.demo.officers import adopt
from gateway.parties import Verwerker
from gateway.services.regels import Text as Policytext
from gateway.services.regels import all_lives, record_checks, take_in_policies
from gateway.services.register import find_verwerking, read_register
from gateway.services.register_tekst import as_markdown
from privacy.rule_life import Regelstand, missing
from privacy.store.engine import make_engine
from tests.builders import an_item
from tests.integration.collecting import TRACES, collecting
from tests.unit.privacy.dpia.examples import a_sample, read, set_cell, shipped
from tests.world import World

RESPONSIBLE = """
[verwerker]
naam = "Stichting Gateway"
kvk = "12345678"
adres = "Voorbeeldstraat 2"
contact = "beheer@voorbeeld.example"
fg = "fg@voorbeeld.example"
"""


def test_avg_15_every_recipient_and_purpose_has_all_that_article_30_asks(world: World):
    told = read_register(world.parts)

    by_id = {each["id"]: each for each in told["verwerkingen"]}
    for recipient in ("IND", "AVIM"):
        policy = world.parts.policies.of(recipient)
        for doel, rule in policy.doelen.items():
            each = by_id[f"{recipient}.{doel}"]
            assert each["versie"] == policy.digest.removeprefix("sha256:")
            assert each["bewaartermijn"] == {"termijn": rule.bewaartermijn, "vanaf": rule.anker}
            assert {v["veld"]: v["precisie"] for v in each["gegevens"]} == dict(rule.velden)
            assert all(each[key] for key in ("betrokkenen", "grondslag", "doorgifte"))
            assert each["dpia"]["naam"] == "dpia-lvv-utrecht, 2026-10-05"
            assert [period["tot"] for period in each["geldig"]] == [None]
    assert {each["code"] for each in told["verstrekkers"]} == {"sndvu", "seguro"}
    assert "AVG 28" in told["rollen"]["gateway"]
    assert told["maatregelen"]


def test_avg_15_a_version_that_was_replaced_stays_with_the_days_that_it_held(
    world: World, tmp_path: Path
):
    before = read_register(world.parts)
    (old,) = [each for each in before["verwerkingen"] if each["id"] == "IND.aanmelding"]

    switch_on(
        world, tmp_path, shipped("IND").replace('bewaartermijn = "P1Y"', 'bewaartermijn = "P6M"')
    )

    after = read_register(world.parts)
    versions = [each for each in after["verwerkingen"] if each["id"] == "IND.aanmelding"]
    held = {each["versie"]: [p["tot"] is None for p in each["geldig"]] for each in versions}
    assert held[old["versie"]] == [False]
    assert sorted(held.values()) == [[False], [True]]
    assert after["versie"] != before["versie"]
    found = find_verwerking(world.parts, "IND.aanmelding", old["versie"])
    assert found is not None
    assert (
        found["bewaartermijn"] == old["bewaartermijn"] == {"termijn": "P1Y", "vanaf": "uitstroom"}
    )


def test_the_version_of_the_register_names_what_it_says_and_not_when_it_was_made(embedded: World):
    first = read_register(embedded.parts)
    embedded.now = embedded.now.replace(hour=11)

    again = read_register(embedded.parts)

    assert first["versie"] == again["versie"]
    assert first["gemaaktOp"] != again["gemaaktOp"]


def test_avg_01_a_party_without_a_role_in_the_dpia_cannot_be_switched_on(embedded: World):
    raw = a_sample()
    for row, party in enumerate(raw["answers"]["6.1.1"]):
        if party["6.1.1.1"]["value"] == "IND":
            set_cell(raw, "6.1.1", row, "6.1.1.2", "Verstrekker")
    changed = shipped("IND").replace('bewaartermijn = "P1Y"', 'bewaartermijn = "P6M"')
    (taken,) = take_in_policies(embedded.parts, [Policytext("ind.toml", changed)])

    digest = taken.life.versie.digest
    (checked,) = record_checks(embedded.parts, [digest], read(raw))
    assert {fault.paragraaf for fault in checked.found.fouten} == {"6.1.1"}
    (life,) = [e for e in all_lives(embedded.parts) if e.versie.digest == digest]
    assert life.stand is Regelstand.CONCEPT
    assert missing(life)


def test_avg_01_a_party_that_is_not_in_the_settings_is_named_as_missing(embedded: World):
    told = read_register(embedded.parts)

    assert (
        "ketenpartner DT&V: staat niet in de instellingen, en krijgt dus niets"
        in (told["ontbreekt"])
    )
    assert "verwerker: naam, adres en contact" in told["ontbreekt"]
    assert "bronhouder sndvu: adres" in told["ontbreekt"]


def test_to_be_read_it_is_a_table_per_processing_and_no_setting_becomes_markup(embedded: World):
    told = read_register(embedded.parts)
    told["verwerker"] = {"naam": "A | <b>[x](y)"}

    text = as_markdown(told)

    assert "| geboortedatum | jaar | gewoon |" in text
    assert "### Melden van een aanmelding: verstrekken aan Immigratie" in text
    assert r"A \| &lt;b>\[x](y)" in text
    assert Verwerker("x").fg is None


# As an operator types it


@pytest.fixture
def installed(empty_database_url: str, tmp_path: Path) -> Iterator[World]:
    engine = make_engine(empty_database_url)
    upgrade(engine)
    engine.dispose()
    made = World(tmp_path, empty_database_url)
    yield made
    made.close()


@pytest.fixture
def command(installed: World, tmp_path: Path, monkeypatch) -> Callable[..., Result]:
    """`lso-gateway verwerkingen`, over settings in which everybody can be reached."""
    settings = installed.parts.settings
    reach = 'adres = "Voorbeeldstraat 1"\ncontact = "privacy@voorbeeld.example"\n'
    parties = [("bronhouder", each.code, "") for each in settings.bronhouders]
    parties += [
        ("ketenpartner", code, 'levering = "ophalen"\n') for code in ("IND", "AVIM", "DT&V")
    ]
    (tmp_path / "gateway.toml").write_text(
        "demo = true\n"
        + "".join(
            f'[[{table}]]\ncode = "{code}"\nnaam = "{code}"\n{more}{reach}'
            for table, code, more in parties
        )
        + RESPONSIBLE
    )
    environ = {
        "LSO_GATEWAY_INSTELLINGEN": str(tmp_path / "gateway.toml"),
        "LSO_GATEWAY_DATABASE": settings.database,
        "LSO_GATEWAY_SLEUTELS": str(settings.sleutels),
        "LSO_GATEWAY_UITGEVER": settings.uitgever,
        "LSO_GATEWAY_LOGKOPIE": str(settings.logkopie),
    }
    monkeypatch.setattr("os.environ", environ)
    return lambda *words: CliRunner().invoke(cli, ["verwerkingen", *words])


def test_the_register_is_whole_where_everybody_can_be_reached(command, tmp_path: Path):
    told = command("register", "--json")
    read_by_people = command("register", "--bestand", str(tmp_path / "register.md"))

    assert (told.exit_code, read_by_people.exit_code) == (0, 0), told.output
    register = json.loads(told.stdout)
    assert register["ontbreekt"] == []
    assert register["verwerker"] == {
        "naam": "Stichting Gateway",
        "oin": "00000003123456780000",
        "adres": "Voorbeeldstraat 2",
        "contact": "beheer@voorbeeld.example",
        "fg": "fg@voorbeeld.example",
    }
    assert "# Register van verwerkingen" in (tmp_path / "register.md").read_text()


def test_records_go_to_a_file_of_this_user_alone_that_was_not_there(
    installed: World, command, tmp_path: Path
):
    installed.casus(an_item())
    file = tmp_path / "ldv.jsonl"

    done = command("ldv", "--bestand", str(file))
    again = command("ldv", "--bestand", str(file))

    assert (done.exit_code, again.exit_code) == (0, 1), done.output
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [each["name"] for each in lines] == ["casus aangenomen", "aanlevering"]
    assert file.stat().st_mode & 0o777 == 0o600
    assert "wordt niet overschreven" in again.output
    assert command("adl").stdout == ""


def test_records_go_to_a_collector_and_on_from_there(installed: World, command):
    installed.casus(an_item())

    with collecting() as verzamelaar:
        first = command("ldv", "--naar", verzamelaar.url + TRACES)
        second = command("ldv", "--naar", verzamelaar.url + TRACES)

    assert "2 records; verder bij logregel" in first.stderr
    assert "0 records; verder bij logregel" in second.stderr
    assert {each["name"] for each in verzamelaar.spans.values()} == {
        "casus aangenomen",
        "aanlevering",
    }


def test_what_cannot_be_brought_is_said_and_told_the_next_time(installed: World, command):
    installed.casus(an_item())

    with collecting() as verzamelaar:
        verzamelaar.answers = [(400, {})]
        refused = command("ldv", "--naar", verzamelaar.url + TRACES)
        done = command("ldv", "--naar", verzamelaar.url + TRACES)

    assert refused.exit_code == 1
    assert "Een volgende keer gaat het verder." in refused.output
    assert "2 records" in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--naar", "http://elders.example/v1/traces"), "--naar: een https-adres"),
        (("--naar", "https://a.example", "--bestand", "x"), "niet allebei"),
        (("--naar", "https://a.example", "--certificaat", __file__), "horen bij elkaar"),
    ],
)
def test_a_way_that_is_none_is_refused_before_anything_is_read(command, words, told):
    refused = command("ldv", *words)

    assert refused.exit_code == 2
    assert told in refused.output


def switch_on(world: World, folder: Path, text: str) -> None:
    """Take in, check, approve by two officers and switch on, as an installation does."""
    policies, none = folder / "nieuw", folder / "geen"
    policies.mkdir()
    none.mkdir()
    (policies / "ind.toml").write_text(text, encoding="utf-8")
    adopt(world.parts.engine, policies, none, world.now)
