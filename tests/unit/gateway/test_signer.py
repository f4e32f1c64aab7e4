"""Signing keys: who signs when, what others see of it, and what a folder may and may not hold."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws

from connectors.jwk import PublicKeys, key_id, new_key
from connectors.signing import kid_of, open_compact, verify
from connectors.wire import read_object
from gateway.key_rotation import remove, rotate, tidy
from gateway.signer import PERIOD_SECONDS, Signer
from gateway.signing_files import KeyFolder
from gateway.signing_keys import (
    AHEAD,
    JWKS_KEPT,
    SHOWN_AFTER,
    Gebruik,
    SigningKey,
    Stand,
    begun,
    current,
    expired,
    standing,
)
from privacy.errors import KeysUnavailableError

BEGIN = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)
KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from gateway.key_rotation import rotate
Path.rename = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
rotate(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))
"""


class Turning:
    """A clock on the wall and the time that really passes, each in the test's hands."""

    def __init__(self) -> None:
        self.moment = BEGIN
        self.elapsed = 0.0

    def passes(self, time: timedelta) -> None:
        self.moment += time
        self.elapsed += time.total_seconds()

    def jumps(self, time: timedelta) -> None:
        self.moment += time

    def open(self, folder: Path) -> Signer:
        return Signer.open(folder, lambda: self.moment, lambda: self.elapsed)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Signer.create(tmp_path / "sleutels")
    return tmp_path / "sleutels"


@pytest.fixture
def hands() -> Turning:
    return Turning()


@pytest.fixture
def signer(folder: Path, hands: Turning) -> Signer:
    return hands.open(folder)


def published(signer: Signer) -> list[str]:
    return [key["kid"] for key in signer.jwks()["keys"]]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("ondertekening-*"))


# What is signed


def test_an_answer_is_checked_with_what_is_published(signer):
    keys = PublicKeys.read(read_object(json.dumps(signer.jwks()).encode()))
    body = b'{"pakket":{}}'
    kid = signer.antwoorden[-1].kid

    assert verify(body, signer.sign_answer(body), keys) == kid
    assert open_compact(signer.answer_as_jose(body).decode(), keys) == (kid, body)
    assert jws.extract_compact(signer.answer_as_jose(body)).payload == body


def test_signing_keys_are_not_printed(signer):
    assert repr(signer.token_key) == f"<SigningKey {signer.token_key.kid}>"
    assert repr(signer) == "<Signer>"


# A rotation, hour by hour


def test_oau_13_the_next_key_is_published_longer_than_a_jwks_is_kept_before_it_signs(
    folder, signer, hands
):
    old = signer.token_key.kid
    [made] = rotate(folder, hands.moment, [Gebruik.TOKENS]).gemaakt

    hands.passes(timedelta(seconds=PERIOD_SECONDS))
    assert published(signer)[:2] == [old, made.kid]
    assert hands.moment + JWKS_KEPT < made.vanaf

    hands.passes(made.vanaf - hands.moment - timedelta(seconds=1))
    assert signer.token_key.kid == old
    hands.passes(timedelta(seconds=1))
    assert signer.token_key.kid == made.kid
    assert published(signer)[:2] == [old, made.kid]


def test_oau_13_next_current_and_previous_stand_in_the_jwks_each_kid_once(folder, signer, hands):
    rotate(folder, hands.moment)
    hands.passes(AHEAD + A_MINUTE)
    rotate(folder, hands.moment)
    hands.passes(A_MINUTE)

    kids = published(signer)

    assert len(kids) == len(set(kids)) == 6
    assert [len(signer.tokens), len(signer.antwoorden)] == [3, 3]
    assert signer.token_key is signer.tokens[1]


def test_oau_13_a_previous_key_for_tokens_goes_and_one_for_answers_stays(folder, signer, hands):
    before = signer.token_key.kid, signer.antwoorden[-1].kid
    rotate(folder, hands.moment)

    hands.passes(AHEAD + SHOWN_AFTER)
    assert set(before) <= set(published(signer))
    hands.passes(A_MINUTE)
    tokens, answers = before
    assert tokens not in published(signer)
    assert answers in published(signer)

    tidy(folder, hands.moment)
    assert "ondertekening-tokens-000001.pem" not in names(folder)
    assert "ondertekening-antwoorden-000001.pem" in names(folder)


