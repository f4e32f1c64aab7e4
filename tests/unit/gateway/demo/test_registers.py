"""The folder of registers: what the demo asks of it, and what it says when that is not there."""

from datetime import date
from pathlib import Path

import pytest

from gateway.demo.errors import RegistersError
from gateway.demo.registers import STANDARD, find_registers

FILES = {
    "seguro": "clients-1.json",
    "sndvu": "register.xlsx",
    "stil": "stil.sqlite",
    "toevlucht": "register.ods",
    "vluchtelingenwerk": "export.csv",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files of the right names; what is in them is not the demo's business."""
    for dag in ("2020-05-13", "2020-04-29"):
        for bron, bestand in FILES.items():
            here = tmp_path / dag / bron
            here.mkdir(parents=True)
            (here / bestand).touch()
            (here / "woordenlijst.json").touch()
    return tmp_path


def test_the_demo_carries_registers_of_five_organisations_on_two_days():
    found = find_registers(STANDARD)

    assert found.dagen == (date(2020, 4, 1), date(2020, 4, 15))
    assert {each.code for each in found.organisaties} == set(FILES)


def test_days_are_played_in_their_order_and_other_names_are_no_days(folder):
    (folder / "REGELS.md").touch()
    (folder / "aantekeningen").mkdir()

    assert find_registers(folder).dagen == (date(2020, 4, 29), date(2020, 5, 13))


def test_a_register_is_found_by_its_kind_whatever_it_is_called(folder):
    (folder / "2020-04-29/sndvu/register.xlsx").rename(folder / "2020-04-29/sndvu/lijst april.xlsx")
    (folder / "2020-04-29/sndvu/.~lock.lijst.xlsx").touch()
    (folder / "2020-04-29/sndvu/~$lijst april.xlsx").touch()

    found = find_registers(folder)

    (sndvu,) = (each for each in found.organisaties if each.code == "sndvu")
    assert found.of(date(2020, 4, 29), sndvu).name == "lijst april.xlsx"


def test_everything_that_is_missing_is_named_at_once(folder):
    (folder / "2020-04-29/stil/stil.sqlite").unlink()
    (folder / "2020-05-13/seguro/woordenlijst.json").unlink()
    (folder / "2020-05-13/toevlucht/nog een.ods").touch()

    with pytest.raises(RegistersError) as raised:
        find_registers(folder)

    assert raised.value.faults == (
        "  - 2020-04-29/stil: hier hoort één bestand *.sqlite te staan",
        "  - 2020-05-13/seguro/woordenlijst.json ontbreekt",
        "  - 2020-05-13/toevlucht: hier hoort één bestand *.ods te staan",
    )


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(lambda folder: folder / "nergens", "is er niet", id="no folder"),
        pytest.param(lambda folder: folder, "naam van een dag", id="no day in it"),
    ],
)
def test_a_folder_without_days_is_refused(make, words, tmp_path):
    with pytest.raises(RegistersError, match=words):
        find_registers(make(tmp_path))


def test_a_day_that_does_not_exist_is_refused(folder):
    (folder / "2020-02-30").mkdir()

    with pytest.raises(RegistersError, match="2020-02-30: deze dag bestaat niet"):
        find_registers(folder)
