import logging
import ssl
from collections.abc import Mapping
from typing import Any

import pytest
import requests
import responses

from connectors.errors import (
    ConnectorError,
    GeweigerdError,
    NotTrustedError,
    NotUnderstoodError,
    TryLaterError,
    UnreachableError,
    UnusableAddressError,
    Wirefault,
)
from connectors.transport import Transport
from tests.unit.connectors.exchange import SECRET_BODY, V_NUMMER, a_disclosure, a_transport

URL = "https://partner.example/ontvangst"
IDEMPOTENT = {"Idempotency-Key": "a"}
UNLUCKY = requests.ConnectionError(ConnectionResetError(104, "reset"))


@pytest.fixture
def server():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        yield mocked


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def transport(slept: list[float]) -> Transport:
    return a_transport(slept)


def test_a_good_answer_is_given_with_its_headers_in_lower_case(server, transport: Transport):
    server.get(URL, json={"goed": True}, headers={"Payload-Signature": "x"})

    answer = transport.request("GET", URL)

    assert answer.status == 200
    assert answer.headers["payload-signature"] == "x"
    assert answer.json().boolean("goed")


def test_only_what_we_mean_to_send_is_sent(server, transport: Transport):
    server.post(URL, status=204)

    transport.request("POST", URL, headers={"Accept": "application/json"}, body=b"{}")

    assert dict(server.calls[0].request.headers) == {
        "User-Agent": "lso-gateway",
        "Accept-Encoding": "identity",
        "Accept": "application/json",
        "Content-Length": "2",
    }


def test_a_cookie_that_was_set_is_not_sent_back(server, transport: Transport):
    server.get(URL, json={}, headers={"Set-Cookie": "wie=ik; Path=/"})

    transport.request("GET", URL)
    transport.request("GET", URL)

    assert "Cookie" not in server.calls[1].request.headers


def test_passwords_and_proxies_of_the_machine_are_not_used(
    server, transport: Transport, tmp_path, monkeypatch: pytest.MonkeyPatch
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine partner.example login ik password geheim\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTPS_PROXY", "http://elders.example:3128")
    server.get(URL, json={})

    transport.request("GET", URL)

    assert "Authorization" not in server.calls[0].request.headers
    assert not server.calls[0].request.req_kwargs.get("proxies")


def test_tls_is_verified_and_connecting_and_reading_have_their_own_time(server):
    server.get(URL, json={})

    a_transport(connect_seconds=2, read_seconds=11).request("GET", URL)

    asked = server.calls[0].request.req_kwargs
    assert asked["verify"] is True
    assert asked["timeout"] == (2, 11)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 304])
def test_a_redirect_is_never_followed(server, transport: Transport, status: int):
    server.get(URL, status=status, headers={"Location": "https://elders.example/"})

    with pytest.raises(NotUnderstoodError, match="doorverwijzing"):
        transport.request("GET", URL)

    assert len(server.calls) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://partner.example/",
        "http://10.0.0.1/",
        "http://localhost.example/",
        "http://127.0.0.1.example/",
        "http://127.0.0.1@partner.example/",
        "https://ik:geheim@partner.example/",
        "http://127.0.0.1\\@partner.example/",
        "http://partner.example#@127.0.0.1/",
        "https://partner.example/#deel",
        "https://partner.example/a b",
        "https://partner.example/\r\nX: y",
        "https://pärtner.example/",
        "https://partner.example:99999/",
        "https://[::1/",
        "https://",
        "https:///pad",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "partner.example",
        "",
    ],
)
def test_an_address_that_is_not_safe_is_never_called(server, transport: Transport, url: str):
    with pytest.raises(UnusableAddressError):
        transport.request("GET", url)

    assert len(server.calls) == 0


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000/", "http://127.8.9.1/", "http://[::1]:80/", "http://localhost/"]
)
def test_this_machine_itself_may_be_called_without_tls(server, transport: Transport, url: str):
    server.get(url, json={})

    assert transport.request("GET", url).status == 200


def test_plain_http_elsewhere_needs_a_setting_that_says_so(server):
    server.get("http://partner.example/", json={})

    answer = a_transport(allow_plain_http=True).request("GET", "http://partner.example/")

    assert answer.status == 200


