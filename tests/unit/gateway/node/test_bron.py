"""bron.toml: read whole, or refused with every fault and no value."""

from pathlib import Path

import pytest

from connectors.tokens import Binding
from gateway.node.bron import load_bron
from gateway.node.errors import BronError

BRON = """
bronhouder = "sndvu"
naam = "SNDVU"

[register]
mapping = "sndvu.toml"
plaats = "register.xlsx"

[gateway]
url = "https://gateway.example/"
client_id = "sndvu-node"
sleutel = "client.pem"

[opslag]
database = "sqlite:///node.sqlite"
sleutels = "sleutels"
"""


def loaded(folder: Path, told: str = BRON):
    path = folder / "bron.toml"
    path.write_text(told, encoding="utf-8")
    return load_bron(path)


def faults(folder: Path, told: str) -> tuple[str, ...]:
    with pytest.raises(BronError) as refused:
        loaded(folder, told)
    return refused.value.faults


def test_paths_count_from_the_folder_of_the_file(tmp_path):
    bron = loaded(tmp_path)

    assert bron.mapping == tmp_path / "sndvu.toml"
    assert bron.plaats == tmp_path / "register.xlsx"
    assert bron.database == f"sqlite:///{tmp_path / 'node.sqlite'}"


def test_what_is_not_said_has_a_safe_default(tmp_path):
    bron = loaded(tmp_path)

    assert bron.drempel_verdwenen == 10
    assert bron.uitgever == bron.url == "https://gateway.example"
    assert bron.beleid.name == "pia"
    assert bron.cron is None
    assert bron.dag is None
    assert bron.binding is Binding.DPOP
    assert bron.certificaat is bron.certificaatsleutel is bron.ca is None


@pytest.mark.parametrize(
    "place", ["https://register.example/clients", "postgresql://register.example/db"]
)
def test_an_address_of_a_register_stays_as_it_is_and_is_never_shown(tmp_path, place):
    bron = loaded(tmp_path, BRON.replace("register.xlsx", place))

    assert bron.plaats == place
    assert place not in repr(bron)


FAULTY = {
    "a key that does not exist": ('naam = "SNDVU"', 'naam = "SNDVU"\nnam = "geheim"', "nam:"),
    "a table that does not exist": ("[opslag]", '[opslg]\nx = "geheim"\n[opslag]', "[opslg]"),
    "a name that is missing": ('naam = "SNDVU"', "", "naam: ontbreekt"),
    "a table that is missing": ("[register]", "[beleid]", "[register] mapping: ontbreekt"),
    "http beyond this machine": ("https://", "http://", "[gateway] url"),
    "a bronhouder in capitals": ('"sndvu"', '"GEHEIM"', "bronhouder"),
    "a number for a name": ('"SNDVU"', "7", "naam: hier hoort tekst"),
    "a database in memory": ("sqlite:///node.sqlite", "sqlite:///:memory:", "[opslag] database"),
    "a threshold beyond all": (
        'naam = "SNDVU"',
        'naam = "SNDVU"\ndrempel_verdwenen = 101',
        "drempel_verdwenen",
    ),
    "a day that stands still": ('naam = "SNDVU"', 'naam = "SNDVU"\ndag = 2020-04-01', "demo"),
    "a binding that does not exist": (
        "[opslag]",
        'binding = "geheim"\n[opslag]',
        "[gateway] binding: een van: dpop, mtls, geen",
    ),
    "no binding outside the demo": (
        "[opslag]",
        'binding = "geen"\n[opslag]',
        "[gateway] binding: geen mag alleen in de demo",
    ),
    "a binding by certificate without one": (
        "[opslag]",
        'binding = "mtls"\n[opslag]',
        "[gateway] certificaat: ontbreekt bij mtls",
    ),
    "a certificate without its key": (
        "[opslag]",
        'binding = "mtls"\ncertificaat = "geheim.pem"\n[opslag]',
        "[gateway] certificaatsleutel: ontbreekt bij mtls",
    ),
    "a certificate that would not be shown": (
        "[opslag]",
        'certificaat = "geheim.pem"\n[opslag]',
        "[gateway] certificaat: hoort bij binding mtls",
    ),
    "an address in proofs that the gateway does not know": (
        "[opslag]",
        'uitgever = "https://geheim.example"\n[opslag]',
        "[gateway] uitgever: moet bij binding dpop hetzelfde zijn als url",
    ),
    "no cron": ("[opslag]", '[rooster]\ncron = "geheim"\n[opslag]', "[rooster] cron"),
}


@pytest.mark.parametrize(("was", "becomes", "told"), FAULTY.values(), ids=FAULTY.keys())
def test_a_fault_is_named_by_its_key_and_without_its_value(tmp_path, was, becomes, told):
    found = faults(tmp_path, BRON.replace(was, becomes))

    assert any(told in fault for fault in found)
    assert "geheim" not in " ".join(found).lower()


def test_all_faults_are_named_at_once(tmp_path):
    assert len(faults(tmp_path, 'naam = ""\nx = 1\n')) >= 8


@pytest.mark.parametrize(
    "content", [b"", b"naam = geheim", b'naam = "\xff"'], ids=["empty", "no toml", "no utf-8"]
)
def test_a_file_that_is_no_bron_is_refused_without_its_content(tmp_path, content):
    path = tmp_path / "bron.toml"
    path.write_bytes(content)

    with pytest.raises(BronError) as refused:
        load_bron(path)

    assert "geheim" not in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BronError, match=r"bron\.toml: dit bestand is er niet"):
        load_bron(tmp_path / "bron.toml")


def test_the_demo_may_let_the_day_stand_still(tmp_path):
    bron = loaded(tmp_path, f"demo = true\ndag = 2020-04-01\n{BRON}")

    assert bron.dag is not None


def test_the_demo_may_do_without_a_binding(tmp_path):
    bron = loaded(
        tmp_path, f"demo = true\n{BRON}".replace("[opslag]", 'binding = "geen"\n[opslag]')
    )

    assert bron.binding is Binding.GEEN


def test_a_binding_by_certificate_has_its_files_beside_the_bron(tmp_path):
    lines = 'binding = "mtls"\ncertificaat = "a.pem"\ncertificaatsleutel = "b.pem"\nca = "c.pem"'
    bron = loaded(tmp_path, BRON.replace("[opslag]", f"{lines}\n[opslag]"))

    assert bron.binding is Binding.MTLS
    files = (bron.certificaat, bron.certificaatsleutel, bron.ca)
    assert files == (tmp_path / "a.pem", tmp_path / "b.pem", tmp_path / "c.pem")


def test_what_an_address_is_bound_to_does_not_matter_to_a_certificate(tmp_path):
    lines = 'binding = "mtls"\ncertificaat = "a.pem"\ncertificaatsleutel = "b.pem"'
    told = BRON.replace("[opslag]", f'{lines}\nuitgever = "https://elders.example"\n[opslag]')

    assert loaded(tmp_path, told).uitgever == "https://elders.example"


def test_the_example_in_deploy_is_a_bron_that_loads():
    example = Path(__file__).parents[4] / "deploy" / "bron.example.toml"

    assert load_bron(example).drempel_verdwenen == 10
