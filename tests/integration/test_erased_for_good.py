"""Erased, and then a new epoch: what was copied before is of no use to anybody any more.

The copies are what an operator or a thief may have: a dump of every row, the log of the database
(WAL) and a backup, all of before the erasure. With them the keys of now are tried.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Row, inspect, make_url, select, text

from gateway.services.tijdvakken import begin_epoch
from gateway.services.wissingen import erase_casus
from privacy.errors import IntegrityError, KeysUnavailableError
from privacy.keys import KeyRing
from privacy.store.dossiers import Lock
from privacy.store.engine import make_engine, reading
from privacy.store.lookups import look_up
from privacy.store.tables import casus
from privacy.vault import WrappedKeys, open_keys
from tests.builders import a_consent, a_samenvatting, an_item
from tests.integration.backups import Restorable
from tests.world import bronhouder

V_NUMMER = "9081726354"
VALUES = (V_NUMMER, "Merkteken Zeldzaam", "1903-07-29", "Voogd Onvindbaar")
ORGANISATIES = ("sndvu", "seguro", "utrecht", "IND", "AVIM")


@dataclass(frozen=True)
class Stolen:
    """Three copies of before the erasure, as bytes; and the rows of the backup."""

    dump: bytes
    wal: bytes
    backup: bytes
    rows: list[Row[Any]]

    def __iter__(self) -> Iterator[bytes]:
        return iter((self.dump, self.wal, self.backup))


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[Restorable]:
    made = Restorable(tmp_path, database_url)
    yield made
    made.close()


@pytest.fixture
def stolen(world: Restorable, tmp_path: Path) -> tuple[str, Stolen, KeyRing]:
    """A person who is delivered and told of, then copied, then erased; and the keys of then."""
    begun = _wal_now(world)
    [name] = world.casus(
        an_item(
            samenvatting=a_samenvatting(
                vNummer=V_NUMMER, naam="Merkteken Zeldzaam", geboortedatum="1903-07-29"
            ),
            toestemmingen=[a_consent(vertegenwoordiger="Voogd Onvindbaar")],
        )
    )
    world.casus(an_item())
    world.feed("IND")
    dump, wal = _dump(world), _wal(world, begun, tmp_path)
    kept = world.backup()
    backup, rows = _read_backup(world, kept)
    shutil.copytree(world.parts.settings.sleutels, tmp_path / "toen")
    world.start()
    erase_casus(world.parts, bronhouder("sndvu"), UUID(name))
    begin_epoch(world.parts)
    return name, Stolen(dump, wal, backup, rows), KeyRing.open(tmp_path / "toen")


def test_statement_20_no_copy_of_before_gives_back_a_value(world, stolen):
    """Statement 20: the keys of then open the copy, and those of now open none of it."""
    name, copies, keys_of_then = stolen
    [row] = [row for row in copies.rows if row.id == UUID(name)]
    wrapped = WrappedKeys(row.epoch, row.inhoud_sleutel, row.spoor_sleutel)
    assert open_keys(keys_of_then, row.id, wrapped).pseudoniem(), "with the keys of then it opens"

    now = KeyRing.open(world.parts.settings.sleutels)
    for epoch in (row.epoch, *now.epochs):
        for which, part in (("inhoud", row.inhoud_sleutel), ("spoor", row.spoor_sleutel)):
            with pytest.raises((IntegrityError, KeysUnavailableError)):
                now.unwrap(row.id, which, epoch, part)
    for copy in copies:
        assert [value for value in VALUES if value.encode() in copy] == []


def test_statement_20_nor_is_the_v_nummer_found_by_trying_numbers(world, stolen):
    """Statement 20: the true number, under every key of now, for whoever may have delivered it."""
    _name, copies, keys_of_then = stolen
    of_then = keys_of_then.blind_index("sndvu", V_NUMMER)
    for copy in copies:
        assert _holds(copy, of_then), "with the keys of then it is found"

    now = KeyRing.open(world.parts.settings.sleutels)
    tried = [
        now.blind_index(code, V_NUMMER, epoch) for code in ORGANISATIES for epoch in now.epochs
    ]
    for copy in (*copies, _dump(world)):
        assert not any(_holds(copy, index) for index in tried)
    assert not _holds(_dump(world), of_then)


def test_statement_20_the_person_is_unknown_and_the_log_verifies(world, stolen):
    """Statement 20, in the database as it is after that."""
    name, _copies, _keys_of_then = stolen

    with reading(world.parts.engine) as tx:
        world.parts.look(tx)
        found = look_up(tx, world.parts.keys, V_NUMMER, ("sndvu", "seguro"), Lock.NONE)
    assert not any(each.exists for each in found)
    assert world.log_is_sound()
    again = an_item(samenvatting=a_samenvatting(vNummer=V_NUMMER))
    assert world.casus(again) != [name]


def test_a_backup_of_before_the_rollover_is_refused_and_not_taken_for_empty(world, tmp_path):
    """Its casussen would be taken for unknown people at their next delivery."""
    world.casus(an_item())
    kept = world.backup()
    world.start()
    begin_epoch(world.parts)
    world.put_back(kept)

    with pytest.raises(KeysUnavailableError, match="tijdvak 1 ontbreekt"):
        world.start()


def _holds(copy: bytes, index: bytes) -> bool:
    """As bytes, or as hex: as a dump of PostgreSQL has them."""
    return index in copy or index.hex().encode() in copy


def _dump(world: Restorable) -> bytes:
    """Every column of every row."""
    with reading(world.parts.engine) as tx:
        return _rows_as_bytes(tx)


def _rows_as_bytes(tx: Connection) -> bytes:
    kept = []
    for table in inspect(tx).get_table_names():
        for row in tx.execute(text(f'SELECT * FROM "{table}"')):  # noqa: S608  our own names
            kept += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    return b"\n".join(kept)


def _wal_now(world: Restorable) -> str:
    if world.parts.settings.sqlite:
        return ""
    with reading(world.parts.engine) as tx:
        return str(tx.execute(text("SELECT pg_walfile_name(pg_current_wal_lsn())")).scalar_one())


def _wal(world: Restorable, since: str, folder: Path) -> bytes:
    """What the database logged: on PostgreSQL the files themselves, by its own superuser."""
    if world.parts.settings.sqlite:
        [file] = folder.glob("gateway.sqlite-wal")
        return file.read_bytes()
    files = text("SELECT name FROM pg_ls_waldir() WHERE name >= :since ORDER BY name")
    read = text("SELECT pg_read_binary_file('pg_wal/' || :name)")
    with reading(world.parts.engine) as tx:
        names = tx.execute(files, {"since": since}).scalars().all()
        return b"".join(bytes(tx.execute(read, {"name": name}).scalar_one()) for name in names)


def _read_backup(world: Restorable, kept: str) -> tuple[bytes, list[Row[Any]]]:
    url = make_url(world.parts.settings.database).set(database=kept)
    engine = make_engine(url.render_as_string(hide_password=False))
    try:
        with reading(engine) as tx:
            rows = list(tx.execute(select(casus)).all())
            raw = Path(kept).read_bytes() if engine.dialect.name == "sqlite" else b""
            return raw + _rows_as_bytes(tx), rows
    finally:
        engine.dispose()
