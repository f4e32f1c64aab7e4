"""A proof of possession counts once; the insert decides, on both databases (statement 29)."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, select

from gateway.store.once import MARGIN
from gateway.store.proofs import dpop_bewijs, forget_proofs, forget_some_proofs, use_proof
from privacy.store.engine import make_engine, reading, writing

PROOF = b"p" * 32


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


def use(engine: Engine, digest: bytes = PROOF, expires: int = 60) -> bool:
    with writing(engine) as connection:
        return use_proof(connection, digest, expires=expires)


def kept(engine: Engine) -> set[bytes]:
    with reading(engine) as connection:
        return {bytes(row.afdruk) for row in connection.execute(select(dpop_bewijs))}


def test_of_twenty_at_once_one_counts(engine):
    with ThreadPoolExecutor(20) as pool:
        assert sorted(pool.map(lambda _: use(engine), range(20))) == [False] * 19 + [True]


def test_only_what_can_no_longer_be_used_is_forgotten(engine):
    use(engine, b"over", expires=99)
    use(engine, b"nog net", expires=100)
    with writing(engine) as connection:
        forget_some_proofs(connection, 100 + MARGIN)
    assert kept(engine) == {b"nog net"}
    with writing(engine) as connection:
        assert forget_proofs(connection, 101 + MARGIN) == 1


def test_many_that_use_and_clean_up_at_once_hinder_nobody(engine):
    for _ in range(50):
        use(engine, os.urandom(32), expires=1)

    def both(_: int) -> bool:
        with writing(engine) as connection:
            forget_some_proofs(connection, 100 + MARGIN)
            return use_proof(connection, PROOF, expires=200)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(both, range(8))) == [False] * 7 + [True]
    assert kept(engine) == {PROOF}
