"""Records as OTLP in JSON: LDV as traces, ADL as logs (OpenTelemetry Protocol 1, JSON encoding).

Ids are hex, whole numbers of 64 bits are texts, times are nanoseconds: the records' milliseconds
with six zeros. What OTLP has no place for in a log record, its parent and status, are attributes.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from gateway.exports.adl import adl_record
from gateway.exports.ldv import Herkomstgegevens, ldv_record
from gateway.exports.reading import Logregel

_SCOPE: Final = {"name": "lso-gateway"}
#: STATUS_CODE_* of OTLP.
_STATUS: Final = {"Unset": 0, "Ok": 1, "Error": 2}
_INTERNAL: Final = 1  # SPAN_KIND_INTERNAL
_INFO: Final = 9  # SEVERITY_NUMBER_INFO


class Vorm(StrEnum):
    """What the log is told as."""

    LDV = "ldv"
    ADL = "adl"


Record = Mapping[str, Any]
MAKE: Final[Mapping[Vorm, Callable[[Logregel, Herkomstgegevens], dict[str, Any] | None]]] = (
    MappingProxyType({Vorm.LDV: ldv_record, Vorm.ADL: adl_record})
)


def message(vorm: Vorm, records: Sequence[Record]) -> dict[str, Any]:
    """One export request; records of one installation, so of one resource."""
    resource = {"attributes": _pairs(records[0]["resource"]["attributes"])}
    if vorm is Vorm.LDV:
        spans = {"scope": _SCOPE, "spans": [_span(each) for each in records]}
        return {"resourceSpans": [{"resource": resource, "scopeSpans": [spans]}]}
    logs = {"scope": _SCOPE, "logRecords": [_log(each) for each in records]}
    return {"resourceLogs": [{"resource": resource, "scopeLogs": [logs]}]}


def _span(record: Record) -> dict[str, Any]:
    span = {
        "traceId": record["trace_id"],
        "spanId": record["span_id"],
        "name": record["name"],
        "kind": _INTERNAL,
        "startTimeUnixNano": _nanoseconds(record["start_time"]),
        "endTimeUnixNano": _nanoseconds(record["end_time"]),
        "attributes": _pairs(record["attributes"]),
        "status": {"code": _STATUS[record["status"]]},
    }
    if "parent_span_id" in record:
        span["parentSpanId"] = record["parent_span_id"]
    return span


def _log(record: Record) -> dict[str, Any]:
    more = {name: record[name] for name in ("status", "parent_span_id") if name in record}
    return {
        "traceId": record["trace_id"],
        "spanId": record["span_id"],
        "timeUnixNano": _nanoseconds(record["timestamp"]),
        "observedTimeUnixNano": _nanoseconds(record["timestamp"]),
        "severityNumber": _INFO,
        "eventName": record["event_name"],
        "attributes": _pairs({**record["attributes"], **more}),
        "body": _value(record["body"]),
    }


def _nanoseconds(milliseconds: int) -> str:
    return f"{milliseconds}000000"


def _pairs(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in told.items()]


def _value(told: Any) -> dict[str, Any]:
    """AnyValue: which of its kinds it is, is the name."""
    match told:
        case bool():
            return {"boolValue": told}
        case int():
            return {"intValue": str(told)}
        case str():
            return {"stringValue": told}
        case Mapping():
            return {"kvlistValue": {"values": _pairs(told)}}
        case _:
            return {"arrayValue": {"values": [_value(each) for each in told]}}
