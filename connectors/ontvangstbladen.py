"""The SQLite file of a book of receipts: what was received, proven, and shown of the log.

Written durably before anything goes on: what a partner was once shown, it still knows after a
power cut. Not checked here: whether what is written holds (`connectors.bewijscontrole`).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from connectors.bewijscontrole import BewijsError, Gezien
from privacy.log.notes import Checkpoint

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS ontvangst (
    nummer INTEGER PRIMARY KEY, regel BLOB NOT NULL, zout BLOB NOT NULL, inhoud TEXT NOT NULL,
    bewijs TEXT
) STRICT;
-- `naar` is the larger checkpoint that was proven to begin with this one, `pad` that proof.
CREATE TABLE IF NOT EXISTS controlepunt (
    omvang INTEGER PRIMARY KEY, wortel BLOB NOT NULL, tekst TEXT NOT NULL,
    naar INTEGER, pad TEXT
) STRICT;
-- What the log signed and does not fit: to be shown, never to be thrown away.
CREATE TABLE IF NOT EXISTS tegenspraak (tekst TEXT PRIMARY KEY) STRICT;
"""
_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Ontvangst:
    """What a partner keeps of one page or pack.

    `regel` is the log entry in canonical bytes; `zout` opens its digest together with the content
    that the partner keeps elsewhere, and of which `inhoud` is the SHA-256 as it came in.
    """

    index: int
    regel: bytes = field(repr=False)
    zout: bytes = field(repr=False)
    inhoud: str
    bewijs: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Schakel:
    """A checkpoint, and how it is bound to a later one; to none if it is the newest."""

    gezien: Gezien
    naar: int | None
    pad: tuple[str, ...]


class Bladen:
    """The file itself. Safe for threads and for processes: each call is a transaction."""

    def __init__(self, file: Path, *, read_only: bool = False) -> None:
        """`read_only`: the file is there, and nothing is written to it or beside it."""
        self._file = file
        self._read_only = read_only
        if read_only:
            return
        # Before anything is in it: what SQLite writes beside it gets the same rights.
        file.touch(mode=0o600)
        with self._writing() as db:
            for statement in _TABLES.split(";"):
                db.execute(statement)

    def keep(self, fresh: Ontvangst) -> None:
        """Keep a receipt once; BewijsError where the log said something else of this number."""
        values = (fresh.index, fresh.regel, fresh.zout, fresh.inhoud)
        with self._writing() as db:
            db.execute("INSERT OR IGNORE INTO ontvangst VALUES (?, ?, ?, ?, NULL)", values)
            asked = "SELECT regel FROM ontvangst WHERE nummer = ?"
            if db.execute(asked, (fresh.index,)).fetchone()["regel"] != fresh.regel:
                raise BewijsError(f"regel {fresh.index} van het log: eerder anders ontvangen")

    def all(self) -> list[Ontvangst]:
        """Every receipt, in the order of the log."""
        asked = "SELECT nummer, regel, zout, inhoud, bewijs FROM ontvangst ORDER BY nummer"
        return [Ontvangst(*row) for row in self._read(asked)]

    def unproven(self) -> list[Ontvangst]:
        """Every receipt of which the log gave no proof yet."""
        return [each for each in self.all() if each.bewijs is None]

    def prove(self, index: int, proof: str) -> None:
        """Note the proof of a receipt."""
        with self._writing() as db:
            db.execute("UPDATE ontvangst SET bewijs = ? WHERE nummer = ?", (proof, index))

    def see(self, gezien: Gezien) -> None:
        """Note a checkpoint; BewijsError where another root was shown of this size."""
        punt = gezien.punt
        with self._writing() as db:
            row = (punt.size, punt.root, gezien.tekst)
            db.execute("INSERT OR IGNORE INTO controlepunt VALUES (?, ?, ?, NULL, NULL)", row)
            asked = "SELECT wortel FROM controlepunt WHERE omvang = ?"
            same = db.execute(asked, (punt.size,)).fetchone()["wortel"] == punt.root
        if not same:
            self.contradict(gezien)
            raise BewijsError(f"het controlepunt van omvang {punt.size}: eerder anders getoond")

    def bind(self, old: int, new: int, path: tuple[str, ...]) -> None:
        """Note that the log of `new` entries was proven to begin with that of `old`."""
        with self._writing() as db:
            bound = "UPDATE controlepunt SET naar = ?, pad = ? WHERE omvang = ?"
            db.execute(bound, (new, "\n".join(path), old))

    def contradict(self, gezien: Gezien) -> None:
        """Keep what does not fit."""
        with self._writing() as db:
            db.execute("INSERT OR IGNORE INTO tegenspraak VALUES (?)", (gezien.tekst,))

    def contradictions(self) -> list[str]:
        """The signed texts that did not fit, for whoever supervises the gateway."""
        return [row["tekst"] for row in self._read("SELECT tekst FROM tegenspraak")]

    def chain(self, origin: str) -> list[Schakel]:
        """Every checkpoint that was seen, the smallest first."""
        # By name: another database may have a table that is called the same.
        asked = "SELECT omvang, wortel, tekst, naar, pad FROM controlepunt ORDER BY omvang"
        return [
            Schakel(
                Gezien(Checkpoint(origin, row["omvang"], row["wortel"]), row["tekst"]),
                row["naar"],
                tuple(filter(None, (row["pad"] or "").split("\n"))),
            )
            for row in self._read(asked)
        ]

    def _read(self, asked: str) -> list[Any]:
        with closing(self._opened()) as db:
            return db.execute(asked).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with closing(self._opened()) as db:
            db.execute("BEGIN IMMEDIATE")
            yield db
            # Without this end the connection closes, and nothing was written.
            db.execute("COMMIT")

    def _opened(self) -> sqlite3.Connection:
        if self._read_only:
            return self._opened_to_read()
        db = sqlite3.connect(self._file, timeout=_SECONDS, isolation_level=None)
        db.row_factory = sqlite3.Row
        # In WAL with FULL a commit is on disk; a rollback journal may undo the last one.
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        return db

    def _opened_to_read(self) -> sqlite3.Connection:
        # Where no log is beside it, nobody has it open: then it may stand on a disk that cannot
        # be written, and SQLite leaves no file of its own.
        beside = self._file.with_name(f"{self._file.name}-wal")
        how = "mode=ro" if beside.exists() else "mode=ro&immutable=1"
        name = f"{self._file.resolve().as_uri()}?{how}"
        db = sqlite3.connect(name, timeout=_SECONDS, isolation_level=None, uri=True)
        db.row_factory = sqlite3.Row
        return db
