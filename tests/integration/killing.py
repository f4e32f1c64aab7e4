"""A gateway in processes of its own, to be killed while organisations push to it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
from sqlalchemy import Connection, Engine, func, select

from connectors.transport import Transport
from gateway.demo.installation import STANDARD_BELEID, Installation
from gateway.demo.place import choose_address
from gateway.demo.registers import STANDARD, find_registers
from gateway.store.idempotentie import idempotentie
from privacy.keys import KeyRing
from privacy.log.tables import auditregel
from privacy.log.verify import verify
from privacy.policy import load_policies
from privacy.store.dossiers import Lock, load_by_id
from privacy.store.engine import make_engine, reading
from privacy.store.tables import casus, mutatie, toestemming
from tests.architecture.checkout import ROOT
from tests.builders import people
from tests.signing import know_signers, signed

DAY = date(2020, 4, 1)
NOBODY = "http://127.0.0.1:1/mutaties"
PATIENCE_SECONDS = 60.0
SERVE = (sys.executable, "-m", "gateway.cli", "serve", "--zonder-worker")


@dataclass(frozen=True, slots=True)
class Somewhere(Installation):
    """An installation on a database of our choice."""

    where: str = ""

    @property
    def database(self) -> str:
        return self.where


def installed(folder: Path, database: str) -> Somewhere:
    made = Somewhere(
        folder,
        choose_address(None),
        STANDARD_BELEID,
        find_registers(STANDARD),
        load_policies(STANDARD_BELEID),
        where=database,
    )
    made.build()
    engine = opened(made)
    know_signers(engine)
    engine.dispose()
    made.stand_on(DAY, NOBODY)
    return made


@dataclass
class Gateway:
    """`serve` as a supervisor would run it: whoever kills it, it is started again."""

    installation: Somewhere
    log: Path
    process: "subprocess.Popen[bytes] | None" = None

    def up(self) -> None:
        """Until it answers; a start that was refused is tried again."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.is_ready():
            assert time.monotonic() < deadline, self.log.read_text()[-2_000:]
            if self.process is None or self.process.poll() is not None:
                self._start()
            time.sleep(0.02)

    def _start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                SERVE,
                cwd=ROOT,
                env={**os.environ, **self.installation.settings},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def is_ready(self) -> bool:
        host, _, port = self.installation.address.partition(":")
        connection = HTTPConnection(host, int(port), timeout=5)
        try:
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def kill_worker_process(self) -> None:
        """The process that answers requests; the master starts another."""
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):
                child.kill()

    def kill_master(self) -> None:
        """The master alone: its child notices, and ends by itself."""
        self.process.kill()
        self.process.wait()

    def kill_both(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def down(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@contextmanager
def running(installation: Somewhere) -> Iterator[Gateway]:
    gateway = Gateway(installation, installation.folder / "gateway.log")
    try:
        gateway.up()
        yield gateway
    finally:
        gateway.down()


class Organisation:
    """Pushes until it is told that all is well, and keeps what it was told."""

    def __init__(self, installation: Somewhere, stack: ExitStack, code: str = "sndvu") -> None:
        transport = Transport()
        stack.callback(transport.close)
        self._address, self._code = installation.address, code
        self._tokens = installation.client(code, transport)._tokens
        self.acknowledged: dict[str, list[UUID]] = {}
        #: Pushes that broke off before there was an answer.
        self.broken = 0
        self.statuses: list[int] = []

    def _proven(self, method: str, path: str) -> Mapping[str, str]:
        who = self._tokens.credentials(self._tokens.token())
        return who.headers(method, f"http://{self._address}{path}")

    def push(self, key: str, items: Sequence[dict[str, Any]]) -> bool:
        """Push once; whether it was acknowledged. No answer and a 5xx are none."""
        host, _, port = self._address.partition(":")
        connection = HTTPConnection(host, int(port), timeout=60)
        head = {**self._proven("POST", "/v1/aanleveringen"), "Content-Type": "application/json"}
        try:
            body = json.dumps({"items": signed(items, self._code)})
            connection.request("POST", "/v1/aanleveringen", body, {**head, "Idempotency-Key": key})
            answer = connection.getresponse()
            told = answer.read()
        except (OSError, HTTPException):
            self.broken += 1
            return False
        finally:
            connection.close()
        self.statuses.append(answer.status)
        if answer.status >= 500:
            return False
        assert answer.status == 200, told
        results = json.loads(told)["resultaten"]
        assert {each["resultaat"] for each in results} == {"aangenomen"}
        ids = [UUID(each["casusId"]) for each in results]
        assert self.acknowledged.setdefault(key, ids) == ids
        return True

    def persist(self, key: str, items: Sequence[dict[str, Any]], ready: Callable[[], None]) -> None:
        while not self.push(key, items):
            ready()


def batch(number: int, size: int) -> list[dict[str, Any]]:
    """So many people; no two batches have one in common."""
    return people(size, start=1 + number * size)


def stored(engine: Engine) -> int:
    with reading(engine) as tx:
        return tx.execute(select(func.count()).select_from(casus)).scalar_one()


def assert_whole(engine: Engine, keys: KeyRing, acknowledged: Sequence[UUID], pushes: int) -> None:
    """Everything acknowledged is there, in every table; the log tells of nothing else."""
    with reading(engine) as tx:
        assert verify(tx).sound
        ids = set(tx.execute(select(casus.c.id)).scalars())
        assert set(acknowledged) == ids
        assert len(acknowledged) == len(ids)
        dossiers = load_by_id(tx, keys, ids, Lock.NONE)
        entries = _entries(tx)
        rows = tx.execute(select(mutatie.c.nummer, mutatie.c.casus_id)).all()
        assert sorted(row.casus_id for row in rows) == sorted(ids)
        for row in rows:
            entry = entries[row.nummer]
            assert entry["soort"] == "casus_aangenomen"
            assert entry["pseudoniem"] == dossiers[row.casus_id].keys.pseudoniem()
        events = tx.execute(select(toestemming.c.casus_id)).scalars().all()
        assert sorted(events) == sorted(ids)
        kinds = [entry["soort"] for entry in entries.values()]
        assert kinds.count("casus_aangenomen") == len(ids)
        assert kinds.count("aanlevering") == pushes
        answers = tx.execute(select(idempotentie.c.antwoord)).scalars().all()
        assert len(answers) == pushes
        assert None not in answers


def _entries(tx: Connection) -> dict[int, dict[str, Any]]:
    rows = tx.execute(select(auditregel.c.nummer, auditregel.c.regel)).all()
    return {row.nummer: json.loads(row.regel) for row in rows}


def opened(installation: Somewhere) -> Engine:
    return make_engine(installation.database)
