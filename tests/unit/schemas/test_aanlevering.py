from datetime import UTC, datetime

import pytest
from marshmallow import ValidationError

from schemas.aanlevering import AanleveringSchema, check_item, item_schema
from schemas.faults import Fout, Foutcode, faults_of
from tests.unit.schemas.wire import (
    CASUS,
    CONFIGURED,
    DAY,
    ONTVANGERS,
    VERKLARINGEN,
    a_samenvatting,
    a_toestemming,
    an_item,
    without,
)

OTHER = "01900000-0000-7000-8000-000000000003"


def faults(wire) -> dict[str, str]:
    item, found = check_item(wire, **CONFIGURED)
    assert item is None
    return {fout.pointer: fout.code.value for fout in found}


def test_a_good_item_gives_its_record_and_no_faults():
    item, found = check_item(an_item(casusId=str(CASUS)), **CONFIGURED)

    assert found == []
    assert item.casus_id == CASUS
    assert item.samenvatting.naam == "Ngọc Farahani"
    assert len(item.toestemmingen) == 1


def test_an_item_leaves_as_it_came():
    schema = item_schema(DAY, ONTVANGERS, VERKLARINGEN)
    wire = an_item(casusId=str(CASUS))

    assert schema.dump(schema.load(wire)) == wire


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(without(an_item(), "samenvatting"), id="its consents alone"),
        pytest.param(
            without(an_item(toestemmingen=[], casusId=str(CASUS)), "samenvatting"),
            id="its id alone",
        ),
        pytest.param(an_item(toestemmingen=[]), id="its summary alone"),
    ],
)
def test_an_item_may_say_part_of_what_is_known(item):
    assert check_item(item, **CONFIGURED)[1] == []


def test_an_item_about_nobody_is_refused():
    item = without(an_item(toestemmingen=[]), "samenvatting")

    assert faults(item) == {"/samenvatting": "ontbreekt"}


@pytest.mark.parametrize(
    "moment",
    [
        "2020-04-01T08:00:00Z",
        "2020-04-01T10:00:00+02:00",
        "2020-04-01T08:00:00.000+00:00",
        "2020-04-01T03:30:00-04:30",
    ],
)
def test_every_offset_is_one_moment(moment):
    item, _ = check_item(an_item(standVan=moment), **CONFIGURED)

    assert item.stand_van == datetime(2020, 4, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param("2020-04-01T08:00:00", id="no offset"),
        pytest.param("2020-04-01T08:00:00-00:00", id="an offset that says it is unknown"),
        pytest.param("2020-04-01t08:00:00Z", id="lower-case t"),
        pytest.param("2020-04-01T08:00:00z", id="lower-case z"),
        pytest.param("2020-04-01 08:00:00Z", id="a blank"),
        pytest.param("2020-04-01T25:00:00Z", id="an hour that never was"),
        pytest.param("0001-01-01T00:00:00+10:00", id="before the calendar"),
        pytest.param("2020-04-01", id="a day"),
    ],
)
def test_a_moment_is_written_in_one_way(moment):
    assert faults(an_item(standVan=moment)) == {"/standVan": "geen_tijdstip"}


def test_every_fault_is_told_with_its_place():
    item = an_item(
        samenvatting=a_samenvatting(naam=None),
        toestemmingen=[3, a_toestemming(ontvangers=["COA"])],
        casusId="x",
        extra=1,
    )

    assert faults(without(item, "standVan")) == {
        "/standVan": "ontbreekt",
        "/toestemmingen/0": "verkeerd_type",
        "/toestemmingen/1/ontvangers/0": "onbekende_ontvanger",
        "/samenvatting/naam": "ontbreekt",
        "/casusId": "geen_uuid",
        "/extra": "onbekend_veld",
    }


def test_a_fault_carries_the_place_of_its_item():
    _, found = check_item(an_item(samenvatting=None), prefix="/items/3", **CONFIGURED)

    assert found == [Fout("samenvatting", Foutcode.ONTBREEKT, "/items/3/samenvatting")]


@pytest.mark.parametrize(
    ("second", "code"),
    [
        pytest.param(a_toestemming(), "dubbel_gelijk", id="the same"),
        pytest.param(a_toestemming(taal="ar"), "dubbel_verschillend", id="another with its id"),
    ],
)
def test_a_statement_stands_in_an_item_once(second, code):
    assert faults(an_item(toestemmingen=[a_toestemming(), second])) == {"/toestemmingen/1": code}


def test_several_statements_may_say_the_same():
    item = an_item(toestemmingen=[a_toestemming(), a_toestemming(toestemmingId=OTHER)])

    assert check_item(item, **CONFIGURED)[1] == []


def test_a_value_is_in_no_fault():
    marker = "Fatima zzqq"
    item = an_item(
        samenvatting=a_samenvatting(
            vNummer=marker, geslacht=marker, status=marker, datumInstroom=marker
        )
        | {marker: marker},
        toestemmingen=[a_toestemming(ontvangers=[marker], verklaring=marker, taal=marker)],
        standVan=marker,
        casusId=marker,
    )

    _, found = check_item(item, **CONFIGURED)

    assert len(found) == 10
    assert "zzqq" not in repr(found)


def test_the_envelope_holds_its_items_unread():
    assert AanleveringSchema().load({"items": [1, None]}).items == [1, None]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ([], {"": "verkeerd_type"}),
        ({}, {"/items": "ontbreekt"}),
        ({"items": None}, {"/items": "ontbreekt"}),
        ({"items": {}}, {"/items": "verkeerd_type"}),
        ({"items": []}, {"/items": "te_weinig"}),
        ({"items": [{}] * 1001}, {"/items": "te_veel"}),
        ({"items": [{}], "proef": True}, {"/proef": "onbekend_veld"}),
    ],
)
def test_an_envelope_holds_one_to_a_thousand_items_and_nothing_else(body, found):
    with pytest.raises(ValidationError) as refused:
        AanleveringSchema().load(body)

    assert {f.pointer: f.code.value for f in faults_of(refused.value)} == found


def test_a_thousand_items_fit():
    assert len(AanleveringSchema().load({"items": [{}] * 1000}).items) == 1000