def test_a_header_that_would_add_a_line_is_refused_without_its_value(transport: Transport):
    with pytest.raises(UnusableAddressError) as raised:
        transport.request("GET", URL, headers={"X": f"{V_NUMMER}\r\nY: z"})

    assert V_NUMMER not in repr(raised.value)
    assert raised.value.__context__ is None


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        pytest.param(
            UnicodeEncodeError("latin-1", V_NUMMER, 0, 1, "x"), UnusableAddressError, id="a letter"
        ),
        pytest.param(UNLUCKY, UnreachableError, id="a reset"),
        pytest.param(requests.ConnectTimeout(), UnreachableError, id="no connection in time"),
        pytest.param(requests.ReadTimeout(), UnreachableError, id="no answer in time"),
        pytest.param(ConnectionResetError(104, "reset"), UnreachableError, id="a bare reset"),
        pytest.param(TimeoutError(), UnreachableError, id="a bare time-out"),
        pytest.param(
            requests.exceptions.ChunkedEncodingError(), UnreachableError, id="a broken chunk"
        ),
        pytest.param(
            requests.exceptions.ContentDecodingError(), NotUnderstoodError, id="broken gzip"
        ),
        pytest.param(
            requests.exceptions.SSLError(ssl.SSLCertVerificationError("self-signed")),
            NotTrustedError,
            id="a certificate of nobody",
        ),
    ],
)
def test_what_goes_wrong_underneath_has_a_kind_of_ours(
    server, transport: Transport, wrong: Exception, kind: type[ConnectorError]
):
    server.get(URL, body=wrong)

    with pytest.raises(kind) as raised:
        transport.request("GET", URL)

    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None


def test_a_server_that_hangs_up_during_the_handshake_is_unreachable_not_untrusted(
    server, transport: Transport
):
    wrong = requests.exceptions.SSLError()
    wrong.__cause__ = ssl.SSLEOFError(8, "EOF")
    server.get(URL, body=wrong)

    with pytest.raises(UnreachableError):
        transport.request("GET", URL)


def test_half_a_body_is_no_answer(server, transport: Transport):
    server.get(URL, body=b'{"goed"', headers={"Content-Length": "100"})

    with pytest.raises(UnreachableError):
        transport.request("GET", URL)


def test_an_answer_is_read_no_further_than_the_limit(server):
    server.get(URL, body=b"x" * 1001)
    server.get(f"{URL}/past", body=b"x" * 1000)
    transport = a_transport(limit_bytes=1000)

    assert len(transport.request("GET", f"{URL}/past").body) == 1000
    with pytest.raises(NotUnderstoodError, match="te groot"):
        transport.request("GET", URL)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"body": "<html>", "content_type": "text/html"}, id="another content type"),
        pytest.param({"body": "{}", "content_type": "text/plain"}, id="JSON by another name"),
        pytest.param({"body": "{", "content_type": "application/json"}, id="half JSON"),
        pytest.param({"body": "[]", "content_type": "application/json"}, id="a list"),
        pytest.param({"body": "", "content_type": "application/json"}, id="nothing"),
        pytest.param({"body": '{"a":NaN}', "content_type": "application/json"}, id="NaN"),
        pytest.param({"body": '{"a":1,"a":2}', "content_type": "application/json"}, id="twice"),
        pytest.param({"body": b'{"a":"\xe9"}', "content_type": "application/json"}, id="latin-1"),
        pytest.param({"body": "[" * 9000, "content_type": "application/json"}, id="brackets"),
        pytest.param(
            {
                "body": b"\x1f\x8b",
                "content_type": "application/json",
                "headers": {"Content-Encoding": "gzip"},
            },
            id="compressed unasked",
        ),
    ],
)
def test_an_answer_outside_the_agreement_is_not_understood(
    server, transport: Transport, answer: dict[str, Any]
):
    server.get(URL, **answer)

    with pytest.raises(NotUnderstoodError):
        transport.request("GET", URL).json()


