"""What the same bytes cost without us: into a bare table, through SHA-256, through AES-256-GCM.

COPY by psycopg on PostgreSQL and executemany of the standard library on SQLite, with one commit
for each call, as durable as ours. No index, no key, no check: the floor.
"""

import os
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.bench.cpu import Meter

#: The bytes of one call, cut up as they would be stored: one part for each casus.
Call = Sequence[bytes]
#: Hashing one call takes microseconds: this often, to be seen.
_TIMES = 20


@dataclass(frozen=True)
class Cost:
    """Seconds of CPU for one call."""

    store: float
    digest: float
    encrypt: float

    @property
    def total(self) -> float:
        return self.store + self.digest + self.encrypt


@dataclass
class Raw:
    """A bare table in a database, and a cipher."""

    meter: Meter
    store: Callable[[Call], None]
    close: Callable[[], None]
    cipher: AESGCM = field(default_factory=lambda: AESGCM(os.urandom(32)))

    @classmethod
    def postgresql(cls, url: str, meter: Meter) -> "Raw":
        connection = psycopg.connect(url)
        connection.execute("CREATE TABLE kaal (deel bytea)")
        connection.commit()

        def store(call: Call) -> None:
            with connection.cursor() as cursor, cursor.copy("COPY kaal FROM STDIN") as copy:
                for part in call:
                    copy.write_row((part,))
            connection.commit()

        return cls(meter, store, connection.close)

    @classmethod
    def sqlite(cls, file: Path, meter: Meter) -> "Raw":
        connection: Any = sqlite3.connect(file)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE kaal (deel BLOB)")

        def store(call: Call) -> None:
            with connection:
                connection.executemany("INSERT INTO kaal VALUES (?)", [(part,) for part in call])

        return cls(meter, store, connection.close)

    def cost(self, calls: Sequence[Call]) -> Cost:
        """CPU of each call, on average."""
        count = len(calls)
        return Cost(
            self._time(calls, self.store) / count,
            self._time(calls, self._digest) / count / _TIMES,
            self._time(calls, self._encrypt) / count / _TIMES,
        )

    def _time(self, calls: Sequence[Call], work: Callable[[Call], None]) -> float:
        begun = self.meter.client() + self.meter.database()
        for call in calls:
            work(call)
        return self.meter.client() + self.meter.database() - begun

    def _digest(self, call: Call) -> None:
        for _ in range(_TIMES):
            for part in call:
                sha256(part).digest()

    def _encrypt(self, call: Call) -> None:
        for _ in range(_TIMES):
            for part in call:
                nonce = os.urandom(12)
                self.cipher.encrypt(nonce, part, nonce)
