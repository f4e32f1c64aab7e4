"""The folder of signing keys: what stands in a file's name, and how one is written whole.

`ondertekening-<tokens|antwoorden>-<moment>.pem`, where the moment is from when it signs:
`20261122T010000Z`, or `000001` for the keys that were made with the installation. A key is
written under a name that nobody reads and then renamed, so that no half key is ever read, also
after a power cut. Whoever changes the folder holds a lock in it; reading asks none.
"""

import fcntl
import os
import re
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from connectors.jwk import key_id, new_key, private_key, to_pem
from gateway.signing_keys import BEGINNING, Gebruik, SigningKey
from privacy.durable import new_file, sync_folder
from privacy.errors import KeysUnavailableError

_PREFIX: Final = "ondertekening-"
_NAME: Final = re.compile(
    r"ondertekening-(tokens|antwoorden)-(?:([0-9]{6})|([0-9]{8}T[0-9]{6}Z))\.pem", re.ASCII
)
_MOMENT: Final = "%Y%m%dT%H%M%SZ"
_UNFINISHED: Final = ".onaf-"
_LOCK: Final = ".ondertekening.lock"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
#: The name of the first key of each kind.
_FIRST: Final = "000001"


@dataclass(frozen=True, slots=True)
class Contents:
    """What the folder holds, oldest first; `faults` says of each file why it cannot be used."""

    keys: tuple[SigningKey, ...]
    faults: tuple[str, ...]

    def of(self, gebruik: Gebruik) -> tuple[SigningKey, ...]:
        """The keys of one kind; KeysUnavailableError where there is none."""
        found = tuple(key for key in self.keys if key.gebruik is gebruik)
        if not found:
            raise KeysUnavailableError(
                f"{_PREFIX}{gebruik}-*.pem ontbreekt (maak ze met: sleutels aanmaken)."
            )
        return found


class KeyFolder:
    """Reads the folder; what has not changed since the last time is not parsed again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: dict[tuple[str, int, int, int], SigningKey] = {}

    def read(self) -> Contents:
        """Everything that is there now. KeysUnavailableError where the folder cannot be read."""
        try:
            names = sorted(each.name for each in self.path.iterdir())
        except OSError:
            raise KeysUnavailableError("De map met sleutels is niet te lezen.") from None
        keys, faults, known = [], [], {}
        for name in names:
            if not name.startswith(_PREFIX):
                continue
            try:
                mark = _mark(self.path / name)
                known[mark] = self._known.get(mark) or _read(self.path / name)
                keys.append(known[mark])
            except FileNotFoundError:
                continue  # removed while we looked
            except OSError:
                faults.append(f"{name} is niet te lezen.")
            except KeysUnavailableError as error:
                faults.append(str(error))
        self._known = known
        return Contents(tuple(sorted(keys, key=lambda key: key.vanaf)), tuple(faults))

    def read_whole(self) -> Contents:
        """As `read`, but KeysUnavailableError for the first fault of any file."""
        found = self.read()
        if found.faults:
            raise KeysUnavailableError(found.faults[0])
        return found


def write_first(folder: Path, gebruik: Gebruik) -> None:
    """The key that signs from the beginning; KeysUnavailableError where one of its kind is."""
    there = sorted(folder.glob(f"{_PREFIX}{gebruik}-*.pem"))
    if there:
        raise KeysUnavailableError(f"{there[0].name} bestaat al en wordt niet overschreven.")
    _write(folder, f"{_PREFIX}{gebruik}-{_FIRST}.pem")


def write_key(folder: Path, gebruik: Gebruik, vanaf: datetime) -> SigningKey:
    """A new key that signs from `vanaf` (to the second). The caller holds `changing`."""
    name = f"{_PREFIX}{gebruik}-{vanaf.astimezone(UTC).strftime(_MOMENT)}.pem"
    _write(folder, name)
    return _read(folder / name)


def remove_keys(folder: Path, keys: Sequence[SigningKey]) -> None:
    """Remove these files for good. The caller holds `changing`."""
    for key in keys:
        (folder / key.bestand).unlink(missing_ok=True)
    sync_folder(folder)


@contextmanager
def changing(folder: Path) -> Iterator[None]:
    """Be the only one that changes the folder: waits for another, the kernel frees a dead one's.

    What one that was killed left half written is removed.
    """
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _give_to_owner(handle, folder)
        fcntl.flock(handle, fcntl.LOCK_EX)
        for left in folder.glob(f"{_UNFINISHED}*"):
            left.unlink()
        yield
    finally:
        os.close(handle)


def _write(folder: Path, name: str) -> None:
    if (folder / name).exists():
        raise KeysUnavailableError(f"{name} bestaat al en wordt niet overschreven.")
    unfinished = folder / f"{_UNFINISHED}{secrets.token_hex(8)}"
    with new_file(unfinished) as file:
        _give_to_owner(file.fileno(), folder)
        file.write(to_pem(new_key()))
    unfinished.rename(folder / name)
    sync_folder(folder)


def _give_to_owner(handle: int, folder: Path) -> None:
    """What root makes is for whose folder it is: else the service could not read its own keys."""
    if os.geteuid() == 0:
        owner = folder.stat()
        os.fchown(handle, owner.st_uid, owner.st_gid)


def _mark(path: Path) -> tuple[str, int, int, int]:
    """Another file under the same name has another mark. Refuses what others may read."""
    found = path.stat()
    if found.st_mode & _OTHERS:
        raise KeysUnavailableError(f"{path.name} is leesbaar voor anderen (chmod 600).")
    return path.name, found.st_ino, found.st_mtime_ns, found.st_size


def _read(path: Path) -> SigningKey:
    named = _NAME.fullmatch(path.name)
    if named is None:
        raise KeysUnavailableError(f"{path.name} heeft geen tijdstip in zijn naam.")
    try:
        key = private_key(path.read_bytes())
    except ValueError:
        raise KeysUnavailableError(f"{path.name} is geen geheime sleutel van P-256.") from None
    return SigningKey(key_id(key), key, Gebruik(named[1]), _moment(path.name, named), path.name)


def _moment(name: str, named: re.Match[str]) -> datetime:
    if named[2] is not None:
        # In the order of their numbers, and all of them long ago.
        return BEGINNING + timedelta(seconds=int(named[2]))
    try:
        return datetime.strptime(named[3], _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        raise KeysUnavailableError(f"{name} heeft geen tijdstip in zijn naam.") from None
