"""The key files on disk: made whole or not at all, and destroyed so that nothing is left of them.

A file gets its name only when all of it is on disk, and loses its name before it is overwritten:
whoever is killed half-way leaves no half key behind that a process would stumble over. What is
left under another name is cleared away the next time. Not promised: that a disk which writes
elsewhere than it is told (flash, snapshots) forgets what stood there (docs/sleutels.md).
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from privacy.durable import new_file, sync_folder
from privacy.errors import KeysUnavailableError

KEY_BYTES: Final = 32
_PREFIX: Final = "epoch-"
_MADE: Final = ".nieuw-"
_GONE: Final = ".vernietigd-"


def path_of(folder: Path, number: int) -> Path:
    """Where the key of an epoch stands."""
    return folder / f"{_PREFIX}{number:06d}.key"


def numbers_in(folder: Path) -> dict[int, Path]:
    """The epochs that have a key here; KeysUnavailableError for a file without a number."""
    found = {}
    for path in sorted(folder.glob(f"{_PREFIX}*.key")):
        number = path.stem.removeprefix(_PREFIX)
        if not number.isdecimal() or int(number) == 0:
            raise KeysUnavailableError("Een sleutelbestand van een tijdvak heeft geen nummer.")
        found[int(number)] = path
    return found


def make_epoch(folder: Path, number: int) -> None:
    """Make the key of an epoch, unless it is there: another may have made it."""
    aside = folder / f"{_MADE}{number:06d}-{secrets.token_hex(8)}"
    write_secret(aside)
    try:
        with suppress(FileExistsError):
            os.link(aside, path_of(folder, number))
    finally:
        aside.unlink()
    sync_folder(folder)


def destroy_epoch(folder: Path, number: int) -> None:
    """Overwrite the key of an epoch and remove it; one that is gone already is gone."""
    with suppress(FileNotFoundError):
        path_of(folder, number).rename(folder / f"{_GONE}{number:06d}")
    sync_folder(folder)
    _destroy_all(folder, _GONE)


def clear_left_over(folder: Path) -> None:
    """Destroy what one who was killed left: a key that was never used, or never more will be."""
    _destroy_all(folder, _MADE)
    _destroy_all(folder, _GONE)


def _destroy_all(folder: Path, kind: str) -> None:
    for path in folder.glob(f"{kind}*"):
        # Another may be at the same file: then it is gone, as it should be.
        with suppress(FileNotFoundError):
            _overwrite(path)
            path.unlink()
    sync_folder(folder)


def write_secret(path: Path) -> None:
    """Write a fresh random secret, readable by us alone; refuses a file that exists."""
    try:
        with new_file(path) as file:
            file.write(secrets.token_hex(KEY_BYTES).encode() + b"\n")
    except FileExistsError:
        raise KeysUnavailableError(f"{path.name} bestaat al en wordt niet overschreven.") from None


def read_secret(path: Path) -> bytes:
    """The secret of a file; refuses one that others may read."""
    try:
        mode = path.stat().st_mode & 0o077
        secret = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError):
        raise KeysUnavailableError(f"{path.name} ontbreekt of is geen sleutel.") from None
    if mode:
        raise KeysUnavailableError(f"{path.name} is leesbaar voor anderen (chmod 600).")
    if len(secret) != KEY_BYTES:
        raise KeysUnavailableError(f"{path.name} heeft niet de lengte van een sleutel.")
    return secret


def _overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(secrets.token_bytes(max(path.stat().st_size, KEY_BYTES)))
        file.flush()
        os.fsync(file.fileno())
