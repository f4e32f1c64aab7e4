"""What each reader makes of the same rows, and of the traps of its own kind of file."""

import json
import sqlite3
from datetime import date, datetime

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from connectors.ngo.errors import RegisterError, Registerfout
from connectors.ngo.sources import open_register
from privacy._unseal import open_sealed
from tests.unit.connectors.ngo.registers import (
    DAY,
    KOLOMMEN,
    ROW,
    a_mapping,
    a_row,
    faults,
    intake,
    mapping_text,
    ods_parts,
    ods_row,
    write_csv,
    write_ods,
    write_xlsx,
    xlsx_parts,
    zip_parts,
)

MARKER = "NIET-VOOR-ANDEREN-7f3a"


def write_sqlite(path, rows):
    with sqlite3.connect(path) as connection:
        columns = ", ".join(f'"{kolom}" text' for kolom in KOLOMMEN)
        connection.execute(f"CREATE TABLE register ({columns})")
        marks = ", ".join("?" * len(KOLOMMEN))
        connection.executemany(
            f"INSERT INTO register VALUES ({marks})",  # noqa: S608  our own names
            [[row[kolom] for kolom in KOLOMMEN] for row in rows],
        )
    connection.close()
    return path


def pages_of(*pages):
    """A system that answers these pages, and nothing else."""
    base = "https://cliënten.test/api/p1.json".replace("ë", "e")
    urls = [base.replace("p1", f"p{number}") for number in range(1, len(pages) + 1)]
    answers = dict(zip(urls, pages, strict=True))
    return base, answers.__getitem__


def register_of(kind, folder, rows):
    """The rows kept in this kind of register: its location, and what its reader needs."""
    writers = {"csv": write_csv, "xlsx": write_xlsx, "ods": write_ods, "database": write_sqlite}
    if kind == "http":
        url, fetch = pages_of({"clients": list(rows), "next": None})
        return url, {"fetch": fetch}
    return writers[kind](folder / f"register.{kind}", rows), {}


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods", "database", "http"])
def test_every_kind_of_register_gives_the_same_records(tmp_path, kind):
    rows = [a_row(), a_row(nummer="9912846205", naam=""), a_row(nummer="9912846206", uit="x")]
    location, extra = register_of(kind, tmp_path, rows)

    register = intake(a_mapping(tmp_path, kind), location, **extra)

    assert register.rijen == 3
    assert [(rij, veld) for rij, veld, _ in faults(register)] == [
        (2, "naam"),
        (3, "datumUitstroom"),
        (3, "uitstroomreden"),
    ]
    assert open_sealed(register.goed[0].sealed)["naam"] == ROW["naam"]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods", "database", "http"])
def test_no_reader_hands_on_a_column_that_the_mapping_does_not_name(tmp_path, kind):
    location, extra = register_of(kind, tmp_path, [a_row(Opmerkingen=MARKER)])

    rows = list(open_register(a_mapping(tmp_path, kind), location, DAY, extra.get("fetch")))

    assert rows[0].cellen["naam"] == ROW["naam"]
    assert MARKER not in repr([(rij.cellen, rij.toestemmingen) for rij in rows])


