"""The report in words: every line has a sentence, and none says more than the log."""

import io
import json
from typing import Any

import pytest
from pypdf import PdfReader

from gateway.inzage.paper import report_paper
from gateway.inzage.sheet import make_overzicht
from gateway.inzage.words import reason, sentence
from gateway.receipt.words import PACKAGED, load_words
from privacy.consent import Weigering
from privacy.log.entries import Auditsoort
from privacy.precision import SUPPORTED
from schemas.records import Casussamenvatting, wire_names
from schemas.terms import Beperkingsgrond, Doel, Grondslag, Kennisgevingssoort, Precisie

WORDS = load_words(PACKAGED)["nl"]
IND = {"code": "IND", "naam": "Immigratie- en Naturalisatiedienst", "oin": None}
SNDVU = {"code": "sndvu", "naam": "SNDVU", "oin": None}


def a_line(soort: str = "verstrekking", deel: str | None = "pakket", **other: Any):
    regel = {"soort": soort, "tijd": "2026-05-04T09:30:00.000Z", "grondslag": "toestemming"}
    return {
        "index": 7,
        "regel": {**regel, **other},
        "organisatie": SNDVU,
        "ontvanger": IND,
        "deelVan": None if deel is None else {"index": 9, "soort": deel},
    }


def said(*lines: Any, **other: Any) -> str:
    """All texts of a report of these lines."""
    kept = {"gewist": False, "blijft": ["inhoud", "spoor", "logboek"], "beperkt": False}
    casus = {"bronhouder": SNDVU, "regels": list(lines)} | kept | other
    report = {"gemaaktOp": "2026-05-04T09:30:00.000Z", "omvang": 12, "casussen": [casus]}
    told = make_overzicht(json.dumps({"inzage": report}).encode(), WORDS)
    texts = [told.titel, *told.inleiding, *told.slot]
    for part in told.delen:
        texts += [part.kop, *part.uitleg]
        for each in part.meldingen:
            texts += [each.kop, *each.tekst, each.bewijs]
    return "\n".join(texts)


@pytest.mark.parametrize("grondslag", Grondslag)
def test_every_disclosure_names_who_got_it(grondslag):
    for deel in (None, *Auditsoort):
        told = sentence(a_line(deel=deel, grondslag=grondslag.value))

        assert told.endswith(".")
        assert IND["naam"] in told or deel == Auditsoort.INZAGE


def test_a_refusal_does_not_say_that_it_was_allowed():
    told = said(a_line("weigering", reden="toestemming_ingetrokken", verklaringen=["2019-1"]))

    assert "u had uw toestemming ingetrokken" in told
    assert "Dat mocht van u" not in told


#: Every kind of entry that names a casus, and so may stand in a report.
ABOUT_SOMEONE = {
    "casus_aangenomen",
    "toestemming_gewijzigd",
    "toestemming_ingetrokken",
    "grondslag_vervallen",
    "agendapunt",
    "terugroeping_bevestigd",
    "rectificatie",
    "verwerking_beperkt",
    "beperking_opgeheven",
    "inhoud_vernietigd",
    "casus_gewist",
    "bewaartermijn_verstreken",
}


@pytest.mark.parametrize("soort", sorted(ABOUT_SOMEONE))
def test_every_kind_about_someone_has_words_of_its_own(soort):
    assert "In het logboek staat" not in sentence(a_line(soort, None))


@pytest.mark.parametrize("grond", Beperkingsgrond)
@pytest.mark.parametrize("soort", ["verwerking_beperkt", "beperking_opgeheven"])
def test_a_restriction_says_its_ground_and_is_no_refusal(soort, grond):
    told = said(a_line(soort, None, reden=grond.value))

    assert "Reden: " in told
    assert "Waarom niet" not in told
    assert f"Reden: {grond.value}." not in told


def test_what_a_recipient_confirms_is_said_by_kind_of_notice():
    told = {
        kind: said(a_line("terugroeping_bevestigd", None, **({"reden": kind} if kind else {})))
        for kind in (
            None,
            Kennisgevingssoort.RECTIFICATIE.value,
            Kennisgevingssoort.BEPERKING.value,
        )
    }

    assert "niet meer gebruikt" in told[None]
    assert "heeft verbeterd of gewist" in told["rectificatie"]
    assert "alleen bewaart" in told["beperking"]
    assert not [text for text in told.values() if "Waarom niet" in text]


def test_a_message_of_the_law_says_what_such_a_message_is_about():
    told = said(a_line(deel="pagina", grondslag="wettelijk"))

    assert "(IND) kreeg bericht over gegevens die het al van u had." in told
    assert "dit moet weg, dit klopt niet, of dit mag nu niet worden gebruikt" in told


