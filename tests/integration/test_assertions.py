"""An assertion counts once (statement 26); the insert decides, on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, func, select

from gateway.store.asserties import assertie_jti, use_assertion
from gateway.store.once import MARGIN
from privacy.store.engine import make_engine, reading, writing


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


def use(engine: Engine, jti: str = "j" * 32, client: str = "sndvu-node", now: int = 0) -> bool:
    with writing(engine) as connection:
        return use_assertion(connection, client, jti, expires=now + 60, now=now)


def test_an_assertion_counts_once_per_client(engine):
    assert use(engine)
    assert not use(engine)
    assert use(engine, client="seguro-node")
    assert use(engine, jti="k" * 32)


def test_of_twenty_at_once_one_counts(engine):
    with ThreadPoolExecutor(20) as pool:
        assert sorted(pool.map(lambda _: use(engine), range(20))) == [False] * 19 + [True]


def test_what_expired_is_not_kept(engine):
    use(engine)
    use(engine, jti="k" * 32, now=100 + MARGIN)
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(assertie_jti)).scalar_one() == 1
