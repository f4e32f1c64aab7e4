"""A draft holds what the DPIA supports and no more, and is refused until a person gave reasons."""

import re

import pytest

from privacy.dpia.check import check, check_text
from privacy.dpia.draft import Concept, drafts
from privacy.dpia.findings import Regel
from privacy.policy import Policy, parse_policy
from schemas.terms import Doel, Precisie
from tests.unit.privacy.dpia.examples import (
    FILES,
    Json,
    a_sample,
    answer,
    policy,
    read,
    set_cell,
    set_single,
)


def drafted(raw: Json) -> dict[str, Concept]:
    return {each.ontvanger: each for each in drafts(read(raw), "dpia-lvv-utrecht")}


def finished(concept: Concept) -> Policy:
    """The draft as a person would finish it."""
    assert concept.tekst is not None
    return parse_policy(
        concept.bestand, re.sub(r'"NOG TE SCHRIJVEN[^"]*"', '"Omdat."', concept.tekst)
    )


def test_there_is_a_draft_for_each_recipient_of_personal_data_and_the_municipality_has_none():
    found = drafted(a_sample())

    assert {name: each.bestand for name, each in found.items() if each.tekst} == FILES
    assert found["Gemeente Utrecht"].tekst is None
    assert found["Gemeente Utrecht"].reden == "krijgt geen persoonsgegevens, alleen totalen"


@pytest.mark.parametrize("recipient", FILES)
def test_a_draft_is_refused_for_its_reasons_only_and_passes_once_they_are_written(recipient):
    dpia = read(a_sample())
    concept = drafted(a_sample())[recipient]
    assert concept.tekst is not None

    _, before = check_text(concept.bestand, concept.tekst, dpia)

    assert {each.regel for each in before.fouten} == {Regel.MOTIVERING}
    assert len(before.fouten) == concept.tekst.count("NOG TE SCHRIJVEN:")
    assert check(finished(concept), dpia).fouten == ()


@pytest.mark.parametrize("recipient", FILES)
def test_a_finished_draft_allows_exactly_the_fields_of_the_shipped_policy(recipient):
    made, ours = finished(drafted(a_sample())[recipient]), policy(recipient)

    assert {d: set(r.velden) for d, r in made.doelen.items()} == {
        d: set(r.velden) for d, r in ours.doelen.items()
    }
    assert [
        (d, r.bewaartermijn, r.anker, r.verwerking) for d, r in sorted(made.doelen.items())
    ] == [(d, r.bewaartermijn, r.anker, r.verwerking) for d, r in sorted(ours.doelen.items())]
    assert (made.ontvanger, made.dpia, made.herzien_voor) == (
        ours.ontvanger,
        ours.dpia,
        ours.herzien_voor,
    )


def test_in_one_line_only_the_shipped_policy_is_coarser_than_the_draft():
    """14.2 bounds the birth date for IND and DT&V; that AVIM gets a year for the MRT is our own."""
    differ = {
        (recipient, doel, field, how, policy(recipient).doelen[doel].velden[field])
        for recipient in FILES
        for doel, rule in finished(drafted(a_sample())[recipient]).doelen.items()
        for field, how in rule.velden.items()
        if how is not policy(recipient).doelen[doel].velden[field]
    }

    assert differ == {("AVIM", Doel.MRT, "geboortedatum", Precisie.VOLLEDIG, Precisie.JAAR)}


def test_what_a_draft_leaves_out_it_names_with_the_reason():
    raw = a_sample()
    names = [*raw["answers"]["6.1.1"][12]["6.1.1.4"]["value"], "Geslacht", "Schoenmaat"]
    set_cell(raw, "6.1.1", 12, "6.1.1.4", names)

    text = drafted(raw)["AVIM"].tekst

    assert text is not None
    assert "# Niet opgenomen: Geslacht: staat niet in 3.1.3, 10.1.1.3, 13.1.1.2." in text
    assert "# Niet opgenomen: Schoenmaat: de gateway kent dit gegeven niet." in text


@pytest.mark.parametrize(
    ("task", "row", "cell", "value", "reason"),
    [
        ("10.1.1", 4, "10.1.1.5", "zo lang als nodig", "geen termijn die te lezen is"),
        ("11.1.1", 4, "11.1.1.1", "Rechtsgrond vitaal belang", "niet als grond"),
        ("5.1.1", 4, "5.1.1", "Iets anders", "staat niet bij de doeleinden"),
        ("12.3.2", 4, "12.3.2.1", ["Delen van mutaties"], "geen uitzonderingsgrond"),
        ("6.1.1", 12, "6.1.1.3", "Nieuwsbrief", "kent geen doel voor deze verwerking"),
        ("6.1.1", 12, "6.1.1.3", "Delen van mutaties", None),
    ],
)
def test_a_purpose_that_the_dpia_does_not_support_is_not_drafted(task, row, cell, value, reason):
    """What is drafted is supported, whatever was taken away."""
    raw = a_sample()
    set_cell(raw, task, row, cell, value)
    concept = drafted(raw)["AVIM"]

    made = finished(concept)

    assert reason is None or reason in str(concept.tekst)
    assert check(made, read(raw)).fouten == ()
    assert "vNummer" not in made.fields(Doel.BEWARINGSTOETS)


def test_a_field_that_goes_to_nobody_is_not_drafted():
    raw = a_sample()
    set_single(raw, "14.2", "Naam gaat naar niemand. Geslacht gaat als jaartal naar AVIM.")

    made = finished(drafted(raw)["AVIM"])

    assert "naam" not in made.fields(Doel.CASUSOVERLEG)
    assert made.fields(Doel.CASUSOVERLEG)["geslacht"] is Precisie.JA_NEE


@pytest.mark.parametrize(
    "name",
    ['X" \nontvanger = "IND', "../../etc/passwd", "Dienst zonder Naam", "日本", "[doelen.mrt]"],
)
def test_the_name_of_a_party_writes_no_other_file_and_no_other_policy(name):
    raw = a_sample()
    for row in raw["answers"]["6.1.1"]:
        if row["6.1.1.1"]["value"] == "AVIM":
            row["6.1.1.1"] = answer(name.replace("\n", " "))

    made = drafts(read(raw), 'bron"\n[doelen]')

    assert all(re.fullmatch(r"[a-z0-9-]+\.toml", each.bestand) for each in made)
    assert [each.ontvanger for each in made if each.tekst] == ["IND", "DT&V"]


def test_a_draft_of_a_leap_day_is_reviewed_within_the_year():
    raw = a_sample()
    raw["metadata"]["createdAt"] = "2028-02-29T12:00:00Z"

    assert "herzien_voor = 2029-02-28" in str(drafted(raw)["IND"].tekst)
