"""Remove one line of a policy, or one consent: exactly that is gone from what partners get.

Over the sample's own registers. What must change is said of the outcome of an undisturbed
exchange; whatever else differs fails the test.
"""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from gateway.demo.installation import STANDARD_BELEID
from gateway.demo.registers import STANDARD
from tests.demo.comparison import differences
from tests.demo.in_process import exchange

pytestmark = pytest.mark.slow

FILES = {"IND": "ind.toml", "DT&V": "dtv.toml", "AVIM": "avim.toml"}
FIRST, SECOND = "2020-04-01", "2020-04-15"
LINES = [
    ("IND", "casusoverleg", "geslacht"),
    ("DT&V", "casusoverleg", "vNummer"),
    ("AVIM", "casusoverleg", "naam"),
    ("AVIM", "casusoverleg", "geboortedatum"),
    ("IND", "mutaties", "uitstroomreden"),
    ("DT&V", "mutaties", "lijn"),
    ("AVIM", "mutaties", "datumInstroom"),
]
Uit = dict[str, Any]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Uit:
    return exchange(tmp_path_factory.mktemp("werk"), STANDARD, STANDARD_BELEID)


@pytest.fixture
def registers(tmp_path: Path) -> Path:
    """The sample's registers, to be changed."""
    return Path(shutil.copytree(STANDARD, tmp_path / "registers"))


def played(tmp_path: Path, registers: Path = STANDARD, beleid: Path = STANDARD_BELEID) -> Uit:
    work = tmp_path / "werk"
    work.mkdir()
    return exchange(work, registers, beleid)


@pytest.mark.parametrize(("ontvanger", "doel", "veld"), LINES)
def test_without_one_line_of_its_policy_a_partner_lacks_that_field_and_all_else_is_as_it_was(
    tmp_path, undisturbed, ontvanger, doel, veld
):
    beleid = policies_without(tmp_path, (ontvanger, doel, veld))

    found = played(tmp_path, beleid=beleid)

    assert differences(found, without_field(undisturbed, ontvanger, doel, veld)) == []
    assert differences(found, undisturbed) != []


def test_without_one_consent_that_partner_never_hears_of_the_person(
    tmp_path, undisturbed, registers
):
    who = someone(undisturbed, "seguro", "AVIM", registers)
    for dag in (FIRST, SECOND):
        not_to(registers, dag, who, "AVIM")

    found = played(tmp_path, registers)

    assert differences(found, without_person(undisturbed, "seguro", who, "AVIM")) == []
    assert differences(found, undisturbed) != []


def test_a_consent_that_is_gone_on_the_second_day_is_recalled_there_and_nowhere_else(
    tmp_path, undisturbed, registers
):
    who = someone(undisturbed, "seguro", "AVIM", registers)
    not_to(registers, SECOND, who, "AVIM")
    wanted = without_person(undisturbed, "seguro", who, "AVIM", since=SECOND)
    recalls = wanted["momenten"][SECOND]["terugroepingen"]["AVIM"]
    recalls.append({"bron": "seguro", "vNummer": who})

    assert differences(played(tmp_path, registers), wanted) == []


def test_without_any_consent_a_person_stays_home_and_is_counted_there(
    tmp_path, undisturbed, registers
):
    who = on_every_list(undisturbed, "stil")
    wanted = undisturbed
    for ontvanger in FILES:
        wanted = without_person(wanted, "stil", who, ontvanger)
    for dag in (FIRST, SECOND):
        with closing(sqlite3.connect(registers / dag / "stil" / "stil.sqlite")) as base, base:
            taken = base.execute(
                # The number as they wrote it may have something before it.
                "DELETE FROM toestemming"
                " WHERE client_id = (SELECT id FROM client WHERE vnr LIKE '%' || ?)",
                (who,),
            )
            assert taken.rowcount > 0
        counts = wanted["momenten"][dag]["bronnen"]["stil"]
        counts["metToestemming"] -= 1
        counts["zonderToestemming"] += 1

    assert differences(played(tmp_path, registers), wanted) == []


# What must change


