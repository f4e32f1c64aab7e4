"""Past the review date of one policy: the same 503 to every question, and nothing else stops."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.api.calling import NOWHERE, Calls
from tests.builders import a_consent, a_samenvatting, an_item
from tests.signing import signed_consent

#: What may differ between two answers to two questions.
_ITS_OWN = {"traceparent", "date"}


@pytest.fixture
def late(calls: Calls) -> Calls:
    """Six months after the only casus was frozen, and a day after its policy had to be reviewed."""
    world = calls.world
    day = world.parts.policies.of("IND").herzien_voor + timedelta(days=1)
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    world.now = moment
    for machine in calls.machines.values():
        machine.hands.moment = moment
    return calls


def _told(answer) -> tuple[int, dict[str, str], bytes]:
    headers = {name.lower(): told for name, told in answer.headers.items()}
    kept = {name: told for name, told in headers.items() if name not in _ITS_OWN}
    return answer.status_code, {n: t for n, t in kept.items() if "ratelimit" not in n}, answer.data


def _asked(calls: Calls, who: str, method: str, path: str, **more):
    """By way of what a client does to ask: for each question a proof of its own."""
    return _told(calls.call(who, method, path, **more))


def _overleg(calls: Calls) -> str:
    return calls.call("gemeente", "GET", "/v1/overleggen").get_json()["overleggen"][0]["overlegId"]


def test_a_detention_check_is_the_same_503_for_everybody(late: Calls):
    known, unknown = a_samenvatting()["vNummer"], "9999999999"

    answers = {
        str(_asked(late, "avim", "POST", "/v1/bewaringstoetsen", json={"vNummer": number}))
        for number in (known, unknown)
    }

    assert len(answers) == 1
    assert answers.pop().startswith("(503")


@pytest.mark.parametrize("who", ["ketenpartner", "avim"])
def test_feed_and_pack_are_the_same_503_whatever_there_is(late: Calls, who: str):
    full = _asked(late, who, "GET", f"/v1/overleggen/{_overleg(late)}/pakket")
    feed = _asked(late, who, "GET", "/v1/mutaties")

    assert full[0] == 503
    assert full == feed
    assert b"IND" not in full[2]


def test_a_conference_that_there_is_not_is_not_there_as_before(late: Calls):
    assert _asked(late, "avim", "GET", f"/v1/overleggen/{NOWHERE}/pakket")[0] == 404


def test_the_own_casus_and_every_end_of_a_consent_go_on(late: Calls):
    number = a_samenvatting()["vNummer"]
    found = late.call("bronhouder", "POST", "/v1/casussen/zoekopdrachten", json={"vNummer": number})
    assert found.status_code == 200
    casus = found.get_json()["casussen"][0]["casusId"]
    consent = signed_consent(a_consent(), "sndvu")
    given = late.call(
        "bronhouder", "POST", "/v1/toestemmingen", json={"casusId": casus, "toestemming": consent}
    )
    ended = late.call(
        "bronhouder",
        "POST",
        f"/v1/toestemmingen/{consent['toestemmingId']}/intrekkingen",
        json={},
    )
    item = an_item(standVan="2020-04-01T10:00:00Z", toestemmingen=[consent])
    pushed = late.call(
        "bronhouder",
        "POST",
        "/v1/aanleveringen",
        json={"items": [item]},
        headers={"Idempotency-Key": str(NOWHERE)},
    )

    assert [each.status_code for each in (given, ended, pushed)] == [201, 201, 200]
    assert late.call("avim", "GET", "/v1/terugroepingen").status_code == 200


def test_those_who_watch_are_told_and_the_gateway_stays_in_service(late: Calls):
    answer = late.web.get("/health/ready")

    assert answer.status_code == 200
    assert answer.get_json()["beleid"] == "niet_van_kracht"
    assert any("is voorbij" in each for each in answer.get_json()["meldingen"])


def test_six_weeks_before_those_who_watch_are_told(calls: Calls):
    day = calls.world.parts.policies.of("IND").herzien_voor - timedelta(days=41)
    calls.world.now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)

    told = calls.web.get("/health/ready").get_json()

    assert told["beleid"] == "van_kracht"
    assert "IND: herzien vóór 2027-10-05, nog 41 dagen" in told["meldingen"]
