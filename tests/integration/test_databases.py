"""The tests stand on real databases, and stay on this machine."""

import socket

import psycopg
import pytest
from pytest_socket import SocketConnectBlockedError
from sqlalchemy import Engine, inspect, text


def test_postgresql_is_a_real_server_that_writes_before_it_answers(postgres_engine: Engine):
    with postgres_engine.connect() as connection:
        version = connection.scalar(text("SELECT version()"))
        writes = connection.scalar(text("SHOW synchronous_commit"))

    assert version.startswith("PostgreSQL")
    assert writes == "on"


def test_an_empty_postgresql_database_has_no_tables(postgres_engine: Engine):
    assert inspect(postgres_engine).get_table_names() == []


def test_the_schema_is_there_on_both_databases(engine: Engine, backend: str):
    from privacy.store.metadata import metadata

    assert engine.dialect.name == backend
    assert set(metadata.tables) <= set(inspect(engine).get_table_names())


def test_an_empty_database_is_empty_on_both(empty_database_url: str):
    from privacy.store.engine import make_engine

    engine = make_engine(empty_database_url)

    assert inspect(engine).get_table_names() == []
    engine.dispose()


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_test_finds_nothing_of_another(postgres_url: str, turn: str):
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE left_behind (turn text)")


def test_a_test_reaches_no_further_than_this_machine():
    with pytest.warns(UserWarning, match="192"), pytest.raises(SocketConnectBlockedError):
        socket.create_connection(("192.0.2.1", 9), timeout=1)
