"""The export of the national DPIA form, as a file: which form, which version, which shape.

Form: Model DPIA Rijksdienst 3.0, `urn:nl:dpia:3.0`. Shape: assessment-output v2 of the form's
makers (an answer is an object with `value` and `lastEditedAt`; a repeated task is a list of
objects with `_index`). Who filled it in is not read. Not judged here: what the answers say.
An answer of a shape that we do not read, such as a picture (1.2.1), is a fault only where it is
asked for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final

from privacy.dpia.errors import DpiaFaultError
from privacy.dpia.json_file import place_of, read_json
from schemas.canonical import canonical
from schemas.errors import CanonicalError

URN: Final = "urn:nl:dpia:3.0"
_SHAPE: Final = re.compile(r"https://[\x21-\x7e]+/assessment-output\.v2\.schema\.json")
_TASK: Final = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2}){0,4}(?:\[[0-9]{1,3}\])?", re.ASCII)
_FIRST, _LAST = 2018, 2199  # the AVG applies since 2018
_LONGEST: Final = 20_000
_MOST: Final = 1_000
_MOST_FAULTS: Final = 50


@dataclass(frozen=True, slots=True)
class Unread:
    """An answer that is no text and no list of texts; `rule` says why, for who asks for it."""

    rule: str


Value = str | tuple[str, ...] | Unread | None


@dataclass(frozen=True, slots=True)
class Row:
    """One repetition of a task: its place in the file, and its answers by task."""

    place: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Form:
    """A file of the right form and shape; `digest` names its whole content."""

    digest: str
    created: datetime
    single: Mapping[str, Value]
    repeated: Mapping[str, tuple[Row, ...]]


def read_form(source: str, content: bytes) -> Form:
    """The form in a file; DpiaFaultError names every place where it is not of this form."""
    raw = read_json(source, content)
    faults: list[str] = []
    created = _metadata(raw, faults)
    if faults:  # of another form altogether: its answers would only add noise
        raise DpiaFaultError(source, tuple(faults))
    single, repeated = _answers(raw.get("answers"), faults)
    if faults or created is None:
        raise DpiaFaultError(source, tuple(faults[:_MOST_FAULTS]))
    return Form(
        digest=_digest(source, raw),
        created=created,
        single=MappingProxyType(single),
        repeated=MappingProxyType(repeated),
    )


def _metadata(raw: Mapping[str, Any], faults: list[str]) -> datetime | None:
    schema, metadata = raw.get("$schema"), raw.get("metadata")
    if not isinstance(schema, str) or not _SHAPE.fullmatch(schema):
        faults.append("$schema: dit is geen uitvoer volgens assessment-output v2")
    if not isinstance(metadata, Mapping):
        faults.append("metadata: ontbreekt")
        return None
    if metadata.get("urn") != URN:
        faults.append(f"metadata.urn: dit is niet het formulier {URN}")
    try:
        return _moment(metadata.get("createdAt"))
    except ValueError:
        faults.append("metadata.createdAt: geen moment volgens ISO 8601 met tijdzone")
        return None


def _moment(text: object) -> datetime:
    moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    if moment is None or moment.tzinfo is None or not _FIRST <= moment.year <= _LAST:
        raise ValueError
    return moment


def _answers(
    given: object, faults: list[str]
) -> tuple[dict[str, Value], dict[str, tuple[Row, ...]]]:
    single: dict[str, Value] = {}
    repeated: dict[str, tuple[Row, ...]] = {}
    if not isinstance(given, Mapping):
        faults.append("answers: ontbreekt, of is geen object")
        return single, repeated
    for task, answer in given.items():
        place = place_of("answers", task)
        if not _TASK.fullmatch(task):
            faults.append(f"{place}: dit is geen nummer van een vraag")
        elif isinstance(answer, list):
            repeated[task] = _rows(place, answer, faults)
        else:
            single[task] = _value(place, answer, faults)
    return single, repeated


def _rows(place: str, given: list[Any], faults: list[str]) -> tuple[Row, ...]:
    if len(given) > _MOST:
        faults.append(f"{place}: meer dan {_MOST} regels")
        return ()
    return tuple(_row(f"{place}[{at}]", row, faults) for at, row in enumerate(given))


def _row(place: str, given: object, faults: list[str]) -> Row:
    if not isinstance(given, Mapping) or not isinstance(given.get("_index"), int):
        faults.append(f"{place}: dit is geen regel met _index")
        return Row(place, {})
    values = {}
    for task, answer in given.items():
        below = place_of(place, task)
        if isinstance(answer, int) and not isinstance(answer, bool):
            continue  # a count of the form's own, such as `_index`
        if _TASK.fullmatch(task):
            values[task] = _value(below, answer, faults)
        else:
            faults.append(f"{below}: dit is geen nummer van een vraag")
    return Row(place, MappingProxyType(values))


def _value(place: str, given: object, faults: list[str]) -> Value:
    if not isinstance(given, Mapping) or not isinstance(given.get("lastEditedAt"), str):
        faults.append(f"{place}: dit is geen antwoord met value en lastEditedAt")
        return None
    value = given.get("value", 0)
    if value is None or (isinstance(value, str) and len(value) <= _LONGEST):
        return value
    if isinstance(value, str):
        return Unread(f"langer dan {_LONGEST} tekens")
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        return Unread("de waarde is geen tekst en geen lijst van teksten")
    return tuple(value) if len(value) <= _MOST else Unread(f"meer dan {_MOST} teksten")


def _digest(source: str, raw: Mapping[str, Any]) -> str:
    try:
        return f"sha256:{sha256(canonical(dict(raw))).hexdigest()}"
    except CanonicalError:
        raise DpiaFaultError(source, ("een sleutel heeft andere tekens dan ASCII",)) from None