class TestXlsx:
    def test_titles_hidden_sheets_comments_and_breaks_in_a_header_do_not_disturb(self, tmp_path):
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        sheet.title = "Blad1"
        sheet.append(["Stichting Voorbeeld"])
        sheet.merge_cells("A1:E1")
        sheet.append([])
        sheet.append([f" {kolom}\n" if kolom == "naam" else kolom for kolom in KOLOMMEN])
        sheet.append([value or None for value in a_row().values()])
        sheet["A4"].comment = Comment("nabellen", "x")
        hidden = workbook.create_sheet("Verborgen")
        hidden.sheet_state = "hidden"
        hidden.append(["0000000000"])
        path = tmp_path / "register.xlsx"
        workbook.save(path)
        text = mapping_text("xlsx").replace("[velden]", 'koprij = ["naam", "nummer"]\n[velden]')

        register = intake(a_mapping(tmp_path, text=text), path)

        assert (register.rijen, len(register.goed)) == (1, 1)

    @pytest.mark.parametrize(
        ("number", "fault"),
        [
            (9912846204, None),
            (9912846204.0, None),
            (912846204, "geen_v_nummer"),
            (991284620.5, "geen_v_nummer"),
            (99128462041, "geen_v_nummer"),
        ],
    )
    def test_a_number_cell_is_a_v_nummer_only_with_ten_digits(self, tmp_path, number, fault):
        path = write_xlsx(tmp_path / "register.xlsx", [a_row(nummer=number)])

        register = intake(a_mapping(tmp_path, "xlsx"), path)

        assert faults(register) == ([] if fault is None else [(1, "vNummer", fault)])

    @pytest.mark.parametrize("epoch", [None, CALENDAR_MAC_1904])
    def test_date_cells_and_serial_numbers_count_from_the_workbooks_own_first_day(
        self, tmp_path, epoch
    ):
        serial = 43556 if epoch is None else 43556 - 1462
        row = a_row(aangemeld=serial, in_=datetime(2019, 4, 1, 13, 30), vanaf=date(2019, 4, 3))  # noqa: DTZ001  a cell knows no zone
        path = write_xlsx(tmp_path / "register.xlsx", [row], epoch=epoch)

        register = intake(a_mapping(tmp_path, "xlsx"), path)

        read = open_sealed(register.goed[0].sealed)
        assert read["datumAanmelding"] == read["datumInstroom"] == "2019-04-01"
        assert register.goed[0].toestemmingen[0].eerste_dag == date(2019, 4, 3)

    def test_a_year_in_a_number_cell_is_a_birth_year(self, tmp_path):
        path = write_xlsx(tmp_path / "register.xlsx", [a_row(geboren=1953)])

        register = intake(a_mapping(tmp_path, "xlsx"), path)

        assert open_sealed(register.goed[0].sealed)["geboortedatum"] == "1953"

    def test_a_number_that_is_shown_as_an_impossible_date_is_refused_in_silence(
        self, tmp_path, recwarn
    ):
        path = write_xlsx(tmp_path / "register.xlsx", [a_row(nummer=9912846204)])
        workbook = openpyxl.load_workbook(path)
        workbook.active["A2"].number_format = "dd-mm-yyyy"
        workbook.save(path)

        register = intake(a_mapping(tmp_path, "xlsx"), path)

        assert faults(register) == [(1, "vNummer", "geen_v_nummer")]
        assert list(recwarn) == []

    def test_sheets_are_read_in_the_order_of_the_mapping_and_counted_through(self, tmp_path):
        path = write_xlsx(tmp_path / "register.xlsx", [a_row()])
        workbook = openpyxl.load_workbook(path)
        other = workbook.copy_worksheet(workbook.active)
        other.title = "Archief 2019"
        other["A2"] = "x"
        workbook.save(path)
        text = mapping_text("xlsx").replace('["Blad1"]', '["archief *", "Blad1"]')

        register = intake(a_mapping(tmp_path, text=text), path)

        assert [(f.rij, f.blad, f.bladrij) for f in register.fouten] == [(1, "Archief 2019", 2)]
        assert [record.rij for record in register.goed] == [2]

    @pytest.mark.parametrize("prefix", ["", "x:"])
    def test_cells_that_hold_nothing_are_left_out_and_the_others_keep_their_place(
        self, tmp_path, prefix
    ):
        p = prefix
        cell = '<{p}c r="{at}" t="inlineStr"><{p}is><{p}t>{text}</{p}t></{p}is></{p}c>'.format
        rows = [
            f'<{p}row r="3">{cell(p=p, at="B3", text="nummer")}</{p}row>',
            f'<{p}row r="4" s="1"><{p}c r="A4" s="1"/><{p}c r="B4"><{p}v></{p}v></{p}c></{p}row>',
            f'<{p}row r="5" s="1"/>',
            f'<{p}row r="9"><{p}c r="A9" s="1"/>{cell(p=p, at="B9", text="9912846204")}</{p}row>',
        ]
        parts = xlsx_parts(rows)
        if prefix:
            sheet = "".join(parts["xl/worksheets/sheet1.xml"]).replace("xmlns=", "xmlns:x=")
            for name in ("worksheet", "dimension", "sheetData"):
                sheet = sheet.replace(f"<{name}", f"<x:{name}").replace(f"</{name}", f"</x:{name}")
            parts["xl/worksheets/sheet1.xml"] = sheet
        path = zip_parts(tmp_path / "register.xlsx", parts)
        from connectors.ngo.mapping_values import Bladbron
        from connectors.ngo.readers.xlsx import read_xlsx

        found = list(read_xlsx(path, Bladbron("xlsx", ("Blad1",), ("nummer",)), ["nummer"]))

        assert [(rij.bladrij, rij.cellen) for rij in found] == [(9, {"nummer": "9912846204"})]


