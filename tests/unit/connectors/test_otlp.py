"""A collector took all of it, or none of it was told."""

import json
from hashlib import sha256

import pytest
import responses

from connectors.errors import ConnectorError, GeweigerdError, NotUnderstoodError, TryLaterError
from connectors.otlp import Collector
from tests.unit.connectors.exchange import a_transport

URL = "https://verzamelaar.example/v1/traces"
MESSAGE = {"resourceSpans": []}


@pytest.fixture
def server():
    with responses.RequestsMock() as mocked:
        yield mocked


def send() -> None:
    Collector(a_transport(), URL).send(MESSAGE)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"partialSuccess": {}},
        {"partialSuccess": None},
        {"partialSuccess": {"rejectedSpans": "0", "errorMessage": "let op"}},
        {"partialSuccess": {"rejectedLogRecords": 0}},
    ],
)
def test_an_answer_that_leaves_nothing_out_is_a_receipt(server, answer):
    server.post(URL, json=answer)

    send()

    (call,) = server.calls
    assert json.loads(call.request.body) == MESSAGE
    assert call.request.headers["Content-Type"] == "application/json"
    assert call.request.headers["Idempotency-Key"] == sha256(call.request.body).hexdigest()


@pytest.mark.parametrize(
    "answer",
    [
        {"partialSuccess": {"rejectedSpans": "1"}},
        {"partialSuccess": {"rejectedLogRecords": 12}},
        {"partialSuccess": "alles"},
        ["alles"],
    ],
)
def test_any_other_answer_is_no_receipt(server, answer):
    server.post(URL, json=answer)

    with pytest.raises(NotUnderstoodError):
        send()


def test_a_page_of_a_proxy_is_no_receipt(server):
    server.post(URL, body="<html>", content_type="text/html")

    with pytest.raises(NotUnderstoodError):
        send()


@pytest.mark.parametrize(("status", "error"), [(400, GeweigerdError), (500, TryLaterError)])
def test_a_refusal_is_told_as_every_other(server, status, error):
    server.post(URL, status=status)

    with pytest.raises(error):
        send()


def test_what_may_pass_is_sent_again_with_the_same_bytes(server):
    server.post(URL, status=503)
    server.post(URL, json={})

    send()

    first, second = server.calls
    assert first.request.body == second.request.body
    assert issubclass(TryLaterError, ConnectorError)
