"""Settings: read once, every fault named at once, and nothing unsafe by mistake."""

import re
import tomllib
from pathlib import Path

import pytest

from gateway.config import SINGLE, SettingsError, read_settings, read_settings_without_keys
from gateway.parties import Levering, Soort
from privacy.log.notes import Kind, VerifierKey
from tests.getuigen import GETUIGE, LOG, LOG_KEY, NGO_KEY, OTHER_KEY, strict_file

ROOT = Path(__file__).parents[3]


@pytest.fixture
def sleutels(tmp_path: Path) -> Path:
    folder = tmp_path / "sleutels"
    folder.mkdir(mode=0o700)
    (folder / "systeem.key").touch(mode=0o600)
    return folder


@pytest.fixture
def environ(sleutels: Path, tmp_path: Path) -> dict[str, str]:
    """The least that a gateway starts with."""
    (tmp_path / "logkopie").mkdir()
    return {
        "LSO_GATEWAY_LOGKOPIE": str(tmp_path / "logkopie"),
        "LSO_GATEWAY_DATABASE": f"sqlite:///{tmp_path / 'gateway.sqlite'}",
        "LSO_GATEWAY_SLEUTELS": str(sleutels),
        "LSO_GATEWAY_UITGEVER": "https://gateway.example",
        "LSO_GATEWAY_CONTACT": "lso@gemeente.example",
        "LSO_GATEWAY_LOGSLEUTEL": LOG_KEY.encode(),
        "LSO_GATEWAY_INSTELLINGEN": strict_file(tmp_path),
    }


def with_file(environ: dict[str, str], tmp_path: Path, text: str) -> dict[str, str]:
    path = tmp_path / "gateway.toml"
    path.write_text(f"{text}\n{GETUIGE}")
    return environ | {"LSO_GATEWAY_INSTELLINGEN": str(path)}