def test_letters_by_which_people_know_an_organisation_stand_beside_its_name():
    told = sentence(a_line("terugroeping_bevestigd", None))

    assert told.startswith("Immigratie- en Naturalisatiedienst (IND) ")
    assert sentence(a_line("agendapunt", None)).startswith("SNDVU zette")
    short = a_line() | {"ontvanger": IND | {"naam": "IND"}}
    assert sentence(short).startswith("IND kreeg")


def test_a_rectification_names_what_was_wrong_and_not_that_it_is_known():
    wrong = {"nationaliteit": "ja_nee", "uitstroomreden": "ja_nee"}
    told = said(a_line("rectificatie", None, velden=wrong))

    assert "Wat niet klopte: uw nationaliteit en waarom de hulp stopte." in told
    assert "bekend" not in told


def test_it_says_what_is_kept_of_a_casus_and_why():
    held = said(a_line())
    trace = said(a_line(), blijft=["spoor", "logboek"], beperkt=True)

    assert "zolang u toestemming geeft" in held
    assert "staat nu stil" not in held
    assert "Dat blijft tot de bewaartijd om is" in trace
    assert "Het delen van deze gegevens staat nu stil." in trace


@pytest.mark.parametrize("soort", Auditsoort)
def test_no_line_is_left_without_a_sentence(soort):
    told = sentence(a_line(soort.value, None))

    assert told.endswith(".")
    assert "{" not in told
    assert "_" not in told


def test_a_kind_of_a_later_version_is_named_by_its_code():
    assert "iets nieuws" in sentence(a_line("iets_nieuws", None))


@pytest.mark.parametrize("reden", Weigering)
def test_every_refusal_says_why_in_words(reden):
    told = reason(a_line("weigering", reden=reden.value))

    assert told
    assert "_" not in told
    assert told != reden.value


@pytest.mark.parametrize("name", wire_names(Casussamenvatting).values())
def test_every_field_has_words_in_each_precision_that_can_leave(name):
    """In full to the organisation itself, also where no partner may have it so."""
    for precisie in {*SUPPORTED[name], Precisie.VOLLEDIG}:
        told = said(a_line(velden={name: precisie.value}))

        assert f"Welke gegevens: {name}." not in told
        assert "Welke gegevens: " in told


def test_a_line_says_when_in_dutch_time_what_for_and_by_which_consent():
    consent = "5b1f0c2e-7d3a-4e6b-9c41-000000000001"
    told = said(
        a_line(
            doel=Doel.CASUSOVERLEG.value,
            toestemmingen=[f"{consent}:2"],
            verklaringen=["2019-1"],
            beleid=f"sha256:{'ab' * 32}",
        )
    )

    assert "4 mei 2026, 11:30 uur" in told
    assert "Waarvoor: overleg over uw situatie (LSO)." in told
    assert "De uitleg die u kreeg, heet: verklaring 2019-1." in told
    assert f"toestemming {consent} versie 2" in told
    assert "regels sha256:abababababababab" in told


def test_of_an_erased_casus_it_says_what_remains_and_why():
    told = said(a_line(), gewist=True, blijft=["logboek"])

    assert "Alleen de regels van het logboek zijn er nog." in told
    assert "om te bewijzen wat er is gebeurd" in told


def test_it_begins_with_who_got_something_how_often_and_when_last():
    later = a_line(tijd="2026-06-01T09:30:00.000Z")
    told = said(a_line(), later, a_line("weigering", reden="verlopen"))

    assert (
        "Gegevens van u kregen:\n– Immigratie- en Naturalisatiedienst (IND): 2 keer, het laatst"
        " op 1 juni" in told
    )
    assert "Geen andere organisatie" in said(a_line(grondslag="eigen"))


def test_a_long_report_keeps_each_block_whole_on_a_page():
    lines = [a_line(velden={"naam": "volledig", "status": "volledig"}) for _ in range(60)]
    kept = {"gewist": False, "blijft": ["logboek"], "beperkt": False}
    report = {
        "gemaaktOp": "2026-05-04T09:30:00.000Z",
        "omvang": 61,
        "casussen": [{"bronhouder": SNDVU, "regels": lines} | kept],
    }
    paper = report_paper(json.dumps({"inzage": report}).encode(), {"nl": WORDS})

    pages = [each.extract_text() for each in PdfReader(io.BytesIO(paper)).pages]
    assert len(pages) > 5
    for page in pages:
        assert page.count("Welke gegevens:") == page.count("Regel 7 van het logboek")
