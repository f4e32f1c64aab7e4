"""Deliver the feed to a partner that does not pull: the pages it would have pulled, in order.

page through the gate ─▶ POST ─▶ 2xx ─▶ position, and the entry `bezorgd`, in one transaction
        ▲                  │
        └── not received ◀─┘  at most `_PATIENCE`: what leaves was decided for this attempt alone

At least once: who dies between the partner's 2xx and the stored position delivers the same items
again, under the same ids. Anything but a 2xx leaves the position where it was, and the next time
of the schedule begins there. No transaction is open while the partner is spoken to. A page
without items is not sent (`mutaties.pass_silence`).

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
from connectors.ketenpartners.bezorging import Bezorging, Ontvangst
from connectors.retries import NO_PATIENCE, Patience
from connectors.transport import Transport
from gateway.caller import Caller
from gateway.parties import Ketenpartner, Levering, Soort
from gateway.runner_lock import Turn, take_turn
from gateway.services.feed_place import last_recall
from gateway.services.mutaties import FEED, disclose_from, pass_silence
from gateway.services.recall_page import disclose_recalls
from gateway.store.bezorging import (
    begin_attempt,
    move,
    note_fault,
    note_recalled,
    recalled_until,
)
from gateway.telemetry import log_event
from gateway.trace import Trace, begin_trace
from gateway.wiring import Parts
from privacy.disclosure import Disclosure
from privacy.errors import PrivacyError, SystemRefusalError
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.store.engine import writing

#: As the log names the worker, where a client's id stands for who pulls.
CLIENT: Final = "bezorging"
PAGE: Final = 100
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
        return _Delivery(
            parts, partner.code, partner.url, _caller(partner, trace), sender, turn
        ).run(way)


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
    """One delivery under way; whoever has it has the turn."""

    parts: Parts
    recipient: str
    url: str
    caller: Caller
    sender: Bezorging
    turn: Turn
    items: int = 0

    def run(self, way: Way) -> Verslag:
        try:
            afloop = self._pages_or_recalls(way)
        except (ConnectorError, PrivacyError) as error:
            return self._failed(error)
        if self.items:
            log_event(
                "bezorgd",
                ontvanger=self.recipient,
                aantal=self.items,
                trace=self.caller.trace_id,
            )
        return Verslag(afloop, self.items)

    def _pages_or_recalls(self, way: Way) -> Afloop:
        try:
            return self._pages(way)
        except SystemRefusalError:
            # Nothing of a person may go now; a recall tells nothing of one, and must.
            self._recalls(way)
            raise

    def _pages(self, way: Way) -> Afloop:
        with writing(self.parts.engine) as tx:
            position = begin_attempt(tx, self.recipient, self.parts.clock.now())
        more = True
        while more:
            if way.stopped():
                return Afloop.GESTOPT
            page = way.patience.run(partial(self._attempt, position))
            if page is None:
                return Afloop.BEZET
            receipt, end, more = page
            if not self._keep(position, end, receipt):
                return Afloop.BEZET
            position = end
        return Afloop.BEZORGD

    def _attempt(self, position: int) -> tuple[Ontvangst | None, int, bool] | None:
        """Bring the page that may leave now; None where another runner has the turn."""
        ahead = pass_silence(self.parts, self.caller, position)
        if not ahead.more:
            return None, ahead.place, False
        return self._page(ahead.place) if self.turn.is_held() else None

    def _page(self, position: int) -> tuple[Ontvangst | None, int, bool]:
        """Send one page; no receipt where consent ended just now and nothing was left of it."""
        disclosure, end = disclose_from(self.parts, self.caller, position, PAGE)
        if not disclosure.onderdelen:
            return None, end.place, end.more
        return self._send(disclosure), end.place, end.more

    def _recalls(self, way: Way) -> None:
        """Bring the recalls that the feed has not told yet; its position stays where it is."""
        with writing(self.parts.engine) as tx:
            position = begin_attempt(tx, self.recipient, self.parts.clock.now())
            after = max(last_recall(position), recalled_until(tx, self.recipient))
        more = True
        while more and not way.stopped():
            brought = way.patience.run(partial(self._recall_page, position, after))
            if brought is None:
                return
            receipt, after, more = brought
            with writing(self.parts.engine) as tx:
                note_recalled(tx, self.recipient, after, receipt)
                append(tx, [self._entry(receipt)], self.parts.clock.now())

    def _recall_page(self, position: int, after: int) -> tuple[Ontvangst, int, bool] | None:
        """Send one page of recalls; None where there is none, or another runner has the turn."""
        if not self.turn.is_held():
            return None
        page = disclose_recalls(self.parts, self.caller, position, after, PAGE)
        if page is None:
            return None
        return self._send(page.disclosure), page.last, page.more

    def _send(self, disclosure: Disclosure) -> Ontvangst:
        receipt = self.sender.deliver(
            disclosure,
            recipient=self.recipient,
            url=self.url,
            signature=self.parts.signer.sign_answer(disclosure.body),
        )
        self.items += disclosure.onderdelen
        return receipt

    def _keep(self, van: int, naar: int, receipt: Ontvangst | None) -> bool:
        """Store the position with the proof of what was received; False if another moved it."""
        with writing(self.parts.engine) as tx:
            moved = move(tx, self.recipient, van, naar, receipt)
            if receipt is not None:
                append(tx, [self._entry(receipt)], self.parts.clock.now())
        return moved

    def _entry(self, receipt: Ontvangst) -> AuditEntry:
        """That the partner said it received a page: the last one before this, of this trace."""
        return AuditEntry(
            soort=Auditsoort.BEZORGD,
            tijd=receipt.tijd,
            **self.caller.herkomst,
            ontvanger=self.recipient,
        )

    def _failed(self, error: ConnectorError | PrivacyError) -> Verslag:
        kind = type(error).__name__
        with writing(self.parts.engine) as tx:
            note_fault(tx, self.recipient, kind)
        log_event(
            "bezorging_mislukt",
            level=logging.WARNING,
            ontvanger=self.recipient,
            fout=kind,
            trace=self.caller.trace_id,
        )
        # Only a connector's error promises to hold nothing but a host and a fixed text.
        uitleg = str(error) if isinstance(error, ConnectorError) else ""
        return Verslag(Afloop.MISLUKT, self.items, kind, uitleg)
