"""Withdrawals against whatever discloses at that moment, by real threads over two engines.

Each withdrawal begins at a moment of its own within what runs beside it; then bytes, log and
recalls are laid side by side.
"""

import json
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Barrier
from typing import Any
from uuid import UUID

from sqlalchemy import select

from gateway.services.toestemmingen import withdraw_toestemming
from gateway.wiring import Parts
from privacy.disclosure import Disclosure
from privacy.gate import PrivacyGate
from privacy.log.tables import auditregel
from privacy.store.dossiers import Lock, load_by_id
from privacy.store.engine import make_engine, reading
from privacy.store.terugroepingen import terugroeping
from tests.builders import a_consent, people
from tests.world import World, bronhouder

#: Each ends the casusoverleg, and the feed, of both partners.
SCOPES: tuple[dict[str, Any], ...] = (
    {},
    {"ontvangers": ["AVIM", "IND"]},
    {"doelen": ["casusoverleg", "aanmelding", "mutaties"]},
    {"ontvangers": ["IND", "AVIM"], "doelen": ["mutaties", "aanmelding", "casusoverleg"]},
)


@dataclass(frozen=True)
class Known:
    """One casus, as the organisation knows it, as partners do, and as the log does."""

    casus: UUID
    toestemming_id: UUID
    referenties: dict[str, str]
    pseudoniem: str


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run all from one start; an exception of any is raised."""
    start = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        start.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return [done.result() for done in [pool.submit(run, work) for work in works]]


def second_gateway(parts: Parts, database: str) -> Parts:
    """The same gateway with an engine of its own, as on another replica."""
    engine = make_engine(database)
    gate = PrivacyGate(engine=engine, keys=parts.keys, rules=parts.rules, clock=parts.clock)
    return replace(parts, engine=engine, gate=gate)


def deliver_people(world: World, number: int) -> list[Known]:
    """So many casussen, each with a consent of its own."""
    consents = [a_consent() for _ in range(number)]
    items = [
        each | {"toestemmingen": [consent]}
        for each, consent in zip(people(number), consents, strict=True)
    ]
    casussen = [UUID(each) for each in world.casus(*items)]
    with reading(world.parts.engine) as tx:
        dossiers = load_by_id(tx, world.parts.keys, casussen, Lock.NONE)
    return [
        Known(
            casus,
            UUID(consent["toestemmingId"]),
            {code: str(dossiers[casus].keys.referentie(code)) for code in ("AVIM", "IND")},
            dossiers[casus].keys.pseudoniem(),
        )
        for casus, consent in zip(casussen, consents, strict=True)
    ]


def withdraw_later(parts: Parts, each: Known, seconds: float, scope: dict[str, Any]) -> None:
    time.sleep(seconds)
    withdraw_toestemming(parts, bronhouder("sndvu"), each.toestemming_id, scope)


def some_time(work: Callable[[], Any], lasts: float) -> Callable[[], Any]:
    """The work, begun at a random moment of that time."""
    seconds = random.uniform(0, lasts)  # noqa: S311  not for secrets

    def later() -> Any:
        time.sleep(seconds)
        return work()

    return later


def withdrawals(
    gateways: Sequence[Parts], chosen: Sequence[Known], lasts: float
) -> list[Callable[[], None]]:
    """One for each, spread at random over a time; the first casus is withdrawn twice at once."""
    spread = [*chosen, chosen[0]]
    moments = [random.uniform(0, lasts) for _ in chosen]  # noqa: S311  not for secrets
    moments.append(moments[0])
    return [
        lambda at=at, each=each, moment=moment: withdraw_later(
            gateways[at % len(gateways)], each, moment, SCOPES[at % len(SCOPES)]
        )
        for at, (each, moment) in enumerate(zip(spread, moments, strict=True))
    ]


class Evidence:
    """The log and the recalls as they stand, asked by casus."""

    def __init__(self, world: World) -> None:
        with reading(world.parts.engine) as tx:
            lines = tx.execute(select(auditregel.c.regel).order_by(auditregel.c.nummer))
            self.entries = [json.loads(line) for (line,) in lines]
        self._withdrawn: dict[str, int] = {}
        for number, entry in enumerate(self.entries):
            if entry["soort"] == "toestemming_ingetrokken":
                name = entry["toestemmingen"][0].partition(":")[0]
                self._withdrawn.setdefault(name, number)
        with reading(world.parts.engine) as tx:
            rows = tx.execute(terugroeping.select()).all()
        self._recalled = {(row.casus_id, row.ontvanger) for row in rows}

    def withdrawn(self, each: Known) -> int:
        """The number of the first entry of its withdrawal."""
        return self._withdrawn[str(each.toestemming_id)]

    def was_there(self, each: Known, body: bytes, recipient: str) -> bool:
        """Whether the casus is in the bytes; by then, and only then, it stood in the log before.

        What left before is owed a recall; what came after is refused, or not told of at all.
        """
        told = json.loads(body)
        [name] = {"pakket", "mutaties"} & set(told)
        items = told[name].get("casussen", told[name].get("items"))
        mine = [item for item in items if item["casusreferentie"] == each.referenties[recipient]]
        present = any(item.get("soort") != "terugroeping" for item in mine)
        index = told["bewijs"]["index"]
        parts = told["bewijs"]["regel"].get("onderdelen", 0)
        entries = self.entries[index - parts : index]
        disclosed = [
            entry
            for entry in entries
            if entry.get("pseudoniem") == each.pseudoniem
            and (entry["soort"], entry["grondslag"]) == ("verstrekking", "toestemming")
        ]
        assert present == bool(disclosed)
        if present:
            assert index < self.withdrawn(each)
            assert (each.casus, recipient) in self._recalled
        return present


def measure(work: Callable[[], Disclosure]) -> float:
    """How long one takes while nothing runs beside it."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
