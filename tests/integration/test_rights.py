"""On PostgreSQL nobody who serves can change or take away what the log says (LDV-10, BIO-04)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from gateway.database import upgrade
from privacy.log.tables import auditregel
from privacy.rights import ADDED_TO, SIGNED, SIGNER, WEB, WORKER, set_rights
from privacy.store.engine import make_engine, reading, writing
from privacy.store.metadata import metadata
from tests.builders import a_consent, a_samenvatting, an_item
from tests.world import World

SERVES = [WEB, WORKER]


def as_role(url: str, role: str) -> str:
    """The address of the database for an account that has this role and no other."""
    return f"{url}{'&' if '?' in url else '?'}options=-c%20role%3D{role}"


@pytest.fixture
def owner(postgres_url: str) -> Iterator[Engine]:
    """The account that upgrades, which no process uses."""
    engine = make_engine(postgres_url)
    upgrade(engine)
    yield engine
    engine.dispose()


def refused(url: str, role: str, statement: str) -> bool:
    engine = make_engine(as_role(url, role))
    try:
        with writing(engine) as tx:
            tx.execute(text(statement))
    except ProgrammingError as error:
        return type(error.orig).__name__ == "InsufficientPrivilege"
    finally:
        engine.dispose()
    return False


@pytest.mark.parametrize("role", SERVES)
def test_the_gateway_does_all_its_work_with_the_rights_of_who_serves(
    owner, postgres_url, tmp_path: Path, role
):
    world = World(tmp_path, as_role(postgres_url, role))
    world.push(an_item(samenvatting=a_samenvatting(), toestemmingen=[a_consent()]))
    told = world.feed("IND")

    assert told
    assert world.log_is_sound()
    with reading(world.parts.engine) as tx:
        assert tx.execute(text("SELECT current_user")).scalar_one() == role
    world.close()


@pytest.mark.parametrize("role", [*SERVES, SIGNER])
@pytest.mark.parametrize("table", sorted(ADDED_TO | SIGNED))
def test_no_row_of_the_log_is_changed_or_taken_away_by_who_serves(owner, postgres_url, role, table):
    """But for what no proof is made of: that the signer takes away when it is old."""
    column = next(iter(metadata.tables[table].c)).name
    may_go = role == SIGNER and table in {*SIGNED, "toegangsregel"}

    assert refused(postgres_url, role, f"UPDATE {table} SET {column} = {column}")  # noqa: S608
    assert refused(postgres_url, role, f"DELETE FROM {table}") is not may_go  # noqa: S608
    assert refused(postgres_url, role, f"TRUNCATE {table} CASCADE")
    assert refused(postgres_url, role, f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    assert refused(postgres_url, role, f"DROP TABLE {table} CASCADE")


@pytest.mark.parametrize("table", sorted(metadata.tables))
def test_who_signs_reads_the_log_and_nothing_of_anyone(owner, postgres_url, table):
    in_the_log = table in {*ADDED_TO, *SIGNED, "audithoofd"} - {"toegangsregel"}

    assert refused(postgres_url, SIGNER, f"SELECT * FROM {table}") is not in_the_log  # noqa: S608
    if table == "toegangsregel":
        assert refused(postgres_url, SIGNER, "SELECT wie FROM toegangsregel")


@pytest.mark.parametrize("role", SERVES)
def test_who_serves_puts_no_checkpoint_or_cosignature_there(owner, postgres_url, role):
    """A row of its own would stand in the way of the signer, or of what a witness said."""
    for table in SIGNED:
        assert refused(postgres_url, role, f"INSERT INTO {table} DEFAULT VALUES")


def test_who_signs_adds_no_entry(owner, postgres_url):
    line = "INSERT INTO auditregel (nummer, regel, blad, opgenomen) VALUES (0, '', '', now())"

    assert refused(postgres_url, SIGNER, line)
    assert refused(postgres_url, SIGNER, "UPDATE audithoofd SET omvang = 0")


def test_a_table_that_is_added_later_has_its_rights_after_the_next_upgrade(owner, postgres_url):
    with writing(owner) as tx:
        tx.execute(text(f"REVOKE ALL ON casus FROM {WEB}"))
    assert refused(postgres_url, WEB, "SELECT * FROM casus")

    upgrade(owner)

    assert not refused(postgres_url, WEB, "SELECT * FROM casus")


def test_an_account_that_may_make_no_roles_is_told_which_to_make(owner):
    with owner.begin() as tx:
        tx.execute(text("CREATE ROLE niemand NOLOGIN"))
        tx.execute(text("SET ROLE niemand"))
        with pytest.raises(ProgrammingError, match="CREATE ROLE lso_proef"):
            set_rights_of(tx)
        tx.rollback()


def set_rights_of(tx) -> None:
    """As `set_rights`, where a role is missing: the roles of a server outlive one database."""
    from privacy import rights

    tx.execute(text(rights._MAKE.format(role="lso_proef")))


def test_sqlite_has_no_roles_and_is_left_alone(tmp_path: Path):
    engine = make_engine(f"sqlite:///{tmp_path / 'leeg.sqlite'}")
    with writing(engine) as tx:
        set_rights(tx)
    engine.dispose()


def test_the_log_stands_in_tables_that_are_only_added_to():
    assert auditregel.name in ADDED_TO
