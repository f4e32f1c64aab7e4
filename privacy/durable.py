"""Files that outlive a power cut: for us alone, and on the disk when the call returns."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO


def new_file(path: Path) -> AbstractContextManager[BinaryIO]:
    """A file that was not there, opened at once; taken away again where nothing came of it.

    FileExistsError where there is one. Its name is sure to stay after `sync_folder`.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return _whole(path, handle)


@contextmanager
def _whole(path: Path, handle: int) -> Iterator[BinaryIO]:
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def replace_file(path: Path, content: bytes) -> None:
    """The file with this content: whoever reads it finds the old one whole, or the new one."""
    aside = path.with_name(f"{path.name}.nieuw")
    aside.unlink(missing_ok=True)
    with new_file(aside) as file:
        file.write(content)
    aside.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """A name that was given or taken in it stays so, also when the power goes."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
