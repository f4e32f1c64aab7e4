"""One key, one effect, one answer; also for two that come at once, on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, text

from gateway.idempotency import KEPT, Idempotency, forget_answers, read_idempotency
from gateway.refusals import ConflictError, InvalidRequestError
from privacy.keys import KeyRing
from privacy.store.engine import make_engine, reading, writing

NOW = datetime(2026, 5, 4, tzinfo=UTC)
ANSWER = {"resultaten": [{"resultaat": "aangenomen", "casusId": None}]}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    with writing(made) as connection:
        connection.execute(text("CREATE TABLE gevolg (tekst VARCHAR(10))"))
    yield made
    made.dispose()


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing.create(tmp_path / "sleutels")


def asked(keys: KeyRing, body: bytes = b"{}", client: str = "sndvu-node") -> Idempotency:
    return read_idempotency(keys, client, "sleutel-0001", (b"/v1/aanleveringen", body))


def use_case(engine: Engine, idempotency: Idempotency, *, breaks: bool = False):
    """What a service does: claim, work, keep, in one transaction."""
    with writing(engine) as connection:
        if (before := idempotency.claim(connection, NOW)) is not None:
            return before
        connection.execute(text("INSERT INTO gevolg VALUES ('een')"))
        idempotency.keep(connection, ANSWER)
        if breaks:
            raise RuntimeError
    return ANSWER


def effects(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.execute(text("SELECT count(*) FROM gevolg")).scalar_one()


def test_the_same_request_twice_has_one_effect_and_one_answer(engine, keys):
    first = use_case(engine, asked(keys))
    assert use_case(engine, asked(keys)) == first
    assert effects(engine) == 1


def test_two_at_once_have_one_effect_and_one_answer(engine, keys):
    start = Barrier(2)

    def run(_: int):
        start.wait()
        return use_case(engine, asked(keys))

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(run, range(2))) == [ANSWER, ANSWER]
    assert effects(engine) == 1


def test_the_same_key_with_another_body_is_a_conflict(engine, keys):
    use_case(engine, asked(keys))
    with pytest.raises(ConflictError):
        use_case(engine, asked(keys, body=b'{"items": []}'))
    assert effects(engine) == 1


def test_the_same_key_of_another_client_is_another_key(engine, keys):
    use_case(engine, asked(keys))
    use_case(engine, asked(keys, client="seguro-node"))
    assert effects(engine) == 2


def test_a_request_that_failed_left_no_answer_and_can_be_done_again(engine, keys):
    with pytest.raises(RuntimeError):
        use_case(engine, asked(keys), breaks=True)
    assert use_case(engine, asked(keys)) == ANSWER
    assert effects(engine) == 1


def test_an_answer_is_forgotten_after_its_time(engine, keys):
    use_case(engine, asked(keys))
    with writing(engine) as connection:
        assert forget_answers(connection, NOW + KEPT - timedelta(hours=1)) == 0
        assert forget_answers(connection, NOW + KEPT + timedelta(hours=1)) == 1


@pytest.mark.parametrize(
    "header", [None, "", "kort", "a" * 129, "met spatie ja", '"half-open', "é" * 9]
)
def test_a_key_that_is_absent_or_malformed_is_refused(keys, header):
    with pytest.raises(InvalidRequestError):
        read_idempotency(keys, "sndvu-node", header, (b"",))


def test_a_key_may_stand_in_quotes(keys):
    quoted = read_idempotency(keys, "sndvu-node", '"sleutel-0001"', (b"/v1/aanleveringen", b"{}"))
    assert quoted == asked(keys)


def test_the_digest_tells_nothing_without_the_key(keys, tmp_path):
    elsewhere = KeyRing.create(tmp_path / "andere")
    assert asked(keys).afdruk != asked(elsewhere).afdruk
