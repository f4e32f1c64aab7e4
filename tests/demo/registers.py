"""Writes `people` as the five organisations keep them: the demo's own mappings read them."""

import csv
import io
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from pathlib import Path

import openpyxl

from tests.demo.people import Casus, Dag, Verklaring
from tests.unit.connectors.ngo.registers import ods_parts, ods_row, zip_parts

_HEAD = (
    *("V-nummer", "Naam", "Nationaliteit", "Geslacht", "geboortedatum", "Datum aanmelding"),
    *("Datum instroom", "Datum uitstroom", "Reden uitstroom", "Lijn", "Scenario", "Rol"),
    *("Toestemming", "Toestemming d.d.", "Geldig tot", "Ingetrokken op", "Taal", "Tolk"),
    *("Vertegenwoordiger", "Opmerkingen"),
)
_WORDS = {
    "uitstroomreden": {
        f"eigen woord {code}": code
        for code in (
            *("verblijfsvergunning", "rijksopvang", "terugkeer", "doormigratie", "mob"),
            *("medisch", "eenzijdige_beeindiging", "overig", "artikel_64", "bbb"),
        )
    },
    "nationaliteit": {},
    "begeleidingsscenario": {
        "verblijf": "verblijf",
        "vertrek": "vertrek",
        "nog open": "niet_vastgesteld",
    },
}


def write_days(folder: Path, days: Mapping[date, Dag]) -> Path:
    """A folder laid out as the demo's own registers."""
    for dag, registers in days.items():
        for bron, casussen in registers.items():
            here = folder / dag.isoformat() / bron
            here.mkdir(parents=True)
            (here / "woordenlijst.json").write_text(json.dumps(_WORDS), encoding="utf-8")
            _WRITERS[bron](here, casussen)
    return folder


def in_order(bron: str, casussen: list[Casus]) -> list[Casus]:
    """The order in which a register gives its records: on two sheets, who left comes last."""
    if bron == "sndvu":
        return sorted(casussen, key=lambda each: each.uitstroom is not None)
    return casussen


def _sndvu(folder: Path, casussen: list[Casus]) -> None:
    workbook = openpyxl.Workbook()
    for title, left in (("Cliënten", False), ("Uitgestroomd", True)):
        sheet = workbook.create_sheet(title)
        sheet.append(["Register (verzonnen personen)"])
        sheet.append(_HEAD)
        for each in casussen:
            if (each.uitstroom is not None) is left:
                sheet.append([cell or None for cell in _cells(each)])
    del workbook["Sheet"]
    workbook.save(folder / "register.xlsx")


