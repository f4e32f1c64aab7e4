"""Brings records to a collector by OTLP over HTTP, in JSON.

Nothing but an answer that takes all of it counts: a collector that leaves some out says so in
`partialSuccess`, and then nothing is taken as told (LDV: the logbook confirms every write). The
records hold no value of a person; that is for who makes them (`gateway.exports`).
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from connectors.errors import NotUnderstoodError
from connectors.transport import IDEMPOTENCY_KEY, Transport
from connectors.wire import Fields

_JSON: Final = "application/json"
_REJECTED: Final = ("rejectedSpans", "rejectedLogRecords")


class Collector:
    """One address of a collector: that for traces, or that for logs."""

    def __init__(self, transport: Transport, url: str) -> None:
        self._transport = transport
        self._url = url

    def send(self, message: Mapping[str, Any]) -> None:
        """Bring one export request; a ConnectorError where not all of it was taken.

        It is repeated when that may help: its ids are the same each time, so that a collector
        that knows them keeps one of each.
        """
        body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": _JSON,
            "Accept": _JSON,
            IDEMPOTENCY_KEY: sha256(body).hexdigest(),
        }
        told = self._transport.request("POST", self._url, headers=headers, body=body).json()
        if told.has("partialSuccess") and _rejected(told.inner("partialSuccess")):
            raise NotUnderstoodError("de verzamelaar nam niet alles aan")


def _rejected(told: Fields) -> bool:
    """Whether any was left out; the count is a text or a number, and zero says nothing."""
    plain = told.plain()
    return any(str(plain.get(name) or 0) != "0" for name in _REJECTED)
