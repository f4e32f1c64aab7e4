"""Idempotency-Key: the same request twice has one effect and one answer.

The key is claimed and the answer kept inside the transaction of the use case, so that effect and
answer are committed together or not at all:

    return write_once(parts, idempotency, lambda tx: work(tx))

What fails inside leaves no trace of the key: it can be used again.
"""

import hmac
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection

from gateway.refusals import ConflictError, InvalidRequestError
from gateway.store import idempotentie
from gateway.wiring import Parts
from privacy.keys import KeyRing, Standing
from privacy.store.engine import loser_tries_again, writing

#: How long an answer can be asked for again.
KEPT: Final = timedelta(days=7)
_EPOCH_BYTES: Final = 4
#: A key with or without the quotes of a structured header.
_SYNTAX: Final = re.compile(r'("?)([A-Za-z0-9._:-]{8,128})\1', re.ASCII)


@dataclass(frozen=True, slots=True)
class Idempotency:
    """One client's key and the keyed digest of what it sent; the body itself is not kept.

    The digest is under a key of the current epoch, `eerder` under the older that still live: in a
    backup it confirms no guess at a person any more once its epoch is over.
    """

    client_id: str
    sleutel: str
    afdruk: bytes
    eerder: tuple[bytes, ...] = ()

    def claim(self, connection: Connection, now: datetime) -> dict[str, Any] | None:
        """None: this transaction is the first, do the work. Else the answer that was given.

        Waits for a parallel request with this key. ConflictError where the key stood for
        another body. A key without an answer, which nothing of ours leaves, blocks nobody.
        """
        first = idempotentie.claim(
            connection, self.client_id, self.sleutel, afdruk=self.afdruk, now=int(now.timestamp())
        )
        if first:
            return None
        afdruk, antwoord = idempotentie.kept(connection, self.client_id, self.sleutel)
        if not self._is_same(afdruk):
            raise ConflictError("Deze Idempotency-Key hoort bij een ander bericht.")
        if antwoord is None:
            return None
        told: dict[str, Any] = json.loads(antwoord)
        return told

    def _is_same(self, kept: bytes) -> bool:
        """Whether it was this message. Of an epoch that is over nobody can tell: then it was."""
        ours = (self.afdruk, *self.eerder)
        if any(hmac.compare_digest(kept, each) for each in ours):
            return True
        return kept[:_EPOCH_BYTES] not in {each[:_EPOCH_BYTES] for each in ours}

    def keep(self, connection: Connection, answer: dict[str, Any]) -> None:
        """Keep the answer; in the transaction that claimed, before it commits."""
        text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
        idempotentie.keep(connection, self.client_id, self.sleutel, text)


@loser_tries_again
def write_once(
    parts: Parts, idempotency: Idempotency | None, work: Callable[[Connection], dict[str, Any]]
) -> dict[str, Any]:
    """One use case in one transaction that writes, and its answer (`once`).

    Where another wins a race, all of `work` is done anew: it changes nothing but the database.
    """
    with writing(parts.engine) as tx:
        return once(idempotency, tx, parts.clock.now(), lambda: work(tx))


def once(
    idempotency: Idempotency | None,
    connection: Connection,
    now: datetime,
    work: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """The answer of `work`, or the one it gave before; without a key it is simply done."""
    if idempotency is None:
        return work()
    before = idempotency.claim(connection, now)
    if before is not None:
        return before
    answer = work()
    idempotency.keep(connection, answer)
    return answer


def read_idempotency(
    keys: KeyRing, client_id: str, header: str | None, sent: Sequence[bytes]
) -> Idempotency:
    """From the request's header; InvalidRequestError where it is absent or malformed.

    `sent` is all that makes the request what it is: its route, then its body.
    """
    found = _SYNTAX.fullmatch(header or "")
    if found is None:
        raise InvalidRequestError(
            "De header Idempotency-Key hoort erbij: 8 tot 128 letters, cijfers of . _ : -"
        )
    standing = keys.standing
    older = standing.epochs.keys() - {standing.tijdvak}
    return Idempotency(
        client_id,
        found[2],
        _digest(standing, standing.tijdvak, sent),
        tuple(_digest(standing, epoch, sent) for epoch in sorted(older)),
    )


def _digest(standing: Standing, epoch: int, sent: Sequence[bytes]) -> bytes:
    """The epoch, and what only its key makes: a plain digest would confirm a guess at a body."""
    digest = hmac.new(standing.key(epoch, "idempotentie"), digestmod=sha256)
    for part in sent:
        digest.update(b"%d:" % len(part))
        digest.update(part)
    return epoch.to_bytes(_EPOCH_BYTES) + digest.digest()


def forget_answers(connection: Connection, now: datetime) -> int:
    """Drop what was kept longer than `KEPT`; for the worker."""
    return idempotentie.forget(connection, int((now - KEPT).timestamp()))