class TestOds:
    def rows_of(self, tmp_path, *lines, **changes):
        path = zip_parts(tmp_path / "register.ods", ods_parts(lines, **changes))
        from connectors.ngo.mapping_values import Bladbron
        from connectors.ngo.readers.ods import read_ods

        return list(read_ods(path, Bladbron("ods", ("Blad1",), 1), ["a", "b"]))

    def test_repeated_rows_and_columns_count_and_empty_ones_are_not_made(self, tmp_path):
        nothing = '<table:table-cell table:number-columns-repeated="1024"/>'
        gap = f'<table:table-row table:number-rows-repeated="1000">{nothing}</table:table-row>'
        twice = ods_row("x", "y").replace(
            "<table:table-row>", '<table:table-row table:number-rows-repeated="2">'
        )

        rows = self.rows_of(tmp_path, ods_row("a", "b", nothing), gap, twice, gap)

        assert [rij.bladrij for rij in rows] == [1002, 1003]

    def test_notes_and_covered_cells_are_not_read_and_text_is_read_as_it_is_shown(self, tmp_path):
        cell = (
            '<table:table-cell office:value-type="string"><office:annotation><text:p>nabellen'
            '</text:p></office:annotation><text:p>van<text:s text:c="2"/>den</text:p>'
            "<text:p><text:span>Test</text:span></text:p></table:table-cell>"
        )
        covered = (
            '<table:covered-table-cell office:value-type="string"><text:p>weg</text:p>'
            "</table:covered-table-cell>"
        )

        rows = self.rows_of(tmp_path, ods_row("a", "b"), ods_row(cell, covered))

        assert rows[0].cellen == {"a": "van  den\nTest", "b": None}

    def test_numbers_days_and_the_first_day_of_the_file_come_as_they_are_meant(self, tmp_path):
        settings = (
            "<table:calculation-settings><table:null-date "
            'table:date-value="1904-01-01"/></table:calculation-settings>'
        )

        rows = self.rows_of(
            tmp_path, ods_row("a", "b"), ods_row(9912846204, date(2019, 4, 1)), before=settings
        )

        assert rows[0].cellen == {"a": 9912846204, "b": date(2019, 4, 1)}
        assert rows[0].nuldag == date(1904, 1, 1)

    def test_a_file_that_defines_entities_is_refused(self, tmp_path):
        parts = ods_parts([ods_row("a", "b")])
        parts["content.xml"] = '<!DOCTYPE x [<!ENTITY a "b">]>' + "".join(parts["content.xml"])
        path = zip_parts(tmp_path / "register.ods", parts)

        with pytest.raises(RegisterError) as caught:
            intake(a_mapping(tmp_path, "ods"), path)

        assert caught.value.soort is Registerfout.AFGEBROKEN


