from hashlib import sha256
from typing import Any

import pytest
import requests
import responses

from connectors.errors import ConnectorError, GeweigerdError, TryLaterError, UnreachableError
from connectors.ketenpartners.bezorging import Bezorging, Ontvangst
from tests.unit.connectors.exchange import (
    NOW,
    SECRET_BODY,
    V_NUMMER,
    a_disclosure,
    a_transport,
    signed,
)

URL = "https://dtv.example/lso/mutaties"


@pytest.fixture
def server():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        yield mocked


@pytest.fixture
def bezorging() -> Bezorging:
    return Bezorging(a_transport(), lambda: NOW)


def _deliver(bezorging: Bezorging, recipient: str = "DT&V") -> Ontvangst:
    return bezorging.deliver(
        a_disclosure(), recipient=recipient, url=URL, signature=signed(SECRET_BODY)
    )


def test_a_page_arrives_byte_for_byte_with_its_signature(server, bezorging: Bezorging):
    server.post(URL, status=204)

    receipt = _deliver(bezorging)

    sent = server.calls[0].request
    assert receipt == Ontvangst(204, NOW, None)
    assert sent.body == SECRET_BODY
    assert sent.headers["Payload-Signature"].split(".")[1] == ""
    assert sent.headers["Content-Type"] == "application/json"


def test_the_same_bytes_go_under_the_same_key_so_that_they_count_once(server, bezorging: Bezorging):
    server.post(URL, body=requests.ConnectionError())
    server.post(URL, status=200)

    _deliver(bezorging)

    keys = {call.request.headers["Idempotency-Key"] for call in server.calls}
    assert keys == {sha256(SECRET_BODY).hexdigest()}
    assert len(server.calls) == 2


@pytest.mark.parametrize(
    ("answer", "kenmerk"),
    [
        pytest.param({"json": {"kenmerk": "00ab-12"}}, "00ab-12", id="a reference"),
        pytest.param({"json": {"kenmerk": V_NUMMER}}, None, id="a V-nummer for a reference"),
        pytest.param({"json": {"kenmerk": "Jansen"}}, None, id="a name for a reference"),
        pytest.param({"json": {"kenmerk": 5}}, None, id="a number for a reference"),
        pytest.param({"body": "dank u", "content_type": "text/plain"}, None, id="kind words"),
        pytest.param(
            {"body": b"\x1f", "headers": {"Content-Encoding": "gzip"}}, None, id="compressed"
        ),
    ],
)
def test_received_is_received_whatever_the_partner_says_with_it(
    server, bezorging: Bezorging, answer: dict[str, Any], kenmerk: str | None
):
    server.post(URL, **answer)

    assert _deliver(bezorging) == Ontvangst(200, NOW, kenmerk)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param({"status": 400}, GeweigerdError, id="refused"),
        pytest.param({"status": 410}, GeweigerdError, id="gone"),
        pytest.param({"status": 429, "headers": {"Retry-After": "900"}}, TryLaterError, id="busy"),
        pytest.param({"status": 500}, TryLaterError, id="broken"),
        pytest.param({"body": requests.ConnectionError()}, UnreachableError, id="away"),
        pytest.param({"status": 302, "headers": {"Location": "/"}}, ConnectorError, id="moved"),
    ],
)
def test_what_was_not_received_says_so(
    server, bezorging: Bezorging, answer: dict[str, Any], kind: type[ConnectorError]
):
    server.post(URL, **answer)

    with pytest.raises(kind):
        _deliver(bezorging)


def test_a_partner_that_is_busy_says_for_how_long(server, bezorging: Bezorging):
    server.post(URL, status=503, headers={"Retry-After": "900"})

    with pytest.raises(TryLaterError) as raised:
        _deliver(bezorging)

    assert raised.value.retry_after == 900


def test_what_is_for_another_partner_is_never_sent(server, bezorging: Bezorging):
    server.post(URL)

    with pytest.raises(ValueError, match="another recipient"):
        _deliver(bezorging, recipient="AVIM")

    assert len(server.calls) == 0
