"""Restriction of processing (AVG 18 and 21): what stops, what goes on, and who is told (AVG 19)."""

import json
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from marshmallow import ValidationError
from sqlalchemy import select

from gateway.idempotency import read_idempotency
from gateway.refusals import NotFoundError
from gateway.services.beperkingen import restrict_casus
from gateway.services.bewaringstoetsen import answer_toets
from gateway.services.casussen import show_casus
from gateway.services.recall_state import Stand, list_recalls
from privacy.store import tables
from privacy.store.door import shut
from privacy.store.engine import reading, writing
from privacy.store.terugroepingen import terugroeping
from schemas.terms import Doel, Kennisgevingssoort
from tests.builders import DOELEN, PARTNERS, a_consent, a_samenvatting, an_item
from tests.integration.racing import at_once, second_gateway
from tests.integration.test_recalls import confirm, listed, push_what_may
from tests.world import World, bronhouder, ketenpartner

NUMBER = "0902224584"
LATER = "2020-04-01T11:00:00Z"


def restrict(world: World, casus: str, grond: str = "juistheid", **more: Any) -> dict[str, Any]:
    body = {"grond": grond, "beperkt": True} | more
    return restrict_casus(world.parts, bronhouder("sndvu"), UUID(casus), body)


def lift(world: World, casus: str, grond: str = "juistheid") -> dict[str, Any]:
    return restrict(world, casus, grond, beperkt=False)


def ask(world: World) -> str:
    disclosure = answer_toets(world.parts, ketenpartner("AVIM"), {"vNummer": NUMBER})
    return json.loads(disclosure.body)["bewaringstoets"]["uitkomst"]


def shown(world: World, casus: str) -> Any:
    disclosure = show_casus(world.parts, bronhouder("sndvu"), UUID(casus))
    return json.loads(disclosure.body)["casus"]


def notices(world: World, partner: str) -> list[tuple[str, list[str]]]:
    return [(each["soort"], each.get("doelen", [])) for each in listed(world, partner)]


@pytest.fixture
def consent() -> dict[str, Any]:
    return a_consent(doelen=[*DOELEN, "bewaringstoets"])


@pytest.fixture
def casus(world: World, consent) -> str:
    """One casus that IND and AVIM have had, and DT&V has not."""
    [made] = world.casus(an_item(toestemmingen=[consent]))
    for partner in ("IND", "AVIM"):
        world.feed(partner)
    return made


def test_avg_11_a_restricted_casus_leaves_in_no_feed_pack_or_toets(world, casus):
    overleg = world.frozen(casus)
    assert (len(world.pack("IND", overleg)), ask(world)) == (1, "in_begeleiding")
    restrict(world, casus)

    assert world.pack("IND", overleg) == []
    assert ask(world) == "niet_bekend"
    assert world.told("DT&V") == []  # it never had it, and hears nothing of it
    assert world.told("IND") == ["beperking"]
    refused = [each["reden"] for each in world.entries() if each["soort"] == "weigering"]
    assert refused.count("beperkt") == 2  # of the pack, and of the toets
    assert world.log_is_sound()


@pytest.mark.parametrize("grond", ["juistheid", "onrechtmatig", "rechtsvordering", "bezwaar"])
def test_avg_13_every_ground_stops_what_leaves_until_it_is_decided(world, casus, grond):
    overleg = world.frozen(casus)
    restrict(world, casus, grond)
    assert world.pack("IND", overleg) == []

    lift(world, casus, grond)

    assert len(world.pack("IND", overleg)) == 1


def test_the_answer_to_a_toets_is_that_for_somebody_unknown(world, casus):
    unknown = answer_toets(world.parts, ketenpartner("AVIM"), {"vNummer": "0000000001"})
    before = len(world.entries())
    restrict(world, casus)

    restricted = answer_toets(world.parts, ketenpartner("AVIM"), {"vNummer": NUMBER})

    told = [json.loads(each.body)["bewaringstoets"] for each in (unknown, restricted)]
    assert told[0] == told[1] | {"gemaaktOp": told[0]["gemaaktOp"]}
    entries = world.entries()[before + 1 :]
    assert len(entries) == len(world.parts.settings.bronhouders) + 1


