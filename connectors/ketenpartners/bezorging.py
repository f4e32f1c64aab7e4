"""Delivers a page of the feed to a partner that does not pull: one POST, one receipt.

The body is what the partner would have pulled, signed the same way. Delivered is what the
partner answered with 2xx; anything else raises a ConnectorError and is delivered again later by
the schedule. So a page may arrive twice: its key is the digest of its bytes, and its items have
ids (`ontvangst` shows how to receive them).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from connectors.answer import Answer
from connectors.errors import NotUnderstoodError
from connectors.transport import IDEMPOTENCY_KEY, Transport
from privacy.disclosure import Disclosure

# A reference of theirs, kept in our delivery record: nothing that could be a name or a V-nummer.
_KENMERK = re.compile(r"[0-9A-Fa-f-]{1,64}", re.ASCII)
_TEN_DIGITS = re.compile(r"(?<![0-9])[0-9]{9,10}(?![0-9])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Ontvangst:
    """The partner's receipt: the status it answered, when, and its own reference if it gave one."""

    status: int
    tijd: datetime
    kenmerk: str | None


class Bezorging:
    """Brings disclosures to the partners' own addresses."""

    def __init__(self, transport: Transport, now: Callable[[], datetime]) -> None:
        self._transport = transport
        self._now = now

    def deliver(
        self, disclosure: Disclosure, *, recipient: str, url: str, signature: str
    ) -> Ontvangst:
        """Post to `url`, the address of `recipient`. What is for another is never sent there."""
        if disclosure.recipient != recipient:
            raise ValueError("this disclosure is for another recipient")
        headers = {
            "Payload-Signature": signature,
            IDEMPOTENCY_KEY: sha256(disclosure.body).hexdigest(),
            "Accept": "application/json",
        }
        answer = self._transport.post_disclosure(url, disclosure, headers)
        return Ontvangst(answer.status, self._now(), _kenmerk(answer))


def _kenmerk(answer: Answer) -> str | None:
    """Read the partner's own reference; without one it is received all the same."""
    try:
        told = answer.json().text("kenmerk")
    except NotUnderstoodError:
        return None
    return told if _KENMERK.fullmatch(told) and not _TEN_DIGITS.search(told) else None
