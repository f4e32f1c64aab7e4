"""Erased stays erased: a backup of before brings nobody back (AVG 17, design 2.10)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from gateway.refusals import NotFoundError
from gateway.services.bewaren import keep_terms
from gateway.services.casussen import show_casus
from gateway.services.wissingen import erase_casus
from privacy.store import tables
from privacy.store.engine import reading
from tests.builders import a_consent, an_item, people
from tests.integration.backups import Restorable
from tests.world import TRACE, bronhouder

ORG = bronhouder("sndvu")


@pytest.fixture
def world(installed_url: str, tmp_path: Path) -> Iterator[Restorable]:
    made = Restorable(tmp_path, installed_url)
    yield made
    made.close()


def there(world: Restorable) -> set[str]:
    with reading(world.parts.engine) as tx:
        query = select(tables.casus.c.id).where(tables.casus.c.gewist_op.is_(None))
        return {str(each) for each in tx.execute(query).scalars()}


def test_what_was_erased_since_the_backup_is_erased_again_before_the_door_opens(world):
    items = people(2)
    casus, other = world.casus(*items)
    at = world.cursor("AVIM")
    kept = world.backup()
    receipt = erase_casus(world.parts, ORG, UUID(casus))
    world.copy_log()

    world.restore(kept)

    assert world.asked("sndvu")
    assert there(world) == {other}
    again = world.entries()[-1]
    assert (again["soort"], again["pseudoniem"]) == ("casus_gewist", receipt["pseudoniem"])
    assert again["client"] == "herstel"
    world.push(items[1])
    world.speak()
    assert world.told("AVIM", at) == ["terugroeping"]
    with pytest.raises(NotFoundError):
        show_casus(world.parts, ORG, UUID(casus))
    assert world.log_is_sound()


def test_what_was_let_go_at_the_end_of_its_term_does_not_come_back(world):
    world.casus(an_item())
    world.feed("AVIM")
    world.go_to(date(2021, 1, 1))
    keep_terms(world.parts, TRACE)
    kept = world.backup()
    world.go_to(date(2030, 1, 1))
    keep_terms(world.parts, TRACE, is_sure=True)
    gone = there(world)
    world.copy_log()

    world.restore(kept)

    assert gone == set()
    assert there(world) == set()


def test_content_that_was_destroyed_since_the_backup_is_destroyed_again(world):
    consent = a_consent()
    world.casus(an_item(toestemmingen=[consent]))
    kept = world.backup()
    world.withdraw(consent)
    world.copy_log()

    world.restore(kept)

    with reading(world.parts.engine) as tx:
        wrapped = tx.execute(select(tables.casus.c.inhoud_sleutel)).scalar_one()
        stands = tx.execute(select(tables.mutatie.c.stand)).scalars().all()
    assert wrapped is None
    assert set(stands) == {None}
