import pytest
from marshmallow import ValidationError

from schemas.faults import faults_of
from schemas.mutatie import (
    beperking_schema,
    mutatie_schema,
    rectificatie_schema,
    terugroeping_schema,
)
from tests.unit.schemas.wire import CASUS, TOESTEMMING

MUTATIE = {
    "mutatieId": str(TOESTEMMING),
    "casusreferentie": str(CASUS),
    "soort": "doorstroom",
    "samenvatting": {"vNummer": "0902224584", "bronhouder": "stil"},
    "velden": {"lijn": "2"},
}
TERUGROEPING = {
    "terugroepingId": str(TOESTEMMING),
    "casusreferentie": str(CASUS),
    "soort": "terugroeping",
    "doelen": ["casusoverleg", "mrt"],
    "uiterlijk": "2020-04-15",
}
BEPERKING = TERUGROEPING | {"soort": "beperking"}
RECTIFICATIE = {
    "terugroepingId": str(TOESTEMMING),
    "casusreferentie": str(CASUS),
    "soort": "rectificatie",
    "velden": ["nationaliteit", "geslacht"],
    "uiterlijk": "2020-04-15",
}


@pytest.mark.parametrize(
    ("schema", "wire"),
    [
        (mutatie_schema(), MUTATIE),
        (terugroeping_schema(), TERUGROEPING),
        (beperking_schema(), BEPERKING),
        (rectificatie_schema(), RECTIFICATIE),
    ],
)
def test_an_item_of_the_feed_leaves_as_it_came(schema, wire):
    record = schema.load(wire)

    assert schema.dump(record) == wire
    assert schema.load(schema.dump(record)) == record


@pytest.mark.parametrize(
    ("schema", "wire", "found"),
    [
        pytest.param(
            mutatie_schema(),
            MUTATIE | {"soort": "terugroeping"},
            {"/soort": "onbekende_waarde"},
            id="a recall is no mutatie",
        ),
        pytest.param(
            terugroeping_schema(),
            TERUGROEPING | {"soort": "uitstroom"},
            {"/soort": "onbekende_waarde"},
            id="a mutatie is no recall",
        ),
        pytest.param(
            rectificatie_schema(),
            RECTIFICATIE | {"velden": {"geslacht": "V"}},
            {"/velden": "verkeerd_type"},
            id="a rectification with a value",
        ),
        pytest.param(
            mutatie_schema(),
            MUTATIE | {"velden": []},
            {"/velden": "verkeerd_type"},
            id="fields in a list",
        ),
        pytest.param(
            mutatie_schema(),
            MUTATIE | {"velden": {"schoenmaat": "43", "lijn": 2, "rol": None}},
            {"/velden/schoenmaat": "onbekend_veld", "/velden/lijn": "verkeerd_type"},
            id="fields that do not exist",
        ),
    ],
)
def test_what_does_not_belong_in_the_feed_is_refused(schema, wire, found):
    with pytest.raises(ValidationError) as refused:
        schema.load(wire)

    assert {f.pointer: f.code.value for f in faults_of(refused.value)} == found
