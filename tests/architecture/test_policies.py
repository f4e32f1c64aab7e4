"""Every line of a policy stands on the organisation's DPIA, and in the notice people are read.

The DPIA is the sample in the export format of the national form (`tests/data`). It is read here
by hand, so that the check of the product (`privacy.dpia`) is not its own judge.
"""

import json
import re
from typing import Any, Final

import pytest

from gateway.config import Settings
from privacy.dpia.answers import load_dpia
from privacy.dpia.check import check
from privacy.notice import load_notices
from privacy.policy import PurposeRule, load_policies
from privacy.precision import SUPPORTED, coarser
from schemas.records import Casussamenvatting, wire_names
from schemas.sensitivity import KEY, Gevoeligheid
from schemas.terms import Doel, Precisie
from tests.architecture.checkout import ROOT

POLICIES = load_policies(Settings.__dataclass_fields__["beleid"].default)
NOTICES = load_notices(Settings.__dataclass_fields__["verklaringen"].default)
SAMPLE = ROOT / "tests/data/dpia-lvv-utrecht.json"
DPIA = json.loads(SAMPLE.read_text(encoding="utf-8"))

#: The DPIA's words for our purposes and fields.
PURPOSES: Final = {
    Doel.AANMELDING: "Melden van een aanmelding",
    Doel.MUTATIES: "Delen van mutaties",
    Doel.CASUSOVERLEG: "Bespreken in het LSO",
    Doel.MRT: "Opschalen naar het MRT",
    Doel.BEWARINGSTOETS: "Toetsen voorafgaand aan vreemdelingenbewaring",
}
FIELDS: Final = {
    "vNummer": "V-nummer",
    "naam": "Naam",
    "geboortedatum": "Geboortedatum",
    "geslacht": "Geslacht",
    "nationaliteit": "Nationaliteit",
    "status": "Status",
    "lijn": "Lijn",
    "datumAanmelding": "Datum aanmelding",
    "datumInstroom": "Datum instroom",
    "datumUitstroom": "Datum uitstroom",
    "uitstroomreden": "Reden uitstroom",
    "begeleidingsscenario": "Begeleidingsscenario",
    "bronhouder": "Bronhouder",
}
ANCHORS: Final = {
    "uitstroom": "jaar na uitstroom",
    "laatste_bespreking": "jaar na de laatste bespreking",
    "verstrekking": "jaar",
}

RULES = [
    pytest.param(recipient, rule, id=f"{recipient} {doel}")
    for recipient in sorted(POLICIES.recipients)
    for doel, rule in POLICIES.of(recipient).doelen.items()
]


def answers(task: str) -> list[dict[str, Any]]:
    """The rows of a task, each answer by its number within it."""
    return [
        {name: told["value"] for name, told in row.items() if isinstance(told, dict)}
        for row in DPIA["answers"][task]
    ]


def aim_of(doel: Doel) -> str:
    """The processing of a purpose, as point 3 names its aim."""
    [aim] = [row["3.1.2"] for row in answers("3.1") if row["3.1.1"] == PURPOSES[doel]]
    return aim


def test_the_dpia_is_of_the_form_that_is_read_here():
    assert DPIA["metadata"]["urn"] == "urn:nl:dpia:3.0"


@pytest.mark.parametrize(("recipient", "rule"), RULES)
def test_every_field_is_known_and_in_a_precision_that_it_has(recipient: str, rule: PurposeRule):
    assert rule.velden
    assert all(precisie in SUPPORTED[name] for name, precisie in rule.velden.items())


@pytest.mark.parametrize(("recipient", "rule"), RULES)
def test_every_field_is_supported_for_this_recipient_and_purpose(recipient: str, rule: PurposeRule):
    [row] = [
        row
        for row in answers("6.1.1")
        if (row["6.1.1.1"], row["6.1.1.2"], row["6.1.1.3"])
        == (recipient, "Ontvanger", PURPOSES[rule.doel])
    ]

    assert {FIELDS[name] for name in rule.velden} <= set(row["6.1.1.4"])


