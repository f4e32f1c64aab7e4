"""A sheet with a million empty rows costs little memory and seconds, not minutes."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.connectors.ngo.registers import ods_parts, ods_row, xlsx_parts, zip_parts

ROOT = Path(__file__).parents[4]
MILLION = 1_000_000
#: The interpreter and its libraries are not counted; what the reading adds is.
MOST_MEGABYTES = 48
MOST_SECONDS = 120

READ = """
import resource, sys
from pathlib import Path
from connectors.ngo.mapping_values import Bladbron
from connectors.ngo.readers.ods import read_ods
from connectors.ngo.readers.xlsx import read_xlsx

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

path = Path(sys.argv[1])
before = peak()
read = read_xlsx if path.suffix == ".xlsx" else read_ods
rows = list(read(path, Bladbron(path.suffix[1:], ("Blad1",), 1), ["nummer"]))
print(peak() - before, *[rij.bladrij for rij in rows])
"""


def text_cell(at: str, text: str) -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'


def xlsx_with(cells: str, last: int, between: range):
    yield f'<row r="1">{text_cell("A1", "nummer")}</row>'
    for number in between:
        yield f'<row r="{number}" s="1" customFormat="1">{cells.replace("#", str(number))}</row>'
    yield f'<row r="{last}">{text_cell(f"A{last}", "9912846204")}</row>'


def ods_with(empty: str, times: int):
    yield ods_row("nummer")
    for _ in range(times):
        yield empty
    yield ods_row("9912846204")


STYLED = "".join(f'<c r="{letter}#" s="1"/>' for letter in "ABCDE")
ROWS = range(2, MILLION + 2)
REPEATED = (
    f'<table:table-row table:number-rows-repeated="{MILLION}">'
    '<table:table-cell table:number-columns-repeated="1024"/></table:table-row>'
)
ONE = (
    '<table:table-row table:style-name="ro1"><table:table-cell table:style-name="ce1" '
    'table:number-columns-repeated="20"/></table:table-row>'
)
SHEETS = {
    "rows that are there and empty.xlsx": lambda: xlsx_with("", MILLION + 2, ROWS),
    "rows of styled cells.xlsx": lambda: xlsx_with(STYLED, MILLION + 2, ROWS),
    "rows that are not there.xlsx": lambda: xlsx_with("", 1_048_576, range(0)),
    "one row that is repeated.ods": lambda: ods_with(REPEATED, 1),
    "rows of styled cells.ods": lambda: ods_with(ONE, MILLION),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SHEETS)
def test_a_million_empty_rows_before_the_last_record_stay_within_bounds(tmp_path, name):
    parts = (xlsx_parts if name.endswith("xlsx") else ods_parts)(SHEETS[name]())
    path = zip_parts(tmp_path / name, parts)

    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        check=True,
    )

    megabytes, bladrij = map(int, done.stdout.split())
    assert bladrij == (1_048_576 if "not there" in name else MILLION + 2)
    assert megabytes < MOST_MEGABYTES
