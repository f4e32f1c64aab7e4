"""Sends batches: gate, note, push, note the answer. Safe to kill at any moment.

The gate's transaction also notes each casus of the batch as perhaps at the gateway; the answer
to the batch is noted in one transaction. Between the two a rerun sends again, and the gateway
answers `ongewijzigd` for what it has.
"""

import hmac
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import islice
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from connectors.errors import NotUnderstoodError
from connectors.gateway_answers import Itemantwoord
from gateway.node.memory import forget, note_answers, remember
from gateway.node.outcome import Tally, Weigering
from gateway.node.parts import Node
from gateway.node.selection import Zending
from privacy.disclosure import Disclosure
from privacy.log.entries import Auditsoort
from privacy.question import PROCESSOR, Ask, Gathered, Released
from privacy.store.engine import writing
from schemas.faults import Foutcode
from schemas.terms import Itemresultaat

BATCH: Final = 250

_CERTAIN: Final = frozenset({Itemresultaat.AANGENOMEN, Itemresultaat.ONGEWIJZIGD})

#: Told after each batch how many items it was about.
Sent = Callable[[int], None]


def send(node: Node, zendingen: Sequence[Zending], tally: Tally, sent: Sent) -> None:
    """Send all of it, batch by batch, and count the answers in `tally`.

    A ConnectorError ends it: what was answered before is noted, the rest goes next time.
    """
    _send(node, zendingen, tally, sent, lawful_only=False)


def send_endings(node: Node, endings: Sequence[Zending], tally: Tally, sent: Sent) -> None:
    """Send the ends of consent alone: no field of anyone, so under whatever policy there is."""
    _send(node, endings, tally, sent, lawful_only=True)


def _send(
    node: Node, zendingen: Sequence[Zending], tally: Tally, sent: Sent, *, lawful_only: bool
) -> None:
    for batch in _batches(zendingen):
        disclosure, released = _disclose(node, batch, lawful_only=lawful_only)
        if released:
            answers = node.client.push_aanlevering(
                disclosure, idempotency_key=_idempotency_key(node, disclosure)
            )
            if len(answers) != len(released):
                raise NotUnderstoodError("er zijn niet evenveel resultaten als items")
            _note(node, list(zip(released, answers, strict=True)), tally)
        sent(len(batch))


def _batches(zendingen: Sequence[Zending]) -> Iterator[list[Zending]]:
    left = iter(zendingen)
    while batch := list(islice(left, BATCH)):
        yield batch


def _disclose(
    node: Node, batch: Sequence[Zending], *, lawful_only: bool
) -> tuple[Disclosure, list[Zending]]:
    """What the gate lets out of a batch, and of whom; midnight may have passed meanwhile."""
    by_casus = {each.stand.keys.casus: each for each in batch}
    released: list[Zending] = []

    def settle(tx: Connection, gone: Sequence[Released], _first: int) -> None:
        casussen = [each.candidate.casus for each in gone]
        released[:] = [by_casus[casus] for casus in casussen if casus is not None]
        remember(tx, [each.stand for each in released])

    ask = Ask(
        recipient=PROCESSOR,
        purposes=frozenset(),
        herkomst=node.herkomst,
        soort=Auditsoort.AANLEVERING,
        name="",
        items="items",
        proof=False,
        lawful_only=lawful_only,
    )
    candidates = [each.candidate(node.ondertekensleutel) for each in batch]
    disclosure = node.gate.disclose(ask, lambda _tx, _day: Gathered(candidates, settle=settle))
    return disclosure, released


def _idempotency_key(node: Node, disclosure: Disclosure) -> str:
    """The same body, the same key. Keyed itself: headers end up in logs of proxies."""
    # After a restore the gateway may still have the answer to the same body of before.
    occasion = b"" if node.herstel is None else node.herstel.bytes
    return hmac.digest(
        node.keys.system_key("aanlevering"), occasion + disclosure.body, sha256
    ).hex()


def _note(node: Node, answered: Sequence[tuple[Zending, Itemantwoord]], tally: Tally) -> None:
    known: list[tuple[bytes, UUID | None, bytes | None]] = []
    nothing_there: list[bytes] = []
    for zending, answer in answered:
        kenmerk = zending.stand.kenmerk
        if answer.resultaat is not Itemresultaat.GEWEIGERD or answer.casus_id is not None:
            # What the gateway calls outdated it has in a newer version: not certain which. Of
            # what it refused, with a casusId, it has the consents.
            certain = answer.resultaat in _CERTAIN
            casus_id = answer.casus_id or zending.casus_id
            known.append((kenmerk, casus_id, zending.afdruk if certain else None))
        elif zending.is_new or _never_arrived(zending, answer):
            nothing_there.append(kenmerk)
    with writing(node.engine) as tx:
        note_answers(tx, known)
        forget(tx, nothing_there)
    for zending, answer in answered:
        _count(zending, answer, tally)


def _never_arrived(zending: Zending, answer: Itemantwoord) -> bool:
    """Whether it is an end of consent of a casus that the gateway does not know: all is well."""
    codes = {each.code for each in answer.problemen}
    return not zending.entitled and codes == {Foutcode.ONBEKENDE_CASUS.value}


def _count(zending: Zending, answer: Itemantwoord, tally: Tally) -> None:
    if answer.resultaat is Itemresultaat.GEWEIGERD and _never_arrived(zending, answer):
        tally.counted[Itemresultaat.ONGEWIJZIGD] += 1
        return
    tally.counted[answer.resultaat] += 1
    if answer.resultaat is Itemresultaat.GEWEIGERD:
        tally.geweigerd.extend(
            Weigering(zending.waar, each.veld, each.code) for each in answer.problemen
        )
