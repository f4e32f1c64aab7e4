"""Rate limits: told on every answer to a client that is known, and never at another's cost."""

from dataclasses import replace
from time import sleep

import pytest

from gateway.app import create_app
from gateway.limits import Limits
from tests.api.calling import Calls
from tests.builders import a_consent, a_samenvatting, an_item


def with_limits(calls: Calls, quota: int, window: int = 60) -> Calls:
    """The same gateway, with so many requests for each client."""
    parts = replace(calls.world.parts, limits=Limits(quota, window))
    return Calls(calls.world, create_app(parts).test_client(), calls.machines)


def test_every_answer_to_a_known_client_says_what_is_left(calls: Calls):
    few = with_limits(calls, 10)
    left = []
    for path in ("/v1/overleggen", "/v1/mutaties", "/v1/overleggen?x=1"):
        answer = few.call("gemeente", "GET", path)
        assert answer.headers["RateLimit-Policy"] == '"client";q=10;w=60'
        left.append(answer.headers["RateLimit"].partition("r=")[2].partition(";")[0])
    assert left == ["8", "7", "6"]  # the token was the first


def test_a_token_counts_for_the_client_that_proved_itself(calls: Calls):
    few = with_limits(calls, 10)
    answer = few.machines["gemeente"].ask_token(few.web)
    assert answer.headers["RateLimit"].startswith('"client";r=9;t=')


def test_who_is_not_known_is_told_nothing(calls: Calls):
    for answer in (calls.web.get("/v1/overleggen"), calls.web.get("/v1/openapi.json")):
        assert "RateLimit" not in answer.headers


def test_beyond_the_share_is_429_with_the_time_to_wait(calls: Calls):
    few = with_limits(calls, 3)
    answers = [few.call("gemeente", "GET", "/v1/overleggen") for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 429, 429]
    refused = answers[-1]
    assert refused.mimetype == "application/problem+json"
    assert refused.get_json()["type"] == "/v1/docs#te-veel-verzoeken"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["RateLimit"].startswith('"client";r=0;t=')


def test_after_the_wait_the_client_is_let_in_again(calls: Calls):
    few = with_limits(calls, 2, window=1)
    answers = [few.call("gemeente", "GET", "/v1/overleggen") for _ in range(2)]
    assert answers[-1].status_code == 429
    sleep(int(answers[-1].headers["Retry-After"]) + 0.05)
    assert few.call("gemeente", "GET", "/v1/overleggen").status_code == 200


def test_one_client_takes_nothing_of_the_share_of_another(calls: Calls):
    few = with_limits(calls, 3)
    while few.call("gemeente", "GET", "/v1/overleggen").status_code != 429:
        pass
    assert few.call("ketenpartner", "GET", "/v1/mutaties").status_code == 200


def test_nobody_locks_out_another_by_naming_it(calls: Calls):
    few = with_limits(calls, 3)
    victim, attacker = few.machines["gemeente"], few.machines["andere"]
    for _ in range(10):
        forged = replace(attacker, client_id=victim.client_id)
        assert forged.ask_token(few.web).status_code == 401
        few.web.get("/v1/overleggen", headers={"Authorization": "DPoP onzin"})
    assert victim.ask_token(few.web).status_code == 200


def test_a_withdrawal_is_never_refused_for_being_one_too_many(calls: Calls):
    consent = a_consent()
    calls.world.push(
        an_item(samenvatting=a_samenvatting(vNummer="0000000081"), toestemmingen=[consent])
    )
    few = with_limits(calls, 2)
    path = f"/v1/toestemmingen/{consent['toestemmingId']}"
    while few.call("bronhouder", "GET", path).status_code != 429:
        pass

    answer = few.call(
        "bronhouder",
        "POST",
        f"{path}/intrekkingen",
        json={},
        headers={"Idempotency-Key": "intrekking-van-een-toets"},
    )

    assert answer.status_code == 201
    assert answer.get_json()["ingetrokkenOp"]


@pytest.mark.parametrize("quota", [1, 5])
def test_a_window_gives_no_more_than_the_quota(quota: int):
    limits = Limits(quota)
    given = [limits.take("een").given for _ in range(quota + 3)]
    assert given == [True] * quota + [False] * 3
    assert limits.take("ander").given


def test_a_stolen_key_keeps_nobody_from_withdrawing(calls: Calls):
    few = with_limits(calls, 1)
    chair = few.machines["gemeente"]
    token = chair.token(few.web)
    assert chair.ask_token(few.web).status_code == 429

    assert few.web.post("/oauth/revoke", data=chair.form(token=token)).status_code == 200
