"""A collector of others: real HTTP on this machine, which reads OTLP in JSON as its standard says.

It keeps one of each id, as a logbook does that is told a thing twice.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

TRACES, LOGS = "/v1/traces", "/v1/logs"
_KINDS = {"stringValue": str, "boolValue": bool, "intValue": str, "kvlistValue": dict}


@dataclass
class Verzamelaar:
    """`spans` and `logs` by their ids. `answers` are given first, then that all was taken."""

    url: str = ""
    answers: list[tuple[int, Any]] = field(default_factory=list)
    messages: int = 0
    spans: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    logs: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def take(self, path: str, body: bytes) -> tuple[int, Any]:
        self.messages += 1
        if self.answers:
            return self.answers.pop(0)
        told = json.loads(body)
        if path == TRACES:
            kept, found = self.spans, _inside(told, "resourceSpans", "scopeSpans", "spans")
        else:
            kept, found = self.logs, _inside(told, "resourceLogs", "scopeLogs", "logRecords")
        for each in found:
            kept[each["traceId"], each["spanId"]] = _read(each)
        return 200, {"partialSuccess": {}}


@contextmanager
def collecting() -> Iterator[Verzamelaar]:
    verzamelaar = Verzamelaar()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/json"
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer = verzamelaar.take(self.path, body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        verzamelaar.url = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield verzamelaar
        server.shutdown()


def _inside(told: dict[str, Any], outer: str, scope: str, records: str) -> list[dict[str, Any]]:
    assert set(told) == {outer}
    return [
        each | {"resource": _values(part["resource"]["attributes"])}
        for part in told[outer]
        for under in part[scope]
        for each in under[records]
    ]


def _read(record: dict[str, Any]) -> dict[str, Any]:
    """As the JSON encoding of OTLP has it: ids in hex, 64 bits as text."""
    assert re.fullmatch("[0-9a-f]{32}", record["traceId"])
    assert re.fullmatch("[0-9a-f]{16}", record["spanId"])
    for name in ("startTimeUnixNano", "endTimeUnixNano", "timeUnixNano"):
        assert re.fullmatch("[0-9]{19}", record.get(name, "0" * 19))
    told = record | {"attributes": _values(record["attributes"])}
    return told | ({"body": _value(record["body"])} if "body" in record else {})


def _values(pairs: list[dict[str, Any]]) -> dict[str, Any]:
    return {each["key"]: _value(each["value"]) for each in pairs}


def _value(told: dict[str, Any]) -> Any:
    ((kind, value),) = told.items()
    if kind == "arrayValue":
        return [_value(each) for each in value["values"]]
    assert type(value) is _KINDS[kind]
    if kind == "kvlistValue":
        return _values(value["values"])
    return int(value) if kind == "intValue" else value
