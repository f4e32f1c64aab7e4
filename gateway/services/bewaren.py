"""Keeping no longer than was said: content without consent goes, and in the end all the rest.

Run once a day, or by hand. Mostly content goes in the commit that ends the last consent; here is
what ended with the day alone. A casus that does not open is counted, and holds up no other.

By a day that can be trusted (`services.klok`): a clock that jumps ahead costs a few days at most.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Self
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Integer, Select, bindparam, func, select

from gateway.runner_lock import take_turn
from gateway.services.klok import day_to_judge_by
from gateway.services.lapses import record_lapses
from gateway.services.wissingen import forget_agenda
from gateway.store.overleggen import agendapunt, overleg
from gateway.telemetry import log_event
from gateway.wiring import Parts
from privacy.consent import is_alive
from privacy.dossier import Dossier
from privacy.erasure import let_go
from privacy.errors import PrivacyError
from privacy.log.head import read_head
from privacy.log.search import pseudonyms_since
from privacy.log.terms import Auditsoort
from privacy.plan import Situation
from privacy.recording import destroy_content
from privacy.registration import plan_lapse
from privacy.retention import BESPREKING, Kept, last_day
from privacy.store import tables
from privacy.store.chosen import in_chunks, over
from privacy.store.dossiers import Lock, load_by_id
from privacy.store.engine import loser_tries_again, reading, writing
from privacy.store.erasure import forget_erased, load_anchors
from privacy.store.references import earlier_recipients

#: Casussen of one transaction, so that no lock is held for long.
_AT_ONCE: Final = 500
_casus: Final = tables.casus
_DISCUSSED: Final = over(
    agendapunt.c.casus_id,
    select(agendapunt.c.casus_id, func.max(overleg.c.datum).label("dag"))
    .join(overleg, overleg.c.id == agendapunt.c.overleg_id)
    .where(overleg.c.bevroren_op.is_not(None))
    .group_by(agendapunt.c.casus_id)
    .where,
)


def _waiting(condition: ColumnElement[bool]) -> Select[UUID]:
    """In lots. What is covered has a consent, what is restricted must be kept (AVG 18)."""
    return (
        select(_casus.c.id)
        .where(
            _casus.c.id > bindparam("last", type_=_casus.c.id.type),
            _casus.c.gewist_op.is_(None),
            _casus.c.beperkt_sinds.is_(None),
            _casus.c.gedekt_tot.is_(None),
            condition,
        )
        .order_by(_casus.c.id)
        .limit(bindparam("most", type_=Integer))
    )


_WITH_CONTENT: Final = _waiting(_casus.c.stand_nummer.is_not(None))
_WITHOUT_CONTENT: Final = _waiting(_casus.c.stand_nummer.is_(None))
#: What is done with a lot: of how many something was let go, and how many nobody has a term for.
_Work = Callable[[Parts, Sequence[UUID], str], "Nagegaan"]


@dataclass(slots=True)
class Nagegaan:
    """What one run did: how many casussen lost their content meanwhile, and how many went whole.

    `zonder_termijn`: no policy of who got them says how long they may be kept. `onleesbaar`: their
    keys do not open. `dag`: by which day was judged.
    """

    inhoud: int = 0
    gewist: int = 0
    zonder_termijn: int = 0
    onleesbaar: int = 0
    dag: date = date.max

    def __iadd__(self, other: "Nagegaan") -> Self:
        """Both together."""
        self.gewist += other.gewist
        self.zonder_termijn += other.zonder_termijn
        self.onleesbaar += other.onleesbaar
        return self


def keep_terms(parts: Parts, trace: str, *, is_sure: bool = False) -> Nagegaan | None:
    """Let go of everything whose time is over; None where another is doing so now.

    `is_sure`: a person says that the clock is right, however far it went since the last time.
    """
    with take_turn(parts.engine, "bewaren") as turn:
        if turn is None:
            return None
        parts = parts.on(day_to_judge_by(parts, is_sure=is_sure))
        begun = _size(parts)
        record_lapses(parts, trace)
        done = Nagegaan(dag=parts.clock.day())
        done += _in_lots(parts, _WITH_CONTENT, trace, _end_content)
        done += _in_lots(parts, _WITHOUT_CONTENT, trace, _let_go)
        with writing(parts.engine) as tx:
            forget_erased(tx)
            done.inhoud = len(pseudonyms_since(tx, [Auditsoort.INHOUD_VERNIETIGD], begun))
    _tell(done, trace)
    return done


def _size(parts: Parts) -> int:
    with reading(parts.engine) as tx:
        return read_head(tx).omvang


def _in_lots(parts: Parts, query: Select[UUID], trace: str, work: _Work) -> Nagegaan:
    done, last = Nagegaan(), UUID(int=0)
    while True:
        with reading(parts.engine) as tx:
            ids = tx.execute(query, {"last": last, "most": _AT_ONCE}).scalars().all()
        if not ids:
            return done
        last = ids[-1]
        try:
            done += work(parts, ids, trace)
        except PrivacyError:
            done += _one_by_one(parts, ids, trace, work)


def _one_by_one(parts: Parts, ids: Sequence[UUID], trace: str, work: _Work) -> Nagegaan:
    done = Nagegaan()
    for each in ids:
        try:
            done += work(parts, [each], trace)
        except PrivacyError:
            done.onleesbaar += 1
    return done


@loser_tries_again
def _end_content(parts: Parts, ids: Sequence[UUID], trace: str) -> Nagegaan:
    day = parts.clock.day()
    with writing(parts.engine) as tx:
        at = Situation.under(parts.hold_rules(tx), day)
        held = load_by_id(tx, parts.keys, ids, Lock.UPDATE).values()
        plans = [plan_lapse(each, at) for each in held]
        destroy_content(tx, plans, day=day, now=parts.clock.now(), trace=trace)
    return Nagegaan()


def _let_go(parts: Parts, ids: Sequence[UUID], trace: str) -> Nagegaan:
    """Looked at first and held after: on most days of most casussen nothing is over."""
    with reading(parts.engine) as tx:
        parts.look(tx)
        due, unknown = _over(parts, tx, ids, Lock.NONE)
    gone = _let_go_of(parts, due, trace) if due else 0
    return Nagegaan(gewist=gone, zonder_termijn=unknown)


@loser_tries_again
def _let_go_of(parts: Parts, ids: Collection[UUID], trace: str) -> int:
    with writing(parts.engine) as tx:
        parts.hold_rules(tx)
        held = load_by_id(tx, parts.keys, ids, Lock.UPDATE)
        # Once more, now that nobody delivers it meanwhile.
        due, _unknown = _over(parts, tx, ids, Lock.UPDATE)
        forget_agenda(tx, sorted(due))
        let_go(tx, [held[each] for each in sorted(due)], parts.clock.now(), trace)
    return len(due)


def _over(parts: Parts, tx: Connection, ids: Collection[UUID], lock: Lock) -> tuple[set[UUID], int]:
    """Which of these are over, and of how many nobody knows when they are."""
    dossiers = load_by_id(tx, parts.keys, ids, lock)
    without = {name: each for name, each in dossiers.items() if _is_without_content(parts, each)}
    recipients = earlier_recipients(tx, without)
    discussed = {row.casus_id: row.dag for row in in_chunks(tx, _DISCUSSED, without)}
    anchors = load_anchors(tx, {name: each.keys for name, each in without.items()})
    due, unknown = set[UUID](), 0
    for name, dossier in without.items():
        days = dict(anchors[name])
        if name in discussed:
            days[BESPREKING] = discussed[name]
        last = last_day(dossier, Kept(recipients.get(name, ()), days), parts.policies)
        if last is None:
            unknown += 1
        elif last < parts.clock.day():
            due.add(name)
    return due, unknown


def _is_without_content(parts: Parts, dossier: Dossier) -> bool:
    living = is_alive(dossier.statements, parts.clock.day())
    gone = dossier.keys.is_erased or dossier.is_restricted
    return dossier.stand_nummer is None and not living and not gone


def _tell(done: Nagegaan, trace: str) -> None:
    log_event("bewaartermijnen_nagegaan", aantal=done.inhoud + done.gewist, trace=trace)
    for event, count in (
        ("bewaartermijn_onbekend", done.zonder_termijn),
        ("casus_onleesbaar", done.onleesbaar),
    ):
        if count:
            log_event(event, level=logging.WARNING, aantal=count, trace=trace)