def test_an_answer_of_long_ago_is_still_checked_after_many_rotations(folder, signer, hands):
    body = b'{"pakket":{}}'
    signature = signer.sign_answer(body)
    for _ in range(5):
        rotate(folder, hands.moment)
        hands.passes(timedelta(days=30))

    keys = PublicKeys.read(read_object(json.dumps(signer.jwks()).encode()))

    assert verify(body, signature, keys) == kid_of(signature)
    assert kid_of(signer.sign_answer(body)) == signer.antwoorden[-1].kid != kid_of(signature)
    assert len(names(folder)) == 6 + 1 + 1  # answers for ever; of tokens current and previous


def test_a_folder_that_changed_is_noticed_within_the_period_and_not_asked_more_often(
    folder, signer, hands
):
    made = rotate(folder, hands.moment, at_once=True).gemaakt[0]

    hands.passes(timedelta(seconds=PERIOD_SECONDS - 1))
    assert signer.token_key.kid != made.kid
    hands.passes(timedelta(seconds=1))
    assert signer.token_key.kid == made.kid


def test_a_key_that_was_removed_checks_nothing_within_the_period(folder, signer, hands):
    old = signer.token_key.kid
    rotate(folder, hands.moment, at_once=True)
    remove(folder, old, hands.moment)
    assert signer.checks_tokens(old) is not None

    hands.passes(timedelta(seconds=PERIOD_SECONDS))

    assert signer.checks_tokens(old) is None
    assert old not in published(signer)


def test_of_many_threads_none_goes_on_with_an_older_look(folder, signer, hands):
    old = signer.token_key.kid
    rotate(folder, hands.moment, at_once=True)
    hands.passes(timedelta(seconds=PERIOD_SECONDS))
    start = Barrier(8)

    def ask(_: int) -> str:
        start.wait()
        return signer.token_key.kid

    with ThreadPoolExecutor(8) as pool:
        assert old not in set(pool.map(ask, range(8)))


# A clock that jumps


def test_a_clock_that_jumps_ahead_makes_nobody_sign_with_a_key_that_is_not_known_yet(
    folder, signer, hands
):
    old = signer.token_key.kid
    [made] = rotate(folder, hands.moment, [Gebruik.TOKENS]).gemaakt
    hands.passes(timedelta(seconds=PERIOD_SECONDS))
    signer.jwks()

    hands.jumps(timedelta(days=1))
    assert signer.token_key.kid == old
    assert {old, made.kid} <= set(published(signer))
    hands.passes(JWKS_KEPT)
    assert signer.token_key.kid == made.kid


def test_a_key_made_under_a_clock_that_was_behind_waits_until_it_is_known(folder, signer, hands):
    old = signer.token_key.kid
    hands.jumps(timedelta(hours=-5))
    [made] = rotate(folder, hands.moment, [Gebruik.TOKENS]).gemaakt
    hands.passes(timedelta(seconds=PERIOD_SECONDS))
    signer.jwks()

    hands.jumps(timedelta(hours=5))

    assert made.vanaf < hands.moment
    assert signer.token_key.kid == old
    hands.passes(JWKS_KEPT)
    assert signer.token_key.kid == made.kid


def test_a_clock_that_jumps_back_signs_with_an_older_key_that_is_still_published(
    folder, signer, hands
):
    old = signer.token_key.kid
    rotate(folder, hands.moment)
    hands.passes(AHEAD + A_MINUTE)
    assert signer.token_key.kid != old

    hands.jumps(timedelta(hours=-1))

    assert signer.token_key.kid == old
    assert old in published(signer)


def test_a_clock_before_every_key_signs_with_the_oldest(folder, hands):
    rotate(folder, hands.moment)
    (folder / "ondertekening-tokens-000001.pem").unlink()
    signer = hands.open(folder)

    hands.jumps(timedelta(days=-400))

    assert signer.token_key is signer.tokens[0]


