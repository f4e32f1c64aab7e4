"""Watches every line that anything logs in a run of the tests: no secret, no person (statement 30).

Levels are off while it watches: whatever a library would write at DEBUG is made, with its
arguments filled in, and read. Only what the product itself pins above a level stays silent, as
it does in production. What programs of their own wrote into files is read after their test.
"""

import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from gateway.telemetry import pin_loggers

_EXPECTED = json.loads((Path(__file__).parent / "data" / "verwacht.json").read_text())
#: As long as a log of ours gets; the rest of a longer file is not read.
_MOST_BYTES = 50_000_000
_RECORD_KEYS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def _names(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        for key, value in told.items():
            if key == "naam" and isinstance(value, str):
                yield value
            else:
                yield from _names(value)
    elif isinstance(told, list):
        for each in told:
            yield from _names(each)


_PEOPLE = sorted({*_names(_EXPECTED), "Ayse Yilmaz", "Ngọc Farahani"})
KINDS = {
    "a token or an assertion": re.compile(r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}"),
    "a private key": re.compile(r"PRIVATE KEY|\"d\": ?\"[\w-]{40,}"),
    # A moment in seconds has ten digits too, and begins with 1 for a long time to come.
    "a V-nummer": re.compile(r"(?<![\w.+-])(?!1[4-9]\d{8}\b)\d{10}(?![\w-]|\.\d)", re.ASCII),
    "a name": re.compile("|".join(map(re.escape, _PEOPLE))),
}


def found_in(text: str) -> list[str]:
    """The kinds of things in a text that no log may hold."""
    return [kind for kind, pattern in KINDS.items() if pattern.search(text)]


class LogWatch:
    """What was logged wrongly; a test takes what is there and fails on it."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.seen = 0
        self._handle: Callable[[logging.Logger, logging.LogRecord], None] = logging.Logger.handle

    def begin(self) -> None:
        """Read each record of each logger before any level, filter or handler of the root."""
        watch, handle = self, self._handle

        def watched(logger: logging.Logger, record: logging.LogRecord) -> None:
            watch.read(record)
            handle(logger, record)

        logging.Logger.handle = watched  # type: ignore[method-assign]
        self.hear_all()
        pin_loggers()

    def hear_all(self) -> None:
        """Open every level again: a program that a test ran here may have set that of the root."""
        if logging.getLogger().level != 1:
            logging.getLogger().setLevel(1)

    def end(self) -> None:
        logging.Logger.handle = self._handle  # type: ignore[method-assign]

    def read(self, record: logging.LogRecord) -> None:
        """The message as it would be written, whatever hangs on the record, and the exception."""
        self.seen += 1
        more = {key: value for key, value in vars(record).items() if key not in _RECORD_KEYS}
        error = record.exc_info[1] if record.exc_info else ""
        self._note(f"{record.getMessage()} {more or ''} {error}", record.name)

    def read_files(self, folder: Path) -> None:
        """The logs that programs left behind."""
        for file in folder.rglob("*.log"):
            if file.is_file():
                with file.open("rb") as log:
                    self._note(log.read(_MOST_BYTES).decode(errors="replace"), file.name)

    def take(self) -> list[str]:
        """What was found since the last time."""
        taken, self.faults = self.faults, []
        return taken

    def _note(self, text: str, where: str) -> None:
        self.faults += [f"{kind}, in {where}" for kind in found_in(text)]
