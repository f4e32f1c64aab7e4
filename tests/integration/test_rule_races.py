"""Steps in the life of rules against whatever delivers, withdraws and discloses at that moment.

On PostgreSQL, where rows are held one by one: who holds them in another order than the rest would
be rolled back for a deadlock, and the server counts those.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from gateway.services import regels
from gateway.services.lapses import record_lapses
from gateway.services.mutaties import disclose_page
from gateway.services.pakketten import disclose_pakket
from gateway.services.regels import Text
from gateway.services.terugroepingen import confirm_terugroeping
from gateway.services.toestemmingen import withdraw_toestemming
from gateway.wiring import Parts
from privacy.dossier import coverage
from privacy.errors import SystemRefusalError
from privacy.store import tables
from privacy.store.dossiers import Lock, load_by_id
from privacy.store.engine import reading
from privacy.store.terugroepingen import terugroeping
from tests.builders import PARTNERS, a_consent, people
from tests.integration.racing import at_once, second_gateway
from tests.integration.test_rules import FEMKE, TARIQ, beleid, checked, verklaring
from tests.schema import create_schema
from tests.world import TRACE, World, bronhouder, ketenpartner

CASUSSEN, ROUNDS = 24, 12
NOTICES = ("2026-1", "2026-2", "2026-3")


@pytest.fixture
def world(postgres_url: str, tmp_path: Path) -> Iterator[World]:
    create_schema(postgres_url)
    made = World(tmp_path, postgres_url)
    regels.take_in_notices(made.parts, [Text(n, verklaring(n).text) for n in NOTICES])
    yield made
    made.close()


@pytest.fixture
def other(world: World, postgres_url: str) -> Iterator[Parts]:
    made = second_gateway(world.parts, postgres_url)
    yield made
    made.engine.dispose()


def test_steps_of_officers_among_all_else_end_without_a_deadlock_and_in_one_state(world, other):
    consents = [a_consent(verklaring=NOTICES[at % 3]) for at in range(CASUSSEN)]
    items = [
        each | {"toestemmingen": [consent]}
        for each, consent in zip(people(CASUSSEN), consents, strict=True)
    ]
    overleg = world.frozen(*world.casus(*items))
    for partner in ("AVIM", "IND"):
        world.pack(partner, overleg)
    before = deadlocks(world)

    at_once(
        lambda: steps_of_officers(world),
        lambda: deliveries(world, items),
        lambda: withdrawals(other, consents),
        lambda: disclosures(other, overleg, "IND"),
        lambda: disclosures(world.parts, overleg, "AVIM"),
        lambda: confirmations(world.parts, "AVIM"),
        lambda: several(lambda: record_lapses(other, TRACE)),
    )

    record_lapses(world.parts, TRACE)
    assert deadlocks(world) == before
    assert world.log_is_sound()
    assert_what_is_kept_is_what_holds(world)
    assert_whoever_had_it_without_ground_was_recalled(world)


def steps_of_officers(world: World) -> None:
    for at, notice in enumerate(NOTICES[:2]):
        regels.withdraw_policy(world.parts, "IND")
        digest = checked(world, beleid(naam=f'"IND, versie {at}"'))
        for person in (FEMKE, TARIQ):
            regels.approve(world.parts, person, digest, TRACE)
        regels.activate(world.parts, digest)
        regels.recall_notice(world.parts, notice)


def deliveries(world: World, items: list[dict[str, Any]]) -> None:
    for at in range(ROUNDS):
        moment = world.now - timedelta(days=1) + timedelta(seconds=at)
        shuffled = random.sample(items, 12)
        world.push(
            *(each | {"standVan": moment.strftime("%Y-%m-%dT%H:%M:%SZ")} for each in shuffled)
        )


def withdrawals(parts: Parts, consents: list[dict[str, Any]]) -> None:
    scopes: list[dict[str, Any]] = [{}, {"ontvangers": ["IND"]}, {"doelen": ["mutaties"]}]
    for at, each in enumerate(random.sample(consents, ROUNDS)):
        name = UUID(each["toestemmingId"])
        withdraw_toestemming(parts, bronhouder("sndvu"), name, scopes[at % 3])


def disclosures(parts: Parts, overleg: UUID, partner: str) -> None:
    def ask() -> None:
        # Between a withdrawal of its policy and the next one, everybody is told 503.
        with suppress(SystemRefusalError):
            disclose_pakket(parts, ketenpartner(partner), overleg)
            disclose_page(parts, ketenpartner(partner), None, 50)

    several(ask)


def confirmations(parts: Parts, partner: str) -> None:
    def confirm() -> None:
        with reading(parts.engine) as tx:
            mine = select(terugroeping.c.id).where(terugroeping.c.ontvanger == partner)
            names = tx.execute(mine).scalars().all()
        for name in names[:3]:
            confirm_terugroeping(parts, ketenpartner(partner), name)

    several(confirm)


def several(work: Callable[[], Any]) -> None:
    for _ in range(ROUNDS):
        work()


def deadlocks(world: World) -> int:
    """As the server counts them for this database."""
    query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    with reading(world.parts.engine) as tx:
        return int(tx.execute(text(query)).scalar_one())


def assert_what_is_kept_is_what_holds(world: World) -> None:
    rulebook = world.parts.rules_now()
    with reading(world.parts.engine) as tx:
        ids = tx.execute(select(tables.casus.c.id)).scalars().all()
        for each in load_by_id(tx, world.parts.keys, ids, Lock.NONE).values():
            counts = [s for s in each.statements if s.verklaring not in rulebook.notices.recalled]
            holds, _ = coverage(counts, rulebook.policies.recipients, world.day)
            assert {name: sorted(doelen) for name, doelen in each.gedekt.items()} == holds


def assert_whoever_had_it_without_ground_was_recalled(world: World) -> None:
    table = tables.casusreferentie
    with reading(world.parts.engine) as tx:
        had = tx.execute(select(table.c.casus_id, table.c.ontvanger)).all()
        recalled = {
            tuple(row)
            for row in tx.execute(select(terugroeping.c.casus_id, terugroeping.c.ontvanger))
        }
        kept = dict(tx.execute(select(tables.casus.c.id, tables.casus.c.gedekt)).all())
    assert {who for _, who in had} <= set(PARTNERS)
    without = {(casus, who) for casus, who in had if not kept[casus].get(who)}
    assert without
    assert without <= recalled
