"""What every answer of the gateway promises, whatever was asked."""

import json
from dataclasses import replace
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import DataError, OperationalError

from gateway.app import create_app
from gateway.errors import problem_for
from gateway.version import API_VERSION
from privacy.errors import ErasedError, IntegrityError, SystemRefusalError
from privacy.keys import KeyRing

HEADERS = {
    "API-Version": API_VERSION,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
ASKED = {
    "an answer": ("GET", "/health/live", 200),
    "no such path": ("GET", "/v1/niets", 404),
    "a slash too many at the end": ("GET", "/health/live/", 404),
    "a slash too many inside": ("GET", "/health//live", 404),
    "a method that is not there": ("DELETE", "/health/live", 405),
    "no token": ("GET", "/v1/mutaties", 401),
    "something broke": ("GET", "/v1/proefstukken/stuk", 500),
    "a view that returns a dict": ("GET", "/v1/proefstukken/lek", 500),
    "another content type": ("POST", "/v1/proefstukken/open", 415),
}


@pytest.mark.parametrize(("method", "path", "status"), ASKED.values(), ids=ASKED.keys())
def test_every_answer_has_the_version_and_the_security_headers(web, method, path, status):
    answer = web.open(path, method=method)
    assert answer.status_code == status
    assert HEADERS.items() <= dict(answer.headers).items()
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "max-age" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(("method", "path", "status"), ASKED.values(), ids=ASKED.keys())
def test_every_error_is_a_problem_document_with_its_own_status(web, method, path, status):
    answer = web.open(path, method=method)
    if status == 200:
        return
    assert answer.mimetype == "application/problem+json"
    assert {"type", "title", "status", "detail"} <= answer.get_json().keys()
    assert answer.get_json()["status"] == status


def test_a_slash_too_many_in_front_is_another_path(web: FlaskClient):
    twice = {"PATH_INFO": "//health/live"}
    for method in ("GET", "OPTIONS"):
        assert web.open("/", method=method, environ_overrides=twice).status_code == 404


def test_what_breaks_says_nothing_of_what_broke(web: FlaskClient, caplog):
    answer = web.get("/v1/proefstukken/stuk")
    told = answer.get_data(as_text=True) + caplog.text
    assert "Ayse" not in told
    assert "0123456789" not in told


def test_a_view_that_returns_anything_but_our_answers_is_refused(web: FlaskClient):
    answer = web.get("/v1/proefstukken/lek")
    assert answer.status_code == 500
    assert "Ayse" not in answer.get_data(as_text=True)


def test_405_names_the_methods_that_there_are(web: FlaskClient):
    assert set(web.delete("/health/live").headers["Allow"].split(", ")) == {
        "GET",
        "HEAD",
        "OPTIONS",
    }


def test_options_tells_the_methods_without_a_token(web: FlaskClient):
    answer = web.options("/v1/mutaties")
    assert answer.status_code == 204
    assert "GET" in answer.headers["Allow"]


def test_head_has_the_headers_of_get_and_no_body(web: FlaskClient):
    answer = web.head("/health/live")
    assert answer.status_code == 200
    assert answer.data == b""


def test_406_for_a_form_that_there_is_not(web: FlaskClient):
    assert web.get("/health/live", headers={"Accept": "text/csv"}).status_code == 406
    assert web.get("/health/live", headers={"Accept": "application/*"}).status_code == 200


def test_a_trace_is_taken_over_and_a_malformed_one_replaced(web: FlaskClient):
    trace = "0af7651916cd43dd8448eb211c80319c"
    kept = web.get("/health/live", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    assert kept.headers["traceparent"].split("-")[1] == trace
    for wrong in (f"00-{'0' * 32}-b7ad6b7169203331-01", "ff-x", f"00-{trace}-b7ad6b7169203331"):
        fresh = web.get("/health/live", headers={"traceparent": wrong})
        assert len(fresh.headers["traceparent"].split("-")[1]) == 32
        assert trace not in fresh.headers["traceparent"]


WRONG_BODIES = {
    "not JSON": b"{",
    "empty": b"",
    "not UTF-8": b'"\xff"',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "NaN": b"[NaN]",
    "a number beyond any": b"[1e999]",
    "a name twice": b'{"a": 1, "a": 2}',
    "half a surrogate pair": b'["\\ud800"]',
    "NUL": b'["\\u0000"]',
    "nested beyond reason": b"[" * 100_000 + b"]" * 100_000,
    "nested deeper than any schema": b"[" * 40 + b"]" * 40,
    "digits without end": b"1" * 5_000,
}


@pytest.mark.parametrize("body", WRONG_BODIES.values(), ids=WRONG_BODIES.keys())
def test_a_body_that_two_readers_could_read_differently_is_refused(web: FlaskClient, body: bytes):
    answer = web.post("/v1/proefstukken/open", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"


def test_a_good_body_is_read_as_it_was_sent(web: FlaskClient):
    value = {"naam": "Zoë \U0001f642", "lijst": [1, 2.5, None, True, {"a": []}], "esc": "\u00e9"}
    answer = web.post(
        "/v1/proefstukken/open", data=json.dumps(value), content_type="application/json"
    )
    assert answer.get_json() == {"gelezen": value}


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/json; charset=x"])
def test_another_content_type_is_415(web: FlaskClient, kind: str):
    answer = web.post("/v1/proefstukken/open", data=b"{}", content_type=kind)
    assert answer.status_code == 415


def test_a_compressed_body_is_415(web: FlaskClient):
    headers = {"Content-Encoding": "gzip"}
    kind = "application/json"
    answer = web.post("/v1/proefstukken/open", data=b"{}", content_type=kind, headers=headers)
    assert answer.status_code == 415


class Counted(BytesIO):
    """Remembers how much of it was read."""

    taken = 0

    def read(self, size=-1):
        part = super().read(size)
        self.taken += len(part)
        return part

    def readinto(self, buffer):
        count = super().readinto(buffer)
        self.taken += count
        return count


def test_a_body_that_says_it_is_too_large_is_refused_unread(web: FlaskClient):
    body = Counted(b" " * 9_000_000)
    answer = web.post(
        "/v1/proefstukken/open",
        input_stream=body,
        content_type="application/json",
        headers={"Content-Length": "50000000"},
    )
    assert answer.status_code == 413
    assert body.taken == 0


def test_a_chunked_body_is_read_no_further_than_the_limit(web: FlaskClient):
    body = Counted(b" " * 20_000_000)
    answer = web.post(
        "/v1/proefstukken/open",
        input_stream=body,
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )
    assert answer.status_code == 413
    assert body.taken < 9_000_000


def test_ready_says_so_and_not_before_the_log_has_begun(web: FlaskClient, parts):
    assert web.get("/health/ready").get_json() == {
        "status": "ok",
        "beleid": "van_kracht",
        "herstel": "geen",
        "getuigen": "niet_gevraagd",
    }
    with parts.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM audithoofd")
    answer = web.get("/health/ready")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


def test_a_policy_that_lapsed_is_shown_and_takes_nobody_out_of_service(web: FlaskClient, hands):
    hands.turn(3600 * 24 * 365 * 100)
    answer = web.get("/health/ready")
    assert answer.status_code == 200
    told = answer.get_json()
    assert (told["status"], told["beleid"]) == ("ok", "niet_van_kracht")
    assert all("is voorbij" in each for each in told["meldingen"])


def test_ready_is_503_over_a_database_of_other_keys(parts, hands, tmp_path):
    strange = replace(parts, keys=KeyRing.create(tmp_path / "andere"))
    assert create_app(parts).test_client().get("/health/ready").status_code == 200
    assert create_app(strange).test_client().get("/health/ready").status_code == 503


CAUSES_IN_THE_SYSTEM = (
    IntegrityError("0123456789"),
    ErasedError("0123456789"),
    DataError("0123456789", {}, Exception("0123456789")),
    OperationalError("0123456789", {}, Exception("0123456789")),
)


@pytest.mark.parametrize("error", CAUSES_IN_THE_SYSTEM, ids=lambda error: type(error).__name__)
def test_what_does_not_open_is_answered_as_any_cause_in_the_system(error):
    answer, usual = problem_for(error), problem_for(SystemRefusalError())
    assert answer.status_code == 503
    assert (answer.get_data(), dict(answer.headers)) == (usual.get_data(), dict(usual.headers))


def test_one_line_per_request_with_the_template_of_the_route(web: FlaskClient, token, caplog):
    caplog.set_level("DEBUG")
    web.get("/v1/toestemmingen/6f9619ff-8b86-4011-b42d-00c04fc964ff?v=0123456789")
    (line,) = [r for r in caplog.records if r.name == "lso_gateway" and r.msg == "verzoek"]
    assert line.sleutels["route"] == "/v1/toestemmingen/<uuid:toestemming_id>"
    assert "0123456789" not in json.dumps(line.sleutels)
