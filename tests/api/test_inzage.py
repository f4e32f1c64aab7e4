"""The access report over the web: an officer asks, and gets it as JSON, signed, or as a PDF."""

import io
from typing import Any

import pytest
from pypdf import PdfReader
from werkzeug.test import TestResponse

from tests.api.calling import NOWHERE, Calls

ROUTE = "/v1/inzageverzoeken"
NUMBER = "0902224584"
ASKED = {"vorm": "gezamenlijk", "vNummer": NUMBER}


@pytest.fixture
def told(calls: Calls) -> Calls:
    """After a partner pulled its feed, and its pack."""
    assert calls.call("ketenpartner", "GET", "/v1/mutaties").status_code == 200
    [overleg] = calls.call("ketenpartner", "GET", "/v1/overleggen").get_json()["overleggen"]
    pack = f"/v1/overleggen/{overleg['overlegId']}/pakket"
    assert calls.call("ketenpartner", "GET", pack).status_code == 200
    return calls


def ask(calls: Calls, who: str = "fg", body: Any = None, **headers: str) -> TestResponse:
    return calls.call(who, "POST", ROUTE, json=body or ASKED, headers=headers)


def words_of(answer: TestResponse) -> str:
    pages = PdfReader(io.BytesIO(answer.data)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_officer_gets_who_received_what_signed_and_with_its_own_entry(told: Calls):
    answer = ask(told)

    assert answer.status_code == 200
    assert answer.headers["Payload-Signature"]
    body = answer.get_json()
    [casus] = body["inzage"]["casussen"]
    names = {line["ontvanger"]["naam"] for line in casus["regels"] if line["ontvanger"]}
    assert "IND" in names
    assert body["bewijs"]["regel"]["soort"] == "inzage"
    assert NUMBER not in answer.text


def test_as_pdf_it_says_the_same_in_plain_words_and_large_letters(told: Calls):
    answer = ask(told, Accept="application/pdf")

    assert answer.content_type == "application/pdf"
    said = words_of(answer)
    assert "Wie heeft uw gegevens gezien?" in said
    assert "IND kreeg gegevens van u voor een overleg." in said
    assert "Waarvoor: overleg over uw situatie (LSO)." in said
    assert "uw geboortejaar" in said
    assert "SNDVU gaf gegevens over u door" in said
    assert NUMBER not in said


def test_of_nobody_the_pdf_says_that_there_is_nothing(told: Calls):
    unknown = {"vorm": "gezamenlijk", "vNummer": "9999999999"}
    answer = ask(told, body=unknown, Accept="application/pdf")

    assert "Er staat niets over u in het logboek." in words_of(answer)


@pytest.mark.parametrize(
    ("body", "veld"),
    [
        pytest.param({"vNummer": NUMBER}, "vorm", id="without saying that it joins"),
        pytest.param({"vorm": "gezamenlijk"}, "vNummer", id="about nobody"),
        pytest.param(
            ASKED | {"wisbewijs": {"pseudoniem": "ab" * 16, "logposities": [1]}},
            "vNummer",
            id="by number and by receipt",
        ),
        pytest.param(ASKED | {"vNummer": "12"}, "vNummer", id="no V-nummer"),
    ],
)
def test_a_question_that_is_not_whole_is_400_and_repeats_no_value(told: Calls, body, veld):
    answer = ask(told, body=body)

    assert answer.status_code == 400
    assert [each["veld"] for each in answer.get_json()["fouten"]] == [veld]
    assert NUMBER not in answer.text


@pytest.mark.parametrize("who", ["bronhouder", "ketenpartner", "gemeente"])
def test_nobody_but_the_officer_may_ask(told: Calls, who):
    assert ask(told, who).status_code == 403


def test_an_organisation_reads_who_received_its_own_casus_alone(told: Calls):
    body = {"vNummer": NUMBER}
    found = told.call("bronhouder", "POST", "/v1/casussen/zoekopdrachten", json=body).get_json()
    path = f"/v1/casussen/{found['casussen'][0]['casusId']}/verstrekkingen"

    own = told.call("bronhouder", "GET", path)
    other = told.call("andere", "GET", path)
    nowhere = told.call("andere", "GET", f"/v1/casussen/{NOWHERE}/verstrekkingen")

    lines = own.get_json()["verstrekkingen"]["casus"]["regels"]
    assert {"IND", "sndvu"} <= {line["ontvanger"]["code"] for line in lines if line["ontvanger"]}
    assert (other.status_code, nowhere.status_code) == (404, 404)
    assert other.get_json() == nowhere.get_json()


def test_the_officer_searches_the_log_and_asks_whom_a_breach_concerns(told: Calls):
    path = "/v1/auditregels/zoekopdrachten"
    found = told.call("fg", "POST", path, json={"ontvanger": "IND"}).get_json()
    period = {"van": "2020-01-01T00:00:00Z", "tot": "2030-01-01T00:00:00Z"}
    asked = {"vorm": "getroffen", "ontvanger": "IND", **period}
    affected = told.call("fg", "POST", path, json=asked).get_json()

    assert {each["regel"]["ontvanger"] for each in found["auditregels"]} == {"IND"}
    [person] = affected["getroffen"]["personen"]
    assert person["velden"]["geboortedatum"] == "jaar"
