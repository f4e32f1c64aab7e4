"""The whole record of a consent as JSON-LD, for the organisation that must prove it (AVG 7)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from rdflib import Graph
from sqlalchemy import update

from gateway.app import create_app
from gateway.consent_record.mandatory import missing
from gateway.services import regels
from privacy.clock import utc_text
from privacy.gate import PrivacyGate
from privacy.rules import StoredRules
from privacy.store.engine import writing
from privacy.store.rulebooks import regelversie
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


# What does not stand in the way of proof


def test_under_a_policy_past_its_date_the_proof_is_told_as_before(reachable):
    consent, _ = given(reachable)
    before = ask(reachable, consent).get_json(force=True)
    review = reachable.world.parts.policies.of("IND").herzien_voor
    moment = datetime(review.year + 1, 1, 1, 12, tzinfo=UTC)
    reachable.world.now = moment
    for machine in reachable.machines.values():
        machine.hands.moment = moment
    reachable.tokens.clear()

    assert reachable.call("ketenpartner", "GET", "/v1/mutaties").status_code == 503
    assert ask(reachable, consent).get_json(force=True) == before


def test_of_a_recipient_whose_policy_was_withdrawn_the_last_one_is_told(reachable):
    consent, _ = given(reachable)
    before = ask(reachable, consent).get_json(force=True)

    regels.withdraw_policy(reachable.world.parts, "IND")

    assert ask(reachable, consent).get_json(force=True) == before


def test_con_03_a_recall_of_the_notice_stands_in_the_history_at_its_own_moment(reachable):
    consent, _ = given(reachable)
    regels.recall_notice(reachable.world.parts, "2019-1")
    at = reachable.world.now

    told = []
    for days in (0, 1, 40):
        reachable.world.pass_days(days)
        told.append(ask(reachable, consent).get_json(force=True)["dpv:hasConsentStatus"])

    assert [each["@type"] for each in told[0]] == ["dpv:ConsentGiven", "dpv:ConsentInvalidated"]
    assert told[0][-1]["dct:date"] == utc_text(at)
    assert told[0] == told[1] == told[2]
    reachable.world.withdraw(consent)
    after = ask(reachable, consent).get_json(force=True)["dpv:hasConsentStatus"]
    assert after[:2] == told[0]
    assert after[2]["@type"] == "dpv:ConsentWithdrawn"


def test_a_changed_text_in_the_database_is_not_told_as_what_was_agreed(reachable):
    """Of the version that is not what was approved nothing is told; the last good one is."""
    consent, _ = given(reachable)
    parts = reachable.world.parts
    with writing(parts.engine) as tx:
        tx.execute(
            update(regelversie)
            .where(regelversie.c.naam == "IND", regelversie.c.soort == "beleid")
            .values(tekst="vals")
        )
    other = replace(parts, rules=StoredRules(frozenset({"IND", "AVIM"})))
    gate = PrivacyGate(engine=parts.engine, keys=parts.keys, rules=other.rules, clock=parts.clock)
    web = create_app(replace(other, gate=gate)).test_client()
    calls = Calls(reachable.world, web, reachable.machines)

    told = ask(calls, consent).get_json(force=True)

    about = {each["dpv:hasRecipient"] for each in told["dpv:hasProcess"]}
    parties = {each["dct:identifier"]: each["@id"] for each in told["dpv:hasRecipient"]}
    assert about == {parties["AVIM"]}