def _vluchtelingenwerk(folder: Path, casussen: list[Casus]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    _first, *others = _HEAD
    writer.writerow(["VREEMDELINGENNUMMER", *(name.upper() for name in others)])
    writer.writerows(_cells(each) for each in casussen)
    (folder / "export.csv").write_bytes(text.getvalue().encode("cp1252"))


def _toevlucht(folder: Path, casussen: list[Casus]) -> None:
    rows = [ods_row(*(name.lower() for name in _HEAD)), *(ods_row(*_cells(c)) for c in casussen)]
    zip_parts(folder / "register.ods", ods_parts(rows, name="register 2020"))


def _stil(folder: Path, casussen: list[Casus]) -> None:
    with closing(sqlite3.connect(folder / "stil.sqlite")) as base, base:
        base.executescript(
            "CREATE TABLE client(id integer primary key, vnr text, naam text, nat_code text,"
            " sekse text, geb text, verwijderd integer default 0, notitie text);"
            "CREATE TABLE verblijf(id integer primary key, client_id integer, aangemeld text,"
            " begin text, eind text, reden_code text, lijn integer, scenario text, rol text);"
            "CREATE TABLE toestemming(id integer primary key, client_id integer, ontvanger text,"
            " gegeven text, geldig_tot text, ingetrokken text, taal text, tolk integer,"
            " namens text);"
        )
        for number, each in enumerate(casussen, 1):
            born = _birth(each)
            client = (number, each.v_nummer, each.naam, each.nationaliteit, each.geslacht, born)
            base.execute("INSERT INTO client VALUES (?,?,?,?,?,?,0,?)", (*client, each.notitie))
            stay = (_day(each.aangemeld), _day(each.instroom), _day(each.uitstroom))
            rest = (_reason(each), each.lijn, _scenario(each), each.rol)
            base.execute(
                "INSERT INTO verblijf VALUES (NULL,?,?,?,?,?,?,?,?)", (number, *stay, *rest)
            )
            for said in each.verklaringen:
                # One row a recipient, as that system keeps it.
                for ontvanger in said.ontvangers:
                    days = (_day(said.gegeven), _day(said.tot), _day(said.ingetrokken))
                    base.execute(
                        "INSERT INTO toestemming VALUES (NULL,?,?,?,?,?,'fa',1,?)",
                        (number, ontvanger, *days, said.namens),
                    )


def _seguro(folder: Path, casussen: list[Casus]) -> None:
    pages = [casussen[start : start + 9] for start in range(0, len(casussen), 9)]
    for number, page in enumerate(pages, 1):
        told = {
            "clients": [_client(each) for each in page],
            "next": f"clients-{number + 1}.json" if number < len(pages) else None,
        }
        (folder / f"clients-{number}.json").write_text(json.dumps(told), encoding="utf-8")


def _client(each: Casus) -> dict[str, object]:
    return {
        "client": {
            "vnumber": each.v_nummer,
            "name": each.naam,
            "nationality": each.nationaliteit,
            "sex": each.geslacht,
            "born": each.geboren,
        },
        "stay": {
            "registered": each.aangemeld.isoformat(),
            "from": _day(each.instroom) or None,
            "to": _day(each.uitstroom) or None,
            "exit": _reason(each) or None,
            "line": None if each.lijn is None else int(each.lijn),
            "scenario": _scenario(each),
            "role": each.rol,
        },
        "consents": [_consent(said) for said in each.verklaringen],
        "notes": each.notitie,
    }


def _consent(said: Verklaring) -> dict[str, object]:
    return {
        "to": list(said.ontvangers),
        "given": said.gegeven.isoformat(),
        "until": said.tot.isoformat(),
        "withdrawn": _day(said.ingetrokken) or None,
        "language": "am",
        "interpreter": True,
        "on_behalf": said.namens,
    }


def _cells(each: Casus) -> list[str]:
    said = each.verklaringen[0] if each.verklaringen else None
    consent = ("", "", "", "", "", "", "")
    if said is not None:
        days = (_day(said.gegeven), _day(said.tot), _day(said.ingetrokken))
        consent = (", ".join(said.ontvangers), *days, "nl", "nee", said.namens or "")
    return [
        *(each.v_nummer, each.naam, each.nationaliteit, each.geslacht, _birth(each)),
        *(_day(each.aangemeld), _day(each.instroom), _day(each.uitstroom), _reason(each)),
        *(each.lijn or "", _scenario(each), each.rol, *consent, each.notitie),
    ]


def _birth(each: Casus) -> str:
    """As people write it: a year alone as `00-00-jjjj`."""
    if each.geboren is None:
        return ""
    if len(each.geboren) == len("2004"):
        return f"00-00-{each.geboren}"
    return _day(date.fromisoformat(each.geboren))


def _day(dag: date | None) -> str:
    return "" if dag is None else f"{dag:%d-%m-%Y}"


def _reason(each: Casus) -> str:
    return "" if each.reden is None else f"eigen woord {each.reden}"


def _scenario(each: Casus) -> str:
    return "nog open" if each.scenario == "niet_vastgesteld" else each.scenario


_WRITERS = {
    "seguro": _seguro,
    "sndvu": _sndvu,
    "stil": _stil,
    "toevlucht": _toevlucht,
    "vluchtelingenwerk": _vluchtelingenwerk,
}
