"""The base schema: unknown fields refused, camelCase names, loads to a frozen record.

`load` is our own: it reads the fields that marshmallow declares, in one pass, and runs the
rules of the record also where some fields were refused, so that one answer names all faults.
That is also several times faster, which counts a thousand times in a batch.
The hooks of marshmallow (`@pre_load`, `@validates`, …) are therefore not called: use `faults`.
"""

from collections.abc import Collection, Iterable
from dataclasses import MISSING, fields
from typing import Any, ClassVar, Final, NamedTuple, cast

from marshmallow import Schema, ValidationError, missing
from marshmallow.fields import Field

from schemas.errors import RefusedValueError
from schemas.faults import Fout, Foutcode
from schemas.fields import Json, Waarde
from schemas.records import camel
from schemas.sensitivity import classes_of
from schemas.terms import NIET_GEDEELD

#: Each property of an exported schema says its class of personal data.
ANNOTATION: Final = "x-gevoeligheid"

_ABSENT: Final = object()


class RecordSchema(Schema):
    """A schema of one kind of record."""

    record: ClassVar[type]
    #: What the record is, for who reads the exported schema.
    title: ClassVar[str]

    class Meta:
        register = False

    def __init__(self) -> None:
        super().__init__()
        declared = cast("dict[str, Waarde]", self.load_fields)
        defaults = {field.name: field.default for field in fields(self.record)}
        # In the order of the record, so that faults and exports come in that order too.
        names = [*defaults, *(name for name in declared if name not in defaults)]
        self._plan = [
            _Step(camel(name), name, declared[name], defaults.get(name, MISSING)) for name in names
        ]
        self._known = frozenset(step.key for step in self._plan)

    def faults(self, values: dict[str, Any], at_fault: Collection[str]) -> Iterable[Fout]:
        """Apply the rules of the record to what was read, without the wire names `at_fault`."""
        return ()

    def load(self, data: Any, *, many: Any = None, partial: Any = None, unknown: Any = None) -> Any:
        """Read one record; ValidationError, with codes only, names all that is wrong with it."""
        if many or partial or unknown:
            raise TypeError("a record is loaded alone, whole, and without unknown fields")
        if type(data) is not dict:
            raise ValidationError([Foutcode.VERKEERD_TYPE])
        values, errors = self._read(data)
        for fault in self.faults(values, errors):
            errors.setdefault(fault.veld, [fault.code])
        if not self._known.issuperset(data):
            errors |= {name: [Foutcode.ONBEKEND_VELD] for name in data if name not in self._known}
        if errors:
            raise ValidationError(errors)
        return self.build(values)

    def build(self, values: dict[str, Any]) -> Any:
        """Make the record of values that passed."""
        return self.record(**values)

    def validate(self, data: Any, *, many: Any = None, partial: Any = None) -> Any:
        """Tell what `load` would refuse."""
        try:
            self.load(data, many=many, partial=partial)
        except ValidationError as error:
            return error.normalized_messages()  # type: ignore[no-untyped-call]
        return {}

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """Leave out what was not shared, and what is empty where the wire knows no empty."""
        value = getattr(obj, attr, default)
        if value is NIET_GEDEELD or (value is None and not self.fields[attr].allow_none):
            return missing
        return value

    def on_bind_field(self, field_name: str, field_obj: Field[Any]) -> None:
        """Give every field its wire name."""
        field_obj.data_key = camel(field_name)

    def json_schema(self) -> Json:
        """Say what JSON Schema can say of the record."""
        return {
            "title": self.title,
            "type": "object",
            "properties": {step.key: self._property(step) for step in self._plan},
            "required": [step.key for step in self._plan if step.field.required],
            "additionalProperties": False,
        }

    def _property(self, step: "_Step") -> Json:
        schema = step.field.json_schema()
        if step.field.allow_none:
            schema = {"anyOf": [schema, {"type": "null"}]}
        classes = classes_of(self.record)
        return schema | ({ANNOTATION: classes[step.name]} if step.name in classes else {})

    def _read(self, data: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        values: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        for key, name, field, default in self._plan:
            value = data.get(key, _ABSENT)
            if value is _ABSENT and not field.required:
                values[name] = default
            elif value is None and field.allow_none:
                values[name] = None
            elif value is None or value is _ABSENT:
                errors[key] = [Foutcode.ONTBREEKT]
            else:
                try:
                    values[name] = field.parse(value)
                except RefusedValueError as refused:
                    errors[key] = [refused.code]
                except ValidationError as error:
                    errors[key] = error.messages
        return values, errors


class _Step(NamedTuple):
    key: str
    name: str
    field: Waarde
    default: Any
