"""Tell the log as LDV or ADL records: to whoever reads lines, or to a collector.

At least once, in order: what a collector took is written down after it took it, so a run that
broke off tells some records again, with the same ids (ADL-03). That the log was told is itself in
the log, once for each run that told anything, before the first record leaves; of that entry no
record is made (LDV knows no log in the log).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from connectors.otlp import Collector
from gateway.exports.ids import subject_key
from gateway.exports.ldv import Herkomstgegevens
from gateway.exports.otlp import MAKE, Vorm, message
from gateway.exports.reading import read_batch
from gateway.exports.verwerkingen import read_verwerkingen
from gateway.runner_lock import take_turn
from gateway.store.uitvoer import destination, note_told, told_until
from gateway.trace import begin_trace
from gateway.wiring import Parts
from privacy.errors import PrivacyError
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.log.head import read_head
from privacy.restore import GATEWAY
from privacy.store.engine import reading, writing

_AT_ONCE: Final = 500


class PlaceBeyondLogError(PrivacyError):
    """More was told than there is: the database was put back. Somebody says where to go on."""

    def __init__(self) -> None:
        super().__init__(
            "Er is al meer uitgevoerd dan het log lang is: de database is teruggezet."
            " Geef met --vanaf aan bij welke logregel het verder gaat."
        )


@dataclass(frozen=True, slots=True)
class Verslag:
    """What was told: how many records, and the number of the entry to go on from."""

    records: int
    volgende: int
    bezet: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    """The records of one batch of entries, and the number to go on from after it."""

    records: Sequence[dict[str, Any]]
    volgende: int


def tell(
    parts: Parts, vorm: Vorm, write: Callable[[dict[str, Any]], None], since: int = 0
) -> Verslag:
    """Tell all records from an entry on, one by one."""
    count, volgende = 0, since
    for part in _parts(parts, vorm, since):
        if part.records and not count:
            _log(parts, vorm)
        for record in part.records:
            write(record)
        count, volgende = count + len(part.records), part.volgende
    return Verslag(count, volgende)


def bring(
    parts: Parts, vorm: Vorm, collector: Collector, url: str, since: int | None = None
) -> Verslag:
    """Bring a collector everything that it has not taken yet, or all from `since` on.

    One run at a time. A ConnectorError or PrivacyError ends it; what was taken stays so.
    """
    name = destination(url)
    with take_turn(parts.engine, f"uitvoer-{vorm}") as turn:
        if turn is None:
            return Verslag(0, 0, bezet=True)
        begin = _place(parts, vorm, name) if since is None else since
        count, volgende = 0, begin
        for part in _parts(parts, vorm, begin):
            if part.records and not count:
                _log(parts, vorm)
            for start in range(0, len(part.records), _AT_ONCE):
                collector.send(message(vorm, part.records[start : start + _AT_ONCE]))
            count, volgende = count + len(part.records), part.volgende
            with writing(parts.engine) as tx:
                note_told(tx, vorm, name, volgende, parts.clock.now())
    return Verslag(count, volgende)


def _place(parts: Parts, vorm: Vorm, bestemming: str) -> int:
    with reading(parts.engine) as tx:
        place = told_until(tx, vorm, bestemming)
        if place > read_head(tx).omvang:
            raise PlaceBeyondLogError
    return place


def _parts(parts: Parts, vorm: Vorm, since: int) -> Iterator[_Part]:
    """Batch by batch, up to where the log ended when this began: it grows by being told."""
    with reading(parts.engine) as tx:
        end = read_head(tx).omvang
    while since < end:
        # Not one transaction for all: a collector may take its time.
        with reading(parts.engine) as tx:
            batch = read_batch(tx, since)
            bron = _bron(parts, tx)
        told = (MAKE[vorm](each, bron) for each in batch.regels if each.nummer < end)
        yield _Part([each for each in told if each is not None], min(batch.volgende, end))
        since = batch.volgende


def _bron(parts: Parts, tx: Connection) -> Herkomstgegevens:
    uitgever = parts.settings.uitgever
    return Herkomstgegevens(uitgever, read_verwerkingen(tx, uitgever), subject_key(parts.keys))


def _log(parts: Parts, vorm: Vorm) -> None:
    """That the log was read out, and as what (BIO-06)."""
    now = parts.clock.now()
    entry = AuditEntry(
        soort=Auditsoort.LOG_UITGEVOERD,
        tijd=now,
        organisatie=GATEWAY,
        reden=vorm.value,
        trace=begin_trace(None).trace_id,
    )
    with writing(parts.engine) as tx:
        append(tx, [entry], now)
