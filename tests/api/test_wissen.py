"""Erasing over the web: a receipt once, or again with the same key; and then nothing."""

from tests.api.calling import NOWHERE, Calls
from tests.builders import a_samenvatting, an_item

KEY = {"Idempotency-Key": "wissing-van-vandaag"}


def a_casus(calls: Calls, number: str) -> str:
    [casus] = calls.world.casus(an_item(samenvatting=a_samenvatting(vNummer=number)))
    return casus


def test_the_receipt_comes_once_or_again_with_the_same_key(calls: Calls):
    casus = a_casus(calls, "0000000171")
    path = f"/v1/casussen/{casus}/wissingen"

    first = calls.call("bronhouder", "POST", path, headers=KEY)
    again = calls.call("bronhouder", "POST", path, headers=KEY)
    without = calls.call("bronhouder", "POST", path)

    assert (first.status_code, again.status_code, without.status_code) == (201, 201, 404)
    assert first.get_json() == again.get_json()
    assert set(first.get_json()) == {
        "casusId",
        "pseudoniem",
        "logposities",
        "terugroepingen",
        "gewistOp",
        "tijdvak",
    }
    assert calls.call("bronhouder", "GET", f"/v1/casussen/{casus}").status_code == 404


def test_what_was_erased_answers_as_what_never_was(calls: Calls):
    casus = a_casus(calls, "0000000172")
    calls.call("bronhouder", "POST", f"/v1/casussen/{casus}/wissingen")

    for end in ("", "/verstrekkingen"):
        told = [
            calls.call("bronhouder", "GET", f"/v1/casussen/{name}{end}")
            for name in (casus, NOWHERE)
        ]
        bodies = [{**each.get_json(), "trace": None} for each in told]
        assert [each.status_code for each in told] == [404, 404]
        assert bodies[0] == bodies[1]


def test_nobody_but_an_organisation_erases(calls: Calls):
    casus = a_casus(calls, "0000000173")

    for who in ("ketenpartner", "gemeente"):
        answer = calls.call(who, "POST", f"/v1/casussen/{casus}/wissingen")
        assert answer.status_code == 403

    assert calls.call("bronhouder", "GET", f"/v1/casussen/{casus}").status_code == 200
