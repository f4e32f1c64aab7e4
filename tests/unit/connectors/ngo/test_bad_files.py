"""A register that cannot be read as a whole: one closed kind, a sentence to act on, no value."""

import zipfile

import pytest

from connectors.errors import ConnectorError
from connectors.ngo.errors import RegisterError, Registerfout
from tests.unit.connectors.ngo.registers import (
    a_mapping,
    a_row,
    intake,
    mapping_text,
    write_csv,
    write_ods,
    write_xlsx,
    zip_parts,
)
from tests.unit.connectors.ngo.test_readers import write_sqlite

WRITERS = {"csv": write_csv, "xlsx": write_xlsx, "ods": write_ods, "database": write_sqlite}
KINDS = sorted(WRITERS)


def refused(folder, kind, path):
    with pytest.raises(RegisterError) as caught:
        intake(a_mapping(folder, kind), path)
    assert "Fatoumata" not in str(caught.value)
    assert "9912846204" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_not_there_is_named(tmp_path, kind):
    error = refused(tmp_path, kind, tmp_path / "weg.xlsx")

    assert error.soort is Registerfout.BESTAND_ONTBREEKT
    assert "weg.xlsx" in str(error)
    assert str(tmp_path) not in str(error)


@pytest.mark.parametrize("kind", KINDS)
def test_a_folder_is_no_register(tmp_path, kind):
    assert refused(tmp_path, kind, tmp_path).soort is Registerfout.GEEN_TOEGANG


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_file_is_refused(tmp_path, kind):
    path = tmp_path / "register"
    path.touch()

    assert refused(tmp_path, kind, path).soort is Registerfout.BESTAND_LEEG


@pytest.mark.parametrize("kind", ["xlsx", "ods", "database"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_a_file_that_was_cut_off_is_refused(tmp_path, kind, part):
    rows = [a_row(nummer=f"{number:010d}") for number in range(400)]
    path = WRITERS[kind](tmp_path / "register", rows)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * part)])

    assert refused(tmp_path, kind, path).soort is Registerfout.AFGEBROKEN


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_file_with_damage_inside_is_refused(tmp_path, kind):
    path = WRITERS[kind](tmp_path / "register", [a_row()])
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    sheet = next(name for name in parts if name in ("xl/worksheets/sheet1.xml", "content.xml"))
    parts[sheet] = parts[sheet][:-40]
    zip_parts(path, {name: text.decode() for name, text in parts.items()})

    assert refused(tmp_path, kind, path).soort is Registerfout.AFGEBROKEN


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("really", [*KINDS, "pdf", "beeld", "zip"])
def test_a_file_of_another_kind_than_its_name_says_is_refused(tmp_path, kind, really):
    path = tmp_path / f"register.{kind}"
    if really == "zip":
        zip_parts(path, {"lees.txt": "mij"})
    elif really in WRITERS:
        WRITERS[really](path, [a_row()])
    else:
        path.write_bytes(b"%PDF-1.7\n" if really == "pdf" else b"\x89PNG\r\n\x1a\n\x00\x00")
    if really == kind:
        assert intake(a_mapping(tmp_path, kind), path).rijen == 1
        return

    error = refused(tmp_path, kind, path)

    assert error.soort is Registerfout.ANDER_SOORT
    assert "gevonden" in str(error)


def test_a_workbook_with_a_password_is_refused_as_such(tmp_path):
    path = tmp_path / "register.xlsx"
    inside = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 3_000_000 + inside)

    assert refused(tmp_path, "xlsx", path).soort is Registerfout.VERSLEUTELD


def test_a_spreadsheet_with_a_password_is_refused_as_such(tmp_path):
    path = write_ods(tmp_path / "register.ods", [a_row()])
    manifest = '<m:manifest><m:file-entry><m:encryption-data m:checksum="x"/></m:file-entry>'
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: archive.read(info).decode() for info in archive.infolist()}
    zip_parts(path, parts | {"META-INF/manifest.xml": manifest})

    assert refused(tmp_path, "ods", path).soort is Registerfout.VERSLEUTELD


def test_an_old_workbook_is_another_kind(tmp_path):
    path = tmp_path / "register.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)

    error = refused(tmp_path, "xlsx", path)

    assert (error.soort, "xls" in str(error)) == (Registerfout.ANDER_SOORT, True)


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_sheet_that_is_not_there_is_named(tmp_path, kind):
    path = WRITERS[kind](tmp_path / "register", [a_row()])
    text = mapping_text(kind).replace("Blad1", "Cliënten")

    with pytest.raises(RegisterError, match="blad 'Cliënten'") as caught:
        intake(a_mapping(tmp_path, text=text), path)

    assert caught.value.soort is Registerfout.BLAD_ONTBREEKT


@pytest.mark.parametrize("kind", KINDS)
def test_a_column_that_is_not_there_is_named(tmp_path, kind):
    path = WRITERS[kind](tmp_path / "register", [a_row()])
    text = mapping_text(kind).replace('"ingetrokken"', '"teruggetrokken"')

    with pytest.raises(RegisterError, match="'teruggetrokken'") as caught:
        intake(a_mapping(tmp_path, text=text), path)

    assert caught.value.soort is Registerfout.KOLOM_ONTBREEKT


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods"])
def test_a_header_that_is_not_found_is_told(tmp_path, kind):
    path = WRITERS[kind](tmp_path / "register", [a_row()])
    text = mapping_text(kind).replace("[velden]", 'koprij = ["kenmerk"]\n[velden]')

    with pytest.raises(RegisterError) as caught:
        intake(a_mapping(tmp_path, text=text), path)

    assert caught.value.soort is Registerfout.KOPRIJ_ONTBREEKT


def test_a_column_that_stands_twice_is_told(tmp_path):
    path = write_csv(tmp_path / "register.csv", [a_row()])
    path.write_bytes(path.read_bytes().replace(b"Opmerkingen", b"NAAM"))

    with pytest.raises(RegisterError, match="'naam'") as caught:
        intake(a_mapping(tmp_path), path)

    assert caught.value.soort is Registerfout.KOLOM_DUBBEL


@pytest.mark.parametrize("address", ["geen-dialect://u:geheim@x/y", "://geheim"])
def test_an_address_that_is_none_is_refused_without_repeating_it(tmp_path, address):
    with pytest.raises(RegisterError) as caught:
        intake(a_mapping(tmp_path, "database"), address)

    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("soort", list(Registerfout))
def test_every_kind_says_what_is_wrong_and_what_to_do(soort):
    error = RegisterError(soort, "register.xlsx")

    assert str(error).startswith("register.xlsx: ")
    assert soort.wat in str(error)
    assert soort.te_doen in str(error)
    assert isinstance(error, ConnectorError)
