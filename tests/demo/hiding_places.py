"""Hides notes in registers where people leave them: remarks, hidden sheets, extra columns."""

import json
import re
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import openpyxl
from openpyxl.comments import Comment

from tests.demo.canaries import Aviary
from tests.demo.people import Dag
from tests.demo.registers import write_days


def write_with_notes(folder: Path, birds: Aviary) -> Path:
    """The registers of both days; beside each record its note, in every place there is."""
    days = birds.as_written()
    write_days(folder, days)
    lists = json.dumps(_word_lists(birds), ensure_ascii=False)
    for dag, registers in days.items():
        here = folder / dag.isoformat()
        for place in here.iterdir():
            (place / "woordenlijst.json").write_text(lists, encoding="utf-8")
        _xlsx(here / "sndvu" / "register.xlsx", registers)
        _csv(here / "vluchtelingenwerk" / "export.csv")
        _ods(here / "toevlucht" / "register.ods")
        _sqlite(here / "stil" / "stil.sqlite")
        for page in (here / "seguro").glob("clients-*.json"):
            _json(page)
    return folder


def _word_lists(birds: Aviary) -> dict[str, dict[str, str]]:
    by_code = {code: word for word, code in birds.words.items()}
    exits, ways = ("medisch", "artikel_64", "terugkeer"), ("verblijf", "vertrek")
    return {
        "uitstroomreden": {f"eigen woord {by_code[code]}": code for code in exits},
        "nationaliteit": {word: code for word, code in birds.words.items() if code.isdigit()},
        "begeleidingsscenario": {
            **{by_code[code]: code for code in ways},
            "nog open": "niet_vastgesteld",
        },
    }


def _xlsx(path: Path, registers: Dag) -> None:
    workbook = openpyxl.load_workbook(path)
    notes = {each.v_nummer: each.notitie for each in registers["sndvu"]}
    hidden = workbook.create_sheet("Oud")
    hidden.sheet_state = "hidden"
    for sheet in workbook.worksheets[:-1]:
        for row in sheet.iter_rows(min_row=3):
            note = notes[row[0].value]
            for cell in row[:3]:
                cell.comment = Comment(f"let op: {note}", note)
            hidden.append([note])
    workbook.properties.creator = workbook.properties.description = next(iter(notes.values()))
    workbook.save(path)


def _csv(path: Path) -> None:
    """A last column without a name."""
    lines = path.read_bytes().split(b"\r\n")
    path.write_bytes(b"\r\n".join(line + b";" + line.rpartition(b";")[2] for line in lines))


def _ods(path: Path) -> None:
    """A remark on every cell of a row."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    text = parts["content.xml"]
    for row in re.findall(r"<table:table-row>.*?</table:table-row>", text)[1:]:
        note = re.findall(r"<text:p>([^<]*)</text:p>", row)[-1]
        remark = f"<office:annotation><text:p>{note}</text:p></office:annotation><text:p>"
        text = text.replace(row, row.replace("<text:p>", remark))
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in {**parts, "content.xml": text}.items():
            archive.writestr(name, part)


def _sqlite(path: Path) -> None:
    """A table and columns that the query does not name."""
    with closing(sqlite3.connect(path)) as base, base:
        base.executescript(
            "CREATE TABLE dagrapport AS SELECT id, notitie FROM client;"
            "ALTER TABLE verblijf ADD COLUMN bijzonderheden text;"
            "UPDATE verblijf SET bijzonderheden ="
            " (SELECT notitie FROM client WHERE client.id = client_id);"
        )


def _json(path: Path) -> None:
    """Keys beside those that are read, at every level."""
    page = json.loads(path.read_text(encoding="utf-8"))
    for each in page["clients"]:
        for told in (each["client"], each["stay"], *each["consents"]):
            told["remarks"] = [each["notes"]]
    path.write_text(json.dumps({**page, "comment": "intern"}), encoding="utf-8")
