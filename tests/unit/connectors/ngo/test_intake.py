"""Every rule of REGELS, asked of a register of a few rows."""

import gc
from datetime import date
from types import ModuleType

import pytest

from privacy._unseal import open_sealed
from tests.unit.connectors.ngo.registers import (
    PARTNERS,
    a_mapping,
    a_row,
    faults,
    intake,
    intake_of,
    mapping_text,
    pseudonym,
    write_csv,
)

REFUSED = [
    pytest.param({"nummer": ""}, ("vNummer", "ontbreekt"), id="no V-nummer"),
    pytest.param({"nummer": "99O2846204"}, ("vNummer", "geen_v_nummer"), id="a letter O"),
    pytest.param({"nummer": "912846204"}, ("vNummer", "geen_v_nummer"), id="nine digits"),
    pytest.param({"nummer": "99128462045"}, ("vNummer", "geen_v_nummer"), id="eleven digits"),
    pytest.param({"naam": " "}, ("naam", "ontbreekt"), id="no name"),
    pytest.param({"naam": "J. Test 999996356"}, ("naam", "bsn"), id="a BSN in the name"),
    pytest.param({"geslacht": "X1"}, ("geslacht", "onbekende_waarde"), id="another geslacht"),
    pytest.param({"geslacht": ""}, ("geslacht", "ontbreekt"), id="no geslacht"),
    pytest.param({"lijn": "3"}, ("lijn", "onbekende_waarde"), id="a third lijn"),
    pytest.param({"rol": ""}, ("rol", "ontbreekt"), id="no rol"),
    pytest.param(
        {"scenario": "misschien"}, ("begeleidingsscenario", "onbekende_waarde"), id="own scenario"
    ),
    pytest.param({"nationaliteit": ""}, ("nationaliteit", "ontbreekt"), id="no nationality"),
    pytest.param(
        {"nationaliteit": "Marsiaanse"}, ("nationaliteit", "onbekende_waarde"), id="from Mars"
    ),
    pytest.param(
        {"nationaliteit": "0124"}, ("nationaliteit", "niet_geldig_op_de_dag"), id="ended code"
    ),
    pytest.param({"geboren": "31-02-1980"}, ("geboortedatum", "dag_bestaat_niet"), id="no day"),
    pytest.param({"geboren": "1885"}, ("geboortedatum", "voor_1900"), id="before 1900"),
    pytest.param({"geboren": "02-04-2020"}, ("geboortedatum", "in_de_toekomst"), id="unborn"),
    pytest.param({"geboren": "lente"}, ("geboortedatum", "geen_datum"), id="no birth date"),
    pytest.param({"aangemeld": ""}, ("datumAanmelding", "ontbreekt"), id="no registration"),
    pytest.param({"aangemeld": "1/4/2019"}, ("datumAanmelding", "geen_datum"), id="slashes"),
    pytest.param({"in_": "31-03-2019"}, ("datumInstroom", "volgorde"), id="entry too early"),
    pytest.param({"in_": "02-04-2020"}, ("datumInstroom", "in_de_toekomst"), id="entry to come"),
    pytest.param(
        {"uit": "01-04-2019", "reden": "weg"}, ("datumUitstroom", "volgorde"), id="exit too early"
    ),
    pytest.param({"uit": "01-05-2019"}, ("uitstroomreden", "ontbreekt"), id="exit, no reason"),
    pytest.param({"reden": "weg"}, ("datumUitstroom", "ontbreekt"), id="reason, no exit"),
    pytest.param(
        {"in_": "", "uit": "01-05-2019", "reden": "weg"},
        ("datumInstroom", "ontbreekt"),
        id="exit without entry",
    ),
    pytest.param(
        {"uit": "01-05-2019", "reden": "naar Mars"},
        ("uitstroomreden", "onbekende_waarde"),
        id="own reason",
    ),
    pytest.param({"delen": "IND, COA"}, ("toestemming", "onbekende_ontvanger"), id="a stranger"),
    pytest.param({"vanaf": "02-04-2020"}, ("toestemming", "in_de_toekomst"), id="consent to come"),
    pytest.param({"vanaf": ""}, ("toestemming", "ontbreekt"), id="consent without first day"),
    pytest.param({"tot": "31-02-2021"}, ("toestemming", "dag_bestaat_niet"), id="no last day"),
    pytest.param({"tot": "02-04-2019"}, ("toestemming", "einde_voor_begin"), id="ends too early"),
    pytest.param(
        {"ingetrokken": "02-04-2020"}, ("toestemming", "in_de_toekomst"), id="withdrawal to come"
    ),
    pytest.param({"tolk": "soms"}, ("toestemming", "onbekende_waarde"), id="perhaps interpreted"),
    pytest.param({"namens": "J. 999996356"}, ("toestemming", "bsn"), id="a BSN in the consent"),
]


