"""Builders: a mapping, a row, and the same rows as each kind of register."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from uuid import NAMESPACE_OID, uuid5
from xml.sax.saxutils import escape

import openpyxl

from connectors.ngo.intake import Register, read_register
from connectors.ngo.mapping import load_mapping
from connectors.ngo.mapping_values import Mapping as Registermapping
from schemas import nationaliteiten

DAY = date(2020, 4, 1)
PARTNERS = frozenset({"IND", "DT&V", "AVIM"})

ROW: Mapping[str, object] = MappingProxyType(
    {
        "nummer": "9912846204",
        "naam": "Fatoumata Tekle",
        "nationaliteit": "0315",
        "geslacht": "V",
        "geboren": "09-09-1972",
        "aangemeld": "01-04-2019",
        "in": "02-04-2019",
        "uit": "",
        "reden": "",
        "lijn": "2",
        "scenario": "verblijf",
        "rol": "zaakhouder",
        "delen": "IND, DT&V, AVIM, gemeente",
        "vanaf": "03-04-2019",
        "tot": "01-04-2021",
        "ingetrokken": "",
        "taal": "fr",
        "tolk": "nee",
        "namens": "",
        "Opmerkingen": "",
    }
)
KOLOMMEN = tuple(ROW)

MAPPING = """
[register]
bronhouder = "voorbeeld"
naam = "Voorbeeld"
{bron}

[velden]
vNummer = "nummer"
naam = "naam"
nationaliteit = "nationaliteit"
geslacht = "geslacht"
geboortedatum = "geboren"
datumAanmelding = "aangemeld"
datumInstroom = "in"
datumUitstroom = "uit"
uitstroomreden = "reden"
lijn = "lijn"
begeleidingsscenario = "scenario"
rol = "rol"

[datums]
vormen = ["dd-mm-jjjj", "d-m-jjjj", "iso", "cel", "serienummer"]

[woorden.uitstroomreden]
weg = "mob"
vergunning = "verblijfsvergunning"

[overslaan]
nummer_begint_met = ["Totaal"]

[toestemming]
doelen = ["aanmelding", "mutaties"]
verklaring = "2019-1"
vorm = "schriftelijk"
talen = ["fr", "nl"]
alleen_totalen = ["gemeente"]

[toestemming.velden]
ontvangers = "delen"
eersteDag = "vanaf"
laatsteDag = "tot"
ingetrokkenOp = "ingetrokken"
taal = "taal"
tolk = "tolk"
vertegenwoordiger = "namens"
"""
BRONNEN = {
    "csv": 'soort = "csv"',
    "xlsx": 'soort = "xlsx"\nbladen = ["Blad1"]',
    "ods": 'soort = "ods"\nbladen = ["Blad1"]',
    "database": 'soort = "database"\nquery = "SELECT * FROM register ORDER BY nummer"',
    "http": 'soort = "http"\nlijst = "clients"\nvolgende = "next"',
}


def a_row(**changes: object) -> dict[str, object]:
    """A good row; a column is named as a keyword, `in_` for `in`."""
    return {**ROW, **{name.rstrip("_"): value for name, value in changes.items()}}


def mapping_text(soort: str = "csv", text: str = MAPPING) -> str:
    return text.replace("{bron}", BRONNEN[soort])


def a_mapping(folder: Path, soort: str = "csv", text: str | None = None) -> Registermapping:
    path = folder / "bron.toml"
    path.write_text(text or mapping_text(soort), encoding="utf-8")
    return load_mapping(path)


def intake(mapping: Registermapping, location: str | Path, **changes) -> Register:
    return read_register(
        mapping,
        location,
        changes.pop("woorden", {}),
        changes.pop("day", DAY),
        kenmerk=pseudonym,
        ontvangers=PARTNERS,
        toestemming_id=lambda v_nummer, text: uuid5(NAMESPACE_OID, v_nummer + text),
        nationaliteiten=nationaliteiten.load(),
        **changes,
    )


def pseudonym(v_nummer: str) -> bytes:
    return sha256(v_nummer.encode()).digest()


def intake_of(folder: Path, *rows: Mapping[str, object], **changes) -> Register:
    """The intake of these rows, kept as csv."""
    return intake(a_mapping(folder), write_csv(folder / "register.csv", rows), **changes)


def faults(register: Register) -> list[tuple[int, str, str]]:
    return [(fout.rij, fout.veld, fout.code.value) for fout in register.fouten]


def write_csv(path: Path, rows: Iterable[Mapping[str, object]], *, encoding: str = "utf-8") -> Path:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(KOLOMMEN)
    writer.writerows([row[kolom] for kolom in KOLOMMEN] for row in rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def write_xlsx(path: Path, rows: Iterable[Mapping[str, object]], *, epoch=None) -> Path:
    workbook = openpyxl.Workbook()
    if epoch is not None:
        workbook.epoch = epoch
    sheet = workbook.active
    sheet.title = "Blad1"
    sheet.append(KOLOMMEN)
    for row in rows:
        sheet.append([row[kolom] or None for kolom in KOLOMMEN])
    workbook.save(path)
    return path


def zip_parts(path: Path, parts: Mapping[str, str | Iterable[str]]) -> Path:
    """A zip of parts, each a text or the pieces of one."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in parts.items():
            with archive.open(name, "w") as part:
                for piece in [text] if isinstance(text, str) else text:
                    part.write(piece.encode())
    return path


