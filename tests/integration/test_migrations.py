"""The migrations make the tables that the code describes, on both databases."""

import pkgutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Table, create_engine

import gateway.node
import gateway.store
import privacy.log
import privacy.store
from gateway.database import TABLES, is_current, metadata, migrations, newest, upgrade
from privacy.log.head import read_head
from privacy.store.engine import make_engine, reading


@pytest.fixture
def engines(empty_database_url: str) -> Iterator[list[Engine]]:
    """Two engines on one database without tables."""
    made = [make_engine(empty_database_url) for _ in range(2)]
    yield made
    for engine in made:
        engine.dispose()


def differences(engine) -> list[object]:
    # An engine of SQLAlchemy's own: it reads the catalog as text, and ours asks for values.
    plain = create_engine(engine.url)
    with plain.connect() as connection:
        options = {"compare_type": True, "target_metadata": metadata}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    plain.dispose()
    return found


def test_after_an_upgrade_the_database_is_what_the_code_describes(engines):
    assert not is_current(engines[0])
    upgrade(engines[0])
    assert differences(engines[0]) == [], "make a migration: deploy/migrations/revise.py"
    assert is_current(engines[0])


def test_an_upgrade_begins_the_log_and_a_second_one_changes_nothing(engines):
    upgrade(engines[0])
    upgrade(engines[0])
    with reading(engines[0]) as connection:
        assert read_head(connection).omvang == 0


def test_the_listing_of_the_migrations_is_their_history():
    assert ScriptDirectory.from_config(migrations()).get_heads() == [newest()]


def test_two_that_upgrade_at_once_wait_for_each_other(engines):
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(upgrade, engines))
    assert is_current(engines[0])


def test_the_migrations_know_every_module_that_describes_a_table():
    describing = set()
    for package in (gateway.node, gateway.store, privacy.store, privacy.log):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            module = pkgutil.resolve_name(found.name)
            described = [each for each in vars(module).values() if isinstance(each, Table)]
            if described and "metadata" in vars(module):
                describing.add(module.__name__)
    assert describing == {module.__name__ for module in TABLES}