@pytest.mark.parametrize(("changes", "fault"), REFUSED)
def test_a_record_at_fault_is_refused_with_one_field_and_the_good_one_goes_through(
    tmp_path, changes, fault
):
    other = a_row(nummer="0000000001")

    register = intake_of(tmp_path, a_row(**changes), other)

    assert faults(register) == [(1, *fault)]
    assert [record.rij for record in register.goed] == [2]
    assert register.rijen == 2


GOOD = [
    pytest.param({"nummer": " 9912.846 204 "}, id="blanks and dots"),
    pytest.param({"nummer": "V-nr: 9912846204"}, id="a prefix"),
    pytest.param({"nummer": '="9912846204"'}, id="the form of a spreadsheet"),
    pytest.param({"aangemeld": "2019-04-01", "in_": "43557"}, id="ISO and serial number"),
    pytest.param({"aangemeld": "1-4-2019", "in_": "1-4-2019"}, id="short dates, on one day"),
    pytest.param({"nationaliteit": "Somalische"}, id="a nationality by name"),
    pytest.param({"nationaliteit": "0000"}, id="an unknown nationality"),
    pytest.param({"nationaliteit": "0499"}, id="stateless"),
    pytest.param({"lijn": "", "scenario": "", "geboren": "", "in_": ""}, id="as little as may be"),
    pytest.param({"naam": "Ng?c 123456789"}, id="lost letters, and nine digits that are no BSN"),
    pytest.param({"geslacht": "o"}, id="a small letter"),
    pytest.param({"delen": "", "vanaf": "", "tot": ""}, id="without consent"),
]


@pytest.mark.parametrize("changes", GOOD)
def test_what_the_rules_allow_is_taken(tmp_path, changes):
    register = intake_of(tmp_path, a_row(**changes))

    assert faults(register) == []
    assert len(register.goed) == 1


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("14-03-1987", "1987-03-14"),
        ("00-03-1987", "1987-03"),
        ("1987-03", "1987-03"),
        ("00-00-1987", "1987"),
        ("1987", "1987"),
        ("", None),
    ],
)
def test_a_birth_date_is_kept_as_far_as_it_is_known(tmp_path, written, kept):
    register = intake_of(tmp_path, a_row(geboren=written))

    assert open_sealed(register.goed[0].sealed)["geboortedatum"] == kept


def test_a_good_record_holds_every_field_in_wire_form_and_its_status_follows_from_the_dates(
    tmp_path,
):
    register = intake_of(tmp_path, a_row(uit="01-05-2019", reden="Weg"))

    sealed = register.goed[0].sealed
    assert dict(open_sealed(sealed)) == {
        "vNummer": "9912846204",
        "naam": "Fatoumata Tekle",
        "geboortedatum": "1972-09-09",
        "geslacht": "V",
        "nationaliteit": "0315",
        "status": "uitgestroomd",
        "lijn": "2",
        "datumAanmelding": "2019-04-01",
        "datumInstroom": "2019-04-02",
        "datumUitstroom": "2019-05-01",
        "uitstroomreden": "mob",
        "begeleidingsscenario": "verblijf",
        "bronhouder": "voorbeeld",
        "rol": "zaakhouder",
    }
    assert sealed.label.casus is None
    assert sealed.label.kenmerk == pseudonym("9912846204")
    assert (sealed.label.bronhouder, sealed.label.status) == ("voorbeeld", "uitgestroomd")