def faults(environ: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        read_settings(environ)
    return caught.value.faults


def test_seven_settings_are_enough_and_the_rest_is_strict(environ):
    settings = read_settings(environ | {"PATH": "/usr/bin"})
    assert settings.demo is False
    assert settings.dag is None
    assert settings.max_bytes == 8_000_000
    assert (settings.beleid / "ind.toml").is_file()
    assert settings.verklaringen.is_dir()


def test_a_variable_goes_before_the_file(environ, tmp_path):
    settings = read_settings(
        with_file(environ, tmp_path, "draden = 2\nmax_items = 5") | {"LSO_GATEWAY_DRADEN": "3"}
    )
    assert (settings.draden, settings.max_items) == (3, 5)


def test_everything_that_is_missing_or_wrong_is_named_at_once():
    found = faults({"LSO_GATEWAY_DRADEN": "veel", "LSO_GATEWAY_DRAAD": "1"})
    assert len(found) == 9
    joined = " ".join(found)
    for name in ("database", "sleutels", "uitgever", "draden", "LSO_GATEWAY_DRAAD"):
        assert name in joined


UNSAFE = {
    "an issuer without TLS": {"UITGEVER": "http://gateway.example"},
    "a day that stands still": {"DAG": "2020-04-01"},
    "two processes on SQLite": {"WERKPROCESSEN": "2"},
    "a database in memory": {"DATABASE": "sqlite:///:memory:"},
    "every address there is as a proxy": {"PROXIES": "10.0.0.1,0.0.0.0/0"},
    "no folder of keys": {"SLEUTELS": "bestaat-niet"},
    "no folder for the copy of the log": {"LOGKOPIE": "bestaat-niet"},
    "witnesses whose silence stops nothing": {"GETUIGE_TERMIJN": "0"},
    "more witnesses than there are": {"GETUIGEN_NODIG": "2"},
    "a name of the log that no note can hold": {"LOGHERKOMST": "gateway+example"},
}


@pytest.mark.parametrize("changed", UNSAFE.values(), ids=UNSAFE.keys())
def test_strict_refuses_what_is_unsafe(environ, changed):
    unsafe = {f"LSO_GATEWAY_{name}": value for name, value in changed.items()}
    assert len(faults(environ | unsafe)) == 1


def test_keys_that_others_may_read_are_refused(environ, sleutels):
    (sleutels / "systeem.key").chmod(0o640)
    (fault,) = faults(environ)
    assert "systeem.key" in fault
    (sleutels / "systeem.key").chmod(0o600)
    sleutels.chmod(0o755)
    (fault,) = faults(environ)
    assert "map" in fault


def test_the_keys_can_be_made_before_there_are_any(environ, tmp_path):
    read_settings_without_keys(environ | {"LSO_GATEWAY_SLEUTELS": str(tmp_path / "nog-niet")})


def test_on_this_machine_itself_plain_http_is_allowed(environ):
    local = environ | {"LSO_GATEWAY_UITGEVER": "http://127.0.0.1:8080/"}
    assert read_settings(local).uitgever == "http://127.0.0.1:8080"


def test_only_the_demo_may_hold_the_day_still(environ):
    demo = environ | {"LSO_GATEWAY_DEMO": "true", "LSO_GATEWAY_DAG": "2020-04-01"}
    assert read_settings(demo).dag is not None


def test_strict_refuses_a_log_that_nobody_outside_signs_for_and_the_demo_does_not(environ):
    without = {name: v for name, v in environ.items() if not name.endswith("INSTELLINGEN")}
    (fault,) = faults(without)
    assert fault.startswith("getuige:")
    assert read_settings(without | {"LSO_GATEWAY_DEMO": "true"}).getuige_termijn == 0


def test_a_log_without_the_key_that_signs_it_is_refused(environ, tmp_path):
    without = with_file(environ, tmp_path, "")
    del without["LSO_GATEWAY_LOGSLEUTEL"]
    (fault,) = faults(without)
    assert fault.startswith("logsleutel:")
    found = faults(without | {"LSO_GATEWAY_LOGSLEUTEL": NGO_KEY.encode()})
    assert all(each.startswith("logsleutel:") for each in found)


@pytest.mark.parametrize("told", ['"{0},{1}"', '["{0}", "{1}"]'])
def test_keys_of_the_log_from_before_are_a_list_of_vkeys(environ, tmp_path, told):
    old = VerifierKey.of("gateway.example/0", LOG, Kind.NOTE)
    line = told.format(old.encode(), LOG_KEY.encode())
    settings = read_settings(with_file(environ, tmp_path, f"eerdere_logsleutels = {line}"))
    assert settings.eerdere_logsleutels == (old, LOG_KEY)
    for wrong in ("7", '"geen sleutel"', f'["{NGO_KEY.encode()}"]'):
        (fault,) = faults(with_file(environ, tmp_path, f"eerdere_logsleutels = {wrong}"))
        assert fault.startswith("eerdere_logsleutels:")


def test_witnesses_are_configuration_and_without_them_nothing_leaves_after_four_hours(
    environ, tmp_path
):
    second = GETUIGE.replace(NGO_KEY.encode(), OTHER_KEY.encode()).replace("Hulp", "Andere ")
    settings = read_settings(with_file(environ, tmp_path, f"getuigen_nodig = 2\n{second}"))
    assert [each.sleutel for each in settings.getuigen] == [OTHER_KEY, NGO_KEY]
    assert (settings.getuigen_nodig, settings.getuige_termijn) == (2, 4)
    assert settings.getuige_waarschuwing == 15
    assert (settings.logsleutel, settings.herkomst) == (LOG_KEY, "gateway.example")


@pytest.mark.parametrize(
    "wrong",
    [
        ("https://", "http://"),
        ("sleutel", "vkey"),
        (NGO_KEY.encode(), LOG_KEY.encode()),
        (NGO_KEY.encode(), NGO_KEY.encode()[:-1]),
        ('naam = "Hulporganisatie"\n', ""),
    ],
    ids=["no TLS", "a key that does not exist", "a key of a log", "half a key", "no name"],
)
def test_a_witness_that_is_wrong_is_refused(environ, tmp_path, wrong):
    text = GETUIGE.replace(*wrong)
    assert any(each.startswith("getuige 1:") for each in faults(with_file(environ, tmp_path, text)))


def test_one_key_is_one_witness(environ, tmp_path):
    (fault,) = faults(with_file(environ, tmp_path, GETUIGE))
    assert "meer dan eens" in fault


def test_no_fault_repeats_a_value(environ):
    secret = "postgres://gateway:geheim@db/x"
    found = faults(environ | {"LSO_GATEWAY_DATABASE": secret, "LSO_GATEWAY_MAX_ITEMS": "geheim"})
    assert len(found) == 2
    assert "geheim" not in " ".join(found)


def test_settings_are_not_printed(environ):
    assert repr(read_settings(environ)) == "<Settings>"


def test_a_file_that_is_no_toml_is_named_by_place(environ, tmp_path):
    fault, *_ = faults(with_file(environ, tmp_path, "draden = \n"))
    assert "regel 1" in fault


PARTIES = """
[[bronhouder]]
code = "sndvu"
naam = "SNDVU"

[[ketenpartner]]
code = "DT&V"
naam = "DT&V"
levering = "bezorgen"
cron = "*/5 * * * * *"
url = "https://ketenpartner.example/mutaties"

[gemeente]
code = "utrecht"
naam = "Gemeente Utrecht"
"""


def test_parties_are_configuration(environ, tmp_path):
    settings = read_settings(with_file(environ, tmp_path, PARTIES))
    (partner,) = settings.ketenpartners
    assert partner.levering is Levering.BEZORGEN
    assert settings.takes_part(Soort.BRONHOUDER, "sndvu")
    assert settings.takes_part(Soort.KETENPARTNER, "DT&V")
    assert settings.takes_part(Soort.GEMEENTE, "utrecht")
    assert not settings.takes_part(Soort.KETENPARTNER, "sndvu")


VERWERKER = """
[verwerker]
naam = "Stichting Gateway"
kvk = "12345678"
fg = "fg@gateway.example"
"""


def test_who_runs_it_is_named_as_the_processor(environ, tmp_path):
    found = read_settings(with_file(environ, tmp_path, VERWERKER)).verwerker
    assert found is not None
    assert (found.naam, found.oin) == ("Stichting Gateway", "00000003123456780000")
    assert (found.fg, found.adres) == ("fg@gateway.example", None)


WRONG_PARTIES = {
    "bezorgen without cron": PARTIES.replace('cron = "*/5 * * * * *"\n', ""),
    "bezorgen without url": PARTIES.replace('url = "https://ketenpartner.example/mutaties"\n', ""),
    "ophalen with cron and url": PARTIES.replace("bezorgen", "ophalen"),
    "a levering that is not there": PARTIES.replace("bezorgen", "duif"),
    "a cron that is none": PARTIES.replace("*/5 * * * * *", "elke dag"),
    "an address without TLS": PARTIES.replace("https://keten", "http://keten"),
    "a code with a blank": PARTIES.replace('"sndvu"', '"snd vu"'),
    "a key that is not there": PARTIES + 'plaats = "Utrecht"\n',
    "a party twice": PARTIES + '[[bronhouder]]\ncode = "sndvu"\nnaam = "x"\n',
    "a party that is no table": "bronhouder = 3",
    "a processor without a name": VERWERKER.replace('naam = "Stichting Gateway"', ""),
    "a processor with a code": VERWERKER + 'code = "x"',
    "a processor that is no table": "verwerker = 3",
    "an officer on two lines": VERWERKER.replace("fg@", "fg\\n@"),
}


FSC = """
proxies = ["10.0.0.0/24"]

[fsc]
peer = "00000004003214345001"
groep = "fsc-proef"
dienst = "lso-gateway"
inways = ["10.0.1.7"]
sleutels = "{}"
"""


def test_an_inway_is_no_proxy_and_only_few_may_replace_the_keys_of_the_manager(environ, tmp_path):
    manager = tmp_path / "manager.json"
    manager.touch(0o644)
    table = FSC.format(manager)
    assert read_settings(with_file(environ, tmp_path, table)).fsc is not None

    manager.chmod(0o646)
    (fault,) = faults(with_file(environ, tmp_path, table))
    assert fault.startswith("fsc sleutels")

    manager.chmod(0o644)
    (fault,) = faults(with_file(environ, tmp_path, table.replace("10.0.0.0/24", "10.0.0.0/23")))
    assert fault.startswith("fsc inways")


@pytest.mark.parametrize("text", WRONG_PARTIES.values(), ids=WRONG_PARTIES.keys())
def test_a_party_that_is_wrong_is_refused(environ, tmp_path, text):
    assert faults(with_file(environ, tmp_path, text))


def test_the_examples_document_every_setting():
    toml = (ROOT / "deploy/example.toml").read_text()
    env = (ROOT / "deploy/example.env").read_text()
    documented = set(re.findall(r"^(?:# )?(\w+) = ", toml.partition("[[")[0], re.MULTILINE))
    assert documented == set(SINGLE)
    variables = set(re.findall(r"^(?:# )?LSO_GATEWAY_(\w+)=", env, re.MULTILINE))
    assert variables == {name.upper() for name in SINGLE} | {"INSTELLINGEN"}


def test_the_example_file_has_no_fault_but_that_its_folders_are_not_here(tmp_path):
    example = ROOT / "deploy/example.toml"
    assert tomllib.loads(example.read_text())
    settings = read_settings_without_keys({"LSO_GATEWAY_INSTELLINGEN": str(example)})
    assert len(settings.ketenpartners) == 2
