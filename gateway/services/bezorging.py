"""Deliver the feed to a partner that does not pull: the pages it would have pulled, in order.

page through the gate ─▶ POST ─▶ 2xx ─▶ position, and the entry `bezorgd`, in one transaction
        ▲                  │
        └── not received ◀─┘  at most `_PATIENCE`: what leaves was decided for this attempt alone

At least once: who dies between the partner's 2xx and the stored position delivers the same items
again, under the same ids. Anything but a 2xx leaves the position where it was, and the next time
of the schedule begins there. A page without items is not sent (`mutaties.pass_silence`).

While a cause in the system keeps the feed where it is, such as a policy past its date, recalls
are brought all the same, by themselves; the feed then tells them again in its turn.
"""

import logging
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Final

from connectors.errors import ConnectorError
from connectors.ketenpartners.bezorging import Bezorging
from connectors.retries import NO_PATIENCE, Patience
from connectors.transport import Transport
from gateway.caller import Caller
from gateway.parties import Ketenpartner, Levering, Soort
from gateway.runner_lock import take_turn
from gateway.services.brought_page import Bringer
from gateway.services.mutaties import FEED
from gateway.telemetry import log_event
from gateway.trace import Trace, begin_trace
from gateway.wiring import Parts
from privacy.errors import PrivacyError, SystemRefusalError

#: As the log names the worker, where a client's id stands for who pulls.
CLIENT: Final = "bezorging"
#: A few seconds of patience with a page, asked of the gate anew each time: consent that was
#: withdrawn between two attempts is gone from the second. The schedule has the rest.
_PATIENCE: Final = Patience(attempts=3, longest_wait_seconds=5.0, total_seconds=60.0)


class Afloop(StrEnum):
    """How a delivery ended. Only `BEZORGD` says that the partner has everything there was."""

    BEZORGD = "bezorgd"
    BEZET = "bezet"
    GESTOPT = "gestopt"
    MISLUKT = "mislukt"


@dataclass(frozen=True, slots=True)
class Verslag:
    """What a delivery did. `fout` is the kind of fault; `uitleg` what it means, in Dutch."""

    afloop: Afloop
    items: int = 0
    fout: str | None = None
    uitleg: str = ""


def connect(trace: Trace) -> Transport:
    """The way to the partners, as it really is. It never repeats what the gate once released."""
    return Transport(patience=NO_PATIENCE, traceparent=lambda: trace.header)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a delivery goes: over what, how patient, until when, and how long it waits its turn."""

    connect: Callable[[Trace], Transport] = connect
    patience: Patience = _PATIENCE
    stopped: Callable[[], bool] = lambda: False
    wait_seconds: float = 0.0


_USUAL_WAY: Final = Way()


def deliver(parts: Parts, partner: Ketenpartner, way: Way = _USUAL_WAY) -> Verslag:
    """Bring a partner everything that it has not received yet.

    One runner at a time for a recipient, over all processes. Faults of the partner or of the
    gate are in the answer, and their kind is kept; ValueError for a partner that pulls.
    """
    if partner.levering is not Levering.BEZORGEN or partner.url is None:
        raise ValueError("this recipient pulls; nothing is brought to it")
    trace = begin_trace(None)
    with (
        take_turn(parts.engine, f"{CLIENT}-{partner.code}", wait_seconds=way.wait_seconds) as turn,
        closing(way.connect(trace)) as transport,
    ):
        if turn is None:
            return Verslag(Afloop.BEZET)
        sender = Bezorging(transport, parts.clock.now)
        bringer = Bringer(parts, partner.url, _caller(partner, trace), sender, turn)
        return _Delivery(bringer, way).run()


def _caller(partner: Ketenpartner, trace: Trace) -> Caller:
    """The partner itself, as if it pulled."""
    return Caller(
        client_id=CLIENT,
        organisatie=partner.code,
        soort=Soort.KETENPARTNER,
        scopes=frozenset({"mutaties:lezen"}),
        doelen=FEED,
        trace_id=trace.trace_id,
    )


@dataclass(slots=True)
class _Delivery:
    """One delivery under way."""

    bringer: Bringer
    way: Way
    items: int = 0

    def run(self) -> Verslag:
        try:
            afloop = self._pages_or_recalls()
        except (ConnectorError, PrivacyError) as error:
            return self._failed(error)
        if self.items:
            caller = self.bringer.caller
            log_event(
                "bezorgd", ontvanger=caller.organisatie, aantal=self.items, trace=caller.trace_id
            )
        return Verslag(afloop, self.items)

    def _pages_or_recalls(self) -> Afloop:
        try:
            return self._pages()
        except SystemRefusalError:
            # Nothing of a person may go now; a recall tells nothing of one, and must.
            self._recalls()
            raise

    def _pages(self) -> Afloop:
        position, more = self.bringer.begin(), True
        while more:
            if self.way.stopped():
                return Afloop.GESTOPT
            page = self.way.patience.run(partial(self.bringer.bring, position))
            if page is None:
                return Afloop.BEZET
            self.items += page.items
            if not self.bringer.keep(position, page):
                return Afloop.BEZET
            position, more = page.end, page.more
        return Afloop.BEZORGD

    def _recalls(self) -> None:
        """Bring the recalls that the feed has not told yet; its position stays where it is."""
        position = self.bringer.begin()
        after, more = self.bringer.last_recall(position), True
        while more and not self.way.stopped():
            page = self.way.patience.run(partial(self.bringer.bring_recalls, position, after))
            if page is None:
                return
            self.items += page.items
            self.bringer.keep_recalls(page)
            after, more = page.end, page.more

    def _failed(self, error: ConnectorError | PrivacyError) -> Verslag:
        kind, caller = type(error).__name__, self.bringer.caller
        self.bringer.note_fault(kind)
        log_event(
            "bezorging_mislukt",
            level=logging.WARNING,
            ontvanger=caller.organisatie,
            fout=kind,
            trace=caller.trace_id,
        )
        # Only a connector's error promises to hold nothing but a host and a fixed text.
        uitleg = str(error) if isinstance(error, ConnectorError) else ""
        return Verslag(Afloop.MISLUKT, self.items, kind, uitleg)
