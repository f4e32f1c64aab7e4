"""What partners did not receive, and the demo's own check on what they did."""

import pytest

from gateway.demo.errors import DemoError
from gateway.demo.installation import STANDARD_BELEID
from gateway.demo.not_received import fields_kept_back, require_nothing_more
from gateway.demo.outcome import Moment
from gateway.demo.partners import Ontvangen
from privacy.policy import load_policies
from schemas.records import Casussamenvatting, wire_names
from tests.unit.connectors.exchange import a_mutatie
from tests.unit.gateway.demo.moments import DAG

POLICIES = load_policies(STANDARD_BELEID)


def moment(*, mutaties=(), pakket=()) -> Moment:
    return Moment(DAG, {}, {"IND": Ontvangen(tuple(mutaties), (), tuple(pakket))}, {})


def test_it_says_per_partner_and_purpose_what_stayed_away_and_what_came_coarser():
    told = {(each.ontvanger, each.doel): each for each in fields_kept_back(POLICIES, ["IND"])}

    assert told["IND", "pakket"].niet == ("naam", "datumUitstroom", "uitstroomreden", "rol")
    assert told["IND", "pakket"].grover == ("geboortedatum (jaar)",)
    assert told["IND", "andere mutaties"].grover == ("uitstroomreden (in groepen)",)


def test_every_field_of_a_summary_is_either_kept_back_or_named_by_the_policy():
    fields = set(wire_names(Casussamenvatting).values())

    for each in fields_kept_back(POLICIES, sorted(POLICIES.recipients)):
        assert set(each.niet) <= fields


def test_what_the_policy_names_may_have_been_received():
    named = dict.fromkeys(("vNummer", "status", "geboortedatum"), "x")

    require_nothing_more(POLICIES, [moment(mutaties=[a_mutatie()], pakket=[named])])


@pytest.mark.parametrize(
    ("received", "field"),
    [
        pytest.param(moment(pakket=[{"naam": "x"}]), "naam", id="a field in the pack"),
        pytest.param(moment(mutaties=[a_mutatie(naam="x")]), "naam", id="a field in the feed"),
        pytest.param(
            moment(mutaties=[a_mutatie(soort="aanmelding", lijn="1")]),
            "lijn",
            id="a field of another purpose",
        ),
    ],
)
def test_a_field_that_no_policy_names_ends_the_demo(received, field):
    with pytest.raises(DemoError, match=f"IND ontving meer dan mag: {field}"):
        require_nothing_more(POLICIES, [received])
