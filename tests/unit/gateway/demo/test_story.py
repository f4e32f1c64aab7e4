"""The story reads on any terminal, and shows no value of a record."""

import io
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from gateway.demo.outsider import Buitenstaander
from gateway.demo.report_check import Nagerekend
from gateway.demo.stage import Proof
from gateway.demo.story import Story, in_words
from gateway.demo.verslag import Verslag
from tests.unit.connectors.exchange import NAAM, V_NUMMER
from tests.unit.gateway.demo.moments import TOLD, a_moment

VERSLAG = Verslag(
    Path("[demo]/verslag.pdf"), Path("[demo]/verslag.json"), 9, Nagerekend(6, 2, 1), {"sndvu": 9}
)


def told(*, stays: bool = True, **terminal) -> str:
    text = io.StringIO()
    story = Story(Console(file=text, highlight=False, **terminal), {"sndvu": "SNDVU"})
    story.begin()
    story.tell(a_moment())
    story.tell_rights(VERSLAG, Buitenstaander(16, 3, ["Alles klopt.", "16 regels"]), stays=stays)
    story.tell_proof(Proof(17, "abc"))
    story.tell_times([a_moment()], 12.34)
    return text.getvalue()


@pytest.mark.parametrize(
    "terminal",
    [
        pytest.param({"width": 118}, id="piped"),
        pytest.param({"width": 60}, id="narrow"),
        pytest.param({"width": 100, "force_terminal": True}, id="a terminal"),
        pytest.param({"width": 100, "no_color": True, "force_terminal": True}, id="no colour"),
    ],
)
def test_it_tells_counts_and_rules_and_no_value(terminal):
    story = told(**terminal)

    assert "17 regels" in story
    assert "naam" in story
    for value in (NAAM, V_NUMMER, *TOLD["verdwenen"]):
        assert value not in story


def test_a_refusal_says_where_which_field_what_is_wrong_and_what_to_do():
    line = next(line for line in told(width=160).splitlines() if "Cliënten" in line)

    assert "Cliënten, rij 6" in line
    assert "verplicht en ontbreekt" in line
    assert "Vul het in" in line


def test_where_the_report_lies_is_told_for_as_long_as_it_lies_there():
    assert "[demo]/verslag.pdf" in told(width=300)
    assert "Nog 1 gaan over een antwoord dat nooit aankwam" in told(width=300)
    gone = told(width=300, stays=False)
    assert "[demo]/verslag.pdf" not in gone
    assert "--map" in gone


def test_a_terminal_without_drawing_letters_gets_tables_all_the_same():
    class Plain(io.StringIO):
        encoding = "ascii"

    text = Plain()
    Story(Console(file=text, width=118), {"sndvu": "SNDVU"}).tell(a_moment())

    assert "─" not in text.getvalue()


def test_a_day_is_told_in_words():
    assert in_words(date(2020, 4, 1)) == "woensdag 1 april 2020"
