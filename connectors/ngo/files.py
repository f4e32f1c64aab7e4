"""What kind of file this really is, whatever its name says, before a reader opens it.

Looks at the first bytes and, in a zip, at the names of its parts. Whether the file is whole
shows on reading; `damage_named` turns what the libraries then raise into one error of ours.
"""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

from connectors.ngo.errors import RegisterError, Registerfout


class Bestandsoort(StrEnum):
    """Kinds of file that we can tell apart, in the words of who keeps the register."""

    XLSX = "xlsx"
    ODS = "ods"
    TEKST = "csv of andere tekst"
    SQLITE = "SQLite-database"
    XLS = "oude Excel (xls)"
    PDF = "pdf"
    ZIP = "zip"
    ONBEKEND = "onbekend soort"


_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_OOXML: Final = "EncryptedPackage".encode("utf-16-le")
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_STARTS: Final = (
    (b"SQLite format 3\x00", Bestandsoort.SQLITE),
    (b"%PDF", Bestandsoort.PDF),
    (_OLE, Bestandsoort.XLS),
)
_HEAD_BYTES: Final = 4096


def require_kind(path: Path, kind: Bestandsoort) -> None:
    """RegisterError unless there is a readable file of this kind, not empty, not locked."""
    head = _head(path)
    if not head:
        raise RegisterError(Registerfout.BESTAND_LEEG, path.name)
    found = _kind(path, head)
    if found is not kind:
        plaats = f"{path.name} (verwacht: {kind}, gevonden: {found})"
        raise RegisterError(Registerfout.ANDER_SOORT, plaats)


@contextmanager
def damage_named(path: Path) -> Iterator[None]:
    """A part that is cut off or damaged becomes AFGEBROKEN; the library's words go no further."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, ExpatError, ParseError, KeyError):
        raise RegisterError(Registerfout.AFGEBROKEN, path.name) from None
    except OSError:
        raise RegisterError(Registerfout.GEEN_TOEGANG, path.name) from None


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD_BYTES)
    except FileNotFoundError:
        raise RegisterError(Registerfout.BESTAND_ONTBREEKT, path.name) from None
    except OSError:
        raise RegisterError(Registerfout.GEEN_TOEGANG, path.name) from None


def _kind(path: Path, head: bytes) -> Bestandsoort:
    if head.startswith(_ZIP):
        return _zip_kind(path)
    if head.startswith(_OLE) and _contains(path, _ENCRYPTED_OOXML):
        # A workbook with a password is an OLE file with the real one inside (MS-OFFCRYPTO).
        raise RegisterError(Registerfout.VERSLEUTELD, path.name)
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    binary = b"\x00" in head and not head.startswith(_UTF16)
    return Bestandsoort.ONBEKEND if binary else Bestandsoort.TEKST


def _zip_kind(path: Path) -> Bestandsoort:
    with damage_named(path), zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        if any(part.flag_bits & 1 for part in archive.infolist()) or _is_locked(archive, names):
            raise RegisterError(Registerfout.VERSLEUTELD, path.name)
        if "xl/workbook.xml" in names:
            return Bestandsoort.XLSX
        spreadsheet = b"application/vnd.oasis.opendocument.spreadsheet"
        if "mimetype" in names and archive.read("mimetype").startswith(spreadsheet):
            return Bestandsoort.ODS
        return Bestandsoort.ZIP


def _is_locked(archive: zipfile.ZipFile, names: set[str]) -> bool:
    """Whether the manifest of an OpenDocument file tells of parts that were encrypted."""
    manifest = "META-INF/manifest.xml"
    return manifest in names and b"encryption-data" in archive.read(manifest)


def _contains(path: Path, sought: bytes) -> bool:
    tail = b""
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            if sought in tail + part:
                return True
            tail = part[-len(sought) :]
    return False