def xlsx_parts(rows: Iterable[str], dimension: str = "A1:XFD1048576") -> dict[str, object]:
    """A workbook of one sheet, Blad1, whose rows are given as XML."""
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    rels = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    content = "application/vnd.openxmlformats-officedocument.spreadsheetml"

    def sheet():
        yield f'<worksheet xmlns="{main}"><dimension ref="{dimension}"/><sheetData>'
        yield from rows
        yield "</sheetData></worksheet>"

    return {
        "[Content_Types].xml": f'<Types xmlns="{types}">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{content}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{content}.worksheet+xml"/>'
        "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{rels}"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="Blad1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{rels}"><Relationship Id="rId1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet(),
    }


def ods_parts(rows: Iterable[str], before: str = "", name: str = "Blad1") -> dict[str, object]:
    """A spreadsheet of one table whose rows are given as XML."""
    urn = "urn:oasis:names:tc:opendocument:xmlns"

    def content():
        yield (
            f'<office:document-content xmlns:office="{urn}:office:1.0" '
            f'xmlns:text="{urn}:text:1.0" xmlns:table="{urn}:table:1.0">'
            f'<office:body><office:spreadsheet>{before}<table:table table:name="{name}">'
        )
        yield from rows
        yield "</table:table></office:spreadsheet></office:body></office:document-content>"

    manifest = f'<manifest:manifest xmlns:manifest="{urn}:manifest:1.0"/>'
    return {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": manifest,
        "content.xml": content(),
    }


def ods_row(*cells: object) -> str:
    """One row of text, number and date cells."""
    return f"<table:table-row>{''.join(map(_ods_cell, cells))}</table:table-row>"


def _ods_cell(value: object) -> str:
    match value:
        case None | "":
            return "<table:table-cell/>"
        case str() if value.startswith("<"):
            return value
        case str():
            text = escape(value)
            return (
                '<table:table-cell office:value-type="string">'
                f"<text:p>{text}</text:p></table:table-cell>"
            )
        case date():
            return f'<table:table-cell office:value-type="date" office:date-value="{value}"/>'
        case _:
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'


def write_ods(path: Path, rows: Iterable[Mapping[str, object]], **changes) -> Path:
    lines = [ods_row(*KOLOMMEN), *(ods_row(*(row[k] for k in KOLOMMEN)) for row in rows)]
    return zip_parts(path, ods_parts(lines, **changes))
