from datetime import date

import pytest
from jsonschema import Draft202012Validator
from marshmallow import ValidationError

from schemas.faults import Fout, Foutcode, faults_of
from schemas.samenvatting import samenvatting_schema
from schemas.terms import NIET_GEDEELD, Leeftijdsgroep, Lijn, Status
from tests.unit.schemas.wire import DAY, a_samenvatting, without

SCHEMA = samenvatting_schema(DAY)


def faults(wire) -> dict[str, str]:
    with pytest.raises(ValidationError) as refused:
        SCHEMA.load(wire)
    return {fout.veld: fout.code.value for fout in faults_of(refused.value)}


def test_a_summary_loads_to_its_record():
    record = SCHEMA.load(a_samenvatting())

    assert record.v_nummer == "0902224584"
    assert record.status is Status.IN_BEGELEIDING
    assert record.lijn is Lijn.TWEEDE
    assert record.datum_instroom == date(2019, 7, 11)
    assert record.datum_uitstroom is None


def test_a_summary_leaves_as_it_came():
    wire = a_samenvatting()

    assert SCHEMA.dump(SCHEMA.load(wire)) == wire


def test_what_was_not_shared_stays_absent():
    wire = {"vNummer": "0902224584", "datumInstroom": None}

    record = SCHEMA.load(wire)

    assert record.naam is NIET_GEDEELD
    assert record.datum_instroom is None
    assert SCHEMA.dump(record) == wire


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("vNummer", 902224584, "verkeerd_type"),
        ("vNummer", None, "ontbreekt"),
        ("vNummer", "902224584", "geen_v_nummer"),
        ("naam", None, "ontbreekt"),
        ("naam", ["a"], "verkeerd_type"),
        ("geboortedatum", 1987, "verkeerd_type"),
        ("geboortedatum", "1987-02-30", "dag_bestaat_niet"),
        ("geslacht", "X", "onbekende_waarde"),
        ("geslacht", None, "ontbreekt"),
        ("nationaliteit", "0086", "niet_geldig_op_de_dag"),
        ("status", None, "ontbreekt"),
        ("status", "aangemeld", "strijdig"),
        ("lijn", 2, "verkeerd_type"),
        ("lijn", True, "verkeerd_type"),
        ("lijn", "3", "onbekende_waarde"),
        ("datumAanmelding", None, "ontbreekt"),
        ("datumAanmelding", "2019-02-29", "dag_bestaat_niet"),
        ("datumAanmelding", "29-06-2019", "geen_datum"),
        ("datumAanmelding", "2020-04-02", "in_de_toekomst"),
        ("begeleidingsscenario", {}, "verkeerd_type"),
        ("bronhouder", None, "ontbreekt"),
        ("rol", "ZAAKHOUDER", "onbekende_waarde"),
    ],
)
def test_a_wrong_value_is_one_fault_of_its_field(field, value, code):
    assert faults(a_samenvatting(**{field: value})) == {field: code}


@pytest.mark.parametrize(
    "field",
    [
        "geboortedatum",
        "lijn",
        "datumUitstroom",
        "uitstroomreden",
        "begeleidingsscenario",
    ],
)
def test_a_field_that_registers_may_leave_empty_may_be_null(field):
    assert SCHEMA.load(a_samenvatting(**{field: None}))


COARSE = {
    "naam": ["ja"],
    "geboortedatum": ["1987-03", "1987", *map(str, Leeftijdsgroep), "ja", "nee"],
    "geslacht": ["ja"],
    "nationaliteit": ["ja"],
    "status": ["ja"],
    "lijn": ["ja", "nee"],
    "datumAanmelding": ["2019-06", "2019", "ja"],
    "datumInstroom": ["2019-07", "2019", "ja"],
    "datumUitstroom": ["nee"],
    "uitstroomreden": ["nee"],
    "begeleidingsscenario": ["ja", "nee"],
    "bronhouder": ["ja"],
    "rol": ["ja"],
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in COARSE.items() for value in values]
)
def test_a_field_may_come_in_any_precision_that_a_policy_has_for_it(field, value):
    wire = a_samenvatting(**{field: value})

    assert SCHEMA.dump(SCHEMA.load(wire)) == wire
    assert Draft202012Validator(SCHEMA.json_schema()).is_valid(wire)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("vNummer", "ja", "geen_v_nummer"),
        ("vNummer", "0f" * 16, "geen_v_nummer"),
        ("geboortedatum", "12-16", "geen_datum"),
        ("geboortedatum", "16 - 17", "geen_datum"),
        ("geboortedatum", "Ja", "geen_datum"),
        ("geboortedatum", "2021", "in_de_toekomst"),
        ("geslacht", "nee", "onbekende_waarde"),
        ("nationaliteit", "nee", "onbekende_waarde"),
        ("nationaliteit", "01", "onbekende_waarde"),
        ("status", "nee", "onbekende_waarde"),
        ("lijn", "JA", "onbekende_waarde"),
        ("datumAanmelding", "nee", "geen_datum"),
        ("datumAanmelding", "2019-6", "geen_datum"),
        ("datumAanmelding", "2019-13", "dag_bestaat_niet"),
        ("datumAanmelding", "2020-05", "in_de_toekomst"),
        ("datumInstroom", "16-17", "geen_datum"),
        ("uitstroomreden", "JA", "onbekende_waarde"),
        ("rol", "nee", "onbekende_waarde"),
    ],
)
def test_what_no_precision_of_its_field_has_is_one_fault(field, value, code):
    wire = a_samenvatting(**{field: value})

    assert faults(wire) == {field: code}
    if code in {"onbekende_waarde", "geen_datum", "geen_v_nummer"}:
        assert not Draft202012Validator(SCHEMA.json_schema()).is_valid(wire)


def test_only_the_v_nummer_must_be_there():
    assert faults({}) == {"vNummer": "ontbreekt"}


@pytest.mark.parametrize("body", [None, [], "tekst", 3, [a_samenvatting()]])
def test_what_is_no_object_is_refused_whole(body):
    with pytest.raises(ValidationError) as refused:
        SCHEMA.load(body)

    assert faults_of(refused.value, "/items/0/samenvatting") == [
        Fout("samenvatting", Foutcode.VERKEERD_TYPE, "/items/0/samenvatting")
    ]


def test_all_faults_are_told_at_once_rules_too():
    wire = a_samenvatting(naam=3, datumInstroom="2019-01-01", onbekend_veld="1", extra="1")

    assert faults(without(wire, "vNummer")) == {
        "vNummer": "ontbreekt",
        "naam": "verkeerd_type",
        "datumInstroom": "volgorde",
        "onbekend": "onbekend_veld",
        "extra": "onbekend_veld",
    }


def test_a_refused_date_takes_no_part_in_the_order():
    wire = a_samenvatting(datumAanmelding="2019-13-01", datumInstroom="2019-01-01")

    assert faults(wire) == {"datumAanmelding": "dag_bestaat_niet"}


def test_validate_tells_what_load_would_refuse():
    assert SCHEMA.validate(a_samenvatting()) == {}
    assert SCHEMA.validate(a_samenvatting(rol="x")) == {"rol": [Foutcode.ONBEKENDE_WAARDE]}


@pytest.mark.parametrize("option", [{"many": True}, {"partial": True}, {"unknown": "exclude"}])
def test_a_record_is_not_loaded_less_strictly(option):
    with pytest.raises(TypeError):
        SCHEMA.load(a_samenvatting(), **option)
