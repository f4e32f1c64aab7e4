"""Every field of every record declares its class of personal data."""

import inspect
from dataclasses import is_dataclass

import pytest

from schemas import aanlevering, mutatie, records
from schemas.base import RecordSchema
from schemas.sensitivity import Gevoeligheid, classes_of


def all_below(cls: type) -> set[type]:
    return {below for child in cls.__subclasses__() for below in {child, *all_below(child)}}


# Importing these two imports every schema.
assert aanlevering
assert mutatie

SCHEMAS = sorted(
    (cls for cls in all_below(RecordSchema) if cls.__module__.startswith("schemas.")),
    key=lambda cls: cls.__name__,
)
RECORDS = sorted(
    {cls for _, cls in inspect.getmembers(records, inspect.isclass) if is_dataclass(cls)}
    | {cls.record for cls in SCHEMAS},
    key=lambda cls: cls.__name__,
)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_field_of_a_record_declares_its_class(record):
    assert all(isinstance(value, Gevoeligheid) for value in classes_of(record).values())


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_a_record_cannot_be_changed(record):
    assert record.__dataclass_params__.frozen
    assert "__slots__" in vars(record)


def test_the_v_nummer_is_a_national_number():
    assert classes_of(records.Casussamenvatting)["v_nummer"] is Gevoeligheid.NATIONAAL_NUMMER


def test_a_reason_for_leaving_counts_as_its_most_sensitive_value():
    assert classes_of(records.Casussamenvatting)["uitstroomreden"] is Gevoeligheid.BIJZONDER


def test_every_record_of_the_wire_was_looked_at():
    assert len(RECORDS) >= 6
