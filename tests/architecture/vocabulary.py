"""Everything that the modules of `schemas` define, also those still to come."""

import inspect
import pkgutil
from dataclasses import is_dataclass
from enum import StrEnum

import schemas
from schemas.base import RecordSchema

MODULES = [
    pkgutil.resolve_name(f"schemas.{module.name}")
    for module in pkgutil.iter_modules(schemas.__path__)
]


def _defined(kind: type) -> list[type]:
    found = {
        cls
        for module in MODULES
        for _, cls in inspect.getmembers(module, inspect.isclass)
        if cls.__module__ == module.__name__ and issubclass(cls, kind) and cls is not kind
    }
    return sorted(found, key=lambda cls: cls.__name__)


def closed_lists() -> list[type[StrEnum]]:
    """Every list of codes."""
    return _defined(StrEnum)


def records() -> list[type]:
    """Every record: all of `records`, and whatever else a schema loads to."""
    loaded = {schema.record for schema in _defined(RecordSchema)}
    written = {cls for cls in _defined(object) if cls.__module__ == "schemas.records"}
    return sorted(
        (cls for cls in loaded | written if is_dataclass(cls)), key=lambda cls: cls.__name__
    )
