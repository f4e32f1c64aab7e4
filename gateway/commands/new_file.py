"""A file that a command makes: new, for its owner alone, and whole or not there at all.

Why it could not be made is said in Dutch, by what the system answered.
"""

import errno
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, TextIO

import click

from privacy.durable import new_file

_WHY: Final = {
    errno.EACCES: "mag hier niet (geen rechten)",
    errno.EEXIST: "bestaat al en wordt niet overschreven",
    errno.EISDIR: "is een map, geen bestand",
    errno.ENOENT: "kan niet: die map, of dat bestand, is er niet",
    errno.ENOSPC: "past niet: de schijf is vol",
    errno.ENOTDIR: "kan niet: wat ervoor staat is geen map",
    errno.EPERM: "mag hier niet (geen rechten)",
    errno.EROFS: "kan niet: de schijf is alleen te lezen",
}


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """A file that was not there; taken away again where nothing came of it."""
    try:
        with new_file(path) as file:
            yield file
    except OSError as error:
        if str(error.filename or path) != str(path):
            raise  # of another file, that was read meanwhile
        raise click.ClickException(disk_fault(error, path)) from None


@contextmanager
def text_written(path: Path | None) -> Iterator[TextIO]:
    """As `written`, for text; without a path it goes to the screen."""
    if path is None:
        yield sys.stdout
        return
    with written(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8")
        yield text
        text.detach()


def disk_fault(error: OSError, path: object) -> str:
    """One sentence: which file or folder, and why it could not be used."""
    return f"{path}: dit {_WHY.get(error.errno or 0, 'is niet te lezen of te schrijven')}."
