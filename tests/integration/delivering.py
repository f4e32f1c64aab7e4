"""A gateway with partners that do not pull, and such a partner: real HTTP on this machine."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from uuid import UUID

from connectors.jwk import PublicKeys
from connectors.ketenpartners.ontvangst import Partnerdossier
from connectors.wire import Fields
from gateway.auth.permission_map import scopes_for
from gateway.caller import Caller
from gateway.config import Settings
from gateway.parties import Bronhouder, Ketenpartner, Levering, Soort
from gateway.services.aanleveringen import accept_aanlevering
from gateway.services.toestemmingen import withdraw_toestemming
from gateway.wiring import Parts, build
from privacy.clock import Clock
from privacy.gate import PrivacyGate
from schemas.terms import Doel
from tests.rules import adopt
from tests.signing import know_signers, signed

ROOT = Path(__file__).parents[2]
DAY = date(2020, 4, 1)
EVERY_SECOND = "* * * * * *"
NEVER = "0 0 1 1 *"
TRACE = "0" * 31 + "1"


@dataclass
class Receiver:
    """A partner that keeps what it got. `statuses` are answered first, then 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    lock: Any = field(default_factory=Lock)

    def take(self, body: bytes, headers: dict[str, str]) -> int:
        with self.lock:
            self.bodies.append(body)
            self.headers.append(headers)
            status = self.statuses.pop(0) if self.statuses else 200
        self.meanwhile()
        return status

    @property
    def pages(self) -> list[dict[str, Any]]:
        return [json.loads(body)["mutaties"] for body in self.bodies]

    @property
    def items(self) -> list[dict[str, Any]]:
        return [item for page in self.pages for item in page["items"]]

    @property
    def ids(self) -> list[str]:
        return [item.get("mutatieId") or item["terugroepingId"] for item in self.items]

    def dossier(self, parts: Parts, ontvanger: str = "DT&V") -> Partnerdossier:
        """Everything it got, checked as a partner does: signature, recipient, log entry."""
        keys = PublicKeys.read(Fields(parts.signer.jwks()))
        dossier = Partnerdossier(ontvanger, lambda _kid: keys)
        for body, headers in zip(self.bodies, self.headers, strict=True):
            dossier.receive_mutaties(body, headers["payload-signature"])
        return dossier


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = receiver.take(body, headers)
            try:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()
            except OSError:
                self.close_connection = True  # who asked has gone

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        receiver.url = f"http://127.0.0.1:{server.server_port}/mutaties"
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield receiver
        server.shutdown()


@dataclass(frozen=True)
class World:
    """One gateway's settings: `DT&V` is brought its feed, `AVIM` if `second` says where."""

    folder: Path
    database: str
    first: str
    second: str | None = None
    cron: str = NEVER

    @property
    def partners(self) -> tuple[Ketenpartner, ...]:
        brought = Ketenpartner("DT&V", "DT&V", Levering.BEZORGEN, self.cron, self.first)
        if self.second is None:
            avim = Ketenpartner("AVIM", "AVIM", Levering.OPHALEN)
        else:
            avim = Ketenpartner("AVIM", "AVIM", Levering.BEZORGEN, self.cron, self.second)
        return brought, avim, Ketenpartner("IND", "IND", Levering.OPHALEN)

    def parts(self, day: date = DAY) -> Parts:
        """Opened as a process of its own would; who asks disposes of the engine."""
        settings = Settings(
            database=self.database,
            sleutels=self.folder / "sleutels",
            uitgever="https://gateway.example",
            bronhouders=(Bronhouder("sndvu", "SNDVU"),),
            ketenpartners=self.partners,
        )
        clock = Clock(now=lambda: datetime(2026, 5, 4, 9, 30, tzinfo=UTC), day=lambda: day)
        made = build(settings)
        adopt(made.engine)
        know_signers(made.engine)
        made.rules_now()
        gate = PrivacyGate(engine=made.engine, keys=made.keys, rules=made.rules, clock=clock)
        return replace(made, clock=clock, gate=gate)

    @contextmanager
    def running(self, *words: str, **environ: str) -> "Iterator[subprocess.Popen[str]]":
        """The program itself, in a process of its own that does not outlive the block."""
        with self._started(words, environ) as process:
            try:
                yield process
            finally:
                # gunicorn's own process ends when the one that started it has gone.
                process.kill()

    def _started(self, words: Sequence[str], environ: Mapping[str, str]) -> "subprocess.Popen[str]":
        file = self.folder / "gateway.toml"
        file.write_text(self._toml())
        return subprocess.Popen(
            [sys.executable, "-m", "gateway.cli", *words],
            cwd=ROOT,
            env={
                **os.environ,
                "LSO_GATEWAY_INSTELLINGEN": str(file),
                "LSO_GATEWAY_DATABASE": self.database,
                "LSO_GATEWAY_SLEUTELS": str(self.folder / "sleutels"),
                "LSO_GATEWAY_UITGEVER": "https://gateway.example",
                "LSO_GATEWAY_LOGKOPIE": str(self.folder),
                "LSO_GATEWAY_CONTACT": "lso@gemeente.example",
                "LSO_GATEWAY_DEMO": "true",
                "LSO_GATEWAY_DAG": DAY.isoformat(),
                **environ,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _toml(self) -> str:
        lines = ['[[bronhouder]]\ncode = "sndvu"\nnaam = "SNDVU"\n']
        for each in self.partners:
            lines.append("[[ketenpartner]]")
            lines.append(f'code = "{each.code}"\nnaam = "{each.naam}"')
            lines.append(f'levering = "{each.levering}"')
            if each.levering is Levering.BEZORGEN:
                lines.append(f'cron = "{each.cron}"\nurl = "{each.url}"')
        return "\n".join(lines)


def an_item(number: int, ontvangers: Sequence[str] = ("DT&V",), **other: Any) -> dict[str, Any]:
    """One casus in guidance, with consent for these partners."""
    return {
        "standVan": "2020-04-01T08:00:00Z",
        "samenvatting": {
            "vNummer": f"{9_000_000_000 + number}",
            "status": "in_begeleiding",
            "lijn": "2",
            "datumInstroom": "2020-02-11",
            "datumUitstroom": None,
            "uitstroomreden": None,
        },
        "toestemmingen": [
            {
                "toestemmingId": str(UUID(int=number)),
                "ontvangers": list(ontvangers),
                "doelen": ["aanmelding", "mutaties"],
                "eersteDag": "2020-02-01",
                "laatsteDag": "2021-02-01",
                "verklaring": "2019-1",
                "vorm": "schriftelijk",
                "taal": "fa",
                "tolk": True,
                "ingetrokkenOp": None,
                "vertegenwoordiger": None,
                "vertegenwoordigerVereist": False,
                "bewijsSha256": None,
            }
        ],
    } | other


_SNDVU = Caller(
    client_id="sndvu-node",
    organisatie="sndvu",
    soort=Soort.BRONHOUDER,
    scopes=scopes_for(Soort.BRONHOUDER),
    doelen=frozenset(Doel),
    trace_id=TRACE,
)


def push(parts: Parts, *items: dict[str, Any]) -> None:
    """An organisation delivers; every item is accepted."""
    answer = accept_aanlevering(
        parts, _SNDVU, {"items": signed(items, "sndvu")}, proef=False, idempotency=None
    )
    assert [each["resultaat"] for each in answer["resultaten"]] == ["aangenomen"] * len(items)


def withdraw(parts: Parts, number: int) -> None:
    """The person of an item takes the consent back; doing so twice is doing so once."""
    withdraw_toestemming(parts, _SNDVU, UUID(int=number), {})
