import json

import pytest
from jsonschema import Draft202012Validator

from schemas.json_schema import documents, export
from tests.unit.schemas.test_mutatie import BEPERKING, MUTATIE, RECTIFICATIE, TERUGROEPING
from tests.unit.schemas.wire import a_samenvatting, a_toestemming, an_item

GOOD = {
    "casussamenvatting": a_samenvatting(),
    "toestemming": a_toestemming(),
    "aanleveringsitem": an_item(),
    "aanlevering": {"items": [an_item()]},
    "mutatie": MUTATIE,
    "terugroeping": TERUGROEPING,
    "beperkingsbericht": BEPERKING,
    "rectificatiebericht": RECTIFICATIE,
}


def test_there_is_a_document_for_every_message():
    assert set(documents()) == set(GOOD)


@pytest.mark.parametrize("name", GOOD)
def test_a_document_is_json_schema_and_knows_a_good_message(name):
    schema = documents()[name]

    Draft202012Validator.check_schema(schema)

    Draft202012Validator(schema).validate(GOOD[name])


@pytest.mark.parametrize("name", GOOD)
def test_a_document_refuses_a_field_that_does_not_exist(name):
    validator = Draft202012Validator(documents()[name])

    assert not validator.is_valid(GOOD[name] | {"schoenmaat": "43"})


@pytest.mark.parametrize(
    "other",
    [
        {"vNummer": "902224584"},
        {"naam": None},
        {"lijn": "3"},
        {"rol": "x"},
        {"geboortedatum": "14"},
    ],
)
def test_a_document_refuses_what_the_schema_refuses_by_form(other):
    validator = Draft202012Validator(documents()["casussamenvatting"])

    assert not validator.is_valid(a_samenvatting(**other))


def test_a_property_says_its_class_of_personal_data():
    properties = documents()["casussamenvatting"]["properties"]

    assert properties["vNummer"]["x-gevoeligheid"] == "nationaal nummer"
    assert properties["uitstroomreden"]["x-gevoeligheid"] == "bijzonder"


def test_the_documents_are_written_to_a_folder(tmp_path):
    written = export(tmp_path / "schemas")

    assert {path.stem: json.loads(path.read_text("utf-8")) for path in written} == documents()
