"""A database knows its keys again; with others nothing is served from it."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select

from privacy.errors import KeysUnavailableError
from privacy.keys import KeyRing
from privacy.store.engine import make_engine, reading, writing
from privacy.store.key_proof import check_epochs, check_keys
from privacy.store.tables import sleutelproef
from tests.builders import an_item
from tests.world import World

FOREIGN = "hoort niet bij deze database"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "sleutels"


@pytest.fixture
def ring(folder: Path) -> KeyRing:
    return KeyRing.create(folder)


def another(folder: Path, name: str, secret: str = "ab" * 32) -> KeyRing:
    """The same folder with one file more, or another one in its place."""
    file = folder / name
    file.write_text(secret)
    file.chmod(0o600)
    return KeyRing.open(folder)


def proofs(engine: Engine) -> dict[int, bytes]:
    with reading(engine) as tx:
        return {row.epoch: row.proef for row in tx.execute(select(sleutelproef))}


def test_the_first_keys_are_remembered_and_are_good_ever_after(engine, ring):
    check_keys(engine, ring)
    first = proofs(engine)
    check_keys(engine, ring)

    assert set(first) == {0, 1}
    assert proofs(engine) == first


def test_another_folder_is_refused(engine, ring, tmp_path):
    check_keys(engine, ring)

    with pytest.raises(KeysUnavailableError, match=FOREIGN):
        check_keys(engine, KeyRing.create(tmp_path / "andere"))


@pytest.mark.parametrize("name", ["systeem.key", "epoch-000001.key"])
def test_one_other_key_is_refused(engine, ring, folder, name):
    check_keys(engine, ring)

    with pytest.raises(KeysUnavailableError, match=FOREIGN):
        check_keys(engine, another(folder, name))


def test_a_new_epoch_is_remembered_as_well(engine, ring, folder):
    check_keys(engine, ring)
    check_keys(engine, another(folder, "epoch-000002.key"))

    assert set(proofs(engine)) == {0, 1, 2}


def test_an_old_epoch_may_be_gone_and_the_newest_may_not(engine, ring, folder):
    both = another(folder, "epoch-000002.key")
    check_keys(engine, both)
    (folder / "epoch-000001.key").rename(folder / "weg")
    check_keys(engine, KeyRing.open(folder))
    (folder / "weg").rename(folder / "epoch-000001.key")
    (folder / "epoch-000002.key").unlink()

    with pytest.raises(KeysUnavailableError, match="tijdvak 2 ontbreekt"):
        check_keys(engine, KeyRing.open(folder))


def test_a_database_that_was_not_upgraded_is_left_as_it_is(empty_database_url, ring):
    engine = make_engine(empty_database_url)
    check_keys(engine, ring)
    engine.dispose()

    if engine.dialect.name == "sqlite":
        assert not Path(engine.url.database).exists()


def test_casussen_of_before_there_were_proofs_must_open(world: World, tmp_path: Path):
    world.casus(an_item())
    with writing(world.parts.engine) as tx:
        tx.execute(delete(sleutelproef))

    with pytest.raises(KeysUnavailableError, match=FOREIGN):
        check_keys(world.parts.engine, KeyRing.create(tmp_path / "andere"))
    check_keys(world.parts.engine, world.parts.keys)

    assert set(proofs(world.parts.engine)) == {0, 1}


def test_a_proof_tells_nothing_of_another_key(ring):
    assert ring.proof(0) != ring.proof(1)
    assert ring.proves(1, ring.proof(1))
    assert not ring.proves(1, ring.proof(0))
    assert not ring.proves(1, b"")


def test_a_key_that_a_living_casus_needs_is_missed_at_the_start(database_url, tmp_path):
    world = World(tmp_path, database_url)
    engine, folder = world.parts.engine, tmp_path / "sleutels"
    world.casus(an_item())
    check_epochs(engine, world.parts.keys)
    newer = another(folder, "epoch-000002.key")
    (folder / "epoch-000001.key").unlink()

    with pytest.raises(KeysUnavailableError, match="tijdvak 1 ontbreekt"):
        check_epochs(engine, KeyRing.open(folder))

    check_epochs(engine, newer)
    world.close()
