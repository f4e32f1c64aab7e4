"""What must not be lost is copied at once; and nothing that ends a ground waits for the copy."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.copy_place import copy_of
from gateway.log_copy import copy_soon
from gateway.services import regels
from privacy.log.copy import FILE
from tests.builders import a_consent
from tests.integration.backups import Restorable
from tests.integration.test_restore import item, lines

ANNA = "0000000001"


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[Restorable]:
    made = Restorable(tmp_path, database_url)
    yield made
    made.close()


def copied(world: Restorable) -> int:
    return len(list(copy_of(world.parts.settings, world.parts.keys).back()))


def fill_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("privacy.log.copy.os.fsync", full)


def test_what_officers_do_is_copied_at_once(world):
    regels.recall_notice(world.parts, "2019-1")

    assert copied(world) == len(lines(world))


def test_with_a_full_disk_a_withdrawal_succeeds_and_is_copied_when_there_is_room(
    world, monkeypatch
):
    consent = a_consent()
    world.casus(item(ANNA, consent))
    world.copy_log()
    with monkeypatch.context() as patched:
        fill_the_disk(patched)
        world.withdraw(consent)
        copy_soon(world.parts)
        regels.recall_notice(world.parts, "2019-1")

    world.tick()

    assert world.herstel is None
    assert copied(world) == len(lines(world))
    assert "aanmelding" not in world.told("IND")


@pytest.mark.parametrize("harm", ["damaged", "of another", "gone", "a folder"])
def test_a_copy_that_is_of_no_use_holds_up_no_withdrawal(world, harm):
    consent = a_consent()
    world.casus(item(ANNA, consent))
    world.copy_log()
    place = world.parts.settings.logkopie / FILE
    told = place.read_bytes()
    place.unlink()
    if harm == "damaged":
        place.write_bytes(told.replace(b'"soort"', b'"SOORT"'))
    elif harm == "of another":
        place.write_bytes(b"lso-gateway logkopie 1 " + b"ab" * 16 + b"\n")
    elif harm == "gone":
        place.parent.rename(place.parent.with_name("weg"))
    else:
        place.mkdir()

    world.withdraw(consent)
    copy_soon(world.parts)

    assert "aanmelding" not in world.told("IND")


def test_somebody_who_waits_does_not_wait_for_a_copy_that_is_far_behind(world, monkeypatch):
    world.casus(*(item(f"{at:010d}", a_consent()) for at in range(20)))
    monkeypatch.setattr("gateway.log_copy._SOON", 10)
    monkeypatch.setattr("privacy.log.copying._CHUNK", 10)

    copy_soon(world.parts)

    assert copied(world) == 10
    world.tick()
    assert copied(world) == len(lines(world))
