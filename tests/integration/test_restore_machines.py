"""Clients and signing keys that counted no longer do not come back with a backup."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from connectors.jwk import key_id, new_key
from gateway.parties import Soort
from gateway.services.herstel import proceed
from gateway.services.herstelstand import state
from gateway.services.lost_machines import VerlorenMachines
from gateway.services.machines import SLEUTELS, note_client, note_withdrawn, was_withdrawn
from gateway.store.clients import Client, add_client, client
from gateway.store.ondertekenaars import (
    Ondertekenaar,
    add_ondertekenaar,
    find_ondertekenaar,
    withdraw_ondertekenaar,
)
from privacy.log.terms import Auditsoort
from privacy.store.engine import make_engine, reading, writing
from tests.integration.backups import Restorable

NOTHING = VerlorenMachines(bevroren=(), gewijzigd=(), sleutels=())


@pytest.fixture
def world(installed_url: str, tmp_path: Path) -> Iterator[Restorable]:
    made = Restorable(tmp_path, installed_url)
    with writing(made.parts.engine) as tx:
        for name in ("een", "twee", "drie"):
            add_client(tx, Client(name, "sndvu", Soort.BRONHOUDER, "{}", frozenset(), frozenset()))
    yield made
    made.close()


def changed(world: Restorable, name: str, soort: Auditsoort, reden: str | None = None) -> None:
    """As the commands do, in one commit."""
    with writing(world.parts.engine) as tx:
        if soort is not Auditsoort.CLIENT_GEWIJZIGD:
            frozen = soort is Auditsoort.CLIENT_BEVROREN
            tx.execute(client.update().where(client.c.client_id == name).values(bevroren=frozen))
        note_client(tx, soort, name, world.now, reden)


def frozen(world: Restorable) -> set[str]:
    with reading(world.parts.engine) as tx:
        return set(tx.execute(select(client.c.client_id).where(client.c.bevroren)).scalars())


def told(world: Restorable) -> VerlorenMachines:
    found = state(world.parts)
    assert found is not None
    return found.machines


def test_a_frozen_client_and_one_whose_keys_were_replaced_are_frozen_again_and_told(world):
    kept = world.backup()
    changed(world, "een", Auditsoort.CLIENT_BEVROREN)
    changed(world, "twee", Auditsoort.CLIENT_GEWIJZIGD, SLEUTELS)
    changed(world, "drie", Auditsoort.CLIENT_GEWIJZIGD)
    changed(world, "weg", Auditsoort.CLIENT_BEVROREN)
    world.copy_log()

    world.restore(kept)

    assert frozen(world) == {"een", "twee"}
    assert told(world) == VerlorenMachines(("een", "twee", "weg"), ("drie",), ())
    assert world.entries()[-1]["soort"] == "client_bevroren"


def test_what_the_operator_does_after_the_restore_stands(world):
    kept = world.backup()
    changed(world, "een", Auditsoort.CLIENT_BEVROREN)
    world.copy_log()
    world.restore(kept)

    changed(world, "een", Auditsoort.CLIENT_ONTDOOID)
    proceed(world.parts)

    assert frozen(world) == set()


def test_what_was_lost_by_the_same_backup_a_second_time_holds_again_as_well(world):
    """The log that is put back tells of the restore before: that is not the one at hand."""
    kept = world.backup()
    changed(world, "een", Auditsoort.CLIENT_BEVROREN)
    world.copy_log()
    world.restore(kept)
    changed(world, "twee", Auditsoort.CLIENT_BEVROREN)
    world.copy_log()

    world.restore(kept)

    assert frozen(world) == {"een", "twee"}
    assert told(world) == VerlorenMachines(("een", "twee"), (), ())


def test_so_does_what_was_lost_by_a_backup_of_while_a_restore_was_open(world):
    kept = world.backup()
    changed(world, "een", Auditsoort.CLIENT_BEVROREN)
    world.copy_log()
    world.restore(kept)
    later = world.backup()
    changed(world, "een", Auditsoort.CLIENT_ONTDOOID)
    changed(world, "twee", Auditsoort.CLIENT_BEVROREN)
    world.copy_log()

    world.restore(later)

    assert told(world) == VerlorenMachines(("twee",), (), ())
    assert "twee" in frozen(world)


def test_a_key_withdrawn_on_a_branch_that_was_lost_is_never_taken_in_anew(world):
    """Where the log went on before anybody saw the restore, the branch stands beside it."""
    kid, kept = key_id(new_key()), world.backup()
    with writing(world.parts.engine) as tx:
        note_withdrawn(tx, kid, world.now)
    world.copy_log()
    world.put_back(kept)
    other = make_engine(world.parts.settings.database)  # of a process that knows nothing
    with writing(other) as tx:
        note_client(tx, Auditsoort.CLIENT_GEWIJZIGD, "een", world.now)
    other.dispose()

    world.start()

    with reading(world.parts.engine) as tx:
        assert was_withdrawn(tx, kid)
        assert not was_withdrawn(tx, key_id(new_key()))


def test_a_client_that_was_frozen_and_thawed_again_is_not_frozen(world):
    kept = world.backup()
    changed(world, "een", Auditsoort.CLIENT_BEVROREN)
    changed(world, "een", Auditsoort.CLIENT_ONTDOOID)
    world.copy_log()

    world.restore(kept)

    assert frozen(world) == set()
    assert told(world) == NOTHING


def test_a_signing_key_that_was_withdrawn_is_withdrawn_again_and_never_taken_in_anew(world):
    here, later = (key_id(new_key()) for _ in range(2))
    engine = world.parts.engine
    with writing(engine) as tx:
        add_ondertekenaar(tx, Ondertekenaar(here, "sndvu", "{}", world.now))
    kept = world.backup()
    with writing(engine) as tx:
        withdraw_ondertekenaar(tx, "sndvu", here, world.now)
        note_withdrawn(tx, here, world.now)
        note_withdrawn(tx, later, world.now)
    world.copy_log()

    world.restore(kept)

    with reading(world.parts.engine) as tx:
        known = find_ondertekenaar(tx, here)
        assert known is not None
        assert known.ingetrokken_op is not None
        assert was_withdrawn(tx, later)
        assert not was_withdrawn(tx, key_id(new_key()))
    assert set(told(world).sleutels) == {here, later}
