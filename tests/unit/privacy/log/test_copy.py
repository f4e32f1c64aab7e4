"""The copy of the log outside the database: what crashes, strangers and full disks leave of it."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from privacy.log.copy import FILE, Line, LogCopy
from privacy.log.errors import CopyDamagedError, CopyForeignError, CopyUnavailableError
from privacy.log.merkle import leaf_hash

KEY, OTHER = b"k" * 32, b"o" * 32


def line(nummer: int, size: int = 20) -> Line:
    text = b'{"n":%d,"t":"%s"}' % (nummer, b"x" * size)
    return Line(nummer, leaf_hash(text), text)


@pytest.fixture
def copy(tmp_path: Path) -> LogCopy:
    return LogCopy(tmp_path / FILE, KEY)


def add(copy: LogCopy, first: int, count: int, size: int = 20) -> None:
    with copy.adding() as end:
        assert end is not None
        assert end.next == first
        end.add([line(first + at, size) for at in range(count)])


def numbers(copy: LogCopy) -> list[int]:
    return [each.nummer for each in copy.back()]


def test_what_was_added_is_read_back_the_newest_first(copy):
    add(copy, 0, 3)
    add(copy, 3, 2)

    assert list(copy.back()) == [line(at) for at in (4, 3, 2, 1, 0)]
    assert copy.last() == line(4)


def test_there_may_be_none_yet(copy):
    assert numbers(copy) == []
    assert copy.last() is None


@pytest.mark.parametrize("size", [1, 300, 4_000])
def test_a_file_of_many_blocks_is_read_whole(copy, size):
    add(copy, 0, 400, size)

    assert numbers(copy) == list(range(399, -1, -1))


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_what_a_crash_left_half_written_is_passed_over_and_written_again(copy, cut):
    add(copy, 0, 3)
    whole = copy.path.read_bytes()
    copy.path.write_bytes(whole[:-cut])

    assert numbers(copy) == [1, 0]
    add(copy, 2, 2)

    assert numbers(copy) == [3, 2, 1, 0]
    assert copy.path.read_bytes().startswith(whole)


@pytest.mark.parametrize("left", [b"\0" * 100_000, b"2 half a line", b"onzin\nonzin\n"])
def test_what_the_disk_made_of_the_end_is_passed_over(copy, left):
    add(copy, 0, 2)
    with copy.path.open("ab") as file:
        file.write(left)

    assert numbers(copy) == [1, 0]
    add(copy, 2, 1)

    assert numbers(copy) == [2, 1, 0]


def test_a_first_line_that_was_cut_off_is_begun_again(copy):
    add(copy, 0, 1)
    copy.path.write_bytes(copy.path.read_bytes()[:20])

    add(copy, 0, 2)

    assert numbers(copy) == [1, 0]


def damaged(change: Any) -> Any:
    def apply(copy: LogCopy) -> None:
        head, *lines = copy.path.read_bytes().splitlines(keepends=True)
        copy.path.write_bytes(b"".join([head, *change(lines)]))

    return apply


DAMAGE = {
    "a line is twice there": lambda told: [told[0], told[1], told[1], *told[2:]],
    "a line is gone": lambda told: [told[0], *told[2:]],
    "two lines changed places": lambda told: [told[1], told[0], *told[2:]],
    "a word in a line is another": lambda told: [told[0].replace(b"x", b"y"), *told[1:]],
    "the first line is gone": lambda told: told[1:],
    "a line is of another's key": lambda told: [
        LogCopy(Path("x"), OTHER).text_of(line(0)),
        *told[1:],
    ],
    "a line says it is another number": lambda told: [
        told[0].replace(b"0 ", b"1 ", 1),
        *told[1:],
    ],
}


@pytest.mark.parametrize("change", DAMAGE.values(), ids=DAMAGE)
def test_damage_in_the_midst_is_named_and_nothing_after_it_is_lost(copy, change):
    add(copy, 0, 4)
    damaged(change)(copy)

    with pytest.raises(CopyDamagedError, match=r"regel [0-2]"):
        numbers(copy)

    assert copy.last() == line(3)


def test_nobody_without_the_key_can_add_a_line(copy):
    add(copy, 0, 2)
    with copy.path.open("ab") as file:
        file.write(LogCopy(copy.path, OTHER).text_of(line(2)))

    assert numbers(copy) == [1, 0]


def test_a_copy_of_another_installation_is_refused_and_left_alone(copy):
    add(copy, 0, 2)
    before = copy.path.read_bytes()
    other = LogCopy(copy.path, OTHER)

    with pytest.raises(CopyForeignError):
        numbers(other)
    with pytest.raises(CopyForeignError), other.adding():
        pass

    assert copy.path.read_bytes() == before


def test_one_adds_while_another_does_not(copy):
    add(copy, 0, 1)
    with copy.adding() as first, LogCopy(copy.path, KEY).adding() as second:
        assert first is not None
        assert second is None
        first.add([line(1)])

    assert numbers(copy) == [1, 0]


def test_what_is_set_aside_is_kept_and_a_new_copy_begins(copy):
    add(copy, 0, 2)

    copy.set_aside("oud")
    copy.set_aside("oud")
    add(copy, 0, 1)

    assert numbers(copy) == [0]
    assert numbers(LogCopy(copy.path.with_name(f"{FILE}.oud"), KEY)) == [1, 0]


def test_a_full_disk_is_said_and_what_was_there_stays(copy, monkeypatch):
    add(copy, 0, 2)

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr("privacy.log.copy.os.fsync", full)
        with pytest.raises(CopyUnavailableError):
            add(copy, 2, 2)

    # Written, but nobody knows whether it is on the disk: it is read back, or written again.
    assert numbers(copy)[-2:] == [1, 0]
    with copy.adding() as end:
        end.add([line(end.next)])
    assert numbers(copy) == list(range(len(numbers(copy)) - 1, -1, -1))


def test_a_folder_that_is_gone_is_said(tmp_path):
    with pytest.raises(CopyUnavailableError), LogCopy(tmp_path / "weg" / FILE, KEY).adding():
        pass
