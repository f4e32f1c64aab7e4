"""Reads the official file of Landelijke Tabel 32 as RvIG publishes it.

The file comes in UTF-16 or UTF-8 with a byte order mark, with commas or semicolons. Its
columns begin with the number of the BRP element (`99.98 Datum ingang`), and their words have
changed over the years; they are found by what the words begin with.

`python -m schemas.rvig TABEL32.csv > schemas/nationaliteiten.json` renews the table.
"""

import csv
import json
import re
import sys
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Final

from schemas.errors import TableError
from schemas.nationaliteiten import Nationaliteitrij

BRON: Final = "RvIG, Landelijke Tabel 32 (nationaliteiten)"

_ELEMENT: Final = re.compile(r"^[0-9]{2}\.[0-9]{2}\s+")
_COLUMNS: Final = {
    "code": ("nationaliteitcode", "nationaliteitscode", "code"),
    "naam": ("omschrijving",),
    "vanaf": ("datum ingang",),
    "tot": ("datum einde", "datum beëindiging"),
}
_CODE: Final = re.compile(r"[0-9]{4}")
_DAY: Final = re.compile(r"[0-9]{8}")


def import_rvig(path: Path) -> list[Nationaliteitrij]:
    """Read the rows of an official file; TableError names the line and the column at fault."""
    text = _text(path)
    reader = csv.reader(StringIO(text), delimiter=_delimiter(text))
    columns = _columns(next(reader, []))
    rijen = []
    seen: set[str] = set()
    for cells in reader:
        if any(cell.strip() for cell in cells):
            rij = _rij(cells, columns, reader.line_num)
            if rij.code in seen:
                raise TableError(f"regel {reader.line_num}: deze code staat er al")
            seen.add(rij.code)
            rijen.append(rij)
    if not rijen:
        raise TableError("het bestand bevat geen enkele nationaliteit")
    return rijen


def write_table(rijen: list[Nationaliteitrij]) -> Iterator[str]:
    """Write the rows as the package keeps them, one to a line so that a change can be read."""
    yield f'{{\n"bron": {json.dumps(BRON, ensure_ascii=False)},\n"rijen": [\n'
    for number, rij in enumerate(rijen):
        row = {"code": rij.code, "naam": rij.naam, "vanaf": _iso(rij.vanaf), "tot": _iso(rij.tot)}
        yield (",\n" if number else "") + json.dumps(row, ensure_ascii=False)
    yield "\n]\n}\n"


def _text(path: Path) -> str:
    content = path.read_bytes()
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise TableError("het bestand is geen UTF-16 of UTF-8: neem het ongewijzigd over") from None


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return ";" if header.count(";") > header.count(",") else ","


def _columns(header: list[str]) -> dict[str, int]:
    words = [_ELEMENT.sub("", cell.strip()).casefold() for cell in header]
    found: dict[str, int] = {}
    for name, beginnings in _COLUMNS.items():
        places = [place for place, word in enumerate(words) if word.startswith(beginnings)]
        if len(places) != 1:
            raise TableError(f"regel 1: precies één kolom moet met “{beginnings[0]}” beginnen")
        found[name] = places[0]
    return found


def _rij(cells: list[str], columns: dict[str, int], line: int) -> Nationaliteitrij:
    # Some editions leave out the empty cells at the end of a line.
    at = {
        name: cells[place].strip() if place < len(cells) else "" for name, place in columns.items()
    }
    if not _CODE.fullmatch(at["code"]):
        raise TableError(f"regel {line}: de code is geen vier cijfers")
    if not at["naam"]:
        raise TableError(f"regel {line}: de omschrijving ontbreekt")
    vanaf, tot = (_day(at[name], line, _COLUMNS[name][0]) for name in ("vanaf", "tot"))
    return Nationaliteitrij(at["code"], at["naam"], vanaf, tot)


def _day(text: str, line: int, column: str) -> date | None:
    if not text:
        return None
    try:
        if _DAY.fullmatch(text):
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        pass
    raise TableError(f"regel {line}: {column} is geen dag als JJJJMMDD")


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004  the program and the file
        sys.exit("gebruik: python -m schemas.rvig TABEL32.csv")
    sys.stdout.writelines(write_table(import_rvig(Path(sys.argv[1]))))
