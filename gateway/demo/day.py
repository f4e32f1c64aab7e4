"""One day of the demo, in the order in which it goes in a city.

Organisations push, the municipality plans, organisations nominate, the agenda is frozen; then
the partners pull or are told, and get their packs. Pushes come before the first look at the
feed: who agreed anew in time is not recalled in between.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar
from uuid import UUID

from connectors.gateway_client import GatewayClient
from gateway.demo.cast import LEVERING
from gateway.demo.chair import plan_lso
from gateway.demo.delivered import await_delivery
from gateway.demo.installation import Installation
from gateway.demo.node import Node
from gateway.demo.outcome import Intake, Moment
from gateway.demo.partners import Ontvangen, Partner
from gateway.demo.persistence import persist
from gateway.parties import Levering

#: Nodes at once: as many as the smallest machine has processors.
_AT_ONCE = 2

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Company:
    """Everyone who plays: nodes, partners, and the chair's client."""

    nodes: Sequence[Node]
    partners: Sequence[Partner]
    chair: GatewayClient


@dataclass(slots=True)
class Day:
    """One day, step by step.

    `telling` hears what is being done; `require` raises when a process will not come back.
    """

    dag: date
    company: Company
    installation: Installation
    telling: Callable[[str], None]
    require: Callable[[], None]
    duur: dict[str, float] = field(default_factory=dict)

    def play(self, start_worker: Callable[[], object]) -> Moment:
        """The whole day; the worker is started after the pushes, and goes on."""
        with self._timed("aanleveren"):
            intakes = self._push()
        with self._timed("agenderen"):
            overleg_id = self._agenda()
        start_worker()
        with self._timed("uitwisselen"):
            self._exchange()
        with self._timed("pakketten"):
            received = self._packs(overleg_id)
        return Moment(self.dag, intakes, received, self.duur)

    def _push(self) -> Mapping[str, Intake]:
        for node in self.company.nodes:
            node.write_settings(self.dag)
        intakes = self._each_node(lambda node: node.deliver(self.dag))
        codes = [node.organisatie.code for node in self.company.nodes]
        return dict(zip(codes, intakes, strict=True))

    def _agenda(self) -> UUID:
        chair = self.company.chair
        overleg_id = persist("LSO plannen", lambda: plan_lso(chair, self.dag))
        self._each_node(lambda node: node.nominate(self.dag, overleg_id))
        persist("agenda vaststellen", lambda: chair.freeze(overleg_id))
        return overleg_id

    def _exchange(self) -> None:
        for partner in self.company.partners:
            if LEVERING[partner.code] is Levering.OPHALEN:
                persist(f"{partner.code} haalt mutaties op", partner.pull)
        # After the others pulled: see `delivered`.
        for partner in self.company.partners:
            if LEVERING[partner.code] is Levering.BEZORGEN:
                await_delivery(self.installation.database, partner.code, self.require)

    def _packs(self, overleg_id: UUID) -> Mapping[str, Ontvangen]:
        received = {}
        for partner in self.company.partners:
            close = lambda partner=partner: partner.close_day(overleg_id)  # noqa: E731
            received[partner.code] = persist(f"pakket voor {partner.code}", close)
        return received

    def _each_node(self, task: Callable[[Node], T]) -> list[T]:
        pool = ThreadPoolExecutor(_AT_ONCE)
        try:
            return list(pool.map(task, self.company.nodes))
        finally:
            # Who is interrupted starts nothing new.
            pool.shutdown(cancel_futures=True)

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        self.telling(f"{self.dag}: {step}")
        begun = time.monotonic()
        yield
        self.duur[step] = time.monotonic() - begun
