"""What cannot be read is a fault: never blank, and never a withdrawal that is lost."""

import sqlite3
import zipfile
from datetime import date
from decimal import Decimal
from uuid import UUID

import openpyxl
import pytest

from connectors.ngo.errors import RegisterError, Registerfout
from connectors.ngo.merged import Bereik, Samengevoegd, block_of
from connectors.ngo.readers.database import _cell
from connectors.ngo.rows import Onleesbaar
from tests.unit.connectors.ngo.registers import (
    KOLOMMEN,
    a_mapping,
    a_row,
    faults,
    intake,
    mapping_text,
    ods_parts,
    ods_row,
    write_csv,
    write_xlsx,
    xlsx_parts,
    zip_parts,
)
from tests.unit.connectors.ngo.test_readers import pages_of, write_sqlite

TWO = [a_row(), a_row(nummer="1111111111")]
LOST = "verkeerd_type"


def letter_of(kolom):
    return openpyxl.utils.get_column_letter(KOLOMMEN.index(kolom) + 1)


def xlsx_of(folder, *, merged=(), cells=None, below=()):
    """Two good records, with cells merged and cells written over."""
    path = write_xlsx(folder / "register.xlsx", TWO)
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.active
    for line in below:
        sheet.append(line)
    for at, value in (cells or {}).items():
        sheet[at] = value
    for block in merged:
        sheet.merge_cells(block)
    workbook.save(path)
    return path


def found_in_xlsx(folder, **changes):
    return intake(a_mapping(folder, "xlsx"), xlsx_of(folder, **changes))


class TestFormulas:
    @pytest.mark.parametrize(
        ("kolom", "veld"),
        [
            ("ingetrokken", "toestemming"),
            ("delen", "toestemming"),
            ("tolk", "toestemming"),
            ("uit", "datumUitstroom"),
            ("geboren", "geboortedatum"),
            ("naam", "naam"),
            ("nummer", "vNummer"),
        ],
    )
    def test_a_formula_without_its_outcome_is_a_fault_of_its_field(self, tmp_path, kolom, veld):
        register = found_in_xlsx(tmp_path, cells={f"{letter_of(kolom)}2": "=TODAY()-30"})

        assert (1, veld, LOST) in faults(register)
        assert [record.rij for record in register.goed] == [2]

    @pytest.mark.parametrize("kolom", ["ingetrokken", "uit"])
    def test_it_is_one_too_where_nobody_is_named(self, tmp_path, kolom):
        cells = {f"{letter_of('delen')}2": None, f"{letter_of(kolom)}2": "=1"}

        register = found_in_xlsx(tmp_path, cells=cells)

        assert [record.rij for record in register.goed] == [2]

    @pytest.mark.parametrize("p", ["", "x:"])
    @pytest.mark.parametrize(
        ("attributes", "inside", "cell"),
        [
            pytest.param("", "<f>1+1</f>", Onleesbaar.CEL, id="nothing"),
            pytest.param("", "<f>1+1</f><v/>", Onleesbaar.CEL, id="an empty value"),
            pytest.param("", "<f>1+1</f><v></v>", Onleesbaar.CEL, id="an empty value, in full"),
            pytest.param("", '<f t="shared" si="0"/>', Onleesbaar.CEL, id="a shared formula"),
            pytest.param(' s="1"', " <f>1</f> <v> </v> ", Onleesbaar.CEL, id="blanks between"),
            pytest.param(' t="str"', "<f>A1</f>", Onleesbaar.CEL, id="text, and none"),
            pytest.param(' t="str"', "<f>A1</f><v></v>", None, id="an empty text as outcome"),
            pytest.param(' t="str"', "<f>A1</f><v>ja</v>", "ja", id="a text"),
            pytest.param("", '<f ca="1">1+1</f><v>2</v>', 2, id="a number"),
        ],
    )
    def test_only_an_outcome_that_was_kept_counts(self, tmp_path, p, attributes, inside, cell):
        text = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'.format
        rows = [
            f'<row r="1">{text("A1", "a")}{text("B1", "b")}</row>',
            f'<row r="2">{text("A2", "x")}<c r="B2"{attributes}>{inside}</c></row>',
        ]
        parts = xlsx_parts(rows)
        if p:
            sheet = "".join(parts["xl/worksheets/sheet1.xml"]).replace("xmlns=", "xmlns:x=")
            sheet = sheet.replace("<", "<x:").replace("<x:/", "</x:")
            parts["xl/worksheets/sheet1.xml"] = sheet
        path = zip_parts(tmp_path / "register.xlsx", parts)
        from connectors.ngo.mapping_values import Bladbron
        from connectors.ngo.readers.xlsx import read_xlsx

        rows = list(read_xlsx(path, Bladbron("xlsx", ("Blad1",), 1), ["a", "b"]))

        assert [rij.cellen for rij in rows] == [{"a": "x", "b": cell}]

    def test_a_sheet_in_which_nothing_can_be_seen_is_refused(self, tmp_path):
        parts = xlsx_parts([])
        sheet = "".join(parts.pop("xl/worksheets/sheet1.xml"))
        path = zip_parts(tmp_path / "register.xlsx", parts)
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("xl/worksheets/sheet1.xml", sheet.encode("utf-16"))

        with pytest.raises(RegisterError) as caught:
            intake(a_mapping(tmp_path, "xlsx"), path)

        assert caught.value.soort is Registerfout.AFGEBROKEN

    @pytest.mark.parametrize(
        ("said", "cell"),
        [
            pytest.param("", Onleesbaar.CEL, id="nothing"),
            pytest.param('office:value-type="date"', Onleesbaar.CEL, id="a day, and none"),
            pytest.param('office:value-type="float"', Onleesbaar.CEL, id="a number, and none"),
            pytest.param('office:value-type="string"', None, id="an empty text"),
        ],
    )
    def test_a_formula_in_ods_without_its_outcome_is_no_blank(self, tmp_path, said, cell):
        formula = f'<table:table-cell table:formula="of:=TODAY()" {said}/>'

        assert ods_cells(tmp_path, formula) == {"a": "x", "b": cell}

    def test_a_formula_in_error_in_ods_shows_what_is_wrong(self, tmp_path):
        formula = (
            '<table:table-cell table:formula="of:=1/0" office:value-type="string" '
            'office:string-value=""><text:p>#DIV/0!</text:p></table:table-cell>'
        )

        assert ods_cells(tmp_path, formula) == {"a": "x", "b": "#DIV/0!"}


