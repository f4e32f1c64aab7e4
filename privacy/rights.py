"""What each process may do in the database, on PostgreSQL: nobody who serves changes a log row.

Three roles that cannot log in; whoever runs a process gives its account one of them. The owner
of the tables, who upgrades, is a fourth account that no process uses. SQLite has no roles: there
a file is its owner's, and only copies outside tell of a change.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection, text

from privacy.log import tables as log_tables
from privacy.store.metadata import metadata

WEB: Final = "lso_gateway_web"
WORKER: Final = "lso_gateway_worker"
SIGNER: Final = "lso_gateway_logtekenaar"
_ALL: Final = "SELECT, INSERT, UPDATE, DELETE"
#: Only ever added to (LDV-10, BIO2 8.15): also those who serve may do no more.
ADDED_TO: Final = frozenset(
    {
        log_tables.auditregel.name,
        log_tables.audittegel.name,
        log_tables.toegangsregel.name,
    }
)
#: What the signer says of the log, and who cosigned: whoever serves does not speak for them.
SIGNED: Final = frozenset({log_tables.controlepunt.name, log_tables.medeondertekening.name})
_SIGNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        log_tables.auditregel.name: "SELECT",
        log_tables.audittegel.name: "SELECT",
        log_tables.audithoofd.name: "SELECT",
        # Old ones grow fewer (`privacy.log.thinning`): none is changed.
        log_tables.controlepunt.name: "SELECT, INSERT, DELETE",
        # A newer line of the same witness takes the place of the one before.
        log_tables.medeondertekening.name: (
            "SELECT, INSERT, DELETE, UPDATE (regel, tijd, ontvangen)"
        ),
        # Rows whose term is over, by number and moment: not whose they are (`access_term`).
        log_tables.toegangsregel.name: "SELECT (nummer, tijd), DELETE",
    }
)
#: Two upgrades at once of two databases of one server make the same roles.
_MAKE: Final = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
        CREATE ROLE {role} NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'maak eerst de rol {role}: CREATE ROLE {role} NOLOGIN';
END $$
"""


def set_rights(tx: Connection) -> None:
    """Make the roles and give each its rights on every table; doing it again changes nothing.

    A table that is not in the code any more keeps what it had. The database's own error where
    this account may not make roles and they are not there.
    """
    if tx.dialect.name != "postgresql":
        return
    for role in (WEB, WORKER, SIGNER):
        tx.execute(text(_MAKE.format(role=role)))
        tx.execute(text(f"GRANT SELECT ON alembic_version TO {role}"))
    for name in sorted(metadata.tables):
        for role in (WEB, WORKER):
            _give(tx, name, role, _given(name))
        _give(tx, name, SIGNER, _SIGNS.get(name, ""))


def _given(table: str) -> str:
    if table in SIGNED:
        return "SELECT"
    return "SELECT, INSERT" if table in ADDED_TO else _ALL


def _give(tx: Connection, table: str, role: str, rights: str) -> None:
    tx.execute(text(f"REVOKE ALL ON {table} FROM {role}"))
    if rights:
        tx.execute(text(f"GRANT {rights} ON {table} TO {role}"))