def without_field(told: Uit, ontvanger: str, doel: str, veld: str) -> Uit:
    changed = deepcopy(told)
    for moment in changed["momenten"].values():
        if doel == "casusoverleg":
            for casus in moment["pakketten"][ontvanger]:
                del casus[veld]
        elif "mutaties" in moment:
            items = moment["mutaties"][ontvanger]
            moment["mutaties"][ontvanger] = [*_lessened(items, veld)]
    return changed


def _lessened(items: list[dict[str, Any]], veld: str) -> Iterator[dict[str, Any]]:
    """A change of that field alone is not told at all."""
    for item in items:
        left = {name: value for name, value in item["velden"].items() if name != veld}
        if left or not item["velden"]:
            yield {**item, "velden": left}


def without_person(told: Uit, bron: str, who: str, ontvanger: str, since: str = FIRST) -> Uit:
    changed = deepcopy(told)
    for dag, moment in changed["momenten"].items():
        if dag < since:
            continue
        for part, name in (("pakketten", "bronhouder"), ("mutaties", "bron")):
            if part in moment:
                moment[part][ontvanger] = [
                    each
                    for each in moment[part][ontvanger]
                    if (each[name], each["vNummer"]) != (bron, who)
                ]
    return changed


# What is taken away


def policies_without(tmp_path: Path, *lines: tuple[str, str, str]) -> Path:
    beleid = tmp_path / "beleid"
    shutil.copytree(STANDARD_BELEID, beleid)
    for ontvanger, doel, veld in lines:
        file = beleid / FILES[ontvanger]
        head, table, rest = file.read_text(encoding="utf-8").partition(f"[doelen.{doel}.velden]\n")
        fields, gap, rest = rest.partition("\n\n")
        kept = [line for line in fields.split("\n") if not line.startswith(f"{veld} =")]
        assert len(kept) == fields.count("\n"), "one line, and no more"
        rest = without_reason(rest, doel, veld)
        file.write_text(head + table + "\n".join(kept) + gap + rest, encoding="utf-8")
    return beleid


def without_reason(text: str, doel: str, veld: str) -> str:
    """A reason for a field that is not there is a fault of the policy."""
    table = f"[doelen.{doel}.motivering]\n"
    if not text.startswith(table):
        return text
    reasons, gap, rest = text.partition("\n\n")
    return "\n".join(each for each in reasons.split("\n") if not each.startswith(veld)) + gap + rest


def someone(told: Uit, bron: str, ontvanger: str, registers: Path) -> str:
    """In the pack of a partner on both days, on one statement that names another partner too."""
    alone = {
        client["client"]["vnumber"]
        for client in _clients(registers, SECOND)
        if len(client["consents"]) == 1 and len({*client["consents"][0]["to"]} - {"gemeente"}) > 1
    }
    return min(alone.intersection(*_packs(told, bron, ontvanger)))


def on_every_list(told: Uit, bron: str) -> str:
    """In the pack of every partner on both days."""
    packs = [pack for ontvanger in FILES for pack in _packs(told, bron, ontvanger)]
    return min(set.intersection(*packs))


def _packs(told: Uit, bron: str, ontvanger: str) -> list[set[str]]:
    return [
        {each["vNummer"] for each in moment["pakketten"][ontvanger] if each["bronhouder"] == bron}
        for moment in told["momenten"].values()
    ]


def not_to(registers: Path, dag: str, who: str, ontvanger: str) -> None:
    def take(client: dict[str, Any]) -> None:
        for consent in client["consents"]:
            consent["to"].remove(ontvanger)

    assert _change(registers / dag / "seguro", who, take) == 1


def _change(folder: Path, who: str, take: Callable[[dict[str, Any]], None]) -> int:
    taken = 0
    for file in folder.glob("clients-*.json"):
        page = json.loads(file.read_text(encoding="utf-8"))
        for client in page["clients"]:
            if client["client"]["vnumber"] == who:
                take(client)
                taken += 1
        file.write_text(json.dumps(page), encoding="utf-8")
    return taken


def _clients(registers: Path, dag: str) -> Iterator[dict[str, Any]]:
    for file in (registers / dag / "seguro").glob("clients-*.json"):
        yield from json.loads(file.read_text(encoding="utf-8"))["clients"]