def test_who_had_the_casus_is_told_in_the_feed_and_in_the_list_and_nobody_else(world, casus):
    end = world.cursor("IND")
    restrict(world, casus)

    assert [notices(world, each) for each in PARTNERS] == [
        [("beperking", sorted(Doel))],
        [],
        [("beperking", sorted(Doel))],
    ]
    [item] = world.feed("IND", end)
    [line] = listed(world, "IND")
    assert item == {name: value for name, value in line.items() if name != "bevestigdOp"}
    assert line["uiterlijk"] == "2020-04-15"


def test_avg_12_a_notice_is_open_until_its_recipient_confirms_it(world, casus):
    restrict(world, casus)
    [line] = listed(world, "IND")
    assert {(each.ontvanger, each.soort) for each in list_recalls(world.parts)} == {
        ("AVIM", Kennisgevingssoort.BEPERKING),
        ("IND", Kennisgevingssoort.BEPERKING),
    }

    confirm(world, "IND", line)

    found = {each.ontvanger: each.stand for each in list_recalls(world.parts)}
    assert found == {"IND": Stand.BEVESTIGD, "AVIM": Stand.OPEN}
    [said] = [each for each in world.entries() if each["soort"] == "terugroeping_bevestigd"]
    assert (said["ontvanger"], said["reden"]) == ("IND", "beperking")


def test_deliveries_go_on_and_none_of_them_is_told(world, casus, consent):
    restrict(world, casus)
    ends = {partner: world.cursor(partner) for partner in PARTNERS}
    other = a_samenvatting(lijn="2")

    world.casus(an_item(standVan=LATER, samenvatting=other, toestemmingen=[consent]))

    assert shown(world, casus)["samenvatting"]["lijn"] == "2"
    assert [world.told(partner, ends[partner]) for partner in PARTNERS] == [[], [], []]


def test_a_withdrawal_goes_on_and_is_recalled_at_once(world, casus, consent):
    restrict(world, casus)

    world.withdraw(consent)

    assert [each["soort"] for each in listed(world, "IND")] == ["beperking", "terugroeping"]
    assert world.told("IND")[-1] == "terugroeping"


def test_a_consent_that_expires_meanwhile_is_recalled_and_does_not_come_back(world):
    [made] = world.casus(an_item(toestemmingen=[a_consent(laatsteDag="2020-04-02")]))
    world.feed("IND")
    restrict(world, made)
    world.go_to(date(2020, 4, 3))

    assert [each["soort"] for each in listed(world, "IND")] == ["beperking", "terugroeping"]
    end = world.cursor("IND")
    lift(world, made)
    assert world.told("IND", end) == []


def test_when_it_is_lifted_the_casus_is_told_anew_as_it_is_then(world, casus, consent):
    restrict(world, casus)
    other = a_samenvatting(lijn="2")
    world.casus(an_item(standVan=LATER, samenvatting=other, toestemmingen=[consent]))
    ends = {partner: world.cursor(partner) for partner in PARTNERS}

    lift(world, casus)

    for partner in PARTNERS:
        assert world.told(partner, ends[partner]) == ["aanmelding", "instroom"]
    # Read from the beginning, what was said while it was restricted is not told either.
    assert world.told("IND") == ["beperking", "aanmelding", "instroom"]


def test_after_it_was_lifted_the_feed_tells_changes_again(world, casus, consent):
    restrict(world, casus)
    lift(world, casus)
    end = world.cursor("IND")
    other = a_samenvatting(lijn="2")

    world.casus(an_item(standVan=LATER, samenvatting=other, toestemmingen=[consent]))

    assert world.told("IND", end) == ["doorstroom"]


def test_consent_that_is_given_meanwhile_begins_when_it_is_lifted(world):
    made = push_what_may(world, an_item(toestemmingen=[a_consent(doelen=["casusoverleg"])]))
    restrict(world, made)
    world.give(made, a_consent(doelen=["aanmelding"]))
    assert world.told("IND") == []

    lift(world, made)

    assert world.told("IND") == ["aanmelding"]


def test_it_is_restricted_until_the_last_ground_goes(world, casus):
    overleg = world.frozen(casus)
    restrict(world, casus, "juistheid")
    restrict(world, casus, "bezwaar")
    assert shown(world, casus)["beperking"]["gronden"] == ["bezwaar", "juistheid"]

    lift(world, casus, "juistheid")
    assert world.pack("IND", overleg) == []
    lift(world, casus, "bezwaar")

    assert len(world.pack("IND", overleg)) == 1
    assert len(listed(world, "IND")) == 1  # one restriction, one notice
    kinds = [(each["soort"], each.get("reden")) for each in world.entries()]
    assert [each for each in kinds if each[0] in {"verwerking_beperkt", "beperking_opgeheven"}] == [
        ("verwerking_beperkt", "juistheid"),
        ("verwerking_beperkt", "bezwaar"),
        ("beperking_opgeheven", "juistheid"),
        ("beperking_opgeheven", "bezwaar"),
    ]


