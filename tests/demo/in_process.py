"""The demo's exchange in this process: the same nodes, gateway and wire, without child processes.

A second or two where the demo takes many. What only processes can show (kills, locks, logs) is
not seen here.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from werkzeug.serving import make_server

from connectors.transport import Transport
from gateway.app import create_app
from gateway.config import read_settings
from gateway.demo.cast import GEMEENTE, LEVERING
from gateway.demo.day import Company, Day
from gateway.demo.installation import Installation
from gateway.demo.loopback import serving
from gateway.demo.node import Node
from gateway.demo.outcome import Intake, Moment, read_intake, to_wire
from gateway.demo.partners import DELIVERY_PATH, Partner
from gateway.demo.place import choose_address
from gateway.demo.registers import find_registers
from gateway.demo.source import answer_from
from gateway.node.bron import load_bron
from gateway.node.delivery import Wijze, aanleveren
from gateway.node.nomination import voordragen
from gateway.node.outcome import Afloop
from gateway.node.parts import open_node
from gateway.parties import Levering
from gateway.services.bezorging import deliver
from gateway.wiring import Parts, build
from privacy.policy import load_policies


@dataclass(frozen=True, slots=True)
class Here(Node):
    """A node that runs in this process."""

    def deliver(self, dag: date) -> Intake:
        with open_node(load_bron(self.write_settings(dag))) as node:
            found = aanleveren(node, Wijze())
        assert found.afloop is Afloop.GOED, found.melding
        return read_intake(found.to_wire())

    def nominate(self, dag: date, overleg_id: UUID) -> None:
        with open_node(load_bron(self.write_settings(dag))) as node:
            voordragen(node, overleg_id)


def exchange(folder: Path, registers: Path, beleid: Path) -> dict[str, Any]:
    """Play every day of the registers under these policies: what UIT.json would hold."""
    with ExitStack() as stack:
        installation = Installation(
            folder, choose_address(None), beleid, find_registers(registers), load_policies(beleid)
        )
        transport = Transport()
        stack.callback(transport.close)
        installation.build()
        partners = [Partner(code, installation.client(code, transport)) for code in LEVERING]
        (told,) = (each for each in partners if LEVERING[each.code] is Levering.BEZORGEN)
        source = stack.enter_context(serving(answer_from(installation.registers)))
        delivery_url = stack.enter_context(serving(told.receive())) + DELIVERY_PATH
        nodes = [
            Here(installation, None, each, source) for each in installation.registers.organisaties
        ]
        for node in nodes:
            node.furnish()
        company = Company(nodes, partners, installation.client(GEMEENTE.code, transport))
        momenten = [
            _play(dag, company, installation, delivery_url) for dag in installation.registers.dagen
        ]
    return json.loads(json.dumps(to_wire(momenten, 1)))


def _play(dag: date, company: Company, installation: Installation, delivery_url: str) -> Moment:
    installation.stand_on(dag, delivery_url)
    parts = build(read_settings(installation.settings))
    with _served(parts, installation.address):
        bring = _bringing(parts)
        day = Day(dag, company, installation, _nothing, require=bring, abandon=_nothing)
        return day.play(bring)


def _nothing(*_told: str) -> None:
    """Tell nobody; end nothing."""


def _bringing(parts: Parts) -> Callable[[], None]:
    """What the worker does at its time: here it is always time."""
    brought = [each for each in parts.settings.ketenpartners if each.levering is Levering.BEZORGEN]

    def bring() -> None:
        for partner in brought:
            deliver(parts, partner)

    return bring


@contextmanager
def _served(parts: Parts, address: str) -> Iterator[None]:
    host, _, port = address.partition(":")
    server = make_server(host, int(port), create_app(parts), threaded=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        parts.engine.dispose()
