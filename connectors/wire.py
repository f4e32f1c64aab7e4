"""Strict reading of JSON that others sent: the agreed shape, or `NotUnderstoodError`.

Names that are not asked for are left alone: the other may be newer. No message holds a value.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NoReturn, TypeVar
from uuid import UUID

from connectors.errors import NotUnderstoodError
from schemas.strict_json import read_strictly

T = TypeVar("T")

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def read_object(body: bytes) -> "Fields":
    """One JSON object, read strictly (`schemas.strict_json`)."""
    try:
        told = read_strictly(body)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise NotUnderstoodError("geen JSON-object")
    return Fields(told)


class Fields:
    """An object of the wire, asked name by name. Its repr shows names only."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._told = told

    def __repr__(self) -> str:
        return f"<Fields {sorted(self._told)}>"

    def plain(self) -> dict[str, Any]:
        return dict(self._told)

    def has(self, name: str) -> bool:
        return self._told.get(name) is not None

    def text(self, name: str) -> str:
        told = self._told.get(name)
        return told if isinstance(told, str) else _refuse(name)

    def whole(self, name: str) -> int:
        told = self._told.get(name)
        return told if isinstance(told, int) and not isinstance(told, bool) else _refuse(name)

    def boolean(self, name: str) -> bool:
        told = self._told.get(name)
        return told if isinstance(told, bool) else _refuse(name)

    def uuid(self, name: str) -> UUID:
        return _converted(UUID, self.text(name)) or _refuse(name)

    def optional_uuid(self, name: str) -> UUID | None:
        return self.uuid(name) if self.has(name) else None

    def day(self, name: str) -> date:
        told = self.text(name)
        found = _converted(date.fromisoformat, told) if _ISO_DAY.fullmatch(told) else None
        return found or _refuse(name)

    def hexadecimal(self, name: str) -> bytes:
        return _converted(bytes.fromhex, self.text(name)) or _refuse(name)

    def inner(self, name: str) -> "Fields":
        told = self._told.get(name)
        return Fields(told) if isinstance(told, dict) else _refuse(name)

    def listed(self, name: str) -> "tuple[Fields, ...]":
        told = self._told.get(name)
        if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
            _refuse(name)
        return tuple(Fields(one) for one in told)

    def words(self, name: str) -> tuple[str, ...]:
        """Read a list of texts."""
        told = self._told.get(name)
        if not isinstance(told, list) or not all(isinstance(one, str) for one in told):
            _refuse(name)
        return tuple(told)

    def texts(self, name: str) -> dict[str, str]:
        """Read a table of texts by name."""
        told = self.inner(name).plain()
        return told if all(isinstance(one, str) for one in told.values()) else _refuse(name)


def _converted(convert: Callable[[str], T], told: str) -> T | None:
    """None where it cannot be; the library's own error, which holds the value, ends here."""
    try:
        return convert(told)
    except ValueError:
        return None


def _refuse(name: str) -> NoReturn:
    raise NotUnderstoodError(f"{name} ontbreekt of heeft een andere vorm")
