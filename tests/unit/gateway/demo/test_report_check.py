"""The report of one person is held against what partners kept, both ways."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from connectors.errors import GeweigerdError, Problem
from gateway.demo.errors import DemoError
from gateway.demo.loopback import Question
from gateway.demo.partners import DELIVERY_PATH, Partner
from gateway.demo.report_check import Nagerekend, check_report
from gateway.demo.verslag import check_own, choose_person
from privacy.log.commitment import commit, new_salt
from schemas.canonical import canonical
from tests.unit.connectors.exchange import (
    V_NUMMER,
    a_mutatie,
    a_page,
    a_recall,
    disclosed,
    keyring,
    signed,
)

ABOUT, RECALL = a_mutatie(), a_recall()
OTHER = a_mutatie(2, 200, vNummer="0912653864")
#: Of the page below, in the log.
INDEX = 7


def brought(*items: dict[str, Any]) -> Partner:
    told = Partner("DT&V", SimpleNamespace(keys=SimpleNamespace(keys=keyring)))
    body = disclosed("mutaties", a_page(*items, ontvanger="DT&V"))
    asked = Question("POST", DELIVERY_PATH, {"payload-signature": signed(body)}, body)
    assert told.receive()(asked).status == 200
    return told


@pytest.fixture
def partner() -> Partner:
    """It was brought one page about two people."""
    return brought(ABOUT, OTHER, RECALL)


def a_line(item: dict[str, Any], index: int = INDEX, ontvanger: str = "DT&V") -> dict[str, Any]:
    salt = new_salt()
    return {
        "index": 3,
        "regel": {"soort": "verstrekking", "afdruk": commit(canonical(item), salt)},
        "ontvanger": {"code": ontvanger},
        "deelVan": {"index": index, "soort": "pagina"},
        "zout": salt.hex(),
    }


def test_each_line_opens_one_item_and_each_item_has_its_line(partner):
    looked = {"index": 1, "regel": {"soort": "casus_aangenomen"}, "ontvanger": None}
    own = a_line(ABOUT, ontvanger="sndvu")
    lines = [looked, own, a_line(ABOUT), a_line(RECALL)]

    assert check_report(lines, [partner], V_NUMMER) == Nagerekend(2, 1, 0)


def test_an_answer_that_never_arrived_is_counted_apart(partner):
    lines = [a_line(ABOUT), a_line(RECALL), a_line(ABOUT, index=8)]

    assert check_report(lines, [partner], V_NUMMER) == Nagerekend(2, 1, 1)


def test_a_line_that_opens_nothing_of_the_partner_ends_the_demo(partner):
    changed = {**ABOUT, "velden": {"status": "uitgestroomd"}}

    with pytest.raises(DemoError, match="past niet op wat DT&V ontving"):
        check_report([a_line(changed), a_line(RECALL)], [partner], V_NUMMER)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([ABOUT], id="a recall is left out"),
        pytest.param([RECALL], id="a disclosure is left out"),
        pytest.param([ABOUT, RECALL, ABOUT], id="one is told twice"),
        pytest.param([ABOUT, RECALL, OTHER], id="one is about somebody else"),
    ],
)
def test_a_report_that_is_not_what_the_partner_kept_ends_the_demo(partner, lines):
    with pytest.raises(DemoError, match="niet gelijk aan wat de ketenpartners zelf bewaren"):
        check_report([a_line(item) for item in lines], [partner], V_NUMMER)


def test_a_line_is_missed_also_where_the_partner_never_hears_the_number():
    nameless = {**ABOUT, "samenvatting": {"bronhouder": "sndvu"}}
    told = brought(nameless, RECALL)

    assert check_report([a_line(nameless), a_line(RECALL)], [told], V_NUMMER).regels == 2
    with pytest.raises(DemoError, match="niet gelijk aan wat de ketenpartners zelf bewaren"):
        check_report([a_line(nameless)], [told], V_NUMMER)


def test_the_person_is_one_of_whom_something_was_recalled(partner):
    assert choose_person([partner]) == V_NUMMER
    assert choose_person([]) is None


LINE = {"index": 3, "regel": {"soort": "casus_aangenomen"}}
CASUS = {"casusId": str(UUID(int=1)), "bronhouder": {"code": "sndvu"}, "regels": [LINE]}


def a_stage(told: dict[str, list[dict[str, Any]]], status: int = 404) -> Any:
    """A gateway that tells each organisation these lines of any casus, and nobody else."""

    def client(code: str, _transport: object) -> Any:
        def get_verstrekkingen(_casus: UUID) -> Any:
            if code not in told:
                raise GeweigerdError(Problem(status))
            return {"casus": {"regels": told[code]}}

        return SimpleNamespace(get_verstrekkingen=get_verstrekkingen)

    codes = [SimpleNamespace(code=code) for code in ("sndvu", "other")]
    registers = SimpleNamespace(organisaties=codes)
    return SimpleNamespace(
        installation=SimpleNamespace(client=client, registers=registers), transport=None
    )


def test_an_organisation_finds_the_same_lines_and_later_ones():
    assert check_own(a_stage({"sndvu": [LINE, {**LINE, "index": 9}]}), CASUS) == 1


@pytest.mark.parametrize(
    ("told", "match"),
    [
        pytest.param({"sndvu": []}, "is een ander", id="a line too few"),
        pytest.param({}, "is een ander", id="nothing at all"),
        pytest.param({"sndvu": [{**LINE, "zout": "00"}]}, "sleutels", id="a salt"),
        pytest.param({"sndvu": [LINE], "other": []}, "other ziet iets", id="another sees it too"),
    ],
)
def test_an_organisation_that_sees_more_or_less_than_its_own_ends_the_demo(told, match):
    with pytest.raises(DemoError, match=match):
        check_own(a_stage(told), CASUS)


def test_another_refusal_than_that_there_is_nothing_proves_nothing():
    with pytest.raises(GeweigerdError):
        check_own(a_stage({"sndvu": [LINE]}, status=403), CASUS)
