"""Every field of every record declares its class of personal data."""

import pytest

from schemas.records import Casussamenvatting
from schemas.sensitivity import Gevoeligheid, classes_of
from tests.architecture import vocabulary

RECORDS = vocabulary.records()


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_field_of_a_record_declares_its_class(record):
    assert all(isinstance(value, Gevoeligheid) for value in classes_of(record).values())


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_a_record_cannot_be_changed(record):
    assert record.__dataclass_params__.frozen
    assert "__slots__" in vars(record)


def test_the_v_nummer_is_a_national_number():
    assert classes_of(Casussamenvatting)["v_nummer"] is Gevoeligheid.NATIONAAL_NUMMER


def test_a_reason_for_leaving_counts_as_its_most_sensitive_value():
    assert classes_of(Casussamenvatting)["uitstroomreden"] is Gevoeligheid.BIJZONDER


def test_every_record_of_the_wire_was_looked_at():
    assert len(RECORDS) >= 6
