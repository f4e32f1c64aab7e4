import pytest
from marshmallow import ValidationError

from schemas.faults import faults_of
from schemas.terms import Doel
from schemas.toestemming import toestemming_schema
from tests.unit.schemas.wire import (
    BSN,
    DAY,
    ONTVANGERS,
    TOESTEMMING,
    VERKLARINGEN,
    a_toestemming,
    without,
)

SCHEMA = toestemming_schema(DAY, ONTVANGERS, VERKLARINGEN)


def faults(wire) -> dict[str, str]:
    with pytest.raises(ValidationError) as refused:
        SCHEMA.load(wire)
    return {fout.pointer: fout.code.value for fout in faults_of(refused.value)}


def test_a_statement_loads_to_its_record():
    record = SCHEMA.load(a_toestemming())

    assert record.toestemming_id == TOESTEMMING
    assert record.ontvangers == ("IND", "AVIM")
    assert record.doelen == (Doel.AANMELDING, Doel.MUTATIES)
    assert record.tolk is True


def test_a_statement_leaves_as_it_came():
    wire = a_toestemming(
        ingetrokkenOp="2020-01-01", vertegenwoordiger="ouder", bewijsSha256="0" * 64
    )

    assert SCHEMA.dump(SCHEMA.load(wire)) == wire


def test_what_may_be_absent_is_empty():
    names = (
        "ingetrokkenOp",
        "vertegenwoordiger",
        "vertegenwoordigerVereist",
        "bewijsSha256",
        "besluit",
        "handtekening",
    )

    assert SCHEMA.load(without(a_toestemming(), *names)) == SCHEMA.load(a_toestemming())


@pytest.mark.parametrize(
    ("other", "found"),
    [
        pytest.param({"toestemmingId": "1"}, {"/toestemmingId": "geen_uuid"}, id="no UUID"),
        pytest.param(
            {"toestemmingId": "{" + str(TOESTEMMING) + "}"},
            {"/toestemmingId": "geen_uuid"},
            id="UUID in braces",
        ),
        pytest.param({"ontvangers": []}, {"/ontvangers": "ontbreekt"}, id="for nobody"),
        pytest.param({"ontvangers": "IND"}, {"/ontvangers": "verkeerd_type"}, id="no list"),
        pytest.param(
            {"ontvangers": ["IND", "COA"]},
            {"/ontvangers/1": "onbekende_ontvanger"},
            id="unknown recipient",
        ),
        pytest.param(
            {"ontvangers": ["IND", None]}, {"/ontvangers/1": "verkeerd_type"}, id="recipient null"
        ),
        pytest.param(
            {"ontvangers": ["IND", "IND"]},
            {"/ontvangers/1": "onbekende_waarde"},
            id="recipient twice",
        ),
        pytest.param(
            {"ontvangers": ["IND"] * 21}, {"/ontvangers": "te_veel"}, id="a list without end"
        ),
        pytest.param({"doelen": ["verkoop"]}, {"/doelen/0": "onbekend_doel"}, id="unknown purpose"),
        pytest.param(
            {"verklaring": "2018-1"}, {"/verklaring": "onbekende_verklaring"}, id="unknown notice"
        ),
        pytest.param(
            {"laatsteDag": "2019-06-30"},
            {"/laatsteDag": "einde_voor_begin"},
            id="ends before it begins",
        ),
        pytest.param(
            {"eersteDag": "2020-04-02"}, {"/eersteDag": "in_de_toekomst"}, id="begins tomorrow"
        ),
        pytest.param({"vorm": "telefonisch"}, {"/vorm": "onbekende_waarde"}, id="another form"),
        pytest.param({"taal": "Farsi"}, {"/taal": "onbekende_waarde"}, id="a language in words"),
        pytest.param({"taal": "FA"}, {"/taal": "onbekende_waarde"}, id="a language in capitals"),
        pytest.param({"tolk": "ja"}, {"/tolk": "verkeerd_type"}, id="a word for a boolean"),
        pytest.param({"tolk": 1}, {"/tolk": "verkeerd_type"}, id="a number for a boolean"),
        pytest.param(
            {"vertegenwoordigerVereist": None},
            {"/vertegenwoordigerVereist": "ontbreekt"},
            id="whether one is needed, empty",
        ),
        pytest.param(
            {"vertegenwoordigerVereist": True},
            {"/vertegenwoordiger": "vertegenwoordiger_ontbreekt"},
            id="nobody signed for a child",
        ),
        pytest.param(
            {"vertegenwoordigerVereist": True, "vertegenwoordiger": " "},
            {"/vertegenwoordiger": "vertegenwoordiger_ontbreekt"},
            id="a blank signed for a child",
        ),
        pytest.param({"vertegenwoordiger": BSN}, {"/vertegenwoordiger": "bsn"}, id="a BSN signed"),
        pytest.param(
            {"bewijsSha256": "A" * 64}, {"/bewijsSha256": "onbekende_waarde"}, id="no digest"
        ),
    ],
)
def test_a_wrong_value_is_one_fault_of_its_place(other, found):
    assert faults(a_toestemming(**other)) == found


def test_an_absent_representative_is_missed_where_one_was_needed():
    wire = without(a_toestemming(vertegenwoordigerVereist=True), "vertegenwoordiger")

    assert faults(wire) == {"/vertegenwoordiger": "vertegenwoordiger_ontbreekt"}


def test_a_refused_representative_is_not_also_missed():
    wire = a_toestemming(vertegenwoordigerVereist=True, vertegenwoordiger=3)

    assert faults(wire) == {"/vertegenwoordiger": "verkeerd_type"}


def test_what_a_statement_must_say_is_told_all_at_once():
    assert set(faults({}).values()) == {"ontbreekt"}
    assert set(faults({})) == {
        "/toestemmingId",
        "/ontvangers",
        "/doelen",
        "/eersteDag",
        "/laatsteDag",
        "/verklaring",
        "/vorm",
        "/taal",
        "/tolk",
    }


def test_which_partners_and_notices_exist_is_configuration():
    elsewhere = toestemming_schema(DAY, frozenset({"COA"}), frozenset({"1"}))

    assert elsewhere.load(a_toestemming(ontvangers=["COA"], verklaring="1"))