def ods_cells(folder, cell):
    path = zip_parts(folder / "register.ods", ods_parts([ods_row("a", "b"), ods_row("x", cell)]))
    from connectors.ngo.mapping_values import Bladbron
    from connectors.ngo.readers.ods import read_ods

    return next(iter(read_ods(path, Bladbron("ods", ("Blad1",), 1), ["a", "b"]))).cellen


class TestMergedInXlsx:
    def test_a_withdrawal_that_was_merged_over_a_family_is_a_fault_of_each(self, tmp_path):
        p = letter_of("ingetrokken")

        register = found_in_xlsx(tmp_path, cells={f"{p}2": "01-03-2020"}, merged=[f"{p}2:{p}3"])

        assert faults(register) == [(1, "toestemming", LOST), (2, "toestemming", LOST)]
        assert register.goed == ()

    def test_every_field_under_it_is_named_and_no_other(self, tmp_path):
        register = found_in_xlsx(tmp_path, merged=[f"{letter_of('in')}2:{letter_of('lijn')}2"])

        assert faults(register) == [
            (1, veld, LOST)
            for veld in ("lijn", "datumInstroom", "datumUitstroom", "uitstroomreden")
        ]

    def test_a_number_under_it_still_counts_among_the_doubles(self, tmp_path):
        register = found_in_xlsx(
            tmp_path, cells={"A3": "9912846204", "B3": "Ander"}, merged=["A2:B2"]
        )

        assert faults(register) == [
            (1, "vNummer", "dubbel_verschillend"),
            (1, "naam", LOST),
            (2, "vNummer", "dubbel_verschillend"),
        ]

    @pytest.mark.parametrize(
        "merged",
        [
            pytest.param(
                [f"{letter_of('Opmerkingen')}2:{letter_of('Opmerkingen')}3"], id="remarks"
            ),
            pytest.param(["A5:T7"], id="blank rows"),
            pytest.param(["T1:Z1"], id="the header"),
        ],
    )
    def test_what_is_merged_elsewhere_does_not_disturb(self, tmp_path, merged):
        register = found_in_xlsx(tmp_path, merged=merged)

        assert (register.rijen, len(register.goed)) == (2, 2)

    @pytest.mark.parametrize(("ref", "refused"), [("a2:b2", False), ("A:B", True)])
    def test_a_merged_cell_that_is_named_otherwise_is_not_overlooked(self, tmp_path, ref, refused):
        path = xlsx_of(tmp_path, merged=["A2:B2"])
        with zipfile.ZipFile(path) as archive:
            parts = {info.filename: archive.read(info).decode() for info in archive.infolist()}
        sheet = "xl/worksheets/sheet1.xml"
        zip_parts(path, parts | {sheet: parts[sheet].replace('ref="A2:B2"', f'ref="{ref}"')})
        mapping = a_mapping(tmp_path, "xlsx")

        if refused:
            with pytest.raises(RegisterError, match="beschadigd"):
                intake(mapping, path)
        else:
            assert faults(intake(mapping, path)) == [(1, "vNummer", LOST), (1, "naam", LOST)]

    def test_a_total_may_be_merged(self, tmp_path):
        register = found_in_xlsx(tmp_path, below=[["Totaal: 2"]], merged=["A4:E4"])

        assert (register.rijen, faults(register)) == (2, [])