def test_a_rotation_under_a_clock_that_went_back_makes_no_key(folder, hands):
    rotate(folder, hands.moment)
    hands.passes(AHEAD + A_MINUTE)
    hands.jumps(timedelta(hours=-3))

    assert rotate(folder, hands.moment).gemaakt == ()


# Whoever rotates


def test_rotating_twice_makes_one_next_key(folder, hands):
    assert len(rotate(folder, hands.moment).gemaakt) == 2
    assert rotate(folder, hands.moment + A_MINUTE).gemaakt == ()


def made_at(folder: Path, moment: datetime) -> int:
    return len(rotate(folder, moment).gemaakt)


def test_eight_processes_that_rotate_at_once_make_one_next_key(folder):
    with ProcessPoolExecutor(8) as pool:
        made = list(pool.map(partial(made_at, folder), [BEGIN + A_MINUTE * n for n in range(8)]))

    assert sum(made) == 2
    assert len(names(folder)) == 4


def test_a_key_that_signs_at_once_can_be_made_beside_a_next_one(folder, hands):
    [planned] = rotate(folder, hands.moment, [Gebruik.TOKENS]).gemaakt
    [made] = rotate(folder, hands.moment, [Gebruik.TOKENS], at_once=True).gemaakt
    signer = hands.open(folder)

    assert signer.token_key.kid == made.kid
    hands.passes(AHEAD + A_MINUTE)
    assert signer.token_key.kid == planned.kid


def test_the_key_that_signs_is_not_removed(folder, signer, hands):
    for kid in (signer.token_key.kid, signer.antwoorden[-1].kid):
        with pytest.raises(KeysUnavailableError, match="wissel eerst"):
            remove(folder, kid, hands.moment)
    assert len(names(folder)) == 2


def test_a_key_that_signed_answers_is_removed_only_if_the_evidence_may_go(folder, signer, hands):
    old = signer.antwoorden[-1].kid
    rotate(folder, hands.moment, at_once=True)

    with pytest.raises(KeysUnavailableError, match="bewijs-vervalt"):
        remove(folder, old, hands.moment)
    assert remove(folder, old, hands.moment, with_evidence=True).kid == old


def test_a_next_key_can_be_removed_before_it_signs(folder, hands):
    for made in rotate(folder, hands.moment).gemaakt:
        remove(folder, made.kid, hands.moment)
    assert len(names(folder)) == 2


def test_an_unknown_kid_is_said_to_be_unknown(folder, hands):
    with pytest.raises(KeysUnavailableError, match="is er niet"):
        remove(folder, "onbekend", hands.moment)


# The folder


def test_keys_are_never_overwritten_and_their_absence_is_said(tmp_path):
    with pytest.raises(KeysUnavailableError, match="ontbreekt"):
        Signer.open(tmp_path)
    Signer.create(tmp_path)
    with pytest.raises(KeysUnavailableError, match="bestaat al"):
        Signer.create(tmp_path)


def test_keys_by_number_keep_their_order_and_sign_from_the_beginning(folder, tmp_path, hands):
    elsewhere = Signer.create(tmp_path / "elders").token_key
    (tmp_path / "elders" / elsewhere.bestand).rename(folder / "ondertekening-tokens-000002.pem")

    assert hands.open(folder).token_key.kid == elsewhere.kid


def test_whoever_is_killed_between_writing_and_renaming_leaves_nothing_that_is_read(folder, signer):
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), BEGIN.isoformat()], check=False
    )
    assert killed.returncode == -9
    [left] = folder.glob(".onaf-*")
    assert left.stat().st_mode & 0o077 == 0
    assert published(Signer.open(folder)) == published(signer)

    assert len(rotate(folder, BEGIN).gemaakt) == 2
    assert list(folder.glob(".onaf-*")) == []


def test_what_root_makes_is_for_whose_folder_it_is(folder, hands):
    owner = 12_345 if os.geteuid() == 0 else os.geteuid()
    os.chown(folder, owner, -1)

    rotate(folder, hands.moment)

    new = {each.name: each.stat().st_uid for each in folder.glob("*Z.pem")}
    assert new
    assert set(new.values()) == {owner}


