"""A notice of rectification that was lost with the database is owed again (AVG 16 and 19)."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from gateway.services.herstel import proceed
from gateway.services.rectificaties import rectify_casus
from tests.builders import a_consent, a_samenvatting, an_item
from tests.integration.backups import Restorable
from tests.integration.test_recalls import listed
from tests.world import bronhouder

LATER = "2020-04-01T11:00:00Z"


@pytest.fixture
def world(installed_url: str, tmp_path: Path) -> Iterator[Restorable]:
    made = Restorable(tmp_path, installed_url)
    yield made
    made.close()


def notices(world: Restorable, partner: str) -> list[list[str]]:
    lines = listed(world, partner)
    assert {each["soort"] for each in lines} <= {"rectificatie"}
    return [each["velden"] for each in lines]


def test_a_lost_notice_is_owed_again_to_who_got_the_field_once_the_door_opens(world):
    item = an_item()
    (casus,) = world.casus(item)
    world.feed("AVIM")
    kept = world.backup()
    world.pack("IND", world.frozen(casus))  # this is lost too
    rectify_casus(world.parts, bronhouder("sndvu"), UUID(casus), {"velden": ["nationaliteit"]})
    world.copy_log()

    world.restore(kept)
    world.push(item)
    world.speak()
    proceed(world.parts)

    assert world.herstel is None
    assert notices(world, "IND") == [["nationaliteit"]]
    assert notices(world, "AVIM") == []  # whose feed never had that field
    told = [each for each in world.entries() if each["soort"] == "rectificatie"]
    assert [each["client"] for each in told] == ["sndvu-node", "herstel"]
    assert world.log_is_sound()


def test_who_was_told_again_by_the_delivery_of_the_correction_is_not_told_twice(world):
    consent = a_consent()
    (casus,) = world.casus(an_item(toestemmingen=[consent]))
    world.pack("IND", world.frozen(casus))
    kept = world.backup()
    stand = a_samenvatting(nationaliteit="0263")
    corrected = an_item(standVan=LATER, samenvatting=stand, toestemmingen=[consent])
    world.push(corrected)
    world.copy_log()

    world.restore(kept)
    world.push(corrected)
    world.speak()

    assert notices(world, "IND") == [["nationaliteit"]]


def test_nothing_is_told_of_what_was_rectified_before_the_backup(world):
    item = an_item()
    (casus,) = world.casus(item)
    world.pack("IND", world.frozen(casus))
    rectify_casus(world.parts, bronhouder("sndvu"), UUID(casus), {"velden": ["nationaliteit"]})
    kept = world.backup()
    world.casus(an_item(samenvatting=a_samenvatting(vNummer="0000000077")))
    world.copy_log()

    world.restore(kept)
    world.push(item)
    world.speak()

    assert notices(world, "IND") == [["nationaliteit"]]
