"""The schema of the database: every table of this program, and the migrations to it.

Importing this module fills `metadata` with every table. Migrations only ever add first
(expand), so that two versions can run side by side during an upgrade.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Engine, column, inspect, select, table, text

from gateway.node import logstand, memory
from gateway.store import (
    asserties,
    bezorging,
    clients,
    contracten,
    idempotentie,
    ondertekenaars,
    overleggen,
    proofs,
    sessions,
    uitvoer,
    withdrawn_tokens,
)
from privacy.log import tables as log_tables
from privacy.log.append import initialise
from privacy.rights import set_rights
from privacy.store import herstel, rulebooks, terugroepingen, verloren
from privacy.store import tables as store_tables
from privacy.store.engine import reading, writing
from privacy.store.metadata import metadata

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["TABLES", "is_current", "metadata", "migrations", "newest", "upgrade"]

#: Every module that describes a table: importing it makes the table known to `metadata`.
TABLES: Final = (
    asserties,
    bezorging,
    clients,
    contracten,
    idempotentie,
    ondertekenaars,
    overleggen,
    proofs,
    sessions,
    uitvoer,
    withdrawn_tokens,
    memory,
    log_tables,
    rulebooks,
    store_tables,
    terugroepingen,
    herstel,
    verloren,
    logstand,
)
_MIGRATIONS: Final = Path(__file__).resolve().parents[1] / "deploy" / "migrations"
#: Where Alembic keeps which migration a database has had.
_VERSION: Final = table("alembic_version", column("version_num"))
#: Two that upgrade one PostgreSQL database at once wait for each other under this number.
_LOCK: Final = 4_120_202_004


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema, begin its log, and say who may do what in it.

    Nothing happens twice.
    """
    from alembic import command

    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        command.upgrade(migrations(connection), "head")
        initialise(connection)
        set_rights(connection)


def is_current(engine: Engine) -> bool:
    """Whether the schema is the one this program was written for.

    Asked at every start, so without Alembic: loading that takes as long as all else together.
    """
    with reading(engine) as connection:
        if not inspect(connection).has_table(_VERSION.name):
            return False
        return connection.execute(select(_VERSION.c.version_num)).scalars().all() == [newest()]


def newest() -> str:
    """The last migration: numbered so that their listing is their history."""
    return max(path.stem for path in _require_migrations().glob("versions/[0-9]*.py"))


def migrations(connection: Connection | None = None) -> "Config":
    """What Alembic needs to know; without a connection only for reading the migrations."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_require_migrations()).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s")
    config.attributes["connection"] = connection
    return config


def _require_migrations() -> Path:
    if not _MIGRATIONS.is_dir():
        raise FileNotFoundError("De map deploy/migrations hoort naast het programma te staan.")
    return _MIGRATIONS
