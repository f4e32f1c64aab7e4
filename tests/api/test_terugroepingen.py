"""Recalls over the web: what a partner reads of its own, and its word that it stopped."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.services import regels
from privacy.log.high_water import note_seen
from tests.api.calling import NOWHERE, Calls
from tests.builders import a_consent, a_samenvatting, an_item

LIST = "/v1/terugroepingen"


@pytest.fixture
def ended(calls: Calls) -> dict[str, Any]:
    """A consent that IND had a casus by, and that was withdrawn over the web."""
    consent = a_consent()
    calls.world.casus(
        an_item(samenvatting=a_samenvatting(vNummer="0000000084"), toestemmingen=[consent])
    )
    assert calls.call("ketenpartner", "GET", "/v1/mutaties").status_code == 200
    path = f"/v1/toestemmingen/{consent['toestemmingId']}/intrekkingen"
    assert calls.call("bronhouder", "POST", path, json={}).status_code == 201
    return consent


def listed(calls: Calls, who: str = "ketenpartner", query: str = "") -> list[dict[str, Any]]:
    answer = calls.call(who, "GET", LIST + query)
    assert answer.status_code == 200
    return answer.get_json()["terugroepingen"]["items"]


def confirm(calls: Calls, name: str, who: str = "ketenpartner", **more: Any):
    return calls.call(who, "POST", f"{LIST}/{name}/bevestigingen", **more)


def test_a_recall_is_listed_with_its_deadline_and_no_more_than_a_reference(calls: Calls, ended):
    [recall] = listed(calls)

    assert set(recall) == {
        "terugroepingId",
        "casusreferentie",
        "soort",
        "doelen",
        "uiterlijk",
        "bevestigdOp",
    }
    term = timedelta(days=calls.world.parts.settings.terugroepingstermijn)
    assert recall["uiterlijk"] == (calls.world.day + term).isoformat()
    assert listed(calls, "avim") == []  # it never had the casus


def test_confirming_needs_no_body_and_doing_it_again_tells_the_same(calls: Calls, ended):
    [recall] = listed(calls)

    first = confirm(calls, recall["terugroepingId"])
    again = confirm(calls, recall["terugroepingId"], json={"onzin": 1})

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()
    assert first.get_json() == recall | {"bevestigdOp": first.get_json()["bevestigdOp"]}
    assert listed(calls, query="?open=true") == []
    assert listed(calls, query="?open=false") == [first.get_json()]


def test_past_its_deadline_a_recall_can_still_be_confirmed(calls: Calls, ended):
    [recall] = listed(calls)
    calls.world.pass_days(400)

    assert confirm(calls, recall["terugroepingId"]).status_code == 201


def test_what_may_be_lost_with_the_database_is_not_said_to_be_unknown(calls: Calls, ended):
    parts = calls.world.parts
    note_seen(parts.engine, 1_000, parts.clock.now())  # the log was longer than it is

    assert confirm(calls, NOWHERE).status_code == 503
    assert calls.call("ketenpartner", "GET", "/v1/mutaties").status_code == 503
    assert confirm(calls, NOWHERE).status_code == 404  # the restore is noted, and the door shut


def test_anothers_recall_answers_as_one_that_is_not_there(calls: Calls, ended):
    [recall] = listed(calls)

    theirs = confirm(calls, recall["terugroepingId"], "avim")
    nobodys = confirm(calls, str(NOWHERE), "avim")

    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert theirs.get_json() == nobodys.get_json()
    assert listed(calls)[0]["bevestigdOp"] is None


@pytest.mark.parametrize("query", ["?open=ja", "?open=", "?open=true&open=false", "?sinds=1"])
def test_a_query_that_is_not_understood_is_refused(calls: Calls, query: str):
    assert calls.call("ketenpartner", "GET", LIST + query).status_code == 400


def test_a_query_of_a_confirmation_is_refused_and_nothing_is_confirmed(calls: Calls, ended):
    [recall] = listed(calls)
    path = f"{LIST}/{recall['terugroepingId']}/bevestigingen?nu=ja"

    assert calls.call("ketenpartner", "POST", path).status_code == 400
    assert listed(calls)[0]["bevestigdOp"] is None


@pytest.mark.parametrize("who", ["bronhouder", "gemeente"])
def test_only_a_partner_has_recalls(calls: Calls, who: str):
    assert calls.call(who, "GET", LIST).status_code == 403
    assert confirm(calls, str(NOWHERE), who).status_code == 403


def test_pages_are_walked_by_the_cursor_that_was_told(calls: Calls):
    consents = [a_consent() for _ in range(3)]
    for at, each in enumerate(consents):
        summary = a_samenvatting(vNummer=f"{at + 85:010d}")
        calls.world.casus(an_item(samenvatting=summary, toestemmingen=[each]))
    calls.world.feed("IND")
    for each in consents:
        calls.world.withdraw(each)

    found, na = [], ""
    while na is not None:
        query = f"?limiet=1{na and '&na=' + na}"
        page = calls.call("ketenpartner", "GET", LIST + query).get_json()["terugroepingen"]
        found += [each["terugroepingId"] for each in page["items"]]
        assert page["meer"] == (page["volgende"] is not None)
        na = page["volgende"]

    assert len(set(found)) == len(found) == 3


def test_what_was_withdrawn_is_not_called_unchanged(calls: Calls, ended):
    """Over the web: with the tag of before, the answer is a new one and no 304."""
    consent = a_consent()
    [casus] = calls.world.casus(
        an_item(samenvatting=a_samenvatting(vNummer="0000000091"), toestemmingen=[consent])
    )
    overleg = calls.world.frozen(casus)
    reads = [
        ("ketenpartner", f"/v1/overleggen/{overleg}/pakket"),
        ("ketenpartner", "/v1/mutaties"),
        ("ketenpartner", LIST),
        ("bronhouder", f"/v1/toestemmingen/{consent['toestemmingId']}"),
    ]
    tags = [calls.call(who, "GET", path).headers["ETag"] for who, path in reads]
    unchanged = [
        calls.call(who, "GET", path, headers={"If-None-Match": tag}).status_code
        for (who, path), tag in zip(reads, tags, strict=True)
    ]
    calls.world.withdraw(consent)

    answers = [
        calls.call(who, "GET", path, headers={"If-None-Match": tag})
        for (who, path), tag in zip(reads, tags, strict=True)
    ]

    assert unchanged == [304] * 4
    assert [each.status_code for each in answers] == [200] * 4
    assert answers[0].get_json()["pakket"]["casussen"] == []


def test_who_has_no_policy_any_more_still_gets_its_recalls(calls: Calls, ended):
    regels.withdraw_policy(calls.world.parts, "IND")

    recall, its_own = listed(calls)  # one was there; one came of the policy
    assert its_own["casusreferentie"] != recall["casusreferentie"]
    assert calls.call("ketenpartner", "GET", "/v1/mutaties").status_code == 503
    assert confirm(calls, recall["terugroepingId"]).status_code == 201


def test_the_own_organisation_sees_why_a_statement_does_not_count(calls: Calls):
    settings = calls.world.parts.settings
    spoken = tuple(replace(each, talen=frozenset({"nl"})) for each in settings.bronhouders)
    calls.world.parts = replace(calls.world.parts, settings=replace(settings, bronhouders=spoken))
    calls.world.parts.rules_now()
    lacking, whole = a_consent(taal="fa", tolk=False), a_consent()
    summary = a_samenvatting(vNummer="0000000084")
    calls.world.push(an_item(samenvatting=summary, toestemmingen=[lacking, whole]))

    told = [
        calls.call("bronhouder", "GET", f"/v1/toestemmingen/{each['toestemmingId']}")
        for each in (lacking, whole)
    ]

    assert [each.get_json()["gebrek"] for each in told] == ["tolk_ontbreekt", None]
    theirs = calls.call("andere", "GET", f"/v1/toestemmingen/{lacking['toestemmingId']}")
    assert theirs.status_code == 404
