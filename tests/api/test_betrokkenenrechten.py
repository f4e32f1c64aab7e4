"""Restriction and rectification over the web, by the organisation whose casus it is."""

from typing import Any

import pytest

from tests.api.calling import NOWHERE, Calls
from tests.builders import a_consent, a_samenvatting, an_item

RESTRICT = {"grond": "juistheid", "beperkt": True}


@pytest.fixture
def casus(calls: Calls) -> str:
    """An own casus that IND has had."""
    stand = a_samenvatting(vNummer="0000000085")
    [made] = calls.world.casus(an_item(samenvatting=stand, toestemmingen=[a_consent()]))
    assert calls.call("ketenpartner", "GET", "/v1/mutaties").status_code == 200
    return made


def ask(calls: Calls, casus: str, what: str, body: Any, who: str = "bronhouder", **more: Any):
    return calls.call(who, "POST", f"/v1/casussen/{casus}/{what}", json=body, **more)


def test_a_restriction_is_made_seen_and_lifted(calls: Calls, casus: str):
    made = ask(calls, casus, "beperkingen", RESTRICT)
    seen = calls.call("bronhouder", "GET", f"/v1/casussen/{casus}")
    lifted = ask(calls, casus, "beperkingen", RESTRICT | {"beperkt": False})

    assert (made.status_code, lifted.status_code) == (201, 201)
    assert made.get_json()["beperking"]["gronden"] == ["juistheid"]
    assert seen.get_json()["casus"]["beperking"] == made.get_json()["beperking"]
    assert lifted.get_json() == {"casusId": casus, "beperking": None}


def test_a_rectification_answers_who_is_told_what(calls: Calls, casus: str):
    answer = ask(calls, casus, "rectificaties", {"velden": ["status", "naam"]})

    assert answer.status_code == 201
    assert answer.get_json()["ontvangers"] == ["IND"]
    [notice] = [
        each
        for each in calls.call("ketenpartner", "GET", "/v1/terugroepingen").get_json()[
            "terugroepingen"
        ]["items"]
        if each["soort"] == "rectificatie"
    ]
    assert notice["velden"] == ["status"]


@pytest.mark.parametrize(
    ("what", "body", "pointers"),
    [
        ("beperkingen", {"grond": "anders", "beperkt": 1}, {"/grond", "/beperkt"}),
        ("beperkingen", RESTRICT | {"reden": "Jan de Vries"}, {"/reden"}),
        ("rectificaties", {"velden": ["naam", "adres"]}, {"/velden/1"}),
        ("rectificaties", {"velden": []}, {"/velden"}),
    ],
)
def test_every_fault_of_a_body_is_named_and_no_value(calls: Calls, casus, what, body, pointers):
    refused = ask(calls, casus, what, body)

    assert refused.status_code == 400
    assert {each["pointer"] for each in refused.get_json()["fouten"]} == pointers
    assert "Jan" not in refused.get_data(as_text=True)


@pytest.mark.parametrize(
    ("what", "body"), [("beperkingen", RESTRICT), ("rectificaties", {"velden": ["naam"]})]
)
def test_a_casus_that_is_not_there_and_another_caller_get_no_further(
    calls: Calls, casus: str, what: str, body: dict[str, Any]
):
    assert ask(calls, str(NOWHERE), what, body).status_code == 404
    assert ask(calls, casus, what, body, who="ketenpartner").status_code == 403
    assert ask(calls, casus, what, body, query_string={"grond": "x"}).status_code == 400


def test_with_the_same_key_another_message_is_a_conflict(calls: Calls, casus: str):
    headers = {"Idempotency-Key": '"5b1f0c2e-7d3a-4e6b-9c41-0000000000aa"'}
    first = ask(calls, casus, "rectificaties", {"velden": ["status"]}, headers=headers)
    again = ask(calls, casus, "rectificaties", {"velden": ["status"]}, headers=headers)
    other = ask(calls, casus, "rectificaties", {"velden": ["naam"]}, headers=headers)

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
    assert first.get_json() == again.get_json()
