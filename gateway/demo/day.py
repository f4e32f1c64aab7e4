"""One day of the demo, in the order in which it goes in a city.

The municipality plans; each organisation pushes, and nominates; the agenda is frozen; then the
partners pull or are told, and get their packs. Pushes come before the first look at the feed:
who agreed anew in time is not recalled in between.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
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
from gateway.demo.receipts import await_receipts
from gateway.parties import Levering

#: Nodes at once: as many as the smallest machine has processors.
_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Company:
    """Everyone who plays: nodes, partners, and the chair's client."""

    nodes: Sequence[Node]
    partners: Sequence[Partner]
    chair: GatewayClient


@dataclass(slots=True)
class Day:
    """One day, step by step.

    `telling` hears what is being done; `require` raises when a process will not come back;
    `abandon` ends them all.
    """

    dag: date
    company: Company
    installation: Installation
    telling: Callable[[str], None]
    require: Callable[[], None]
    abandon: Callable[[], None]
    duur: dict[str, float] = field(default_factory=dict)

    def play(self, start_worker: Callable[[], object]) -> Moment:
        """The whole day; the worker is started after the pushes, and goes on."""
        chair = self.company.chair
        overleg_id = persist("LSO plannen", lambda: plan_lso(chair, self.dag))
        with self.timed("aanleveren en voordragen"):
            intakes = self._push(overleg_id)
        start_worker()
        persist("agenda vaststellen", lambda: chair.freeze(overleg_id))
        with self.timed("uitwisselen"):
            self._exchange()
        with self.timed("pakketten"):
            received = self._packs(overleg_id)
        with self.timed("ontvangstbewijzen"):
            received = self._proven(received)
        return Moment(self.dag, intakes, received, self.duur)

    def _push(self, overleg_id: UUID) -> Mapping[str, Intake]:
        """What each node told of its register."""

        def of(node: Node) -> Intake:
            node.write_settings(self.dag)
            intake = node.deliver(self.dag)
            node.nominate(self.dag, overleg_id)
            return intake

        nodes = self.company.nodes
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            try:
                intakes = list(pool.map(of, nodes))
            except BaseException:
                # One that failed, or someone who had enough: the others need not finish.
                self.abandon()
                raise
        codes = [node.organisatie.code for node in nodes]
        return dict(zip(codes, intakes, strict=True))

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

    def _proven(self, received: Mapping[str, Ontvangen]) -> Mapping[str, Ontvangen]:
        """With how many receipts each partner found in the log."""
        return {
            partner.code: replace(
                received[partner.code], bewijzen=await_receipts(partner, self.require)
            )
            for partner in self.company.partners
        }

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        self.telling(f"{self.dag}: {step}")
        begun = time.monotonic()
        yield
        self.duur[step] = time.monotonic() - begun
