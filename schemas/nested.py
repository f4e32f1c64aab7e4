"""Fields that hold records or lists; they keep every fault of what is inside, by place."""

from collections.abc import Callable
from typing import Any

from marshmallow import ValidationError

from schemas.base import RecordSchema
from schemas.errors import RefusedValueError
from schemas.faults import Foutcode
from schemas.fields import Json, Waarde


class Genest(Waarde):
    """A record inside a record."""

    def __init__(self, schema: RecordSchema, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._schema = schema

    def parse(self, value: Any) -> Any:
        return self._schema.load(value)

    def write(self, value: Any) -> Any:
        return self._schema.dump(value)

    def json_schema(self) -> Json:
        return self._schema.json_schema()


class Lijst(Waarde):
    """A list without doubles, kept as a tuple. Records are doubles when their `key` is one."""

    def __init__(
        self,
        element: Waarde,
        *,
        least: int,
        most: int,
        key: Callable[[Any], object] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._element = element
        self._least = least
        self._most = most
        self._key = key

    def parse(self, value: Any) -> tuple[Any, ...]:
        if type(value) is not list:
            raise RefusedValueError(Foutcode.VERKEERD_TYPE)
        if len(value) < self._least:
            raise RefusedValueError(Foutcode.ONTBREEKT)
        if len(value) > self._most:
            raise RefusedValueError(Foutcode.TE_VEEL)
        return self._elements(value)

    def write(self, value: tuple[Any, ...]) -> list[Any]:
        return [self._element.write(element) for element in value]

    def json_schema(self) -> Json:
        bounds = {"minItems": self._least, "maxItems": self._most}
        unique = {} if self._key else {"uniqueItems": True}
        return {"type": "array", "items": self._element.json_schema(), **bounds, **unique}

    def _elements(self, value: list[Any]) -> tuple[Any, ...]:
        elements: list[Any] = []
        seen: dict[object, Any] = {}
        errors: dict[int, Any] = {}
        for place, item in enumerate(value):
            try:
                element = self._element.parse(item)
            except RefusedValueError as refused:
                errors[place] = [refused.code]
            except ValidationError as error:
                errors[place] = error.messages
            else:
                key = self._key(element) if self._key else element
                if key in seen:
                    errors[place] = [self._double(element, seen[key])]
                seen[key] = element
                elements.append(element)
        if errors:
            raise ValidationError(errors)
        return tuple(elements)

    def _double(self, element: Any, earlier: Any) -> Foutcode:
        if self._key is None:
            return Foutcode.ONBEKENDE_WAARDE
        return Foutcode.DUBBEL_GELIJK if element == earlier else Foutcode.DUBBEL_VERSCHILLEND
