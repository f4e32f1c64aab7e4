"""Backups as an operator makes them: a copy of the SQLite file or the PostgreSQL database.

Restoring puts the old one back under the old name; what came since is gone. `Restorable` is a
gateway whose processes are stopped and started around it, with its copy of the log on another
disk.
"""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from gateway.log_copy import keep_copy
from gateway.services.beleid import show_beleid
from gateway.services.herstel import begin_again, keep_safe
from gateway.services.herstelmelding import report_spoken
from gateway.services.herstelstand import state
from gateway.wiring import build
from privacy.store.herstel import Herstel
from tests.postgres import databases
from tests.world import World, _with_clock, bronhouder

ORGANISATIES = ("sndvu", "seguro")


class Backups:
    """Of one database; nobody may be connected meanwhile."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url = make_url(url)
        self._folder = folder
        self._made = 0

    def take(self) -> str:
        self._made += 1
        if self._url.drivername.startswith("sqlite"):
            kept = self._folder / f"backup-{self._made}.sqlite"
            with closing(sqlite3.connect(str(self._url.database))) as source:
                source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copyfile(str(self._url.database), kept)
            return str(kept)
        name = f"{self._url.database}_b{self._made}"
        self._copy(str(self._url.database), name)
        return name

    def restore(self, kept: str) -> None:
        database = str(self._url.database)
        if self._url.drivername.startswith("sqlite"):
            for rest in ("", "-wal", "-shm"):
                Path(database + rest).unlink(missing_ok=True)
            shutil.copyfile(kept, database)
            return
        with self._server() as server:
            dropping = sql.SQL("DROP DATABASE {} WITH (FORCE)")
            server.execute(dropping.format(sql.Identifier(database)))
        self._copy(kept, database)

    def _copy(self, old: str, new: str) -> None:
        making = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        with self._server() as server:
            server.execute(making.format(sql.Identifier(new), sql.Identifier(old)))

    def _server(self) -> Any:
        maintenance = self._url.set(database="postgres")
        url = databases.plain(maintenance.render_as_string(hide_password=False))
        return psycopg.connect(url, autocommit=True)


class Restorable(World):
    """A gateway that can be stopped, put back and started again."""

    def __init__(self, folder: Path, database: str) -> None:
        super().__init__(folder, database)
        self._backups = Backups(database, folder)

    # What the processes do by themselves

    def tick(self) -> None:
        """Every ten seconds: the worker."""
        self.pass_time()
        keep_safe(self.parts)

    def copy_log(self) -> None:
        keep_copy(self.parts)

    def start(self) -> None:
        """As `serve` does: the parts are built anew, and then it looks around."""
        self.stop()
        self.pass_time()
        clock = self.parts.clock
        self.parts = _with_clock(build(self.parts.settings), clock)
        self.parts.rules_now()
        begin_again(self.parts)

    def stop(self) -> None:
        self.parts.engine.dispose()

    def pass_time(self) -> None:
        self.now += timedelta(seconds=10)

    # What an operator does

    def backup(self) -> str:
        self.stop()
        return self._backups.take()

    def put_back(self, kept: str) -> None:
        """Restore and nothing else: no process has looked yet."""
        self.stop()
        self._backups.restore(kept)

    def restore(self, kept: str) -> None:
        self.put_back(kept)
        self.start()

    def without_copy(self) -> None:
        """From now on without a copy of the log: as in the demo."""
        settings = replace(self.parts.settings, logkopie=None)
        self.parts = replace(self.parts, settings=settings)

    # What organisations do

    def speak(self, *codes: str) -> None:
        for code in codes or ORGANISATIES:
            asked = self.asked(code)
            assert asked is not None, f"{code} is not asked to speak"
            report_spoken(self.parts, bronhouder(code), {"herstelId": str(asked)})

    def asked(self, code: str, shown: str | None = None) -> UUID | None:
        told = show_beleid(self.parts, bronhouder(code), shown)
        return UUID(told["herstel"]["herstelId"]) if told["herstel"] else None

    def position(self, code: str = "sndvu") -> str:
        """What a node keeps of the gateway's log."""
        return show_beleid(self.parts, bronhouder(code))["logstand"]["handtekening"]

    @property
    def herstel(self) -> Herstel | None:
        found = state(self.parts)
        return None if found is None else found.herstel
