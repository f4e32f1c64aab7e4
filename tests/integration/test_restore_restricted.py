"""A restriction that was lost with the database comes back by the copy of the log (AVG 18)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from gateway.services.beperkingen import restrict_casus
from gateway.services.herstel import proceed
from gateway.services.herstelstand import state
from gateway.services.wissingen import erase_casus
from privacy.store.beperkingen import gronden_of
from privacy.store.dossiers import Lock, load_own
from privacy.store.engine import reading
from tests.builders import a_samenvatting, an_item, people
from tests.integration.backups import Restorable
from tests.world import bronhouder

ORG = bronhouder("sndvu")


@pytest.fixture
def world(installed_url: str, tmp_path: Path) -> Iterator[Restorable]:
    made = Restorable(tmp_path, installed_url)
    yield made
    made.close()


def restrict(
    world: Restorable, casus: str, grond: str = "juistheid", *, beperkt: bool = True
) -> None:
    restrict_casus(world.parts, ORG, UUID(casus), {"grond": grond, "beperkt": beperkt})


def gronden(world: Restorable, casus: str) -> list[str]:
    """On which grounds it is restricted now."""
    with reading(world.parts.engine) as tx:
        dossier = load_own(tx, world.parts.keys, "sndvu", [UUID(casus)], Lock.NONE)[UUID(casus)]
    return sorted(gronden_of(dossier))


def test_a_lost_restriction_stands_before_the_door_opens_and_is_told_again(world):
    item = an_item()
    (casus,) = world.casus(item)
    at = world.cursor("AVIM")
    kept = world.backup()
    restrict(world, casus)
    restrict(world, casus, "rechtsvordering")
    world.copy_log()

    world.restore(kept)

    again = world.entries()[-1]
    assert (again["soort"], again["client"]) == ("verwerking_beperkt", "herstel")
    world.push(item)
    world.speak()
    assert world.herstel is None
    assert gronden(world, casus) == ["juistheid", "rechtsvordering"]
    assert world.told("AVIM", at) == ["beperking"]
    assert world.pack("AVIM", world.frozen(casus)) == []
    assert world.log_is_sound()


def test_a_lost_lift_is_a_lift_again(world):
    item = an_item()
    (casus,) = world.casus(item)
    restrict(world, casus)
    at = world.cursor("AVIM")
    kept = world.backup()
    restrict(world, casus, beperkt=False)
    world.copy_log()

    world.restore(kept)
    world.push(item)
    world.speak()

    assert gronden(world, casus) == []
    assert "aanmelding" in world.told("AVIM", at)


def test_a_restriction_that_was_lifted_within_the_lost_stretch_does_not_come_back(world):
    item = an_item()
    (casus,) = world.casus(item)
    kept = world.backup()
    restrict(world, casus)
    at = world.cursor("AVIM")  # told that it is restricted, and not that it is no longer
    restrict(world, casus, beperkt=False)
    world.copy_log()

    world.restore(kept)
    world.push(item)
    world.speak()

    assert gronden(world, casus) == []
    assert "aanmelding" in world.told("AVIM", at)
    assert world.log_is_sound()


def test_what_the_organisation_says_after_the_restore_stands(world):
    (casus,) = world.casus(an_item())
    kept = world.backup()
    restrict(world, casus)
    world.copy_log()
    world.restore(kept)
    size = len(world.entries())

    restrict(world, casus, beperkt=False)
    proceed(world.parts)
    proceed(world.parts)

    assert gronden(world, casus) == []
    assert len(world.entries()) == size + 1


def test_of_a_branch_beside_the_log_only_what_restricts_counts(world):
    free, bound = world.casus(*people(2))
    restrict(world, bound)
    kept = world.backup()
    restrict(world, free)
    restrict(world, bound, beperkt=False)
    world.copy_log()
    with_copy = world.parts.settings
    world.put_back(kept)
    # Without its copy it goes on from the backup, before anybody looks.
    world.without_copy()
    world.start()
    world.casus(an_item(samenvatting=a_samenvatting(vNummer="0000000077")))

    world.parts = replace(world.parts, settings=with_copy)
    world.start()

    assert gronden(world, free) == ["juistheid"]
    assert gronden(world, bound) == ["juistheid"]


def test_of_a_casus_whose_keys_are_lost_the_operator_is_told(world):
    kept = world.backup()
    (casus,) = world.casus(an_item())
    restrict(world, casus)
    world.copy_log()

    world.restore(kept)

    found = state(world.parts)
    assert found is not None
    assert found.unrestricted == 1


def test_an_erased_casus_is_erased_again_and_not_restricted(world):
    (casus,) = world.casus(an_item())
    kept = world.backup()
    restrict(world, casus)
    restrict(world, casus, beperkt=False)
    erase_casus(world.parts, ORG, UUID(casus))
    world.copy_log()

    world.restore(kept)

    assert world.entries()[-1]["soort"] == "casus_gewist"
    found = state(world.parts)
    assert found is not None
    assert found.unrestricted == 0
