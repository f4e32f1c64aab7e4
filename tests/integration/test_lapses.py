"""Ground that ended by itself, where a casus does not open: the others are told all the same."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, update

from gateway.services import lapses
from gateway.services.lapses import record_lapses
from privacy.store.engine import reading, writing
from privacy.store.tables import casus, mutatie
from tests.builders import people
from tests.world import TRACE, World


def damage(world: World, *ids: str, **changed: object) -> None:
    with writing(world.parts.engine) as tx:
        for each in ids:
            tx.execute(update(casus).where(casus.c.id == UUID(each)).values(**changed))


def recalled(world: World) -> set[str]:
    with reading(world.parts.engine) as tx:
        rows = tx.execute(select(mutatie.c.casus_id, mutatie.c.beeindigd)).all()
    return {str(row.casus_id) for row in rows if row.beeindigd}


DAMAGE = {
    "altered": ({"spoor_sleutel": b"\x01" + bytes(60)}, "IntegrityError"),
    "of an epoch that is gone": ({"epoch": 7}, "KeysUnavailableError"),
    "destroyed": ({"spoor_sleutel": None}, "ErasedError"),
}


@pytest.mark.parametrize(("changed", "kind"), DAMAGE.values(), ids=DAMAGE.keys())
def test_a_casus_that_does_not_open_holds_up_no_other(world: World, caplog, changed, kind):
    first, *others = sorted(world.casus(*people(4)))
    damage(world, first, **changed)
    world.go_to(date(2021, 1, 1))

    assert record_lapses(world.parts, TRACE) == len(others)
    assert record_lapses(world.parts, TRACE) == 0

    assert recalled(world) == set(others)
    told = [line.sleutels for line in caplog.records if line.msg == "casus_onleesbaar"]
    assert told == [{"fout": kind, "aantal": 1, "trace": TRACE}] * 2
    assert first not in str([vars(line) for line in caplog.records])


def test_more_that_do_not_open_than_are_looked_at_at_once_hold_up_nobody(world: World, monkeypatch):
    *damaged, good = sorted(world.casus(*people(7)))
    damage(world, *damaged, epoch=7)
    world.go_to(date(2021, 1, 1))
    monkeypatch.setattr(lapses, "_AT_ONCE", 2)

    assert record_lapses(world.parts, TRACE) == 1

    assert recalled(world) == {good}


def test_once_it_opens_again_it_is_told_as_well(world: World):
    [only] = world.casus(*people(1))
    damage(world, only, epoch=7)
    world.go_to(date(2021, 1, 1))
    record_lapses(world.parts, TRACE)
    damage(world, only, epoch=1)

    assert record_lapses(world.parts, TRACE) == 1

    assert recalled(world) == {only}
