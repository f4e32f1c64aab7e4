import json
from datetime import date
from importlib.resources import files

import pytest

from schemas import nationaliteiten
from schemas.errors import TableError
from schemas.nationaliteiten import Nationaliteitrij
from schemas.rvig import import_rvig, write_table

QUOTED = (
    '"05.11 Nationaliteitscode","05.12 Omschrijving","99.98 Datum ingang","99.99 Datum einde"\r\n'
    '"0001","Nederlandse","",""\r\n"0086","Macedonische","19930419","20190212"\r\n'
)
PLAIN = (
    "code;omschrijving;99.98 Datum ingang;99.99 Datum einde\n"
    "0001;Nederlandse\n0086;Macedonische;19930419;20190212\n"
)
OLDER = QUOTED.replace("Datum einde", "Datum beëindiging tabelregel")


def a_file(tmp_path, content: bytes):
    path = tmp_path / "tabel32.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(QUOTED.encode("utf-16"), id="UTF-16, commas, quoted"),
        pytest.param(QUOTED.encode("utf-8-sig"), id="UTF-8 with a byte order mark"),
        pytest.param(PLAIN.encode(), id="semicolons, short lines"),
        pytest.param(OLDER.encode("utf-16"), id="older words for the columns"),
    ],
)
def test_every_edition_of_the_official_file_gives_the_same_rows(tmp_path, content):
    assert import_rvig(a_file(tmp_path, content)) == [
        Nationaliteitrij("0001", "Nederlandse", None, None),
        Nationaliteitrij("0086", "Macedonische", date(1993, 4, 19), date(2019, 2, 12)),
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"", "regel 1", id="empty"),
        pytest.param(b"code;omschrijving\n", "datum ingang", id="a column is missing"),
        pytest.param(PLAIN.encode().replace(b"0086", b"86"), "regel 3: de code", id="short code"),
        pytest.param(PLAIN.encode().replace(b"0086", b"0001"), "regel 3", id="a code twice"),
        pytest.param(PLAIN.encode().replace(b"Nederlandse", b""), "regel 2", id="no name"),
        pytest.param(PLAIN.encode().replace(b"19930419", b"19930000"), "regel 3", id="no day"),
        pytest.param(PLAIN.encode().replace(b"20190212", b"2019"), "datum einde", id="short day"),
        pytest.param(b"\xff\xff\xff", "UTF", id="another kind of file"),
        pytest.param(PLAIN.partition("\n")[0].encode(), "geen enkele", id="no rows"),
    ],
)
def test_a_file_that_is_not_right_is_refused_by_line_and_column(tmp_path, content, told):
    with pytest.raises(TableError, match=told):
        import_rvig(a_file(tmp_path, content))


def test_what_is_written_is_the_table_as_the_package_keeps_it():
    kept = files("schemas").joinpath("nationaliteiten.json").read_text(encoding="utf-8")

    written = "".join(write_table(list(nationaliteiten.load().rijen)))

    assert written == kept
    assert json.loads(written)["bron"]