class TestCsv:
    def test_a_text_of_more_lines_is_one_row(self, tmp_path):
        rows = [a_row(Opmerkingen="een\ntwee;\r\ndrie"), a_row(nummer="x")]

        register = intake(a_mapping(tmp_path), write_csv(tmp_path / "r.csv", rows))

        assert [(fout.rij, fout.bladrij) for fout in register.fouten] == [(2, 3)]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
    def test_letters_come_as_they_were_written(self, tmp_path, encoding):
        codering = encoding.removesuffix("-sig")
        text = mapping_text().replace('"csv"', f'"csv"\ncodering = "{codering}"')
        path = write_csv(tmp_path / "r.csv", [a_row(naam="Ng?c Žukova")], encoding=encoding)

        register = intake(a_mapping(tmp_path, text=text), path)

        assert open_sealed(register.goed[0].sealed)["naam"] == "Ng?c Žukova"

    @pytest.mark.parametrize(
        ("written", "named"),
        [
            ("cp1252", "utf-8"),
            ("utf-8", "cp1252"),
            ("utf-8-sig", "cp1252"),
            ("utf-16", "cp1252"),
            ("utf-16", "utf-8"),
        ],
    )
    def test_another_encoding_than_the_mapping_names_is_refused(self, tmp_path, written, named):
        text = mapping_text().replace('"csv"', f'"csv"\ncodering = "{named}"')
        path = write_csv(tmp_path / "r.csv", [a_row(naam="Keïta")], encoding=written)

        with pytest.raises(RegisterError) as caught:
            intake(a_mapping(tmp_path, text=text), path)

        assert caught.value.soort is Registerfout.CODERING

    @pytest.mark.parametrize("remark", ["", "iets"])
    def test_a_line_with_a_loose_separator_is_named_by_its_number(self, tmp_path, remark):
        path = write_csv(tmp_path / "r.csv", [a_row(), a_row(naam="Loes", Opmerkingen=remark)])
        path.write_bytes(path.read_bytes().replace(b"Loes", b"Lo;es"))

        with pytest.raises(RegisterError, match="regel 3") as caught:
            intake(a_mapping(tmp_path), path)

        assert caught.value.soort is Registerfout.RIJVORM

    def test_an_export_may_end_every_row_in_a_separator(self, tmp_path):
        path = write_csv(tmp_path / "r.csv", [a_row(), a_row(nummer="1" * 10)])
        head, *rows = path.read_bytes().splitlines()
        path.write_bytes(b"\r\n".join([head, *(row + b";" for row in rows)]))

        assert len(intake(a_mapping(tmp_path), path).goed) == 2

    @pytest.mark.parametrize("cut", [b"02-04-20", b'"een'])
    def test_a_file_that_ends_in_the_middle_of_a_line_is_cut_off(self, tmp_path, cut):
        path = write_csv(tmp_path / "r.csv", [a_row(), a_row(Opmerkingen="een;twee")])
        whole = path.read_bytes()
        path.write_bytes(whole[: whole.rindex(cut) + len(cut)])

        with pytest.raises(RegisterError) as caught:
            intake(a_mapping(tmp_path), path)

        assert caught.value.soort is Registerfout.AFGEBROKEN


class TestHttp:
    def test_pages_are_followed_in_order_from_the_address_of_the_page_before(self, tmp_path):
        url, fetch = pages_of(
            {"clients": [a_row()], "next": "p2.json"},
            {"clients": [], "next": "/api/p3.json"},
            {"clients": [a_row(nummer="x")], "next": ""},
        )

        register = intake(a_mapping(tmp_path, "http"), url, fetch=fetch)

        assert (register.rijen, faults(register)) == (2, [(2, "vNummer", "geen_v_nummer")])

    @pytest.mark.parametrize(
        ("page", "soort"),
        [
            pytest.param({"clients": [], "next": "https://x.test/"}, "andere_herkomst", id="host"),
            pytest.param({"clients": [], "next": "//x.test/a"}, "andere_herkomst", id="slashes"),
            pytest.param(
                {"clients": [], "next": "http://clienten.test/api/p2.json"},
                "andere_herkomst",
                id="no TLS",
            ),
            pytest.param(
                {"clients": [], "next": "https://clienten.test:444/"}, "andere_herkomst", id="port"
            ),
            pytest.param({"clients": [], "next": "p1.json"}, "te_veel_paginas", id="loop"),
            pytest.param({"clients": [], "next": 2}, "ander_antwoord", id="a number"),
            pytest.param({"klanten": []}, "ander_antwoord", id="another list"),
            pytest.param({"clients": {}}, "ander_antwoord", id="no list"),
            pytest.param({"clients": ["x"]}, "ander_antwoord", id="no objects"),
            pytest.param([], "ander_antwoord", id="no page"),
        ],
    )
    def test_a_page_outside_the_agreement_stops_the_run(self, tmp_path, page, soort):
        url, fetch = pages_of(page)

        with pytest.raises(RegisterError) as caught:
            intake(a_mapping(tmp_path, "http"), url, fetch=fetch)

        assert caught.value.soort == soort

    @pytest.mark.parametrize(
        ("error", "soort"),
        [
            (OSError("geheim"), Registerfout.ONBEREIKBAAR),
            (json.JSONDecodeError("geheim", "geheim", 0), Registerfout.ANDER_ANTWOORD),
        ],
    )
    def test_a_source_that_fails_on_page_three_says_so_and_gives_nothing(
        self, tmp_path, error, soort
    ):
        url, known = pages_of(
            {"clients": [a_row()], "next": "p2.json"}, {"clients": [a_row()], "next": "p3.json"}
        )

        def fetch(address):
            if address.endswith("p3.json"):
                raise error
            return known(address)

        with pytest.raises(RegisterError, match="pagina 3") as caught:
            intake(a_mapping(tmp_path, "http"), url, fetch=fetch)

        assert caught.value.soort is soort
        assert "geheim" not in repr(caught.value) + repr(caught.value.__context__ is None)
        assert caught.value.__suppress_context__

    def test_pages_without_end_are_stopped(self, tmp_path, monkeypatch):
        monkeypatch.setattr("connectors.ngo.readers.http_json.MOST_PAGES", 5)
        asked = []

        def fetch(address):
            asked.append(address)
            return {"clients": [], "next": f"p{len(asked) + 1}.json"}

        with pytest.raises(RegisterError) as caught:
            intake(a_mapping(tmp_path, "http"), "https://clienten.test/p1.json", fetch=fetch)

        assert caught.value.soort is Registerfout.TE_VEEL_PAGINAS
        assert len(asked) == 5

    def test_statements_in_a_list_of_their_own_are_read_each(self, tmp_path):
        text = mapping_text("http").replace(
            "[toestemming]", '[toestemming]\nlijst = "verklaringen"'
        )
        said = {name: ROW[name] for name in ("vanaf", "tot", "ingetrokken", "taal", "namens")}
        item = a_row() | {
            "verklaringen": [
                said | {"delen": ["IND", "gemeente"], "tolk": True},
                said | {"delen": ["AVIM"], "tolk": False},
            ]
        }
        url, fetch = pages_of({"clients": [item, a_row(nummer="1" * 10)], "next": None})

        register = intake(a_mapping(tmp_path, text=text), url, fetch=fetch)

        assert [[each.ontvangers for each in record.toestemmingen] for record in register.goed] == [
            [("AVIM",), ("IND",)],
            [],
        ]

    @pytest.mark.parametrize("name", ["uit", "ingetrokken"])
    def test_a_name_that_is_in_no_item_is_a_fault_of_the_mapping(self, tmp_path, name):
        item = a_row()
        del item[name]
        url, fetch = pages_of({"clients": [item], "next": None})

        with pytest.raises(RegisterError, match=name) as caught:
            intake(a_mapping(tmp_path, "http"), url, fetch=fetch)

        assert caught.value.soort is Registerfout.KOLOM_ONTBREEKT


