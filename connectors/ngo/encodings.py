"""Whether a text file is in the encoding that its mapping names; read once, part by part.

Every file can be read as cp1252, so a wrong choice shows only as broken names. Text with letters
beyond ASCII that is valid UTF-8 from end to end is UTF-8: by chance that does not happen.
"""

import codecs
from pathlib import Path
from typing import Final

from connectors.ngo.errors import RegisterError, Registerfout

_PART: Final = 1 << 16
_UNICODE: Final = frozenset({"utf-8", "utf-16"})
_MARKS: Final = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def require_encoding(path: Path, codering: str) -> None:
    """RegisterError where the bytes are not in this encoding, or plainly in another."""
    if not _decodes(path, codering):
        raise RegisterError(Registerfout.CODERING, path.name)
    if codering in _UNICODE:
        return
    with path.open("rb") as file:
        marked = file.read(4).startswith(_MARKS)
    if marked or (not _decodes(path, "ascii") and _decodes(path, "utf-8")):
        raise RegisterError(Registerfout.CODERING, path.name)


def _decodes(path: Path, codering: str) -> bool:
    """Whether the file is text in this encoding: it decodes, and holds no NUL."""
    decoder = codecs.getincrementaldecoder(codering)()
    try:
        with path.open("rb") as file:
            while part := file.read(_PART):
                if "\x00" in decoder.decode(part):
                    return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
