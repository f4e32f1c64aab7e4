"""The whole record of a consent as JSON-LD, for the organisation that must prove it (AVG 7)."""

from dataclasses import replace
from datetime import date

import pytest
from rdflib import Graph

from gateway.app import create_app
from gateway.consent_record.mandatory import missing
from tests.api.calling import Calls
from tests.builders import a_consent, a_samenvatting, an_item

LD = {"Accept": "application/ld+json"}
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")


@pytest.fixture
def reachable(calls: Calls) -> Calls:
    """Everyone has an address and a contact in the settings."""
    parts = calls.world.parts
    settings = replace(
        parts.settings,
        bronhouders=tuple(
            replace(each, adres="Voorbeeldstraat 1", contact="privacy@voorbeeld.example")
            for each in parts.settings.bronhouders
        ),
        ketenpartners=tuple(
            replace(each, adres="Voorbeeldlaan 2", contact="privacy@partner.example")
            for each in parts.settings.ketenpartners
        ),
    )
    calls.world.parts = replace(parts, settings=settings)
    return Calls(calls.world, create_app(calls.world.parts).test_client(), calls.machines)


def given(calls: Calls, **other) -> tuple[dict, str]:
    calls.world.go_to(date(2020, 4, 1))
    consent = a_consent(ontvangers=["IND", "AVIM"], **other)
    item = an_item(samenvatting=a_samenvatting(vNummer="0000000084"), toestemmingen=[consent])
    return consent, calls.world.casus(item)[0]


def ask(calls: Calls, consent: dict, who: str = "bronhouder"):
    path = f"/v1/toestemmingen/{consent['toestemmingId']}"
    return calls.call(who, "GET", path, headers=LD)


def test_it_is_whole_and_can_be_read_by_any_reader_of_json_ld(reachable):
    consent, casus = given(reachable)

    answer = ask(reachable, consent)

    assert answer.status_code == 200
    assert answer.mimetype == "application/ld+json"
    record = answer.get_json(force=True)
    assert missing(record) == []
    assert record["dpv:hasDataSubject"]["dct:identifier"] == casus
    assert len(Graph().parse(data=answer.data, format="json-ld")) > 50


def test_without_that_wish_the_state_is_what_it_was(reachable):
    consent, _ = given(reachable)

    answer = reachable.call("bronhouder", "GET", f"/v1/toestemmingen/{consent['toestemmingId']}")

    assert answer.mimetype == "application/json"
    assert "@context" not in answer.get_json()


def test_con_01_without_an_address_there_is_no_record_and_the_settings_are_named(calls):
    consent, _ = given(calls)
    before = len(calls.world.entries())

    answer = ask(calls, consent)

    assert answer.status_code == 409
    assert "bronhouder sndvu: adres" in answer.get_json()["detail"]
    assert "ketenpartner IND: contact" in answer.get_json()["detail"]
    assert len(calls.world.entries()) == before


def test_con_02_a_withdrawal_is_added_and_nothing_is_taken_away(reachable):
    consent, _ = given(reachable)
    before = ask(reachable, consent).get_json(force=True)["dpv:hasConsentStatus"]
    reachable.world.withdraw(consent)

    after = ask(reachable, consent).get_json(force=True)["dpv:hasConsentStatus"]

    assert after[: len(before)] == before
    assert [each["@type"] for each in after] == ["dpv:ConsentGiven", "dpv:ConsentWithdrawn"]


def test_another_organisations_record_answers_as_one_that_does_not_exist(reachable):
    consent, _ = given(reachable)

    theirs, nobodys = (ask(reachable, each, "andere") for each in (consent, a_consent()))

    assert theirs.status_code == 404
    assert theirs.get_json() == nobodys.get_json()


def test_it_tells_no_number_and_no_name(reachable):
    consent, _ = given(reachable, vertegenwoordiger="Nidos, mw. De Vries")

    told = ask(reachable, consent).text

    for secret in ("0000000084", "Farahani", "Vries", "1987"):
        assert secret not in told
    pseudonyms = {each.get("pseudoniem") for each in reachable.world.entries()} - {None}
    assert not [each for each in pseudonyms if each in told]


def test_it_stands_in_the_log_under_its_own_name(reachable):
    consent, _ = given(reachable)
    before = len(reachable.world.entries())

    ask(reachable, consent)

    entries = reachable.world.entries()[before:]
    assert [each["soort"] for each in entries] == ["verstrekking", "toestemmingsbewijs"]
    assert reachable.world.log_is_sound()


def test_the_state_may_be_asked_by_head_and_the_record_not(reachable):
    consent, _ = given(reachable)
    path = f"/v1/toestemmingen/{consent['toestemmingId']}"

    assert reachable.call("bronhouder", "HEAD", path).status_code == 200
    assert reachable.call("bronhouder", "HEAD", path, headers=LD).status_code == 405
