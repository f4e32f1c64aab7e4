"""Rotation as a client sees it: OAU-13, and tokens of the old and the new key (statement 27)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from joserfc import jws

from gateway.app import create_app
from gateway.key_rotation import remove, rotate, tidy
from gateway.signer import PERIOD_SECONDS, Signer
from gateway.signing_keys import AHEAD, JWKS_KEPT, SHOWN_AFTER, Gebruik
from gateway.wiring import Parts
from tests.api.world import Hands, parts_over, settings_for

PATH = "/v1/proefstukken"
JWKS = "/oauth/jwks"
LITTLE = 60.0


@pytest.fixture
def parts(tmp_path: Path, hands: Hands) -> Iterator[Parts]:
    """Signs by the clock that the test turns, and with it really passes as much time."""
    made = parts_over(settings_for(tmp_path, f"sqlite:///{tmp_path / 'gateway.sqlite'}"), hands)
    yield turned(made, hands)
    made.engine.dispose()


def turned(parts: Parts, hands: Hands) -> Parts:
    def elapsed() -> float:
        return hands.moment.timestamp()

    signer = Signer.open(parts.settings.sleutels, hands.clock().now, elapsed)
    return replace(parts, signer=signer)


def kids(web) -> list[str]:
    return [key["kid"] for key in web.get(JWKS).get_json()["keys"]]


def kid_of(token: str) -> str:
    return jws.extract_compact(token.encode()).headers()["kid"]


def call(web, known, token):
    return known.call(web, "POST", PATH, token, json={"a": 1}).status_code


def next_key(parts: Parts, hands: Hands):
    [made] = rotate(parts.settings.sleutels, hands.moment, [Gebruik.TOKENS]).gemaakt
    return made


def test_oau_13_next_current_and_previous_are_in_the_jwks_through_a_whole_rotation(
    web, parts, hands
):
    old = parts.signer.token_key.kid
    made = next_key(parts, hands)

    seen = []
    for _ in range(int((AHEAD + SHOWN_AFTER).total_seconds() // PERIOD_SECONDS)):
        hands.turn(PERIOD_SECONDS)
        seen.append(kids(web))

    assert all({old, made.kid} <= set(each) for each in seen)
    assert all(len(each) == len(set(each)) for each in seen)
    hands.turn(LITTLE)
    assert old not in kids(web)
    assert made.kid in kids(web)


def test_oau_13_the_jwks_may_be_kept_for_less_time_than_a_key_is_shown_before_it_signs(web):
    assert f"max-age={JWKS_KEPT.total_seconds():.0f}" in web.get(JWKS).headers["Cache-Control"]
    assert timedelta(seconds=PERIOD_SECONDS) + JWKS_KEPT < AHEAD


def test_statement_27_tokens_of_the_old_and_of_the_new_key_are_both_accepted(
    web, sndvu, parts, hands
):
    made = next_key(parts, hands)
    hands.turn(AHEAD.total_seconds() - LITTLE)
    old = sndvu.token(web)
    hands.turn(2 * LITTLE)
    new = sndvu.token(web)

    assert kid_of(old) != kid_of(new) == made.kid
    assert [call(web, sndvu, token) for token in (old, new, old, new)] == [200] * 4


def test_statement_27_new_tokens_always_carry_the_new_kid(web, sndvu, parts, hands):
    made = next_key(parts, hands)
    hands.turn(AHEAD.total_seconds() + 1)

    assert {kid_of(sndvu.token(web)) for _ in range(5)} == {made.kid}


@pytest.mark.parametrize("used_before", [True, False], ids=["remembered", "never seen"])
def test_statement_27_a_removed_key_is_refused_within_one_period(
    web, sndvu, parts, hands, used_before
):
    token = sndvu.token(web)
    if used_before:
        assert call(web, sndvu, token) == 200
    rotate(parts.settings.sleutels, hands.moment, at_once=True)
    remove(parts.settings.sleutels, kid_of(token), hands.moment)

    hands.turn(PERIOD_SECONDS)

    assert call(web, sndvu, token) == 401
    assert call(web, sndvu, sndvu.token(web)) == 200
    assert kid_of(token) not in kids(web)


def test_statement_27_every_replica_refuses_a_removed_key(web, sndvu, parts, hands):
    other = create_app(turned(parts, hands)).test_client()
    token = sndvu.token(web)
    assert other.get("/v1/beleid").status_code == 401
    assert sndvu.call(other, "GET", "/v1/beleid", token).status_code == 200
    rotate(parts.settings.sleutels, hands.moment, at_once=True)
    remove(parts.settings.sleutels, kid_of(token), hands.moment)

    hands.turn(PERIOD_SECONDS)

    assert sndvu.call(other, "GET", "/v1/beleid", token).status_code == 401


def test_a_token_of_a_replica_that_is_ahead_is_accepted_before_this_one_signs_with_its_key(
    web, sndvu, parts, hands
):
    made = next_key(parts, hands)
    hands.turn(AHEAD.total_seconds() - LITTLE)
    ahead = Hands()
    ahead.moment = hands.moment + timedelta(seconds=2 * LITTLE)
    theirs = turned(parts, ahead).signer.token_key
    ours = parts.signer.token_key

    assert theirs.kid == made.kid != ours.kid
    assert parts.signer.checks_tokens(theirs.kid) is not None


def test_through_a_rotation_no_call_is_refused(web, sndvu, parts, hands):
    next_key(parts, hands)
    used, step = set(), 240.0
    token = sndvu.token(web)
    for _ in range(int((AHEAD + SHOWN_AFTER + JWKS_KEPT).total_seconds() // step)):
        hands.turn(step)
        assert call(web, sndvu, token) == 200
        token = sndvu.token(web)
        assert call(web, sndvu, token) == 200
        used.add(kid_of(token))
        tidy(parts.settings.sleutels, hands.moment)

    assert len(used) == 2