@pytest.mark.parametrize(("recipient", "rule"), RULES)
def test_every_field_is_needed_for_the_purpose(recipient: str, rule: PurposeRule):
    [row] = [row for row in answers("13.1.1") if row["13.1.1.3"] == aim_of(rule.doel)]

    assert {FIELDS[name] for name in rule.velden} <= set(row["13.1.1.2"])


@pytest.mark.parametrize(("recipient", "rule"), RULES)
def test_the_ground_of_the_purpose_is_consent(recipient: str, rule: PurposeRule):
    grounds = [
        row["11.1.1.1"]
        for row in answers("11.1.1")
        if row["11.1.1.2"].startswith(f"{PURPOSES[rule.doel]}:")
    ]

    assert grounds == ["Rechtsgrond toestemming"]
    assert rule.grondslag == "toestemming"


@pytest.mark.parametrize(("recipient", "rule"), RULES)
def test_the_term_is_that_of_the_dpia(recipient: str, rule: PurposeRule):
    [row] = [row for row in answers("10.1.1") if row["10.1.1.1"] == aim_of(rule.doel)]
    years = re.fullmatch(r"P(\d+)Y", rule.bewaartermijn)

    assert years is not None
    assert f"{years[1]} {ANCHORS[rule.anker]}" == row["10.1.1.5"]


@pytest.mark.parametrize(("recipient", "rule"), RULES)
def test_the_policy_names_where_it_stands_in_the_dpia(recipient: str, rule: PurposeRule):
    assert rule.verwerking == PURPOSES[rule.doel]
    assert rule.bron.startswith("DPIA ")


@pytest.mark.parametrize("recipient", sorted(POLICIES.recipients))
def test_the_sample_dpia_supports_the_shipped_policy_with_no_faults(recipient: str):
    assert check(POLICIES.of(recipient), load_dpia(SAMPLE)).fouten == ()


@pytest.mark.parametrize(("recipient", "rule"), RULES)
def test_every_sensitive_field_says_why_it_is_needed(recipient: str, rule: PurposeRule):
    """AVG 5 lid 1 c; the classes are those of the record."""
    sensitive = {
        wire_names(Casussamenvatting)[name]
        for name, field in Casussamenvatting.__dataclass_fields__.items()
        if field.metadata[KEY] is not Gevoeligheid.GEWOON
    }

    assert set(rule.motivering) == sensitive & set(rule.velden)


def test_a_birth_date_leaves_as_a_year_to_the_ind_and_dtv():
    """DPIA 14.2."""
    found = {
        POLICIES.of(recipient).fields(doel).get("geboortedatum")
        for recipient in ("IND", "DT&V")
        for doel in Doel
    }

    assert found == {None, Precisie.JAAR}


def test_no_field_that_tells_of_health_leaves_in_full():
    """DPIA 14.2: a medical reason for leaving goes to nobody."""
    special = {
        wire_names(Casussamenvatting)[name]
        for name, field in Casussamenvatting.__dataclass_fields__.items()
        if field.metadata[KEY] is Gevoeligheid.BIJZONDER
    }

    assert special == {"uitstroomreden"}
    assert not any(
        POLICIES.of(recipient).fields(doel).get(name) is Precisie.VOLLEDIG
        for recipient in POLICIES.recipients
        for doel in Doel
        for name in special
    )


def test_a_national_number_leaves_only_where_the_dpia_answers_for_it():
    """DPIA 12.3."""
    answered = {
        purpose
        for row in answers("12.3.2")
        if "V-nummer" in row["12.3.2.3"]
        for purpose in row["12.3.2.1"]
    }
    asked = {
        PURPOSES[doel]
        for recipient in POLICIES.recipients
        for doel, rule in POLICIES.of(recipient).doelen.items()
        if "vNummer" in rule.velden
    }

    assert asked <= answered


@pytest.mark.parametrize(("recipient", "rule"), RULES)
def test_the_notice_explains_what_the_policy_lets_out_and_no_less(
    recipient: str, rule: PurposeRule
):
    notice = NOTICES.of("2019-1")
    assert notice is not None
    explained = notice.fields(recipient, rule.doel)

    left = {name: coarser(how, explained[name]) for name, how in rule.velden.items()}
    assert left == dict(rule.velden)