def test_a_refusal_says_why_by_rule_and_place_but_never_by_value(server, transport: Transport):
    problem = {
        "title": "De aanlevering klopt niet",
        "detail": f"{V_NUMMER} is fout",
        "fouten": [
            {"pointer": "/items/3/samenvatting/naam", "veld": "naam", "code": "ontbreekt"},
            {"pointer": f"/items/4/{V_NUMMER}", "veld": V_NUMMER, "code": "onbekend_veld"},
            {"pointer": "/items/5", "veld": "vNummer", "code": V_NUMMER, "detail": V_NUMMER},
            {"pointer": 7, "veld": None},
            "geen fout",
        ],
    }
    server.post(URL, json=problem, status=400, content_type="application/problem+json")

    with pytest.raises(GeweigerdError) as raised:
        transport.request("POST", URL)

    assert raised.value.status == 400
    assert raised.value.problem.title == "De aanlevering klopt niet"
    assert raised.value.problem.fouten == (
        Wirefault("/items/3/samenvatting/naam", "naam", "ontbreekt"),
        Wirefault("/items/4", "", "onbekend_veld"),
        Wirefault("/items/5", "vNummer", ""),
        Wirefault("", "", ""),
        Wirefault("", "", ""),
    )
    assert V_NUMMER not in repr(raised.value.problem)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"body": "weg", "content_type": "text/plain"}, id="plain text"),
        pytest.param({"body": "{", "content_type": "application/problem+json"}, id="half JSON"),
        pytest.param({"body": "[]", "content_type": "application/problem+json"}, id="a list"),
        pytest.param(
            {"body": f'{{"title":"{V_NUMMER}"}}', "content_type": "application/problem+json"},
            id="a value for a title",
        ),
    ],
)
def test_a_refusal_that_explains_itself_badly_is_still_a_refusal(
    server, transport: Transport, answer: dict[str, str]
):
    server.post(URL, status=404, **answer)

    with pytest.raises(GeweigerdError) as raised:
        transport.request("POST", URL)

    assert raised.value.status == 404
    assert raised.value.problem.title == ""


@pytest.mark.parametrize("status", [100, 199, 600, 999])
def test_a_status_that_does_not_exist_is_not_understood(server, transport: Transport, status: int):
    server.get(URL, status=status)

    with pytest.raises(NotUnderstoodError):
        transport.request("GET", URL)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        pytest.param("7", 7.0, id="seconds"),
        pytest.param("Wed, 01 Apr 2020 08:00:30 GMT", 30.0, id="a date"),
        pytest.param("Wed, 01 Apr 2020 07:00:00 GMT", 0.0, id="a date that is past"),
        pytest.param("straks", None, id="nonsense"),
        pytest.param("-5", None, id="a negative number"),
        pytest.param("٧", None, id="digits of another script"),
        pytest.param(None, None, id="nothing"),
    ],
)
def test_try_later_says_when_it_was_told_when(server, told: str | None, seconds: float | None):
    headers = {"Date": "Wed, 01 Apr 2020 08:00:00 GMT"}
    headers |= {"Retry-After": told.encode().decode("latin-1")} if told else {}
    server.post(URL, status=429, headers=headers)

    with pytest.raises(TryLaterError) as raised:
        a_transport().request("POST", URL)

    assert raised.value.status == 429
    assert raised.value.retry_after == seconds


@pytest.mark.parametrize(
    "call",
    [
        pytest.param({"method": "GET"}, id="GET"),
        pytest.param({"method": "POST", "headers": IDEMPOTENT}, id="POST with a key"),
    ],
)
@pytest.mark.parametrize(
    "first",
    [
        pytest.param({"body": UNLUCKY}, id="a reset"),
        pytest.param({"status": 429}, id="429"),
        pytest.param({"status": 502}, id="502"),
        pytest.param({"status": 503}, id="503"),
    ],
)
def test_what_may_be_repeated_is_repeated(server, call: dict[str, Any], first: dict[str, Any]):
    slept: list[float] = []
    server.add(call["method"], URL, **first)
    server.add(call["method"], URL, json={})

    assert a_transport(slept).request(url=URL, **call).status == 200
    assert len(slept) == 1


@pytest.mark.parametrize("first", [{"body": UNLUCKY}, {"status": 503}])
def test_a_post_without_a_key_is_never_repeated(
    server, transport: Transport, first: dict[str, Any]
):
    server.post(URL, **first)

    with pytest.raises((UnreachableError, TryLaterError)):
        transport.request("POST", URL, body=b"{}")

    assert len(server.calls) == 1


def test_what_was_refused_before_it_began_is_repeated_whatever_it_is(
    server, transport: Transport, slept: list[float]
):
    server.post(URL, status=429, headers={"Retry-After": "3"})
    server.post(URL, json={})

    assert transport.request("POST", URL, body=b"{}").status == 200
    assert slept == [3.0]


