"""Where the demo works: nothing stays that was not asked for, nothing of another is touched."""

import socket

import pytest

from gateway.demo.errors import DemoError
from gateway.demo.place import choose_address, working_folder


def test_a_folder_of_its_own_is_gone_afterwards_with_everything_in_it():
    with working_folder(None) as folder:
        (folder / "sleutel").touch()
        assert folder.stat().st_mode & 0o077 == 0

    assert not folder.exists()


def test_it_is_gone_also_when_the_demo_fails():
    with pytest.raises(DemoError), working_folder(None) as folder:
        raise DemoError

    assert not folder.exists()


def test_a_chosen_folder_is_made_and_stays(tmp_path):
    with working_folder(tmp_path / "een" / "twee") as folder:
        (folder / "log").touch()

    assert (tmp_path / "een" / "twee" / "log").exists()


def test_a_folder_that_holds_something_is_refused(tmp_path):
    (tmp_path / "van-een-ander").touch()

    with pytest.raises(DemoError, match="is niet leeg"), working_folder(tmp_path):
        pass


def test_a_folder_that_cannot_be_is_refused(tmp_path):
    (tmp_path / "bestand").touch()

    with pytest.raises(DemoError, match="niet te maken"), working_folder(tmp_path / "bestand/map"):
        pass


def test_a_free_address_is_on_this_machine_alone():
    host, _, port = choose_address(None).partition(":")

    assert host == "127.0.0.1"
    assert 20_000 <= int(port) < 30_000


def test_a_port_that_someone_listens_on_is_refused():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        with pytest.raises(DemoError, match="is bezet"):
            choose_address(taken.getsockname()[1])
