"""The report of one person is held against what partners kept, both ways."""

from types import SimpleNamespace
from typing import Any

import pytest

from gateway.demo.errors import DemoError
from gateway.demo.loopback import Question
from gateway.demo.partners import DELIVERY_PATH, Partner
from gateway.demo.report_check import Nagerekend, check_report
from gateway.demo.verslag import choose_person
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


@pytest.fixture
def partner() -> Partner:
    """It was brought one page about two people."""
    told = Partner("DT&V", SimpleNamespace(keys=SimpleNamespace(keys=keyring)))
    body = disclosed("mutaties", a_page(ABOUT, OTHER, RECALL, ontvanger="DT&V"))
    asked = Question("POST", DELIVERY_PATH, {"payload-signature": signed(body)}, body)
    assert told.receive()(asked).status == 200
    return told


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


def test_the_person_is_one_of_whom_something_was_recalled(partner):
    assert choose_person([partner]) == V_NUMMER
    assert choose_person([]) is None
