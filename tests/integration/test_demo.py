"""The demo, whole: real processes, real registers, and what the partners saw on their side."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader

from gateway.cli import cli
from gateway.config import read_settings_without_keys
from gateway.demo.registers import STANDARD
from privacy.log.tiles import StoredTree
from privacy.store.engine import make_engine, reading
from schemas.terms import Mutatiesoort
from tests.architecture.checkout import ROOT
from tests.demo.comparison import differences
from tests.demo.oracle import expected
from tests.demo.people import BRONNEN, Dag, two_days
from tests.demo.registers import in_order, write_days

VERWACHT = json.loads((ROOT / "tests" / "data" / "verwacht.json").read_text(encoding="utf-8"))
OTHER_PEOPLE = 28
PROGRAM = (sys.executable, "-m", "gateway.cli")

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Played:
    """One demo that was played: how it ended, what it told, what it left."""

    result: Result
    folder: Path
    uit: Mapping[str, Any]


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Played]:
    def played(*arguments: str) -> Played:
        base = tmp_path_factory.mktemp("demo")
        out, folder = base / "uit.json", base / "werk"
        where = ["--json", str(out), "--map", str(folder)]
        result = CliRunner().invoke(cli, ["demo", "--eenmalig", *where, *arguments])
        assert result.exit_code == 0, result.output
        return Played(result, folder, json.loads(out.read_text(encoding="utf-8")))

    return played


def others(seed: int) -> dict[date, Dag]:
    return {
        dag: {bron: in_order(bron, casussen) for bron, casussen in registers.items()}
        for dag, registers in two_days(seed).items()
    }


def the_sample_gives_exactly_what_was_expected_of_it_values_included(sample: Played) -> None:
    assert differences(sample.uit, VERWACHT) == []


def the_log_was_checked_and_can_be_checked_again(sample: Played) -> None:
    settings = {**os.environ, "LSO_GATEWAY_INSTELLINGEN": str(sample.folder / "gateway.toml")}

    checked = subprocess.run(
        [*PROGRAM, "audit", "controleer", "--json"],
        cwd=ROOT,
        env=settings,
        capture_output=True,
        check=True,
    )

    told, size = json.loads(checked.stdout), sample.uit["audit"]["regels"]
    assert told["gecontroleerd"]
    assert told["regels"] == size + 1  # that the demo checked it, is in the log itself
    engine = make_engine(read_settings_without_keys(settings).database)
    with reading(engine) as tx:
        root = StoredTree(tx, size).root()
    engine.dispose()
    assert root.hex() in "".join(sample.result.output.split())


def the_story_tells_counts_and_rules_and_not_one_value_of_a_person(sample: Played) -> None:
    told = sample.result.output
    persons = {
        value
        for moment in VERWACHT["momenten"].values()
        for casus in moment["pakketten"]["AVIM"]
        for value in (casus["vNummer"], casus["naam"])
        if value
    }

    assert persons
    assert {value for value in persons if value in told} == set()
    for promised in ("thuisgebleven", "wat te doen", "terugroeping", "alleen grover", "wortel"):
        assert promised in told


def the_report_of_one_person_was_checked_and_lies_there_for_its_owner_alone(
    sample: Played,
) -> None:
    told, folder = sample.uit["rechten"]["inzage"], sample.folder / "inzage"
    data = (folder / "verslag.json").read_text(encoding="utf-8")
    lines = [line for casus in json.loads(data)["inzage"]["casussen"] for line in casus["regels"]]
    paper = PdfReader(folder / "verslag.pdf")
    said = " ".join(" ".join(page.extract_text() for page in paper.pages).split())

    got = [line for line in lines if line["regel"]["soort"] == "verstrekking"]
    assert told["regels"] == len(lines) == sum(told["eigen"].values())
    assert (told["nagerekend"], told["partners"], told["nietAangekomen"]) == (len(got), 3, 0)
    for naam in ("Dienst Terugkeer en Vertrek (DT&V)", "Immigratie- en Naturalisatiedienst (IND)"):
        assert naam in said
    assert "Uw gegevens zelf zijn vernietigd." in said  # consent is over, in the sample
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert re.search(r"\b[0-9]{10}\b", said + data) is None, "no V-nummer is in it"


def a_program_that_shares_no_line_found_the_log_sound(sample: Played) -> None:
    told = sample.uit["rechten"]["log"]

    assert (told["kopieen"], told["gecontroleerd"]) == (3, True)
    export = (sample.folder / "controle" / "log.jsonl").read_text(encoding="utf-8")
    entries = export.count('{"nummer"')
    assert told["regels"] == entries <= sample.uit["audit"]["regels"]


def no_process_is_left_and_no_delivery_was_kept_from_anyone(sample: Played) -> None:
    assert json.loads((sample.folder / "processen.json").read_text()) == {}


#: One demo, played once: on two workers a fixture of the module would be played twice.
PROMISES = (
    the_sample_gives_exactly_what_was_expected_of_it_values_included,
    the_log_was_checked_and_can_be_checked_again,
    the_story_tells_counts_and_rules_and_not_one_value_of_a_person,
    the_report_of_one_person_was_checked_and_lies_there_for_its_owner_alone,
    a_program_that_shares_no_line_found_the_log_sound,
    no_process_is_left_and_no_delivery_was_kept_from_anyone,
)


def test_the_demo_over_the_registers_that_it_carries(play, subtests):
    sample = play()

    for promise in PROMISES:
        with subtests.test(promise.__name__):
            promise(sample)


def test_other_people_in_other_numbers_come_out_as_the_rules_say(play, tmp_path):
    days = others(OTHER_PEOPLE)
    rules = expected(days)
    told = Counter(
        item["soort"]
        for partner in rules["momenten"]["2020-08-24"]["mutaties"].values()
        for item in partner
    )
    # Everything that can happen to someone happens to somebody here.
    assert set(told) == {soort.value for soort in Mutatiesoort} - {"scenario"}

    played = play("--registers", str(write_days(tmp_path / "registers", days)))

    assert differences(played.uit, rules) == []


def test_it_stays_up_on_the_address_that_it_prints_until_it_is_told_to_stop(tmp_path):
    few = {
        dag: {bron: registers[bron][:4] for bron in BRONNEN}
        for dag, registers in others(OTHER_PEOPLE).items()
    }
    few = {dag: few[min(few)] for dag in few}
    registers = write_days(tmp_path / "registers", few)
    demo = subprocess.Popen(
        [*PROGRAM, "demo", "--registers", str(registers)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        told = _read_until(demo, "Sleutels, databases en logs staan in")
        url = re.search(r"http://127\.0\.0\.1:\d+", told)[0]
        asked = re.search(r"client token (\S+) --url \S+ --sleutel (\S+)", told)
        headers = subprocess.run(
            [*PROGRAM, "client", "token", asked[1], "--url", url, "--sleutel", asked[2]],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        folder = Path(asked[2]).parents[1]

        assert [line.partition(":")[0] for line in headers] == ["DPoP", "Authorization"]
        assert _status(url, "/v1/mutaties?limiet=2", headers) == b"200"
        assert _status(url, "/v1/mutaties?limiet=2", headers) == b"401", "a proof is good once"
        assert _status(url, "/v1/mutaties", headers[1:]) == b"401", "a token alone is not enough"

        assert folder.is_dir()
        demo.send_signal(signal.SIGINT)
        rest = demo.communicate(timeout=60)[0]
    finally:
        demo.kill()
        demo.wait()
        demo.stdout.close()

    assert demo.returncode == 0, rest
    assert not folder.exists()


def test_a_folder_that_is_not_there_or_not_laid_out_so_is_refused_before_anything_starts(tmp_path):
    nowhere = CliRunner().invoke(cli, ["demo", "--registers", str(tmp_path / "nergens")])
    (tmp_path / "2020-04-01" / "sndvu").mkdir(parents=True)
    half = CliRunner().invoke(cli, ["demo", "--registers", str(tmp_path)])

    assert nowhere.exit_code == 1
    assert "deze map is er niet" in nowhere.output
    assert half.exit_code == 1
    assert "2020-04-01/sndvu: hier hoort één bestand *.xlsx te staan" in half.output
    assert "2020-04-01/stil/woordenlijst.json ontbreekt" in half.output


def test_a_port_that_is_taken_is_refused_before_anything_starts(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        result = CliRunner().invoke(cli, ["demo", "--poort", str(port)])

    assert result.exit_code == 1
    assert f"Poort {port} is bezet" in result.output


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "van-een-ander").touch()

    result = CliRunner().invoke(cli, ["demo", "--map", str(tmp_path)])

    assert result.exit_code == 1
    assert "is niet leeg" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["van-een-ander"]


def test_a_register_that_cannot_be_read_ends_the_demo_with_the_reason(tmp_path):
    days = {dag: dict(registers) for dag, registers in others(OTHER_PEOPLE).items()}
    registers = write_days(tmp_path / "registers", {min(days): days[min(days)]})
    broken = registers / min(days).isoformat() / "sndvu" / "register.xlsx"
    broken.write_bytes(broken.read_bytes()[:2_000])
    out = tmp_path / "uit.json"

    result = CliRunner().invoke(
        cli, ["demo", "--eenmalig", "--registers", str(registers), "--json", str(out)]
    )

    assert result.exit_code == 1
    assert "De node van Stichting Noodopvang Dakloze Vreemdelingen Utrecht stopte" in result.output
    assert not out.exists()


def test_the_demo_finds_its_registers_from_any_folder():
    assert STANDARD.is_absolute()
    assert STANDARD == ROOT / "deploy" / "demo" / "registers"


def _status(url: str, path: str, headers: Sequence[str]) -> bytes:
    """The status of a GET, over a plain socket."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        lines = (f"GET {path} HTTP/1.1", f"Host: {host}", *headers)
        connection.sendall(("\r\n".join([*lines, "Connection: close"]) + "\r\n\r\n").encode())
        with connection.makefile("rb") as answer:
            return answer.read().split(b" ", 2)[1]


def _read_until(demo: subprocess.Popen[str], words: str) -> str:
    told = ""
    for line in demo.stdout:
        told += line
        if words in line:
            return told
    raise AssertionError(told)
