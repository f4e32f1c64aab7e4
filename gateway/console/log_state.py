"""For the officers: how long the audit log is, and how often the gateway said no, and why."""

import json
from collections import Counter
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from gateway.console.table import Cel, Tabel, code, moment_text
from gateway.services.herstelstand import state
from gateway.wiring import Parts
from privacy.log.entries import Auditsoort
from privacy.log.head import read_head
from privacy.log.tables import auditregel
from privacy.store.engine import reading

_SINCE: Final = timedelta(days=28)
#: Entries that are looked through at most: a page must not keep the log busy.
_MOST: Final = 50_000
_REFUSED: Final = (Auditsoort.WEIGERING, Auditsoort.TOEGANG_GEWEIGERD)
#: How a kind stands in an entry's bytes, which are canonical: no need to read every entry.
_MARKS: Final = tuple(f'"soort":"{each.value}"'.encode() for each in _REFUSED)


def log_state(parts: Parts) -> Tabel:
    """Size and root: what an officer can write down, and check later."""
    with reading(parts.engine) as tx:
        head = read_head(tx)
    latest = "nog geen" if head.laatste_tijd is None else moment_text(head.laatste_tijd)
    return Tabel(
        naam="auditlog",
        titel="Auditlog",
        kop=("Regels", "Laatste regel", "Wortel"),
        rijen=((Cel(str(head.omvang)), Cel(latest), code(head.wortel.hex())),),
        leeg="",
        uitleg="Schrijf aantal en wortel op: later is te bewijzen dat er niets is veranderd.",
    )


def restored(parts: Parts) -> Tabel:
    """Whether the database comes from a backup, and who has to speak before anything leaves."""
    found = state(parts)
    rijen: tuple[tuple[Cel, ...], ...] = ()
    if found is not None:
        verzoend = "ja" if found.herstel.reconciled else "nog niet"
        wait = ", ".join(found.silent) or "niemand"
        since = moment_text(found.herstel.ontdekt_op)
        rijen = ((Cel(since), Cel(verzoend), Cel(wait), Cel(str(found.unknown))),)
    return Tabel(
        naam="herstel",
        titel="Hersteld uit een back-up",
        kop=("Sinds", "Log verzoend", "Nog niet gesproken", "Casussen zonder sleutel"),
        rijen=rijen,
        leeg="Er is geen herstel open.",
        uitleg="Zolang hier een regel staat, wordt niets verstrekt. Zie docs/herstel.md.",
    )


def refusals(parts: Parts) -> Tabel:
    """Counts by reason over the last four weeks; no casus, no organisation."""
    since = parts.clock.now() - _SINCE
    counts: Counter[tuple[str, str]] = Counter()
    with reading(parts.engine) as tx:
        first = read_head(tx).omvang - _MOST
        wanted = (auditregel.c.nummer >= first) & (auditregel.c.opgenomen >= since)
        for (line,) in tx.execute(select(auditregel.c.regel).where(wanted)).yield_per(1_000):
            if any(mark in line for mark in _MARKS):
                told = json.loads(line)
                counts[told["soort"], told.get("reden", "onbekend")] += 1
    return Tabel(
        naam="weigeringen",
        titel="Weigeringen in de laatste vier weken",
        kop=("Reden", "Soort", "Aantal"),
        rijen=tuple(
            (Cel(reden.replace("_", " ")), Cel(soort.replace("_", " ")), Cel(str(count)))
            for (soort, reden), count in counts.most_common()
        ),
        leeg="Er is niets geweigerd.",
        uitleg=f"Geteld in de laatste {_MOST:_} regels van het log.".replace("_", "."),
    )
