"""What identity costs: a token, and a call with a token that is bound to nothing, a certificate
or a key.

    make bench ARGS="--tokens"

The call is the cheapest one there is (the digests of the policy), so that little else is in it.
What a client does to make its assertion and its proof is not counted.
"""

import json
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc.jwk import ECKey
from rich.console import Console
from rich.table import Table
from werkzeug.test import create_environ, run_wsgi_app

from gateway.app import Gateway, create_app
from gateway.auth.certificates import as_known
from gateway.database import upgrade
from gateway.parties import Soort
from gateway.server import settle_memory
from gateway.settings_values import networks
from gateway.store.clients import Binding
from gateway.wiring import build
from tests.api.world import Hands, Machine, add, registered, settings_for
from tests.bench.cpu import Meter, Noise
from tests.certificates import Authority
from tests.rules import adopt

BINDINGS: Final = (Binding.GEEN, Binding.MTLS, Binding.DPOP)
_TIMES: Final = 200
_ROUNDS: Final = 7
_PATH: Final = "/v1/beleid"
_TOKEN: Final = "/oauth/token"


class _Now(Hands):
    def __init__(self) -> None:
        self.moment = datetime.now(UTC)  # noqa: TID251  no test of time


@dataclass(frozen=True)
class Door:
    """A gateway that takes all three kinds of tokens, and a client of each kind."""

    app: Gateway
    meter: Meter
    machines: Mapping[Binding, Machine]
    client_cert: str

    @classmethod
    def build(cls, folder: Path, database: str, meter: Meter) -> "Door":
        settings = replace(
            settings_for(folder, database, demo=True),
            proxies=networks("127.0.0.1"),
            verzoeken_per_minuut=100_000,
        )
        parts = build(settings)
        upgrade(parts.engine)
        adopt(parts.engine)
        parts.rules_now()
        shown = x509.load_pem_x509_certificate(
            Authority(folder).give("node").certificate.read_bytes()
        )
        machines = {}
        for binding in BINDINGS:
            machines[binding] = Machine(binding, ECKey.generate_key("P-256"), _Now())
            client = registered(machines[binding], "sndvu", Soort.BRONHOUDER, binding)
            if binding is Binding.MTLS:
                client = replace(client, certificaten=frozenset({as_known(shown).thumbprint}))
            add(parts, client)
        app = create_app(parts)
        settle_memory()
        pem = shown.public_bytes(Encoding.PEM).decode()
        der = "".join(pem.splitlines()[1:-1])
        return cls(app, meter, machines, f":{der}:")

    def asks(self, binding: Binding) -> dict[str, Any]:
        """A request for a token, ready to go in."""
        machine = self._now(binding)
        headers = self._shown(binding)
        if binding is Binding.DPOP:
            headers["DPoP"] = machine.proof("POST", _TOKEN)
        return create_environ(
            _TOKEN,
            method="POST",
            data=machine.form(),
            headers=headers,
            environ_base={"REMOTE_ADDR": "127.0.0.1"},
        )

    def calls(self, binding: Binding, token: str) -> dict[str, Any]:
        """A call with this token, ready to go in."""
        headers = self._shown(binding)
        headers["Authorization"] = f"Bearer {token}"
        if binding is Binding.DPOP:
            headers["Authorization"] = f"DPoP {token}"
            headers["DPoP"] = self._now(binding).proof("GET", _PATH, token)
        return create_environ(_PATH, headers=headers, environ_base={"REMOTE_ADDR": "127.0.0.1"})

    def token(self, binding: Binding) -> str:
        told: str = json.loads(self.send(self.asks(binding)))["access_token"]
        return told

    def send(self, environ: dict[str, Any]) -> bytes:
        """One request through the whole stack; anything but success ends the bench."""
        parts, status, _headers = run_wsgi_app(self.app, environ, buffered=True)
        body = b"".join(parts)
        if not status.startswith("2"):
            raise RuntimeError(f"{environ['PATH_INFO']}: {status}")
        return body

    def _now(self, binding: Binding) -> Machine:
        return replace(self.machines[binding], hands=_Now())

    def _shown(self, binding: Binding) -> dict[str, str]:
        return {"Client-Cert": self.client_cert} if binding is Binding.MTLS else {}


@dataclass(frozen=True)
class Figure:
    """Seconds for one, of CPU (ours and the database's) and by the clock."""

    cpu: list[float]
    wall: list[float]


def measure(door: Door, noise: Noise) -> dict[tuple[str, Binding], Figure]:
    """Rounds of every kind in turn."""
    figures = {(what, each): Figure([], []) for what in ("token", "call") for each in BINDINGS}
    for _ in range(_ROUNDS):
        for binding in BINDINGS:
            noise.sample()
            asked = [door.asks(binding) for _ in range(_TIMES)]
            _round(door, asked, figures["token", binding])
            token = door.token(binding)
            called = [door.calls(binding, token) for _ in range(_TIMES)]
            _round(door, called, figures["call", binding])
    return figures


def _round(door: Door, environs: list[dict[str, Any]], figure: Figure) -> None:
    client, database, wall = door.meter.client(), door.meter.database(), time.perf_counter()
    for environ in environs:
        door.send(environ)
    figure.wall.append((time.perf_counter() - wall) / len(environs))
    used = door.meter.client() - client + door.meter.database() - database
    figure.cpu.append(used / len(environs))


def show(console: Console, title: str, figures: Mapping[tuple[str, Binding], Figure]) -> None:
    """Print one database's table; what a binding adds is beside the plain token."""
    table = Table(title=f"{title}: identiteit", title_justify="left")
    for heading in ("werk", "binding", "CPU ms min", "mediaan", "erbij ms", "per s, één draad"):
        table.add_column(heading, justify="left" if heading in {"werk", "binding"} else "right")
    for what in ("token", "call"):
        for binding in BINDINGS:
            figure = figures[what, binding]
            least = min(figure.cpu)
            added = least - min(figures[what, Binding.GEEN].cpu)
            table.add_row(
                what,
                binding.value,
                f"{least * 1e3:.2f}",
                f"{statistics.median(figure.cpu) * 1e3:.2f}",
                f"{added * 1e3:+.2f}",
                f"{1 / min(figure.wall):.0f}",
            )
        table.add_section()
    console.print(table)
