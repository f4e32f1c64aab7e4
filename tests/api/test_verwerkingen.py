"""What a record of a logbook points at, over the web; and what a request leaves in the logbook."""

from urllib.parse import urlsplit

import pytest

from gateway.services import casussen
from tests.api.calling import Calls
from tests.api.world import UITGEVER
from tests.integration.exported import ACTIVITY, named, records

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
KINDS = ["bronhouder", "ketenpartner", "gemeente"]


@pytest.fixture
def pulled(calls: Calls) -> Calls:
    """A partner pulled its feed in a trace of its own, and asked not to be sampled."""
    header = {"traceparent": f"00-{TRACE}-{SPAN}-00"}
    assert calls.call("ketenpartner", "GET", "/v1/mutaties", headers=header).status_code == 200
    return calls


def test_ldv_03_every_activity_of_a_record_resolves_for_whoever_has_a_token(pulled: Calls):
    addresses = {each["attributes"][ACTIVITY] for each in records(pulled.world)}

    for who in KINDS:
        for address in addresses:
            answer = pulled.call(who, "GET", urlsplit(address).path)
            assert answer.status_code == 200
            assert answer.get_json()["adres"] == address
    assert all(address.startswith(UITGEVER) for address in addresses)


@pytest.mark.parametrize(
    "path", ["IND.aanmelding/versies/1", f"IND/versies/{'0' * 64}", "niets/versies/1", "toegang"]
)
def test_what_is_not_in_the_register_is_not_found(calls: Calls, path: str):
    assert calls.call("gemeente", "GET", f"/v1/verwerkingen/{path}").status_code == 404


def test_the_register_is_for_whoever_has_a_token_and_unchanged_is_said_shortly(calls: Calls):
    first = calls.call("gemeente", "GET", "/v1/verwerkingen")
    again = calls.call(
        "gemeente", "GET", "/v1/verwerkingen", headers={"If-None-Match": first.headers["ETag"]}
    )

    assert {"IND", "AVIM"} <= {each["id"] for each in first.get_json()["verwerkingen"]}
    assert again.status_code == 304
    assert calls.web.get("/v1/verwerkingen").status_code == 401


def test_ldv_05_and_07_the_callers_trace_and_span_are_kept_whatever_it_wants_sampled(
    pulled: Calls,
):
    told = [each for each in records(pulled.world) if each["trace_id"] == TRACE]

    (page,) = named(told, "pagina")
    assert page["parent_span_id"] == SPAN
    assert {each.get("parent_span_id") for each in told} == {SPAN, page["span_id"]}


def test_ldv_09_what_broke_is_an_error_in_the_logbook_and_tells_nobody_of_what(
    calls: Calls, monkeypatch
):
    def breaks(*_: object) -> None:
        raise ZeroDivisionError("0902224584")

    monkeypatch.setattr(casussen, "load_own", breaks)
    header = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
    answer = calls.call(
        "bronhouder",
        "POST",
        "/v1/casussen/zoekopdrachten",
        json={"vNummer": "0902224584"},
        headers=header,
    )

    (told,) = [each for each in records(calls.world) if each["trace_id"] == TRACE]
    assert answer.status_code == 500
    assert (told["name"], told["status"]) == ("verzoek mislukt", "Error")
    assert told["parent_span_id"] == SPAN
    assert set(told["attributes"]) == {ACTIVITY, "lso_gateway.logregel"}
    assert calls.world.log_is_sound()