def test_faults_that_do_not_follow_from_each_other_are_all_told(tmp_path):
    register = intake_of(tmp_path, a_row(naam="", geslacht="?", uit="31-02-2020", tot="x", in_=""))

    assert [(fout.veld, fout.code.value) for fout in register.fouten] == [
        ("naam", "ontbreekt"),
        ("geslacht", "onbekende_waarde"),
        ("datumInstroom", "ontbreekt"),
        ("datumUitstroom", "dag_bestaat_niet"),
        ("uitstroomreden", "ontbreekt"),
        ("toestemming", "geen_datum"),
    ]


def test_what_only_follows_from_another_fault_is_not_told(tmp_path):
    register = intake_of(
        tmp_path, a_row(aangemeld="01-05-2020", in_="31-02-2019", uit="01-03-2019", reden="weg")
    )

    assert [fout.veld for fout in register.fouten] == ["datumAanmelding", "datumInstroom"]


def test_blank_rows_and_totals_are_no_records_and_a_row_is_told_as_a_person_sees_it(tmp_path):
    blank = dict.fromkeys(a_row(), "")
    rows = [
        blank,
        a_row(),
        blank | {"Opmerkingen": "x"},
        a_row(nummer="x"),
        blank | {"nummer": "Totaal: 2"},
    ]

    register = intake_of(tmp_path, *rows)

    assert register.rijen == 2
    assert [(fout.rij, fout.blad, fout.bladrij) for fout in register.fouten] == [(2, None, 5)]


def test_the_same_record_twice_is_taken_once(tmp_path):
    again = a_row(nummer="V-nr 9912.846.204", aangemeld="1-4-2019", delen="gemeente,AVIM,DT&V,IND")

    register = intake_of(tmp_path, a_row(), again)

    assert faults(register) == [(2, "vNummer", "dubbel_gelijk")]
    assert [record.rij for record in register.goed] == [1]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"lijn": "1"}, id="in a field"),
        pytest.param({"tot": "02-04-2021"}, id="in the consent"),
        pytest.param({"delen": "IND, DT&V, AVIM"}, id="in who gets totals only"),
        pytest.param({"naam": ""}, id="because one is at fault"),
    ],
)
def test_one_v_nummer_with_different_records_refuses_them_all(tmp_path, changes):
    register = intake_of(tmp_path, a_row(), a_row(), a_row(**changes))

    doubles = [fault for fault in faults(register) if fault[1] == "vNummer"]
    assert doubles == [(rij, "vNummer", "dubbel_verschillend") for rij in (1, 2, 3)]
    assert register.goed == ()


def test_records_that_differ_only_where_nobody_reads_are_the_same(tmp_path):
    register = intake_of(tmp_path, a_row(), a_row(Opmerkingen="iets anders"))

    assert faults(register) == [(2, "vNummer", "dubbel_gelijk")]


def test_every_v_nummer_in_the_register_is_known_by_its_pseudonym_good_or_refused(tmp_path):
    register = intake_of(tmp_path, a_row(), a_row(nummer="0000000002", naam=""), a_row(nummer="x"))

    assert register.kenmerken == {pseudonym("9912846204"), pseudonym("0000000002")}


