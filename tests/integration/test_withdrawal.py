"""Withdrawing a recipient, a purpose, a pair or all of it; and that everything stops at once."""

import json
from collections.abc import Callable
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from gateway.auth.permission_map import PERMISSIONS
from gateway.idempotency import Idempotency
from gateway.services.pakketten import disclose_pakket
from gateway.services.toestemmingen import (
    register_toestemming,
    show_toestemming,
    withdraw_toestemming,
)
from privacy.store.dossiers import Lock, load_by_id
from privacy.store.engine import reading
from tests.builders import DOELEN, PARTNERS, a_consent, a_samenvatting, an_item
from tests.signing import signed_consent
from tests.world import World, bronhouder, ketenpartner

ALL = set(product(PARTNERS, DOELEN))


def covered(world: World, casus: str) -> set[tuple[str, str]]:
    """The pairs of recipient and purpose that have a ground, as the gateway keeps them."""
    with reading(world.parts.engine) as tx:
        dossier = load_by_id(tx, world.parts.keys, [UUID(casus)], Lock.NONE)[UUID(casus)]
    return {(name, str(doel)) for name, doelen in dossier.gedekt.items() for doel in doelen}


def shown(world: World, consent: dict[str, Any]) -> dict[str, Any]:
    name = UUID(consent["toestemmingId"])
    return show_toestemming(world.parts, bronhouder("sndvu"), name)


@pytest.fixture
def consent() -> dict[str, Any]:
    return a_consent()


@pytest.fixture
def casus(world: World, consent) -> str:
    [made] = world.casus(an_item(toestemmingen=[consent]))
    return made


SCOPES: dict[str, tuple[dict[str, Any], Callable[[str, str], bool]]] = {
    "one recipient": ({"ontvangers": ["IND"]}, lambda who, _: who == "IND"),
    "two recipients": ({"ontvangers": ["IND", "AVIM"]}, lambda who, _: who != "DT&V"),
    "one purpose": ({"doelen": ["mutaties"]}, lambda _, doel: doel == "mutaties"),
    "one pair": (
        {"ontvangers": ["IND"], "doelen": ["casusoverleg"]},
        lambda who, doel: (who, doel) == ("IND", "casusoverleg"),
    ),
    "a purpose that it does not name": ({"doelen": ["mrt"]}, lambda *_: False),
    "a pair of which only the recipient is named": (
        {"ontvangers": ["IND"], "doelen": ["bewaringstoets"]},
        lambda *_: False,
    ),
    "all of it": ({}, lambda *_: True),
    "all of it, said as nothing": ({"ontvangers": None, "doelen": None}, lambda *_: True),
}


@pytest.mark.parametrize(("body", "gone"), SCOPES.values(), ids=SCOPES.keys())
def test_what_was_withdrawn_ends_and_the_rest_stays_exactly(world, consent, casus, body, gone):
    overleg = world.frozen(casus)

    world.withdraw(consent, **body)

    left = {pair for pair in ALL if not gone(*pair)}
    assert covered(world, casus) == left
    for partner in PARTNERS:
        assert bool(world.pack(partner, overleg)) == ((partner, "casusoverleg") in left)
        told = "aanmelding" in world.told(partner)
        assert told == ((partner, "aanmelding") in left)


def test_what_is_left_of_a_statement_is_shown_with_what_is_not(world, consent, casus):
    answer = world.withdraw(consent, ontvangers=["IND"], doelen=["casusoverleg"])

    assert answer == shown(world, consent)
    assert answer["besluit"] == "gegeven"
    assert answer["ingetrokkenOp"] is None
    assert answer["uitgezonderd"] == [{"ontvanger": "IND", "doel": "casusoverleg"}]
    assert answer["ontvangers"] == sorted(PARTNERS)


def test_pair_by_pair_or_all_at_once_ends_the_same(world, consent, casus):
    for partner, doel in sorted(ALL):
        world.withdraw(consent, ontvangers=[partner], doelen=[doel])

    assert covered(world, casus) == set()
    assert shown(world, consent)["ingetrokkenOp"] == world.day.isoformat()


def test_the_log_names_each_recipient_and_purpose_that_was_withdrawn(world, consent, casus):
    world.withdraw(consent, ontvangers=["IND", "AVIM"], doelen=["mutaties", "casusoverleg"])
    world.withdraw(consent, doelen=["aanmelding"])
    world.withdraw(consent)

    told = [
        (each.get("ontvanger"), each.get("doel"))
        for each in world.entries()
        if each["soort"] == "toestemming_ingetrokken"
    ]
    assert told == [
        *product(("AVIM", "IND"), ("casusoverleg", "mutaties")),
        (None, "aanmelding"),
        (None, None),
    ]
    assert world.log_is_sound()


def test_what_was_withdrawn_before_it_was_named_stays_withdrawn(world):
    consent = a_consent(ontvangers=["AVIM"])
    [casus] = world.casus(an_item(toestemmingen=[consent]))

    world.withdraw(consent, ontvangers=["IND"])
    world.give(casus, consent | {"ontvangers": ["AVIM", "IND"]})

    assert {who for who, _ in covered(world, casus)} == {"AVIM"}


