"""The signer's own folder: a key that nobody else reads, and how far it signed."""

import stat

import pytest

from gateway.logtekenaar import SignerFolder, SignerFolderError
from privacy.log.edge import Edge
from privacy.log.merkle import Frontier, leaf_hash
from privacy.log.notes import Kind
from tests.getuigen import ORIGIN


@pytest.fixture
def folder(tmp_path) -> SignerFolder:
    return SignerFolder.create(tmp_path / "logtekenaar")


def an_edge(size: int) -> Edge:
    tree = Frontier()
    tree.extend(leaf_hash(b"%d" % number) for number in range(size))
    return Edge.of(tree)


def test_key_and_stand_are_for_this_account_alone(folder):
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder.path, *folder.path.iterdir())]
    assert modes[0] == 0o700
    assert set(modes[1:]) == {0o600}


def test_the_key_is_read_again_and_is_that_of_the_vkey(folder):
    vkey = SignerFolder.open(folder.path).vkey(ORIGIN)
    assert vkey == folder.vkey(ORIGIN)
    assert (vkey.name, vkey.kind) == (ORIGIN, Kind.NOTE)


def test_a_key_that_is_there_is_never_overwritten(folder):
    with pytest.raises(SignerFolderError, match="overschreven"):
        SignerFolder.create(folder.path)
    assert SignerFolder.open(folder.path).vkey(ORIGIN) == folder.vkey(ORIGIN)


@pytest.mark.parametrize("name", ["", "logtekenaar.pem"])
def test_a_key_that_others_may_read_is_refused(folder, name):
    place = folder.path / name
    place.chmod(place.stat().st_mode | stat.S_IRGRP)
    with pytest.raises(SignerFolderError, match="anderen"):
        SignerFolder.open(folder.path)


def test_no_key_is_made_where_others_may_read_it(tmp_path):
    tmp_path.chmod(0o755)
    with pytest.raises(SignerFolderError, match="chmod 700"):
        SignerFolder.create(tmp_path)
    assert not [*tmp_path.iterdir()]


def test_a_key_that_is_damaged_is_not_said_to_be_missing(folder):
    """Whoever reads that it is missing makes another, and that is another log."""
    (folder.path / "logtekenaar.pem").write_bytes(b"niets")
    with pytest.raises(SignerFolderError, match="beschadigd"):
        SignerFolder.open(folder.path)


def test_where_there_is_no_key_it_is_said_how_to_make_one(tmp_path):
    with pytest.raises(SignerFolderError, match="aanmaken"):
        SignerFolder.open(tmp_path)


def test_what_was_written_is_read_again(folder):
    assert folder.read() == Edge()
    for size in (1, 2, 255, 256, 1_000):
        folder.write(an_edge(size))
        assert SignerFolder.open(folder.path).read() == an_edge(size)


def test_a_stand_that_was_half_written_by_a_crash_does_not_count(folder):
    folder.write(an_edge(5))
    (folder.path / "stand.json.nieuw").write_bytes(b"{")
    assert folder.read() == an_edge(5)
    folder.write(an_edge(6))
    assert folder.read() == an_edge(6)


def test_a_stand_that_does_not_fit_is_refused(folder):
    good = an_edge(5).to_bytes()
    for bad in (b"", b"[]", b'"5"', good.replace(b'"omvang": 5', b'"omvang": 7'), good[:-1]):
        (folder.path / "stand.json").write_bytes(bad)
        with pytest.raises(SignerFolderError):
            folder.read()


def test_two_that_sign_with_one_key_exclude_each_other(folder):
    other = SignerFolder.open(folder.path)
    with folder.held(), pytest.raises(SignerFolderError, match="al bezig"), other.held():
        pass
    with other.held():
        pass


def test_a_folder_that_cannot_be_written_is_said_to_be_so(tmp_path):
    (tmp_path / "bestand").touch()
    with pytest.raises(SignerFolderError, match="niet te schrijven"):
        SignerFolder.create(tmp_path / "bestand")