class TestMergedInOds:
    SPAN = 'table:number-columns-spanned="1" table:number-rows-spanned="2"'
    DAY = 'office:value-type="date" office:date-value="2020-03-01"'

    def found(self, folder, *lines):
        path = zip_parts(folder / "register.ods", ods_parts([ods_row(*KOLOMMEN), *lines]))
        register = intake(a_mapping(folder, "ods"), path)
        return register, faults(register)

    def line(self, row, **over):
        return ods_row(*(over.get(kolom, row[kolom]) for kolom in KOLOMMEN))

    @pytest.mark.parametrize("below", ["<table:covered-table-cell/>", ""])
    def test_a_withdrawal_that_was_merged_over_a_family_is_a_fault_of_each(self, tmp_path, below):
        first = self.line(TWO[0], ingetrokken=f"<table:table-cell {self.SPAN} {self.DAY}/>")

        register, found = self.found(tmp_path, first, self.line(TWO[1], ingetrokken=below))

        assert found == [(1, "toestemming", LOST), (2, "toestemming", LOST)]
        assert register.goed == ()

    def test_a_covered_cell_is_a_fault_whoever_covers_it(self, tmp_path):
        covered = '<table:covered-table-cell table:number-columns-repeated="2"/>'
        values = [covered if k == "uit" else TWO[1][k] for k in KOLOMMEN if k != "reden"]

        _, found = self.found(tmp_path, self.line(TWO[0]), ods_row(*values))

        assert found == [(2, "datumUitstroom", LOST), (2, "uitstroomreden", LOST)]

    def test_a_title_above_the_header_may_be_merged(self, tmp_path):
        title = (
            '<table:table-row><table:table-cell table:number-columns-spanned="5" '
            'office:value-type="string"><text:p>Register</text:p></table:table-cell>'
            '<table:covered-table-cell table:number-columns-repeated="4"/></table:table-row>'
        )
        lines = [title, ods_row(*KOLOMMEN), *map(self.line, TWO)]
        path = zip_parts(tmp_path / "register.ods", ods_parts(lines))
        text = mapping_text("ods").replace("[velden]", "koprij = 2\n[velden]")

        register = intake(a_mapping(tmp_path, text=text), path)

        assert (register.rijen, len(register.goed)) == (2, 2)


def test_a_block_is_read_however_its_corners_are_named():
    assert block_of("$B$3:A2") == block_of("A2:B3") == Bereik(2, 3, 0, 1)
    assert block_of("AA7") == Bereik(7, 7, 26, 26)
    assert block_of("A:B") is None


def test_blocks_are_told_in_each_row_that_they_are_part_of():
    blocks = Samengevoegd([Bereik(4, 5, 0, 0), Bereik(2, 4, 1, 1)])
    blocks.add(Bereik(5, 5, 2, 2))

    assert [len(blocks.over(row)) for row in (1, 2, 4, 5, 6)] == [0, 1, 2, 2, 0]


