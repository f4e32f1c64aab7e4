"""The copy of the log outside the database: one file of lines, only ever added to.

Each line holds an entry's number, leaf hash and canonical bytes as they stand (which name nobody,
by design 7), and a mark that only this installation's system key makes: so nobody who can write
in the folder can slip an entry into the log, and a copy of another installation is known for one.
What a crash left half written at the end is passed over, and removed at the next addition.

Pure: knows no database. Not checked here: that the entries are those of the database
(`privacy.log.copying`).
"""

import fcntl
import hmac
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

from privacy.durable import sync_folder
from privacy.log.errors import CopyDamagedError, CopyForeignError, CopyUnavailableError
from privacy.log.merkle import leaf_hash

FILE: Final = "auditlog.kopie"
_KIND: Final = b"lso-gateway logkopie 1 "
_MARK_BYTES: Final = 16
_BLOCK: Final = 64 * 1024
_FIELDS: Final = 4
#: How long an addition waits for another process that is adding.
_PATIENCE_SECONDS: Final = 1.0
_PAUSE_SECONDS: Final = 0.02


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the log with its number and leaf hash."""

    nummer: int
    blad: bytes = field(repr=False)
    regel: bytes = field(repr=False)


class LogCopy:
    """The copy at one place; for one process or for several on one folder."""

    def __init__(self, path: Path, key: bytes) -> None:
        """`path` is the file, there or not; `key` is the installation's own."""
        self.path = path
        self._key = key

    def __repr__(self) -> str:
        return "<LogCopy>"

    def last(self) -> Line | None:
        """The newest line; None where there is none yet."""
        return next(self.back(), None)

    def back(self) -> Iterator[Line]:
        """Every line, the newest first.

        CopyForeignError for a copy of another installation, CopyDamagedError where a line in the
        midst is not what was written, CopyUnavailableError where the file cannot be read.
        """
        try:
            with self.path.open("rb") as file:
                if self._require_own(file):
                    for line, _end in self._backwards(file):
                        yield line
        except FileNotFoundError:
            return
        except OSError:
            raise CopyUnavailableError from None

    def set_aside(self, name: str) -> None:
        """Keep this file under another name: from now on there is no copy here yet."""
        try:
            self.path.rename(self.path.with_name(f"{FILE}.{name}"))
            sync_folder(self.path.parent)
        except FileNotFoundError:
            return
        except OSError:
            raise CopyUnavailableError from None

    @contextmanager
    def adding(self) -> Iterator["Addition | None"]:
        """Be the only one that adds; None where another goes on doing so."""
        try:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            with os.fdopen(handle, "r+b", buffering=0) as file:
                yield self._begin(file) if self._alone(file) else None
        except OSError:
            raise CopyUnavailableError from None

    def _alone(self, file: BinaryIO) -> bool:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    return False
                time.sleep(_PAUSE_SECONDS)
            else:
                # Set aside while we waited: what we hold is no longer the copy.
                return os.fstat(file.fileno()).st_ino == self.path.stat().st_ino

    def _begin(self, file: BinaryIO) -> "Addition":
        if not self._require_own(file):
            file.truncate(0)
            file.seek(0)
            file.write(self._header)
            os.fsync(file.fileno())
            sync_folder(self.path.parent)
        line, end = next(self._backwards(file), (None, len(self._header)))
        file.truncate(end)  # what a crash left half written
        file.seek(end)
        return Addition(self, file, -1 if line is None else line.nummer, line)

    @property
    def _header(self) -> bytes:
        return _KIND + self._mark(b"eigenaar").encode() + b"\n"

    def _require_own(self, file: BinaryIO) -> bool:
        """Whether there is a whole first line; CopyForeignError where it is another's."""
        file.seek(0)
        first = file.read(len(self._header))
        if first == self._header:
            return True
        if first.endswith(b"\n") or len(first) == len(self._header):
            raise CopyForeignError
        return False

    def _backwards(self, file: BinaryIO) -> Iterator[tuple[Line, int]]:
        """Each line with where it ends; only at the end of the file may some be unfinished."""
        newer: Line | None = None
        for text, end in _texts(file, len(self._header)):
            line = self._read(text)
            if line is None:
                if newer is not None:
                    raise CopyDamagedError(newer.nummer - 1)
                continue
            if newer is not None and line.nummer != newer.nummer - 1:
                raise CopyDamagedError(newer.nummer - 1)
            yield line, end
            newer = line
        if newer is not None and newer.nummer != 0:
            raise CopyDamagedError(newer.nummer - 1)

    def _read(self, text: bytes) -> Line | None:
        parts = text.split(b" ", _FIELDS - 1)
        if len(parts) != _FIELDS or not parts[0].isdigit():
            return None
        try:
            line = Line(int(parts[0]), bytes.fromhex(parts[1].decode("ascii")), parts[3])
        except ValueError:
            return None
        mark = self._mark(b"%d " % line.nummer + line.blad).encode()
        if not hmac.compare_digest(mark, parts[2]) or leaf_hash(line.regel) != line.blad:
            return None
        return line

    def text_of(self, line: Line) -> bytes:
        """A line as it stands in the file."""
        mark = self._mark(b"%d " % line.nummer + line.blad)
        head = f"{line.nummer} {line.blad.hex()} {mark} ".encode("ascii")
        return head + line.regel + b"\n"

    def _mark(self, text: bytes) -> str:
        return hmac.digest(self._key, text, sha256)[:_MARK_BYTES].hex()


class Addition:
    """The end of the copy, held by whoever adds to it."""

    def __init__(self, copy: LogCopy, file: BinaryIO, nummer: int, last: Line | None) -> None:
        self._copy = copy
        self._file = file
        self._nummer = nummer
        self.last = last

    @property
    def next(self) -> int:
        """The number of the line that comes now."""
        return self._nummer + 1

    def add(self, lines: Sequence[Line]) -> None:
        """Add the lines that follow, and return when they are on the disk."""
        if [line.nummer for line in lines] != list(range(self.next, self.next + len(lines))):
            raise ValueError("a copy has every line, in order")
        if not lines:
            return
        text = b"".join(map(self._copy.text_of, lines))
        written = 0
        while written < len(text):
            written += self._file.write(text[written:]) or 0
        os.fsync(self._file.fileno())
        self._nummer = lines[-1].nummer


def _texts(file: BinaryIO, begin: int) -> Iterator[tuple[bytes, int]]:
    """Whole lines after `begin`, the last first, each with where it ends."""
    at = file.seek(0, os.SEEK_END)
    rest = b""
    end: int | None = None  # where the line in `rest` ends; None while its end was not seen
    while at > begin:
        size = min(_BLOCK, at - begin)
        at -= size
        file.seek(at)
        block = _read_whole(file, size) + rest
        first, *lines = block.split(b"\n")
        if lines:
            place = at + len(block)
            for text in reversed(lines):
                if end is not None:
                    yield text, place + 1
                end = place
                place -= len(text) + 1
        rest = first
        if at == begin and end is not None:
            yield rest, at + len(rest) + 1


def _read_whole(file: BinaryIO, size: int) -> bytes:
    parts = []
    while size and (part := file.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