def test_every_file_of_the_folder_is_for_its_owner_alone(folder, hands):
    before = os.umask(0)
    try:
        rotate(folder, hands.moment)
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def leave(folder: Path, name: str, content: bytes, mode: int = 0o600) -> None:
    (folder / name).write_bytes(content)
    (folder / name).chmod(mode)


def faulty(folder: Path) -> dict[str, Callable[[], None]]:
    """By what is said of it: a way to leave a file that is no key."""
    pem = new_key().as_pem(private=True)
    good = "ondertekening-tokens-20260504T090000Z.pem"
    return {
        "leesbaar voor anderen": lambda: leave(folder, good, pem, 0o640),
        "is geen geheime sleutel": lambda: leave(folder, good, pem[:60]),
        "is niet te lezen": lambda: (folder / good).mkdir(mode=0o700),
        "heeft geen tijdstip": lambda: leave(folder, "ondertekening-tokens-morgen.pem", pem),
        "Z.pem heeft geen tijdstip": lambda: leave(folder, good.replace("0504T", "1399T"), pem),
    }


@pytest.mark.parametrize("reason", faulty(Path()))
def test_a_file_that_is_no_key_or_that_others_may_read_is_refused_at_the_start(folder, reason):
    faulty(folder)[reason]()

    with pytest.raises(KeysUnavailableError, match=reason):
        Signer.open(folder)


@pytest.mark.parametrize("reason", faulty(Path()))
def test_a_faulty_file_that_comes_later_is_left_out_and_stops_nothing(
    folder, signer, hands, reason
):
    before = published(signer)

    faulty(folder)[reason]()
    hands.passes(timedelta(seconds=PERIOD_SECONDS))

    assert published(signer) == before
    assert signer.sign_answer(b"{}")


def test_a_folder_that_cannot_be_read_for_a_while_takes_nobodys_key_away(folder, signer, hands):
    before = published(signer)
    folder.rename(folder.with_name("weg"))
    hands.passes(timedelta(seconds=PERIOD_SECONDS))

    assert published(signer) == before


def test_without_any_key_for_tokens_nothing_is_signed(folder, signer, hands):
    (folder / "ondertekening-tokens-000001.pem").unlink()
    hands.passes(timedelta(seconds=PERIOD_SECONDS))

    with pytest.raises(KeysUnavailableError):
        _ = signer.token_key


def test_one_key_never_signs_tokens_and_answers(folder):
    same = (folder / "ondertekening-tokens-000001.pem").read_bytes()
    (folder / "ondertekening-antwoorden-000001.pem").write_bytes(same)

    with pytest.raises(KeysUnavailableError, match="voor tokens en voor antwoorden"):
        Signer.open(folder)


def test_a_key_that_was_replaced_under_its_own_name_is_read_anew(folder):
    looking = KeyFolder(folder)
    before = looking.read().of(Gebruik.TOKENS)[0]
    path = folder / before.bestand
    path.write_bytes(new_key().as_pem(private=True))

    assert looking.read().of(Gebruik.TOKENS)[0].kid != before.kid


# Whatever the moments


KEYS = [new_key() for _ in range(5)]
MOMENTS = st.lists(st.integers(-10_000, 10_000), min_size=1, max_size=5, unique=True).map(sorted)


@given(minutes=MOMENTS, gebruik=st.sampled_from(Gebruik))
def test_always_exactly_one_key_is_current_and_it_is_never_over(minutes, gebruik):
    keys = [
        SigningKey(key_id(key), key, gebruik, BEGIN + A_MINUTE * at, f"{at}.pem")
        for key, at in zip(KEYS, minutes, strict=False)
    ]

    stands = [stand for _key, stand in standing(keys, BEGIN)]

    assert stands.count(Stand.HUIDIG) == 1
    assert current(keys, begun(BEGIN)) not in expired(keys, BEGIN)
    order = [Stand.VERVALLEN, Stand.VORIGE, Stand.HUIDIG, Stand.VOLGENDE]
    assert stands == sorted(stands, key=order.index)
    assert gebruik is Gebruik.TOKENS or Stand.VERVALLEN not in stands
