"""What a receipt says: made from the record's fields, in plain words, in any language."""

import json
from dataclasses import replace
from datetime import date

import pytest

from gateway.receipt.page import POLICY, make_page
from gateway.receipt.record import Stand
from gateway.receipt.words import PACKAGED, load_words, parse_words
from privacy.consent import pairs_of
from privacy.errors import PolicyFaultError
from schemas.terms import Doel, Precisie
from tests.unit.gateway.receipt.receipts import NOTICE, TALEN, WORDS, a_record, a_sheet, a_statement

DUTCH = (PACKAGED / "nl.toml").read_text(encoding="utf-8")


def test_recipients_who_see_the_same_for_the_same_are_told_together():
    sheet = a_sheet(a_record(a_statement(ontvangers=frozenset({"IND", "DT&V"}))))

    (together,) = sheet.inzage
    assert "IND" in together.wie
    assert "DT&V" in together.wie
    assert "uw geboortejaar" in together.zien
    assert sheet.allen == ""


def test_what_all_see_is_told_once_and_what_one_sees_more_with_that_one():
    sheet = a_sheet(a_record(a_statement()))
    avim = next(each for each in sheet.inzage if "AVIM" in each.wie)

    assert "uw V-nummer" in sheet.allen
    assert "uw V-nummer" not in avim.zien
    assert "uw naam" in avim.zien
    assert not [each for each in sheet.inzage if each is not avim and "uw naam" in each.zien]


def test_of_two_precisions_the_finest_is_told():
    both = a_statement(
        ontvangers=frozenset({"AVIM"}), doelen=frozenset({Doel.MRT, Doel.CASUSOVERLEG})
    )

    (avim,) = a_sheet(a_record(both)).inzage

    assert "uw geboortedatum" in avim.zien
    assert "geboortejaar" not in avim.zien


def test_a_purpose_that_was_never_explained_is_not_on_it():
    only = a_statement(ontvangers=frozenset({"IND"}), doelen=frozenset({Doel.BEWARINGSTOETS}))

    sheet = a_sheet(a_record(only))

    assert sheet.inzage == ()
    assert sheet.overig == ("Niemand ziet iets.",)


def test_what_was_stopped_of_a_recipient_is_told_by_purpose():
    gone = frozenset({("IND", Doel.MUTATIES)}) | pairs_of(frozenset({"AVIM"}), frozenset(Doel))

    (line,) = a_sheet(a_record(a_statement(uitgezonderd=gone))).overig

    assert (
        line == "U bent al gestopt met: AVIM (vreemdelingenpolitie); IND: weten wat er verandert."
    )


def test_a_consent_that_holds_no_more_shows_nobody_who_sees_anything():
    sheet = a_sheet(a_record(a_statement(ingetrokken_op=date(2020, 3, 1))))

    assert sheet.kop == "Gestopt op 1 maart 2020"
    assert sheet.inzage == ()
    assert sheet.overig[0].startswith("Dit ging over:")
    assert [heading for heading, _ in sheet.hoe] == ["Klacht"]


@pytest.mark.parametrize("taal", TALEN)
def test_how_to_stop_and_where_to_complain_are_the_words_of_the_notice(taal):
    sheet = a_sheet(a_record(a_statement()), taal)

    assert [text for _, text in sheet.hoe] == [
        NOTICE.teksten[taal].stoppen,
        NOTICE.teksten[taal].klagen,
    ]


def test_the_first_of_a_month_is_written_as_people_write_it():
    assert WORDS["fr"].day(date(2020, 5, 1)) == "1er mai 2020"
    assert WORDS["nl"].day(date(2020, 5, 1)) == "1 mei 2020"


@pytest.mark.parametrize("taal", TALEN)
@pytest.mark.parametrize("stand", Stand)
def test_every_state_can_be_said_in_every_language(taal, stand):
    record = {**a_record(a_statement()), "stand": stand.value, "sinds": "2020-03-01"}

    assert a_sheet(record, taal).kop


@pytest.mark.parametrize("taal", TALEN)
def test_the_page_says_its_language_and_direction_and_escapes_all_it_says(taal):
    sheet = replace(a_sheet(a_record(a_statement()), taal), organisatie="<b>&\"'")

    html = make_page(sheet).decode()

    direction = "rtl" if taal == "ar" else "ltr"
    assert f'<html lang="{taal}" dir="{direction}">' in html
    assert "<b>" not in html
    assert "&lt;b&gt;&amp;&#34;&#39;" in html


def test_the_page_keeps_its_own_policy_when_it_is_saved():
    html = make_page(a_sheet(a_record(a_statement()))).decode()
    header = POLICY["Content-Security-Policy"].partition("; frame")[0]

    assert header.replace("'", "&#39;") in html


def test_the_same_sheet_gives_the_same_page():
    assert len({make_page(a_sheet(a_record(a_statement()))) for _ in range(3)}) == 1


# Words


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            'zien = "Zij zien:"\n', "", "blad.zien: ontbreekt", id="a key that is missing"
        ),
        pytest.param('jaar = "uw geboortejaar"', "", "velden.geboortedatum.jaar", id="a precision"),
        pytest.param("[blad]", '[blad]\nzein = "x"', "blad.zein: deze sleutel", id="a typo"),
        pytest.param('zien = "Zij zien:"', "zien = 3", "blad.zien: geen tekst", id="a number"),
        pytest.param("{laatste}", "{vNummer}", "{vNummer} kan hier niet", id="another blank"),
        pytest.param("{laatste}", "{laatste", "kan hier niet", id="half a blank"),
        pytest.param('"december",', "", "maanden: twaalf", id="eleven months"),
        pytest.param("[blad]", "[blad", "niet te lezen", id="no TOML"),
    ],
)
def test_each_fault_of_a_file_of_words_is_named(old, new, expected):
    assert old in DUTCH

    with pytest.raises(PolicyFaultError) as refused:
        parse_words("nl", DUTCH.replace(old, new))

    assert any(expected in fault for fault in refused.value.faults), refused.value.faults


def test_an_installation_adds_a_language_with_one_file(tmp_path):
    (tmp_path / "tig.toml").write_text(DUTCH)

    assert set(load_words(PACKAGED, tmp_path)) == {"en", "fr", "nl", "tig"}
    assert set(load_words(PACKAGED, tmp_path / "nergens")) == {"en", "fr", "nl"}


def test_every_field_is_said_in_every_precision_that_it_can_have():
    assert WORDS["nl"].field("geboortedatum", Precisie.MAAND) == "uw geboortemaand en -jaar"


def test_the_record_can_be_read_back_from_what_the_gate_let_out():
    record = a_record(a_statement())

    assert a_sheet(json.loads(json.dumps(record))) == a_sheet(record)
