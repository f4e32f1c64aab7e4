from datetime import date, timedelta

import pytest

from schemas.duplicates import find_duplicates
from schemas.faults import Fout, Foutcode
from schemas.records import Casussamenvatting
from schemas.rules import check_samenvatting, check_toestemming, derive_status
from schemas.samenvatting import samenvatting_schema
from schemas.terms import (
    NIET_GEDEELD,
    Geslacht,
    JaOfNee,
    Leeftijdsgroep,
    Rol,
    Status,
    Uitstroomreden,
)
from schemas.toestemming import toestemming_schema
from tests.unit.schemas.wire import BSN, DAY, ONTVANGERS, VERKLARINGEN, a_toestemming

TOMORROW = DAY + timedelta(days=1)


def a_record(**other) -> Casussamenvatting:
    values = {
        "v_nummer": "0902224584",
        "naam": "Ngọc Farahani",
        "geboortedatum": "1987-03-14",
        "geslacht": Geslacht.M,
        "nationaliteit": "0149",
        "lijn": None,
        "datum_aanmelding": date(2020, 1, 1),
        "datum_instroom": date(2020, 2, 1),
        "datum_uitstroom": None,
        "uitstroomreden": None,
        "begeleidingsscenario": None,
        "rol": Rol.ZAAKHOUDER,
    }
    return Casussamenvatting(**(values | other))


def faults(*, at_fault=(), complete=True, **other) -> dict[str, str]:
    found = check_samenvatting(a_record(**other), DAY, complete=complete, at_fault=at_fault)
    return {fout.veld: fout.code.value for fout in found}


def departed(day, **other):
    return {"datum_uitstroom": day, "uitstroomreden": Uitstroomreden.TERUGKEER} | other


@pytest.mark.parametrize(
    ("instroom", "uitstroom", "status"),
    [
        (None, None, Status.AANGEMELD),
        (DAY, None, Status.IN_BEGELEIDING),
        (DAY, DAY, Status.UITGESTROOMD),
        (None, DAY, Status.UITGESTROOMD),
    ],
)
def test_status_follows_from_the_dates(instroom, uitstroom, status):
    assert derive_status(instroom, uitstroom) is status


def test_a_full_record_has_no_fault():
    assert faults() == {}


def test_equal_days_are_in_order():
    assert faults(**departed(DAY, datum_aanmelding=DAY, datum_instroom=DAY)) == {}


@pytest.mark.parametrize(
    ("other", "found"),
    [
        pytest.param(
            {"datum_instroom": date(2019, 12, 31)},
            {"datumInstroom": "volgorde"},
            id="entry before registration names the entry",
        ),
        pytest.param(
            departed(date(2020, 1, 31)),
            {"datumUitstroom": "volgorde"},
            id="exit before entry names the exit",
        ),
        pytest.param(
            departed(date(2019, 12, 15), datum_instroom=date(2019, 12, 1)),
            {"datumInstroom": "volgorde"},
            id="an entry before registration explains an exit before it",
        ),
        pytest.param(
            departed(date(2019, 11, 1), datum_instroom=date(2019, 12, 1)),
            {"datumInstroom": "volgorde", "datumUitstroom": "volgorde"},
            id="but not an exit before the entry",
        ),
        pytest.param(
            departed(date(2020, 3, 1), datum_instroom=None),
            {"datumInstroom": "ontbreekt"},
            id="an exit without an entry names the entry",
        ),
        pytest.param(
            departed(date(2019, 1, 1), datum_instroom=None),
            {"datumInstroom": "ontbreekt"},
            id="and only the entry, also before registration",
        ),
        pytest.param(
            {"datum_uitstroom": date(2020, 3, 1)},
            {"uitstroomreden": "ontbreekt"},
            id="an exit needs a reason",
        ),
        pytest.param(
            {"uitstroomreden": Uitstroomreden.MOB},
            {"datumUitstroom": "ontbreekt"},
            id="a reason needs an exit",
        ),
        pytest.param(
            {"datum_aanmelding": TOMORROW},
            {"datumAanmelding": "in_de_toekomst"},
            id="a registration to come explains the order",
        ),
        pytest.param(
            {"datum_instroom": TOMORROW}, {"datumInstroom": "in_de_toekomst"}, id="entry to come"
        ),
        pytest.param(departed(TOMORROW), {"datumUitstroom": "in_de_toekomst"}, id="exit to come"),
        pytest.param(
            departed(date(2019, 1, 1), datum_instroom=TOMORROW),
            {"datumInstroom": "in_de_toekomst", "datumUitstroom": "volgorde"},
            id="an exit before registration is a fault of its own",
        ),
        pytest.param(
            {"nationaliteit": "0086"},
            {"nationaliteit": "niet_geldig_op_de_dag"},
            id="ended nationality",
        ),
        pytest.param(
            {"nationaliteit": "9999"},
            {"nationaliteit": "onbekende_waarde"},
            id="unknown nationality",
        ),
        pytest.param(
            {"nationaliteit": "Somalische"},
            {"nationaliteit": "onbekende_waarde"},
            id="a name for a code",
        ),
        pytest.param(
            {"geboortedatum": "2020-05"}, {"geboortedatum": "in_de_toekomst"}, id="unborn"
        ),
        pytest.param({"naam": f"Farahani {BSN}"}, {"naam": "bsn"}, id="a BSN in a text"),
        pytest.param({"naam": "x" * 201}, {"naam": "te_lang"}, id="a long name"),
        pytest.param(
            {"naam": "Fara\x00hani"}, {"naam": "onbekende_waarde"}, id="a control character"
        ),
        pytest.param({"naam": "Fara\ud800"}, {"naam": "onbekende_waarde"}, id="half a character"),
        pytest.param({"naam": " "}, {"naam": "ontbreekt"}, id="a blank name"),
        pytest.param(
            {"bronhouder": "Stichting X"},
            {"bronhouder": "onbekende_waarde"},
            id="a name for an organisation's code",
        ),
        pytest.param({"bronhouder": ""}, {"bronhouder": "ontbreekt"}, id="no organisation"),
        pytest.param({"v_nummer": BSN}, {"vNummer": "geen_v_nummer"}, id="a BSN for a V-nummer"),
        pytest.param(
            {"status": Status.AANGEMELD}, {"status": "strijdig"}, id="a status that the dates deny"
        ),
    ],
)
def test_a_broken_rule_names_one_field(other, found):
    assert faults(**other) == found


