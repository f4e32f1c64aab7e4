"""What is written outlives a power cut, and is for this user alone."""

import stat
from pathlib import Path

import pytest

from privacy.durable import new_file, replace_file


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path):
    with new_file(tmp_path / "sleutel") as file:
        file.write(b"geheim")

    assert stat.S_IMODE((tmp_path / "sleutel").stat().st_mode) == 0o600
    assert (tmp_path / "sleutel").read_bytes() == b"geheim"


def test_a_file_of_which_nothing_came_is_not_there(tmp_path: Path):
    with pytest.raises(TypeError), new_file(tmp_path / "verslag") as file:
        file.write("geen bytes")

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_not_made_anew(tmp_path: Path):
    (tmp_path / "verslag").write_bytes(b"van eerder")

    with pytest.raises(FileExistsError):
        new_file(tmp_path / "verslag")

    assert (tmp_path / "verslag").read_bytes() == b"van eerder"


def test_a_file_is_replaced_also_after_one_who_died_half_way(tmp_path: Path):
    replace_file(tmp_path / "stand.json", b"oud")
    (tmp_path / "stand.json.nieuw").write_bytes(b"ha")

    replace_file(tmp_path / "stand.json", b"nieuw")

    assert [each.name for each in tmp_path.iterdir()] == ["stand.json"]
    assert (tmp_path / "stand.json").read_bytes() == b"nieuw"
