"""Marshmallow fields for our terms: strict, nothing is converted that was not asked for.

A field answers four questions: `parse` (wire to value, RefusedValueError with a code),
`write` (value to wire), `json_schema`, and whether it may be absent or empty. Rules that need
the day or another field stand in `rules`, so that a register's records meet them too.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from marshmallow import ValidationError
from marshmallow.fields import Field

from schemas.dates import parse_coarse_day, parse_day
from schemas.errors import RefusedValueError
from schemas.faults import Foutcode
from schemas.terms import JaOfNee

Json = dict[str, Any]

#: A year, a month or a day, in JSON Schema.
GROVE_DAG: Final = "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
#: RFC 3339 with capital T and Z; -00:00 means "offset unknown" and is refused (ADR-12).
_TIJDSTIP: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
    r"(?:Z|(?!-00:00)[+-][0-9]{2}:[0-9]{2})"
)


class Waarde(Field[Any]):
    """A value of ours; absent where not `required`, null where `allow_none`."""

    def parse(self, value: Any) -> Any:
        """From the wire; never given None."""
        raise NotImplementedError

    def write(self, value: Any) -> Any:
        """To the wire; never given None."""
        return value

    def json_schema(self) -> Json:
        """What JSON Schema can say of it; null is added by whoever exports."""
        raise NotImplementedError

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else self.write(value)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        try:
            return self.parse(value)
        except RefusedValueError as refused:
            raise ValidationError([refused.code]) from None


class Tekst(Waarde):
    """Text that `rules` looks at; `keywords` say the same in JSON Schema."""

    def __init__(self, keywords: Json | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._keywords = keywords or {}

    def parse(self, value: Any) -> str:
        return text_of(value)

    def json_schema(self) -> Json:
        return {"type": "string", **self._keywords}


class Patroon(Waarde):
    """Text that wholly matches an expression."""

    def __init__(self, pattern: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._pattern = re.compile(pattern)

    def parse(self, value: Any) -> str:
        text = text_of(value)
        if not self._pattern.fullmatch(text):
            raise RefusedValueError(Foutcode.ONBEKENDE_WAARDE)
        return text

    def json_schema(self) -> Json:
        return {"type": "string", "pattern": f"^{self._pattern.pattern}$"}


class Code(Waarde):
    """A value of a closed list."""

    def __init__(
        self, codes: type[StrEnum], code: Foutcode = Foutcode.ONBEKENDE_WAARDE, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._codes: dict[str, StrEnum] = {member.value: member for member in codes}
        self._code = code

    def parse(self, value: Any) -> StrEnum:
        member = self._codes.get(text_of(value))
        if member is None:
            raise RefusedValueError(self._code)
        return member

    def write(self, value: StrEnum) -> str:
        return value.value

    def json_schema(self) -> Json:
        return {"type": "string", "enum": list(self._codes)}


class GroveCode(Code):
    """A value of a closed list, or `ja`: that there is one, and no more.

    No list of ours has a code `ja` or `nee`, so the text says which of the two it is. Only a
    field that may be empty knows `nee`.
    """

    def __init__(self, codes: type[StrEnum], **kwargs: Any) -> None:
        super().__init__(codes, **kwargs)
        self._codes |= {each.value: each for each in presence(allow_none=self.allow_none)}


class Bekend(Waarde):
    """A code that the configuration knows; JSON Schema says only that it is text."""

    def __init__(self, known: frozenset[str], code: Foutcode, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._known = known
        self._code = code

    def parse(self, value: Any) -> str:
        text = text_of(value)
        if text not in self._known:
            raise RefusedValueError(self._code)
        return text

    def json_schema(self) -> Json:
        return {"type": "string", "minLength": 1}


class Dag(Waarde):
    """A day without a time."""

    def parse(self, value: Any) -> date:
        return parse_day(text_of(value))

    def write(self, value: date) -> str:
        return value.isoformat()

    def json_schema(self) -> Json:
        return {"type": "string", "format": "date"}


class GroveDag(Waarde):
    """A day, or what is left of one in a coarser precision: its month, its year, ja or nee.

    Only a field that may be empty knows `nee`.
    """

    def parse(self, value: Any) -> date | str:
        read = parse_coarse_day(text_of(value))
        if read is JaOfNee.NEE and not self.allow_none:
            raise RefusedValueError(Foutcode.GEEN_DATUM)
        return read

    def write(self, value: date | str) -> str:
        return str(value)

    def json_schema(self) -> Json:
        words = "|".join(presence(allow_none=self.allow_none))
        return {"type": "string", "pattern": f"^({GROVE_DAG}|{words})$"}


class Tijdstip(Waarde):
    """A moment with its offset, kept in UTC (ADR /core/date-time/timezone)."""

    def parse(self, value: Any) -> datetime:
        text = text_of(value)
        if _TIJDSTIP.fullmatch(text):
            try:
                return datetime.fromisoformat(text).astimezone(UTC)
            except (ValueError, OverflowError):
                pass
        raise RefusedValueError(Foutcode.GEEN_TIJDSTIP)

    def write(self, value: datetime) -> str:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")

    def json_schema(self) -> Json:
        return {"type": "string", "format": "date-time"}


class Kenmerk(Waarde):
    """A UUID in its usual form, without braces or prefix."""

    def parse(self, value: Any) -> UUID:
        text = text_of(value)
        if not _UUID.fullmatch(text):
            raise RefusedValueError(Foutcode.GEEN_UUID)
        return UUID(text)

    def write(self, value: UUID) -> str:
        return str(value)

    def json_schema(self) -> Json:
        return {"type": "string", "format": "uuid"}


class JaNee(Waarde):
    """True or false, and not a word or a number for it."""

    def parse(self, value: Any) -> bool:
        if type(value) is not bool:
            raise RefusedValueError(Foutcode.VERKEERD_TYPE)
        return value

    def json_schema(self) -> Json:
        return {"type": "boolean"}


class Vast(Waarde):
    """One fixed text; on the wire only, the record has no such field."""

    def __init__(self, text: str) -> None:
        super().__init__(required=True, dump_default=text)
        self.text = text

    def parse(self, value: Any) -> str:
        if text_of(value) != self.text:
            raise RefusedValueError(Foutcode.ONBEKENDE_WAARDE)
        return self.text

    def json_schema(self) -> Json:
        return {"const": self.text}


class Inhoud(Waarde):
    """An object of wire names with text or null: values as precise as a partner may see them."""

    def __init__(self, names: frozenset[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._names = names

    def parse(self, value: Any) -> dict[str, str | None]:
        if type(value) is not dict:
            raise RefusedValueError(Foutcode.VERKEERD_TYPE)
        faults = {name: [code] for name, code in self._faults(value)}
        if faults:
            raise ValidationError(faults)
        return dict(value)

    def write(self, value: Mapping[str, str | None]) -> dict[str, str | None]:
        return dict(value)

    def json_schema(self) -> Json:
        text: Json = {"type": ["string", "null"]}
        properties = dict.fromkeys(sorted(self._names), text)
        return {"type": "object", "properties": properties, "additionalProperties": False}

    def _faults(self, value: dict[str, Any]) -> list[tuple[str, Foutcode]]:
        unknown = [(name, Foutcode.ONBEKEND_VELD) for name in value if name not in self._names]
        return unknown + [
            (name, Foutcode.VERKEERD_TYPE)
            for name, text in value.items()
            if name in self._names and text is not None and type(text) is not str
        ]


def presence(*, allow_none: bool) -> tuple[JaOfNee, ...]:
    """The words for "there is one" and, where a field may be empty, "there is none"."""
    return tuple(JaOfNee) if allow_none else (JaOfNee.JA,)


def text_of(value: Any) -> str:
    """The value if it is text; a number where text belongs is refused, not converted."""
    if type(value) is not str:
        raise RefusedValueError(Foutcode.VERKEERD_TYPE)
    return value
