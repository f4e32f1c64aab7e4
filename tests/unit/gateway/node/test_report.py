"""What a person at an organisation reads: where, what is wrong, what to do; never a value."""

from collections import Counter
from datetime import date
from io import StringIO

import pytest
from rich.console import Console

from connectors.ngo.intake import Rijfout
from gateway.node.outcome import Afloop, Tally, Uitkomst, Weigering
from gateway.node.report import progress, show
from schemas.faults import Foutcode
from schemas.terms import Itemresultaat


def outcome(**changes) -> Uitkomst:
    return Uitkomst(bronhouder="sndvu", dag=date(2020, 4, 1), rijen=4, geldig=3, **changes)


def shown(found: Uitkomst, *, proef: bool = False) -> str:
    text = StringIO()
    show(Console(file=text, width=160), found, naam="SNDVU", proef=proef)
    return text.getvalue()


def test_a_refused_row_is_shown_with_its_place_and_what_to_do():
    fout = Rijfout(3, "Cliënten", 8, "naam", Foutcode.ONTBREEKT)

    told = shown(outcome(fouten=(fout,)))

    for word in ("Cliënten", " 8 ", "naam", Foutcode.ONTBREEKT.wat, Foutcode.ONTBREEKT.te_doen):
        assert word in told


def test_who_stays_home_is_shown_by_row():
    told = shown(outcome(thuis=("Cliënten rij 6", "regel 5")))

    assert "Cliënten rij 6, regel 5." in told


def test_a_trial_says_that_nothing_left():
    told = shown(outcome(te_verzenden=7), proef=True)

    assert "zou worden verstuurd" in told
    assert "niets verstuurd" in told


def test_what_the_gateway_refused_is_shown_also_where_its_code_is_new():
    tally = Tally(
        geweigerd=[Weigering("Cliënten rij 3", "naam", "bsn"), Weigering(None, "x", "nieuw")]
    )

    told = shown(outcome(tally=tally, afloop=Afloop.GEWEIGERD, melding="[rood] deel"))

    assert Foutcode.BSN.wat in told
    assert "eerder verstuurd" in told
    assert "[rood] deel" in told


def test_a_run_that_did_not_begin_shows_why_and_no_counts():
    told = shown(Uitkomst(bronhouder="sndvu", dag=date(2020, 4, 1), melding="Niet begonnen."))

    assert told.strip() == "Niet begonnen."


def test_for_machines_every_kind_of_answer_is_counted():
    tally = Tally(Counter({Itemresultaat.AANGENOMEN: 2}))

    told = outcome(tally=tally, thuis=("regel 2",), overgeslagen=1).to_wire()

    assert told["verzonden"] == {"aangenomen": 2, "ongewijzigd": 0, "verouderd": 0, "geweigerd": 0}
    assert (told["metToestemming"], told["zonderToestemming"]) == (2, 1)
    assert told["overgeslagen"] == 1


def test_every_way_to_end_has_its_own_exit_code():
    assert [each.value for each in Afloop] == list(range(7))


@pytest.mark.parametrize("total", [0, 250])
def test_progress_takes_any_number_of_batches(total):
    with progress(Console(file=StringIO()), "SNDVU [x]") as begin, begin(total) as sent:
        sent(total)
