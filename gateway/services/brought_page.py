"""One page brought to a partner: released by the gate, sent, and its receipt written down.

No transaction is open while the partner is spoken to. A position and the entry `bezorgd` are
written in one transaction.
"""

from dataclasses import dataclass
from typing import Final

from connectors.ketenpartners.bezorging import Bezorging, Ontvangst
from gateway.caller import Caller
from gateway.runner_lock import Turn
from gateway.services.feed_place import last_recall
from gateway.services.mutaties import disclose_from, pass_silence
from gateway.services.recall_page import disclose_recalls
from gateway.store.bezorging import begin_attempt, move, note_fault, note_recalled, recalled_until
from gateway.wiring import Parts
from privacy.disclosure import Disclosure
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.store.engine import reading, writing

PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Brought:
    """A page of the feed up to a position, or of recalls up to a number; and whether more follows.

    No receipt where nothing was sent: the rest told nothing, or consent ended just now.
    """

    receipt: Ontvangst | None
    end: int
    more: bool
    items: int = 0


@dataclass(frozen=True, slots=True)
class Bringer:
    """Brings pages to one partner, for as long as it has the turn."""

    parts: Parts
    url: str
    caller: Caller
    sender: Bezorging
    turn: Turn

    @property
    def recipient(self) -> str:
        return self.caller.organisatie

    def begin(self) -> int:
        """Note that it is tried; the position from where."""
        with writing(self.parts.engine) as tx:
            return begin_attempt(tx, self.recipient, self.parts.clock.now())

    def bring(self, position: int) -> Brought | None:
        """Bring the page that may leave now; None where another runner has the turn."""
        ahead = pass_silence(self.parts, self.caller, position)
        if not ahead.more:
            return Brought(None, ahead.place, more=False)
        if not self.turn.is_held():
            return None
        disclosure, end = disclose_from(self.parts, self.caller, ahead.place, PAGE)
        if not disclosure.onderdelen:
            return Brought(None, end.place, end.more)
        return Brought(self._send(disclosure), end.place, end.more, disclosure.onderdelen)

    def keep(self, position: int, brought: Brought) -> bool:
        """Store where the page ended with the proof of what was received; False if another did."""
        with writing(self.parts.engine) as tx:
            moved = move(tx, self.recipient, position, brought.end, brought.receipt)
            if brought.receipt is not None:
                append(tx, [self._entry(brought.receipt)], self.parts.clock.now())
        return moved

    def last_recall(self, position: int) -> int:
        """The last recall that the feed told up to here, or that was brought by itself."""
        with reading(self.parts.engine) as tx:
            return max(last_recall(position), recalled_until(tx, self.recipient))

    def bring_recalls(self, position: int, after: int) -> Brought | None:
        """Bring one page of recalls; None where there is none, or another runner has the turn."""
        if not self.turn.is_held():
            return None
        page = disclose_recalls(self.parts, self.caller, position, after, PAGE)
        if page is None:
            return None
        return Brought(
            self._send(page.disclosure), page.last, page.more, page.disclosure.onderdelen
        )

    def keep_recalls(self, brought: Brought) -> None:
        """Note the recalls up to where the page ended as received; the feed stays where it is."""
        if brought.receipt is None:
            return
        with writing(self.parts.engine) as tx:
            note_recalled(tx, self.recipient, brought.end, brought.receipt)
            append(tx, [self._entry(brought.receipt)], self.parts.clock.now())

    def note_fault(self, kind: str) -> None:
        """Keep the kind of what went wrong."""
        with writing(self.parts.engine) as tx:
            note_fault(tx, self.recipient, kind)

    def _send(self, disclosure: Disclosure) -> Ontvangst:
        return self.sender.deliver(
            disclosure,
            recipient=self.recipient,
            url=self.url,
            signature=self.parts.signer.sign_answer(disclosure.body),
        )

    def _entry(self, receipt: Ontvangst) -> AuditEntry:
        """That the partner said it received a page: the last one before this, of this trace."""
        return AuditEntry(
            soort=Auditsoort.BEZORGD,
            tijd=receipt.tijd,
            **self.caller.herkomst,
            ontvanger=self.recipient,
        )