def test_what_was_withdrawn_of_all_comes_back_under_no_other_name_either(world):
    """Widened after the withdrawal, and then delivered as another statement of the same day."""
    consent = a_consent(ontvangers=["AVIM"])
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    world.withdraw(consent, doelen=["mutaties"])
    world.give(casus, consent | {"ontvangers": ["AVIM", "IND"]})

    world.give(casus, a_consent(ontvangers=["AVIM", "IND"], eersteDag=consent["eersteDag"]))

    assert "mutaties" not in {doel for _, doel in covered(world, casus)}


@pytest.mark.parametrize("day", ["2019-01-01", "2020-02-01", "2030-01-01"])
def test_whatever_day_a_withdrawal_names_it_ends_now_and_calls_back(world, consent, casus, day):
    world.feed("IND")
    end = world.cursor("IND")

    answer = world.withdraw(consent, ingetrokkenOp=day)

    assert answer["ingetrokkenOp"] == min(day, world.day.isoformat())
    assert covered(world, casus) == set()
    assert world.told("IND", end) == ["terugroeping"]


def test_withdrawing_twice_is_no_fault_and_owes_no_second_recall(world, consent, casus):
    world.feed("IND")
    world.withdraw(consent)
    end = world.cursor("IND")

    again = world.withdraw(consent)

    assert again["ingetrokkenOp"] == world.day.isoformat()
    assert world.feed("IND", end) == []


def test_a_refusal_that_is_withdrawn_stays_a_refusal(world):
    refusal = a_consent(besluit="geweigerd", ontvangers=["IND"])
    given = a_consent(ontvangers=["AVIM", "IND"])
    casus = _push(world, given, refusal)
    before = covered(world, casus)

    answer = world.withdraw(refusal)

    assert answer["besluit"] == "geweigerd"
    assert covered(world, casus) == before
    assert {who for who, _ in before} == {"AVIM"}


def _push(world: World, *consents: dict[str, Any]) -> str:
    item = an_item(toestemmingen=list(consents))
    [refused] = world.push(item, proef=True)
    gone = {each["veld"] for each in refused["problemen"]}
    left = {name: value for name, value in a_samenvatting().items() if name not in gone}
    return world.casus(item | {"samenvatting": left})[0]


def test_withdrawing_is_as_easy_as_giving():
    """AVG 7 lid 3: the same clients, the same scope, one request, and never too many of them."""
    give, withdraw = PERMISSIONS["toestemmingen.register"], PERMISSIONS["toestemmingen.withdraw"]

    assert withdraw == give
    assert len(give.scopes) == 1


# From the commit on everything stops.


def test_a_pack_that_was_frozen_before_is_without_the_casus(world, consent, casus):
    overleg = world.frozen(casus)
    assert len(world.pack("AVIM", overleg)) == 1

    world.withdraw(consent, ontvangers=["AVIM"], doelen=["casusoverleg"])

    assert world.pack("AVIM", overleg) == []
    assert len(world.pack("IND", overleg)) == 1


def test_from_an_old_cursor_only_the_recall_is_told(world, consent):
    start = world.cursor("AVIM")
    world.casus(an_item(toestemmingen=[consent]))
    world.feed("AVIM", start, limiet=1)

    world.withdraw(consent)

    [recall] = world.feed("AVIM", start)
    assert set(recall) >= {"terugroepingId", "doelen"}
    assert a_samenvatting()["vNummer"] not in json.dumps(world.feed("AVIM", start))


def test_what_was_read_before_has_another_fingerprint_after(world, consent, casus):
    """By it a 304 is decided: a withdrawal must never look like `unchanged`."""
    overleg = world.frozen(casus)
    asked = world.parts, ketenpartner("AVIM"), overleg
    before = disclose_pakket(*asked).fingerprint
    assert disclose_pakket(*asked).fingerprint == before

    world.withdraw(consent, ontvangers=["AVIM"], doelen=["casusoverleg"])

    assert disclose_pakket(*asked).fingerprint != before


def test_a_repeated_request_to_give_does_not_bring_back_what_was_withdrawn(world, consent, casus):
    later = a_consent(ontvangers=["IND"])
    body = {"casusId": casus, "toestemming": signed_consent(later, "sndvu")}
    key = Idempotency("sndvu-node", "sleutel-0001", b"afdruk")
    asked = world.parts, bronhouder("sndvu"), body, key
    first = register_toestemming(*asked)
    world.withdraw(later)
    world.withdraw(consent)

    again = register_toestemming(*asked)

    assert again == first
    assert covered(world, casus) == set()


def test_a_repeated_withdrawal_is_one_withdrawal(world, consent, casus):
    world.feed("IND")
    end = world.cursor("IND")
    key = Idempotency("sndvu-node", "sleutel-0002", b"afdruk")
    name = UUID(consent["toestemmingId"])
    asked = world.parts, bronhouder("sndvu"), name, {"doelen": ["mutaties"]}, key

    first = withdraw_toestemming(*asked)
    entries = len(world.entries())
    again = withdraw_toestemming(*asked)

    assert again == first
    assert len(world.entries()) == entries
    assert world.told("IND", end) == ["terugroeping"]