@pytest.mark.parametrize("name", ["Ng?c", "Ng\ufffdc", "فاطمه\u200cزهرا", "x" * 200])
def test_a_name_stands_as_it_was_written(name):
    assert faults(naam=name) == {}


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("naam", "naam"),
        ("nationaliteit", "nationaliteit"),
        ("geslacht", "geslacht"),
        ("rol", "rol"),
        ("datum_aanmelding", "datumAanmelding"),
    ],
)
@pytest.mark.parametrize("value", [None, NIET_GEDEELD])
def test_a_register_must_have_what_is_required(name, wire, value):
    assert faults(**{name: value}) == {wire: "ontbreekt"}


def test_what_was_not_shared_is_not_checked():
    found = check_samenvatting(Casussamenvatting(v_nummer="0902224584"), DAY, complete=False)

    assert found == []


def test_an_exit_before_registration_is_seen_where_the_entry_was_not_shared():
    other = departed(date(2019, 12, 31), datum_instroom=NIET_GEDEELD)

    assert faults(complete=False, **other) == {"datumUitstroom": "volgorde"}


def test_a_status_is_not_judged_where_a_date_was_not_shared():
    other = {"datum_instroom": NIET_GEDEELD, "status": Status.UITGESTROOMD}

    assert faults(complete=False, **other) == {}


JA, NEE = JaOfNee.JA, JaOfNee.NEE


