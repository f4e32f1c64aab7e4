"""The classes of personal data a field can have, and how a record's field declares one.

The words are those of the national DPIA form, question 2.1.4 (model DPIA Rijksdienst 3.0).
"""

from dataclasses import Field, fields
from enum import StrEnum
from typing import Any

KEY = "gevoeligheid"


class Gevoeligheid(StrEnum):
    """Class of personal data after the DPIA form; the last three need an exception (DPIA 12)."""

    GEWOON = "gewoon"
    GEVOELIG = "gevoelig"
    BIJZONDER = "bijzonder"
    STRAFRECHTELIJK = "strafrechtelijk"
    NATIONAAL_NUMMER = "nationaal nummer"


def gevoeligheid_of(field: Field[Any]) -> Gevoeligheid:
    """The class a field declares; KeyError where it declares none (a test covers all records)."""
    value = field.metadata[KEY]
    return Gevoeligheid(value)


def classes_of(record: type) -> dict[str, Gevoeligheid]:
    """Every field name of a record with its class."""
    return {field.name: gevoeligheid_of(field) for field in fields(record)}