class TestDatabase:
    def test_the_file_of_the_organisation_is_not_touched(self, tmp_path):
        path = write_sqlite(tmp_path / "r.sqlite", [a_row()])
        before = path.read_bytes()
        path.chmod(0o444)

        intake(a_mapping(tmp_path, "database"), path)

        assert path.read_bytes() == before
        assert sorted(each.name for each in tmp_path.iterdir()) == ["bron.toml", "r.sqlite"]

    def test_a_query_that_writes_is_refused(self, tmp_path):
        path = write_sqlite(tmp_path / "r.sqlite", [a_row()])
        before = path.read_bytes()
        text = mapping_text("database").replace(
            "SELECT * FROM register ORDER BY nummer", "DELETE FROM register RETURNING *"
        )

        with pytest.raises(RegisterError) as caught:
            intake(a_mapping(tmp_path, text=text), path)

        assert caught.value.soort is Registerfout.QUERY
        assert path.read_bytes() == before

    @pytest.mark.parametrize(
        ("query", "soort"),
        [("SELECT * FROM weg", "query"), ("SELECT nummer FROM register", "kolom_ontbreekt")],
    )
    def test_a_query_that_does_not_fit_the_database_is_told(self, tmp_path, query, soort):
        path = write_sqlite(tmp_path / "r.sqlite", [a_row()])
        text = mapping_text("database").replace("SELECT * FROM register ORDER BY nummer", query)

        with pytest.raises(RegisterError) as caught:
            intake(a_mapping(tmp_path, text=text), path)

        assert caught.value.soort == soort

    def test_a_query_may_ask_for_the_day_of_the_run(self, tmp_path):
        path = write_sqlite(tmp_path / "r.sqlite", [a_row(aangemeld="2019-04-01")])
        text = mapping_text("database").replace("ORDER BY", "WHERE aangemeld <= :dag ORDER BY")
        mapping = a_mapping(tmp_path, text=text)

        assert intake(mapping, path).rijen == 1
        assert intake(mapping, path, day=date(2019, 3, 31)).rijen == 0