@pytest.mark.parametrize(
    ("other", "found"),
    [
        pytest.param(
            {"datum_aanmelding": "2020", "datum_instroom": date(2020, 1, 1)},
            {},
            id="entry in the year of registration",
        ),
        pytest.param(
            {"datum_aanmelding": date(2020, 1, 31), "datum_instroom": "2020-01"},
            {},
            id="entry in the month of registration",
        ),
        pytest.param(
            {"datum_aanmelding": "2020", "datum_instroom": date(2019, 12, 1)},
            {"datumInstroom": "volgorde"},
            id="entry in a year before registration",
        ),
        pytest.param(
            departed("2020-02", datum_instroom="2020", datum_aanmelding=date(2020, 3, 1)),
            {"datumUitstroom": "volgorde"},
            id="exit before registration, of an entry somewhere in that year",
        ),
        pytest.param(
            departed("2019", datum_instroom=JA),
            {"datumUitstroom": "volgorde"},
            id="exit before registration, of an entry on some day",
        ),
        pytest.param(departed("2020", datum_instroom="2020"), {}, id="in and out in one year"),
        pytest.param({"datum_instroom": "2020-05"}, {"datumInstroom": "in_de_toekomst"}, id="May"),
        pytest.param({"datum_instroom": "2020-04"}, {}, id="this month"),
        pytest.param(
            {"datum_uitstroom": JA}, {"uitstroomreden": "ontbreekt"}, id="an exit has no reason"
        ),
        pytest.param(
            departed("2020-03", uitstroomreden=NEE),
            {"uitstroomreden": "ontbreekt"},
            id="an exit is said to have no reason",
        ),
        pytest.param(
            {"datum_uitstroom": NEE, "uitstroomreden": JA},
            {"datumUitstroom": "ontbreekt"},
            id="there is a reason, and no exit",
        ),
        pytest.param(
            departed(JA, datum_instroom=NEE),
            {"datumInstroom": "ontbreekt"},
            id="there is an exit, and no entry",
        ),
        pytest.param({"datum_uitstroom": NEE, "uitstroomreden": NEE}, {}, id="neither"),
        pytest.param(
            {"datum_instroom": "2020", "status": Status.AANGEMELD},
            {"status": "strijdig"},
            id="a status that a year denies",
        ),
        pytest.param(
            departed(JA, datum_instroom=JA, status=Status.IN_BEGELEIDING),
            {"status": "strijdig"},
            id="a status that the presence of an exit denies",
        ),
        pytest.param(
            departed(JA, datum_instroom=JA, status=Status.UITGESTROOMD),
            {},
            id="a status that the presence of an exit confirms",
        ),
        pytest.param({"datum_instroom": NEE, "status": Status.AANGEMELD}, {}, id="not yet in"),
        pytest.param({"status": JA}, {}, id="some status"),
        pytest.param({"geboortedatum": Leeftijdsgroep.ONBEKEND}, {}, id="an unknown age"),
    ],
)
def test_a_rule_holds_as_far_as_coarse_values_let_it_be_judged(other, found):
    assert faults(complete=False, **other) == found


@pytest.mark.parametrize(
    ("name", "value", "wire"),
    [
        ("geboortedatum", "16-17", "geboortedatum"),
        ("geboortedatum", "ja", "geboortedatum"),
        ("geslacht", JA, "geslacht"),
        ("nationaliteit", "ja", "nationaliteit"),
        ("lijn", JA, "lijn"),
        ("datum_aanmelding", "2020", "datumAanmelding"),
        ("datum_instroom", "2020-02", "datumInstroom"),
        ("rol", JA, "rol"),
    ],
)
def test_a_register_itself_has_no_coarse_values(name, value, wire):
    assert faults(**{name: value}) == {wire: "onbekende_waarde"}


def test_a_person_whose_name_is_ja_has_a_name():
    assert faults(naam="ja") == faults(naam="Nee") == {}


def test_a_field_that_was_refused_is_not_reported_again():
    other = {"v_nummer": "", "datum_aanmelding": NIET_GEDEELD}

    assert faults(at_fault={"vNummer", "datumAanmelding"}, **other) == {}


def test_faults_come_in_the_order_of_the_record():
    found = faults(v_nummer="", naam=None, rol=None)

    assert list(found) == ["vNummer", "naam", "rol"]


def statement(**other):
    return toestemming_schema(date(2030, 1, 1), ONTVANGERS, VERKLARINGEN).load(
        a_toestemming(**other)
    )


@pytest.mark.parametrize(
    ("other", "found"),
    [
        pytest.param({}, [], id="as it should be"),
        pytest.param(
            {"eersteDag": "2020-04-02"},
            [Fout("eersteDag", Foutcode.IN_DE_TOEKOMST)],
            id="given tomorrow",
        ),
        pytest.param(
            {"ingetrokkenOp": "2020-04-02"},
            [Fout("ingetrokkenOp", Foutcode.IN_DE_TOEKOMST)],
            id="withdrawn tomorrow",
        ),
        pytest.param({"laatsteDag": "2020-03-31"}, [], id="over, which is no fault"),
        pytest.param({"ingetrokkenOp": "2019-01-01"}, [], id="withdrawn before it was given"),
    ],
)
def test_a_statement_is_judged_on_the_day(other, found):
    assert check_toestemming(statement(**other), DAY) == found


def test_an_identical_record_is_refused_where_it_stands_again():
    entries = [("1", "a"), ("2", "a"), ("1", "a"), ("1", "a")]

    assert find_duplicates(entries) == {2: Foutcode.DUBBEL_GELIJK, 3: Foutcode.DUBBEL_GELIJK}


def test_records_that_differ_are_all_refused():
    entries = [("1", "a"), ("1", "a"), ("2", "b"), ("1", "b")]

    assert find_duplicates(entries) == dict.fromkeys([0, 1, 3], Foutcode.DUBBEL_VERSCHILLEND)


def test_records_without_a_v_nummer_are_not_each_others_double():
    assert find_duplicates([(None, "a"), (None, "a")]) == {}


def test_the_summary_schema_is_built_once_a_day():
    assert samenvatting_schema(DAY) is samenvatting_schema(DAY)
