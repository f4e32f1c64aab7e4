"""Plays the whole: set up, day after day, and the proof at the end.

The gateway reads its settings once, so between two days it is stopped and started again. The
worker starts after the day's pushes and stops before the day ends: what a day brings is told
on that day.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from connectors.errors import ConnectorError
from connectors.retries import Patience
from connectors.transport import Transport
from gateway.demo.cast import GEMEENTE, LEVERING
from gateway.demo.day import Company, Day
from gateway.demo.errors import DemoError, InterruptedStepError
from gateway.demo.installation import Installation
from gateway.demo.loopback import serving
from gateway.demo.node import Node
from gateway.demo.outcome import Moment
from gateway.demo.partners import DELIVERY_PATH, Partner
from gateway.demo.persistence import persist
from gateway.demo.processes import Processes
from gateway.demo.provider import add_provider
from gateway.demo.service import Service
from gateway.demo.source import answer_from
from gateway.parties import Levering

_PATIENCE_SECONDS: Final = 60.0
_PAUSE_SECONDS: Final = 0.05
#: In earnest it is ten; here nobody has to wait for a receipt.
_SIGNING_SECONDS: Final = 1
#: Short: a gateway that was killed is back within seconds, and the whole step is repeated.
_PATIENCE: Final = Patience(attempts=3, total_seconds=60.0)


@dataclass(frozen=True, slots=True)
class Proof:
    """What the log's own check found: how many entries, and the root of the tree."""

    regels: int
    wortel: str


@dataclass(slots=True)
class Stage:
    """The world of one demo, while it lasts: `opened` sets it up and clears it away."""

    installation: Installation
    processes: Processes
    company: Company
    transport: Transport
    delivery_url: str
    running: list[Service] = field(default_factory=list)

    def play(self, dag: date, telling: Callable[[str], None]) -> Moment:
        """One day; gateway and worker still run afterwards."""
        day = Day(dag, self.company, self.installation, telling, self.require, self.processes.close)
        with day.timed("gateway starten"):
            self.installation.stand_on(dag, self.delivery_url)
            gateway = self._start("gateway", ["serve", "--zonder-worker"])
            self._start("logtekenaar", ["logtekenaar", "--elke", str(_SIGNING_SECONDS)])
            self._await_ready(gateway)
        return day.play(lambda: self._start("worker", ["worker"]))

    def require(self) -> None:
        """DemoError when a process is not started again any more."""
        for service in self.running:
            service.require()

    def end_day(self) -> None:
        """Stop what runs, the latest first."""
        # An idle connection of ours would keep the gateway waiting.
        self.transport.close()
        while self.running:
            self.running.pop().stop()

    def prove(self) -> Proof:
        """Have the log checked by the gateway's own command; DemoError where it is not sound."""

        def once() -> Any:
            settings = self.installation.settings
            ended = self.processes.run(
                "audit", ["audit", "controleer", "--json"], "audit", settings
            )
            if ended.killed:
                raise InterruptedStepError("het proces is afgebroken")
            if ended.code != 0:
                raise DemoError(f"Het auditlog klopt niet:\n{ended.output}{ended.complaint}")
            return json.loads(ended.output)

        told = persist("log controleren", once)
        return Proof(told["regels"], told["wortel"])

    def _start(self, role: str, arguments: Sequence[str]) -> Service:
        service = Service(self.processes, role, arguments, self.installation.settings)
        self.running.append(service)
        return service.start()

    def _await_ready(self, gateway: Service) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not self._is_ready():
            gateway.require()
            if time.monotonic() > deadline:
                told = self.processes.complaint("gateway")
                raise DemoError(f"De gateway komt niet op gang:\n{told}")
            time.sleep(_PAUSE_SECONDS)

    def _is_ready(self) -> bool:
        probe = Transport(patience=Patience(attempts=1, total_seconds=2.0))
        try:
            probe.request("GET", f"{self.installation.url}/health/ready")
        except ConnectorError:
            return False
        finally:
            probe.close()
        return True


@contextmanager
def opened(installation: Installation) -> Iterator[Stage]:
    """Set up in the installation's folder; whatever happens, no process outlives the block."""
    with ExitStack() as stack:
        processes = Processes(installation.folder)
        stack.callback(processes.close)
        transport = Transport(patience=_PATIENCE)
        stack.callback(transport.close)
        table = add_provider(stack, installation.folder, installation.url, demo=True)
        installation = replace(installation, console=table)
        installation.build()
        source_url = stack.enter_context(serving(answer_from(installation.registers)))
        partners = [
            Partner(code, installation.client(code, transport), installation.receipt_book(code))
            for code in LEVERING
        ]
        (told,) = (each for each in partners if LEVERING[each.code] is Levering.BEZORGEN)
        delivery_url = stack.enter_context(serving(told.receive())) + DELIVERY_PATH
        nodes = [
            Node(installation, processes, organisatie, source_url)
            for organisatie in installation.registers.organisaties
        ]
        for node in nodes:
            node.furnish()
        company = Company(nodes, partners, installation.client(GEMEENTE.code, transport))
        stage = Stage(installation, processes, company, transport, delivery_url)
        stack.callback(stage.end_day)
        yield stage