def test_a_post_that_broke_off_after_it_was_told_to_wait_is_not_repeated(
    server, transport: Transport, slept: list[float]
):
    server.post(URL, status=429)
    server.post(URL, body=UNLUCKY)
    server.post(URL, json={})

    with pytest.raises(UnreachableError):
        transport.request("POST", URL, body=b"{}")

    assert len(server.calls) == 2


@pytest.mark.parametrize("status", [429, 503])
def test_what_is_asked_once_is_asked_once(server, transport: Transport, slept, status: int):
    server.get(URL, status=status, headers={"Retry-After": "1"})

    with pytest.raises(TryLaterError):
        transport.request_once("GET", URL)

    assert len(server.calls) == 1
    assert slept == []


class Numbered:
    """Credentials that count their attempts and keep what they heard."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.told: list[str | None] = []

    def headers(self, method: str, url: str) -> Mapping[str, str]:
        self.asked.append((method, url))
        return {"Authorization": f"poging {len(self.asked)}"}

    def heard(self, url: str, headers: Mapping[str, str]) -> None:
        self.told.append(headers.get("dpop-nonce"))


@pytest.mark.parametrize(
    "send",
    [
        pytest.param(
            lambda transport, who: transport.request("GET", URL, credentials=who), id="GET"
        ),
        pytest.param(
            lambda transport, who: transport.post_disclosure(
                URL, a_disclosure(), IDEMPOTENT, credentials=who
            ),
            id="a disclosure",
        ),
    ],
)
def test_credentials_are_made_anew_for_each_attempt_and_hear_every_answer(
    server, transport: Transport, send
):
    who = Numbered()
    for answer in (
        {"status": 503, "headers": {"DPoP-Nonce": "a"}},
        {"body": UNLUCKY},
        {"status": 429, "headers": {"DPoP-Nonce": "b"}},
        {"json": {}},
    ):
        for method in (server.get, server.post):
            method(URL, **answer)

    send(transport, who)

    shown = [call.request.headers["Authorization"] for call in server.calls]
    assert shown == [f"poging {number}" for number in (1, 2, 3, 4)]
    assert who.told == ["a", "b", None]
    assert who.asked == [(server.calls[0].request.method, URL)] * 4


def test_a_refusal_and_a_redirect_are_heard_too(server, transport: Transport):
    who = Numbered()
    server.get(URL, status=401, headers={"DPoP-Nonce": "a"})
    server.get(URL, status=302, headers={"DPoP-Nonce": "b"})

    for _ in range(2):
        with pytest.raises((GeweigerdError, NotUnderstoodError)):
            transport.request("GET", URL, credentials=who)

    assert who.told == ["a", "b"]


def test_unchanged_is_an_answer_to_who_asked_for_it(server, transport: Transport):
    server.get(URL, status=304, headers={"ETag": '"a"'})

    answer = transport.request("GET", URL, headers={"If-None-Match": '"a"'})

    assert (answer.status, answer.body, answer.etag) == (304, b"", '"a"')


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        pytest.param('"abc"', '"abc"', id="strong"),
        pytest.param('W/"abc"', 'W/"abc"', id="weak"),
        pytest.param("abc", "", id="without quotes"),
        pytest.param('"a", "b"', "", id="two"),
        pytest.param('"a b"', "", id="with a blank"),
        pytest.param(f'"{"a" * 201}"', "", id="far too long"),
        pytest.param(None, "", id="none"),
    ],
)
def test_an_etag_is_kept_in_the_form_that_can_be_sent_back(
    server, transport: Transport, told: str | None, kept: str
):
    server.get(URL, json={}, headers={} if told is None else {"ETag": told})

    assert transport.request("GET", URL).etag == kept


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(
            {"headers": {"WWW-Authenticate": 'DPoP realm="x", error="use_dpop_nonce", algs="a"'}},
            "use_dpop_nonce",
            id="in the challenge",
        ),
        pytest.param(
            {"headers": {"WWW-Authenticate": 'DPoP algs="a", Bearer error="invalid_token"'}},
            "invalid_token",
            id="in the second challenge",
        ),
        pytest.param({"json": {"error": "invalid_client"}}, "invalid_client", id="in the body"),
        pytest.param(
            {
                "headers": {"WWW-Authenticate": f'DPoP error="{V_NUMMER}", error_description="x"'},
                "json": {"error": V_NUMMER},
            },
            "",
            id="a value for a code",
        ),
        pytest.param(
            {"headers": {"WWW-Authenticate": 'DPoP xerror="use_dpop_nonce"'}}, "", id="a lookalike"
        ),
    ],
)
def test_a_refusal_keeps_the_code_of_oauth_and_no_value(
    server, transport: Transport, answer: dict[str, Any], error: str
):
    server.get(URL, status=401, **answer)

    with pytest.raises(GeweigerdError) as raised:
        transport.request("GET", URL)

    assert raised.value.problem.error == error


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"status": 400}, id="a refusal"),
        pytest.param({"status": 500}, id="a fault of theirs"),
        pytest.param({"status": 302, "headers": {"Location": "/"}}, id="a redirect"),
        pytest.param({"body": requests.exceptions.SSLError()}, id="no trust"),
    ],
)
def test_what_will_not_pass_soon_is_not_repeated(
    server, transport: Transport, answer: dict[str, Any]
):
    server.get(URL, **answer)

    with pytest.raises(ConnectorError):
        transport.request("GET", URL)

    assert len(server.calls) == 1


def test_the_pauses_grow_and_the_attempts_end(server, transport: Transport, slept: list[float]):
    server.get(URL, body=UNLUCKY)

    with pytest.raises(UnreachableError):
        transport.request("GET", URL)

    assert len(server.calls) == 4
    assert all(pause >= least for pause, least in zip(slept, (0.25, 0.5, 1), strict=True))
    assert slept == sorted(slept)
    assert sum(slept) <= 0.5 + 0.75 + 1.25


def test_a_pause_that_was_asked_for_is_kept(server, transport: Transport, slept: list[float]):
    server.get(URL, status=503, headers={"Retry-After": "12"})
    server.get(URL, json={})

    transport.request("GET", URL)

    assert slept == [12.0]


def test_a_pause_beyond_the_total_time_goes_to_the_caller_at_once(
    server, transport: Transport, slept: list[float]
):
    server.get(URL, status=429, headers={"Retry-After": "3600"})

    with pytest.raises(TryLaterError) as raised:
        transport.request("GET", URL)

    assert raised.value.retry_after == 3600
    assert slept == []


def test_a_trace_goes_along_if_there_is_one(server):
    trace = f"00-{'a' * 32}-{'b' * 16}-01"
    server.get(URL, json={})

    a_transport(traceparent=lambda: trace).request("GET", URL)
    a_transport(traceparent=lambda: f"{V_NUMMER}").request("GET", URL)

    assert server.calls[0].request.headers["traceparent"] == trace
    assert "traceparent" not in server.calls[1].request.headers


def test_a_disclosure_is_posted_byte_for_byte(server, transport: Transport):
    server.post(URL, status=202)

    answer = transport.post_disclosure(URL, a_disclosure(), {"Payload-Signature": "a..b"})

    assert answer.status == 202
    assert server.calls[0].request.body == SECRET_BODY
    assert server.calls[0].request.headers["Content-Type"] == "application/json"
    assert server.calls[0].request.headers["Payload-Signature"] == "a..b"


@pytest.mark.parametrize("body", [SECRET_BODY, {"items": []}, None])
def test_nothing_but_a_disclosure_is_posted_as_one(server, transport: Transport, body: Any):
    with pytest.raises(TypeError):
        transport.post_disclosure(URL, body)

    assert len(server.calls) == 0


def test_a_register_that_answers_over_http_is_fetched_as_plain_data(server, transport: Transport):
    server.get(URL, body=b'{"clients":[]}', content_type="application/json; charset=utf-8")

    assert transport.fetch(URL) == {"clients": []}


def test_no_message_repeats_what_was_asked_or_sent(server, transport: Transport):
    server.post(URL, body=requests.ConnectionError(f"url: {URL}?v={V_NUMMER}"))

    with pytest.raises(UnreachableError) as raised:
        transport.request("POST", f"{URL}?v={V_NUMMER}", body=SECRET_BODY)

    assert V_NUMMER not in f"{raised.value!r} {raised.value} {vars(raised.value)}"
    assert "partner.example" in str(raised.value)


def test_the_library_logs_no_path_or_query_at_any_level(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)

    assert not logging.getLogger("urllib3.connectionpool").isEnabledFor(logging.DEBUG)


def test_there_is_no_setting_that_switches_off_the_check_of_tls():
    with pytest.raises(TypeError):
        a_transport(verify=False)