class TestKindsThatAreNoCell:
    @pytest.mark.parametrize("value", [{}, {"dag": "2020-03-01"}, [], ["2020-03-01"], [1], [{}]])
    @pytest.mark.parametrize(
        ("kolom", "veld"),
        [("ingetrokken", "toestemming"), ("uit", "datumUitstroom"), ("naam", "naam")],
    )
    def test_an_object_or_a_list_over_http_is_a_fault_of_its_field(
        self, tmp_path, value, kolom, veld
    ):
        url, fetch = pages_of({"clients": [a_row(**{kolom: value})], "next": None})

        register = intake(a_mapping(tmp_path, "http"), url, fetch=fetch)

        assert (1, veld, LOST) in faults(register)

    @pytest.mark.parametrize("value", [{}, [1], ["IND", None], b"IND"])
    def test_recipients_that_are_no_list_of_texts_are_a_fault(self, tmp_path, value):
        url, fetch = pages_of({"clients": [a_row(delen=value)], "next": None})

        register = intake(a_mapping(tmp_path, "http"), url, fetch=fetch)

        assert faults(register) == [(1, "toestemming", LOST)]

    @pytest.mark.parametrize(("value", "statements"), [(["IND"], 1), ([], 0)])
    def test_recipients_may_be_a_list_and_an_empty_one_names_nobody(
        self, tmp_path, value, statements
    ):
        url, fetch = pages_of({"clients": [a_row(delen=value)], "next": None})

        register = intake(a_mapping(tmp_path, "http"), url, fetch=fetch)

        assert [len(record.toestemmingen) for record in register.goed] == [statements]

    @pytest.mark.parametrize("stay", ["2020-03-01", [], [{"out": "2020-03-01"}]])
    def test_what_stands_halfway_a_path_does_not_make_its_end_blank(self, tmp_path, stay):
        text = mapping_text("http").replace('datumUitstroom = "uit"', 'datumUitstroom = "stay.out"')
        good = a_row(nummer="1111111111", stay={"out": ""})
        url, fetch = pages_of({"clients": [a_row(stay=stay), good], "next": None})

        register = intake(a_mapping(tmp_path, text=text), url, fetch=fetch)

        assert (1, "datumUitstroom", LOST) in faults(register)

    def test_statements_that_are_no_list_are_not_taken_for_none(self, tmp_path):
        text = mapping_text("http").replace("[toestemming]", '[toestemming]\nlijst = "said"')
        url, fetch = pages_of({"clients": [a_row(said={})], "next": None})

        with pytest.raises(RegisterError) as caught:
            intake(a_mapping(tmp_path, text=text), url, fetch=fetch)

        assert caught.value.soort is Registerfout.ANDER_ANTWOORD

    @pytest.mark.parametrize(
        ("kolom", "veld"),
        [("ingetrokken", "toestemming"), ("uit", "datumUitstroom"), ("nummer", "vNummer")],
    )
    @pytest.mark.parametrize("value", [b"", b"01-03-2020"])
    def test_bytes_in_a_database_are_a_fault_of_their_field(self, tmp_path, kolom, veld, value):
        path = write_sqlite(tmp_path / "r.sqlite", [a_row()])
        with sqlite3.connect(path) as connection:
            connection.execute(f'UPDATE register SET "{kolom}" = ?', [value])  # noqa: S608  our own name
        connection.close()

        register = intake(a_mapping(tmp_path, "database"), path)

        assert (1, veld, LOST) in faults(register)

    @pytest.mark.parametrize(
        "value", [{}, {"a": 1}, [1], [None], memoryview(b""), Decimal("Infinity"), Decimal("NaN")]
    )
    def test_a_kind_of_a_server_that_no_field_can_take_is_never_blank(self, value):
        assert _cell(value) is Onleesbaar.CEL

    def test_the_other_kinds_of_a_server_come_as_they_are(self):
        told = [["IND"], Decimal("2.0"), date(2020, 3, 1), UUID(int=1)]

        assert [_cell(value) for value in told] == [("IND",), 2, date(2020, 3, 1), str(UUID(int=1))]


class TestShortCsv:
    def cut(self, folder, rows, line, after):
        """The register, with one line cut off behind that many cells."""
        path = write_csv(folder / "register.csv", rows)
        lines = path.read_bytes().splitlines()
        lines[line - 1] = b";".join(lines[line - 1].split(b";")[:after])
        path.write_bytes(b"\r\n".join(lines) + b"\r\n")
        return path

    @pytest.mark.parametrize("line", [2, 3])
    @pytest.mark.parametrize("after", [len(KOLOMMEN) - 2, 5, 1])
    def test_a_row_without_all_its_named_columns_is_named_by_its_line(self, tmp_path, line, after):
        path = self.cut(tmp_path, TWO, line, after)

        with pytest.raises(RegisterError, match=f"regel {line}") as caught:
            intake(a_mapping(tmp_path), path)

        assert caught.value.soort is Registerfout.RIJVORM

    def test_what_no_mapping_names_may_be_cut_off(self, tmp_path):
        path = self.cut(tmp_path, TWO, 2, len(KOLOMMEN) - 1)

        assert len(intake(a_mapping(tmp_path), path).goed) == 2

    @pytest.mark.parametrize("number", ["Totaal: 2", "", "totaal"])
    def test_a_total_and_a_blank_row_may_be_short(self, tmp_path, number):
        last = dict.fromkeys(KOLOMMEN, "") | {"nummer": number}
        path = self.cut(tmp_path, [*TWO, last], 4, 1)

        register = intake(a_mapping(tmp_path), path)

        assert (register.rijen, len(register.goed)) == (2, 2)