def test_a_statement_keeps_partners_purposes_and_days_and_drops_who_gets_totals_only(tmp_path):
    register = intake_of(tmp_path, a_row(ingetrokken="01-06-2019"))

    (statement,) = register.goed[0].toestemmingen
    assert set(statement.ontvangers) == PARTNERS
    assert [doel.value for doel in statement.doelen] == ["aanmelding", "mutaties"]
    assert statement.eerste_dag == date(2019, 4, 3)
    assert statement.laatste_dag == date(2021, 4, 1)
    assert statement.ingetrokken_op == date(2019, 6, 1)
    assert (statement.verklaring, statement.vorm, statement.taal) == (
        "2019-1",
        "schriftelijk",
        "fr",
    )
    assert statement.vertegenwoordiger_vereist is False


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        pytest.param({"delen": "gemeente"}, 0, id="for the municipality alone"),
        pytest.param({"delen": ""}, 0, id="for nobody"),
        pytest.param({"tot": "01-05-2019"}, 1, id="expired"),
        pytest.param({"geboren": "04-04-2003"}, 0, id="fifteen, alone"),
        pytest.param({"geboren": "03-04-2003"}, 1, id="sixteen that day"),
        pytest.param({"geboren": "00-04-2003"}, 0, id="perhaps fifteen, alone"),
        pytest.param({"geboren": "04-04-2003", "namens": "ouder"}, 1, id="fifteen, with a parent"),
        pytest.param({"geboren": ""}, 1, id="of unknown age"),
        pytest.param({"taal": "ti"}, 0, id="in a language that nobody there spoke"),
        pytest.param({"taal": "ti", "tolk": "ja"}, 1, id="through an interpreter"),
    ],
)
def test_a_statement_that_does_not_count_leaves_the_record_good(tmp_path, changes, count):
    register = intake_of(tmp_path, a_row(**changes))

    assert faults(register) == []
    assert len(register.goed[0].toestemmingen) == count


def test_a_statement_keeps_its_id_when_it_is_prolonged_or_withdrawn(tmp_path):
    def id_of(**changes):
        return intake_of(tmp_path, a_row(**changes)).goed[0].toestemmingen[0].toestemming_id

    first = id_of()

    assert id_of(tot="01-04-2025") == first
    assert id_of(ingetrokken="01-03-2020") == first
    assert id_of(vanaf="04-04-2019") != first
    assert id_of(delen="IND, gemeente") != first


def test_what_a_column_that_no_mapping_names_says_is_in_nothing_that_the_intake_gives(tmp_path):
    marker = "NIET-VOOR-ANDEREN-7f3a"

    register = intake_of(tmp_path, a_row(Opmerkingen=marker), a_row(naam="", Opmerkingen=marker))

    assert not any(isinstance(each, str) and marker in each for each in _all_inside(register))


def _all_inside(thing: object) -> list[object]:
    """Everything that can be reached from here, classes and modules aside."""
    seen: dict[int, object] = {}
    to_do = [thing]
    while to_do:
        each = to_do.pop()
        if id(each) not in seen and not isinstance(each, type | ModuleType):
            seen[id(each)] = each
            to_do.extend(gc.get_referents(each))
    return list(seen.values())


def test_no_fault_and_no_repr_holds_what_stood_in_a_cell(tmp_path):
    register = intake_of(tmp_path, a_row(naam="J. Test 999996356"), a_row(nummer="0000000003"))

    shown = repr(register)
    for secret in ("Test", "999996356", "9912846204", "0000000003", "Fatoumata", "1972"):
        assert secret not in shown


def test_words_given_at_run_time_win_from_those_in_the_mapping(tmp_path):
    row = a_row(uit="01-05-2019", reden="WEG", nationaliteit="Eritrea")

    register = intake_of(
        tmp_path,
        row,
        woorden={"uitstroomreden": {"weg": "terugkeer"}, "nationaliteit": {"Eritrea": "0084"}},
    )

    read = open_sealed(register.goed[0].sealed)
    assert (read["uitstroomreden"], read["nationaliteit"]) == ("terugkeer", "0084")


def test_an_own_word_for_a_nationality_that_has_ended_is_refused(tmp_path):
    register = intake_of(
        tmp_path, a_row(nationaliteit="oud"), woorden={"nationaliteit": {"oud": "0124"}}
    )

    assert faults(register) == [(1, "nationaliteit", "niet_geldig_op_de_dag")]


def test_an_organisation_without_a_column_can_say_it_once_in_the_mapping(tmp_path):
    text = mapping_text().replace('rol = "rol"\n', "").replace('taal = "taal"\n', "")
    text += '\n[toestemming.vast]\ntaal = "nl"\n\n[vast]\nrol = "medebegeleiding"\n'
    mapping = a_mapping(tmp_path, text=text)

    register = intake(mapping, write_csv(tmp_path / "register.csv", [a_row(rol="", taal="")]))

    assert open_sealed(register.goed[0].sealed)["rol"] == "medebegeleiding"
    assert register.goed[0].toestemmingen[0].taal == "nl"