def test_saying_it_twice_is_saying_it_once(world, casus):
    first = restrict(world, casus)
    entries = len(world.entries())

    assert restrict(world, casus) == first
    assert lift(world, casus, "bezwaar") == first  # that ground never stood

    assert len(world.entries()) == entries
    assert len(listed(world, "IND")) == 1


def test_with_a_key_the_same_request_has_its_answer_of_before(world, casus):
    key = read_idempotency(world.parts.keys, "sndvu-node", f'"{uuid4()}"', [b"route", b"body"])
    body = {"grond": "juistheid", "beperkt": True}
    asked = (world.parts, bronhouder("sndvu"), UUID(casus), body, key)
    first = restrict_casus(*asked)
    lift(world, casus)

    assert restrict_casus(*asked) == first
    assert shown(world, casus)["beperking"] is None


def test_the_organisation_sees_that_its_casus_is_restricted_and_since_when(world, casus):
    assert shown(world, casus)["beperking"] is None

    answer = restrict(world, casus)

    told = {"sinds": "2026-05-04T09:30:00.000Z", "gronden": ["juistheid"]}
    assert answer == {"casusId": casus, "beperking": told}
    assert shown(world, casus)["beperking"] == told
    assert lift(world, casus) == {"casusId": casus, "beperking": None}


def test_why_it_is_restricted_stands_in_no_column_in_clear(world, casus):
    restrict(world, casus, "rechtsvordering")

    with reading(world.parts.engine) as tx:
        row = tx.execute(select(tables.casus)).one()
    assert b"rechtsvordering" not in row.beperking
    assert row.beperkt_sinds == world.now


def test_another_organisations_casus_is_as_one_that_is_not_there(world, casus):
    body = {"grond": "juistheid", "beperkt": True}
    for asked in (casus, str(uuid4())):
        with pytest.raises(NotFoundError):
            restrict_casus(world.parts, bronhouder("seguro"), UUID(asked), body)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"grond": "juistheid"},
        {"grond": "zomaar", "beperkt": True},
        {"grond": "juistheid", "beperkt": "ja"},
        {"grond": "juistheid", "beperkt": True, "toelichting": "vrije tekst"},
    ],
)
def test_a_body_that_is_not_understood_changes_nothing(world, casus, body):
    with pytest.raises(ValidationError):
        restrict_casus(world.parts, bronhouder("sndvu"), UUID(casus), body)

    assert shown(world, casus)["beperking"] is None


def test_it_is_restricted_behind_a_shut_door_too(world, casus):
    with writing(world.parts.engine) as tx:
        shut(tx, world.now)

    restrict(world, casus)

    assert [each["soort"] for each in listed(world, "IND")] == ["beperking"]


def test_of_two_who_restrict_at_once_one_makes_the_notices(world, installed_url, casus):
    other = second_gateway(world.parts, installed_url)
    body = {"grond": "juistheid", "beperkt": True}

    answers = at_once(
        *(
            lambda parts=parts: restrict_casus(parts, bronhouder("sndvu"), UUID(casus), body)
            for parts in (world.parts, other)
        )
    )
    other.engine.dispose()

    assert answers[0] == answers[1]
    assert len(listed(world, "IND")) == 1
    assert world.log_is_sound()


def test_a_restriction_and_a_withdrawal_at_once_both_stand(world, installed_url, casus, consent):
    other = second_gateway(world.parts, installed_url)
    body = {"grond": "juistheid", "beperkt": True}

    at_once(
        lambda: restrict_casus(other, bronhouder("sndvu"), UUID(casus), body),
        lambda: world.withdraw(consent),
    )
    other.engine.dispose()

    with reading(world.parts.engine) as tx:
        rows = tx.execute(select(terugroeping.c.ontvanger, terugroeping.c.soort)).all()
    assert sorted(map(tuple, rows)) == sorted(
        (partner, soort) for partner in ("AVIM", "IND") for soort in ("beperking", "terugroeping")
    )
    assert shown(world, casus)["beperking"] is not None
