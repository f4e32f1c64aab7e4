"""The comparison with what was expected fails on one thing too many or too few, anywhere."""

import copy
import json
from typing import Any

import pytest

from tests.architecture.checkout import ROOT
from tests.demo.comparison import differences

VERWACHT = json.loads((ROOT / "tests" / "data" / "verwacht.json").read_text(encoding="utf-8"))
FIRST, SECOND = "2020-04-01", "2020-04-15"


def as_played() -> dict[str, Any]:
    """What a perfect demo would give: with codes, and in another order."""
    uit = copy.deepcopy({"momenten": VERWACHT["momenten"]})
    for moment in uit["momenten"].values():
        del moment["cijfers"]
        for bron in moment["bronnen"].values():
            del bron["bestand"]
            bron["geweigerd"] = [{**each, "code": "x"} for each in reversed(bron["geweigerd"])]
        for part in ("pakketten", "mutaties", "terugroepingen"):
            for items in moment.get(part, {}).values():
                items.reverse()
    return {**uit, "audit": {"regels": 7, "gecontroleerd": True}}


def test_order_and_codes_of_refusals_make_no_difference():
    assert differences(as_played(), VERWACHT) == []


def change(*path: Any, to: Any):
    def apply(uit: dict[str, Any]) -> None:
        *way, last = path
        target = uit["momenten"]
        for step in way:
            target = target[step]
        target[last] = to

    return apply


def remove(*path: Any):
    def apply(uit: dict[str, Any]) -> None:
        *way, last = path
        target = uit["momenten"]
        for step in way:
            target = target[step]
        del target[last]

    return apply


def append(*path: Any, item: Any):
    def apply(uit: dict[str, Any]) -> None:
        target = uit["momenten"]
        for step in path:
            target = target[step]
        target.append(target[0] if item is SAME else item)

    return apply


SAME = object()
PACK, FEED = (FIRST, "pakketten", "AVIM"), (SECOND, "mutaties", "DT&V")
RECALL, BRON = (SECOND, "terugroepingen", "IND"), (FIRST, "bronnen", "sndvu")

CASES = {
    "a day is missing": remove(SECOND),
    "a day too many": change("2020-04-29", to={}),
    "a V-nummer is another": change(*PACK, 5, "vNummer", to="0000000000"),
    "a value is another": change(*PACK, 5, "naam", to="Iemand Anders"),
    "an empty value is filled": change(*PACK, 0, "geboortedatum", to="1980"),
    "a field is missing": remove(*PACK, 5, "naam"),
    "a field too many": change(SECOND, "pakketten", "IND", 3, "naam", to="Iemand"),
    "a field that is empty is left out": remove(*PACK, 0, "geboortedatum"),
    "a casus is missing": remove(*PACK, 7),
    "a casus too many": append(*PACK, item={"vNummer": "0000000000"}),
    "a casus twice": append(*PACK, item=SAME),
    "a number where text belongs": change(*PACK, 5, "lijn", to=1),
    "a partner is missing": remove(FIRST, "pakketten", "IND"),
    "a partner too many": change(FIRST, "pakketten", "gemeente", to=[]),
    "a mutatie is missing": remove(*FEED, 0),
    "a mutatie twice": append(*FEED, item=SAME),
    "a mutatie of another kind": change(*FEED, 0, "soort", to="correctie"),
    "a mutatie of another organisation": change(*FEED, 0, "bron", to="elders"),
    "a changed field too many": change(*FEED, 0, "velden", "lijn", to="1"),
    "mutaties on the first day": change(FIRST, "mutaties", to={}),
    "no mutaties on the second": remove(SECOND, "mutaties"),
    "a recall is missing": remove(*RECALL, 0),
    "a recall too many": append(*RECALL, item={"bron": "stil", "vNummer": "0000000000"}),
    "a recall of someone else": change(*RECALL, 0, "vNummer", to="0000000000"),
    "an organisation is missing": remove(FIRST, "bronnen", "stil"),
    "a count is another": change(*BRON, "metToestemming", to=87),
    "a refusal is missing": remove(*BRON, "geweigerd", 0),
    "a refusal of another field": change(*BRON, "geweigerd", 0, "veld", to="lijn"),
    "a refusal of another row": change(*BRON, "geweigerd", 0, "rij", to=1),
    "a refusal twice": append(*BRON, "geweigerd", item=SAME),
    "someone vanished is missing": remove(SECOND, "bronnen", "sndvu", "verdwenen", 0),
    "something that was not asked for": change(*BRON, "bestand", to="register.xlsx"),
    "figures that do not belong there": change(FIRST, "cijfers", to={}),
}


@pytest.mark.parametrize("spoil", CASES.values(), ids=CASES)
def test_one_thing_too_many_or_too_few_is_found(spoil):
    uit = as_played()

    spoil(uit)

    assert differences(uit, VERWACHT) != []


@pytest.mark.parametrize(
    "audit",
    [
        pytest.param({"regels": 7, "gecontroleerd": False}, id="not checked"),
        pytest.param({"regels": 0, "gecontroleerd": True}, id="an empty log"),
        pytest.param({"gecontroleerd": True}, id="no count"),
        pytest.param({"regels": 7, "gecontroleerd": True, "wortel": "x"}, id="something more"),
        pytest.param(None, id="nothing"),
    ],
)
def test_a_log_that_was_not_checked_is_found(audit):
    assert differences({**as_played(), "audit": audit}, VERWACHT) != []
