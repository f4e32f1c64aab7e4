"""What leaves, for whichever policy, notice, consent and record: against a model of ten lines."""

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from privacy._unseal import open_sealed
from privacy.comparison import exceeding
from privacy.consent import Statement
from privacy.consent_events import Event, Gebeurtenis, state_of
from privacy.entitlement import Rulebook
from privacy.filter import filter_fields
from privacy.keys import Epoch, KeyRing
from privacy.notice import Notice, Notices
from privacy.policy import Policies
from privacy.precision import PROCESSOR, SUPPORTED, Viewer, coarsen, coarsen_field, finer
from privacy.sealed import Sealed, seal
from privacy.store.engine import make_engine
from privacy.vault import CasusKeys
from schemas.json_schema import documents
from schemas.records import Casussamenvatting
from schemas.samenvatting import samenvatting_schema
from schemas.terms import Doel, Leeftijdsgroep, Precisie
from tests.gates import Gatehouse, a_candidate, an_ask
from tests.properties.test_schemas import births, samenvattingen
from tests.unit.privacy.examples import CASUS, DAY, a_label, a_policy

RECIPIENTS = ("IND", "AVIM")
PURPOSES = (Doel.CASUSOVERLEG, Doel.MUTATIES)
NOTICES = ("2019-1", "2020-2")
FIELDS = ("vNummer", "naam", "geboortedatum", "uitstroomreden", "datumInstroom")
_COARSE = {
    Precisie.VOLLEDIG: 0,
    Precisie.MAAND: 1,
    Precisie.JAAR: 2,
    Precisie.LEEFTIJDSGROEP: 3,
    Precisie.GROEP: 1,
    Precisie.PSEUDONIEM: 1,
    Precisie.JA_NEE: 9,
}

fields = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(sorted(SUPPORTED[name])) for name in FIELDS}
)
policies = st.fixed_dictionaries({(r, d): fields for r in RECIPIENTS for d in PURPOSES})
notices = st.fixed_dictionaries(dict.fromkeys(NOTICES, policies))
records = st.fixed_dictionaries(
    {"vNummer": st.sampled_from(["0902224584", "0000000001"])},
    optional={
        "naam": st.text(min_size=1, max_size=9, alphabet=st.characters(codec="utf-8")),
        "geboortedatum": st.sampled_from([None, "1987-03-14", "2004-04", "1950"]),
        "uitstroomreden": st.sampled_from([None, "medisch", "terugkeer"]),
        "datumInstroom": st.sampled_from([None, "2020-01-31"]),
    },
)


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    first = DAY + timedelta(days=draw(st.integers(-2, 1)))
    return Statement(
        toestemming_id=UUID(int=draw(st.integers(0, 2**64))),
        versie=1,
        ontvangers=frozenset(draw(st.sets(st.sampled_from(RECIPIENTS), min_size=1))),
        doelen=frozenset(draw(st.sets(st.sampled_from(PURPOSES), min_size=1))),
        eerste_dag=first,
        laatste_dag=first + timedelta(days=draw(st.integers(0, 3))),
        verklaring=draw(st.sampled_from((*NOTICES, "2031-9"))),
        ingetrokken_op=draw(st.none() | st.just(DAY) | st.just(DAY + timedelta(days=1))),
    )


several = st.lists(statements(), max_size=3, unique_by=lambda each: each.toestemming_id)
people = st.lists(st.tuples(records, several), max_size=3)
Person = tuple[dict[str, str | None], list[Statement]]
_PAIRS = [(r, d) for r in RECIPIENTS for d in PURPOSES]


def rules(allowed: Mapping[Any, Any], explained: Mapping[str, Any]) -> Rulebook:
    per_recipient = {
        name: a_policy(name, {doel: allowed[name, doel] for doel in PURPOSES})
        for name in RECIPIENTS
    }
    known = {name: Notice(name, "titel", table, "sha256:1") for name, table in explained.items()}
    return Rulebook(Policies(per_recipient), Notices(known))


def model(
    person: Person, allowed: Mapping[Any, Any], explained: Mapping[str, Any], viewer: Viewer
) -> dict[str, str | None] | None:
    """What the IND may have of a person for casusoverleg; None where that is no field at all."""
    record, consents = person
    best: dict[str, Precisie] = {}
    for each in consents:
        covers = (
            "IND" in each.ontvangers
            and Doel.CASUSOVERLEG in each.doelen
            and each.eerste_dag <= DAY <= each.laatste_dag
            and (each.ingetrokken_op is None or each.ingetrokken_op > DAY)
        )
        table = explained.get(each.verklaring, {}).get(("IND", Doel.CASUSOVERLEG), {})
        for name, policy in allowed["IND", Doel.CASUSOVERLEG].items():
            if covers and name in table:
                mine = max(policy, table[name], key=_COARSE.__getitem__)
                best[name] = min(best.get(name, mine), mine, key=_COARSE.__getitem__)
    left = {
        name: coarsen_field(name, how, record[name], viewer, CASUS)
        for name, how in best.items()
        if name in record
    }
    return left if best else None


@pytest.fixture(scope="module")
def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gatehouse]:
    folder = tmp_path_factory.mktemp("gate")
    shutil.copyfile(sqlite_template, folder / "gate.sqlite")
    engine = make_engine(f"sqlite:///{folder / 'gate.sqlite'}")
    yield Gatehouse(engine, folder, rules({pair: {} for pair in _PAIRS}, {}))
    engine.dispose()


def released(house: Gatehouse, persons: list[Person]) -> dict[int, Any]:
    """What the IND gets of each person, by their place; nobody who is not in the answer."""
    candidates = [
        a_candidate(seal(a_label(), record), *consents, caption={"place": place})
        for place, (record, consents) in enumerate(persons)
    ]
    body = json.loads(house.disclose(an_ask(), candidates).body)
    return {each["place"]: each["samenvatting"] for each in body["pakket"]["casussen"]}


@given(people, policies, notices)
def test_what_leaves_is_what_policy_and_notice_allow_in_the_coarser_precision(
    house, persons, allowed, explained
):
    house.rulebook = rules(allowed, explained)
    viewer = Viewer("IND", DAY, house.keys.system_key("pseudoniem"))

    left = released(house, persons)

    expected = {at: model(each, allowed, explained, viewer) for at, each in enumerate(persons)}
    assert left == {at: fields for at, fields in expected.items() if fields is not None}


@given(people, policies, notices)
def test_every_question_adds_one_entry_for_each_candidate_and_one_for_itself(
    house, persons, allowed, explained
):
    house.rulebook = rules(allowed, explained)
    before = len(house.lines())

    left = released(house, persons)

    added = [json.loads(line)["soort"] for line in house.lines()[before:]]
    assert added.count("verstrekking") == len(left)
    assert added.count("weigering") == len(persons) - len(left)
    assert len(added) == len(persons) + 1


@given(people, policies, notices, st.data())
def test_a_policy_line_that_is_taken_away_takes_that_field_and_nothing_else(
    house, persons, allowed, explained, data
):
    name = data.draw(st.sampled_from(FIELDS))
    mine = {n: how for n, how in allowed["IND", Doel.CASUSOVERLEG].items() if n != name}
    house.rulebook = rules(allowed, explained)
    before = released(house, persons)

    house.rulebook = rules({**allowed, ("IND", Doel.CASUSOVERLEG): mine}, explained)
    after = released(house, persons)

    without = {
        place: {n: value for n, value in held.items() if n != name}
        for place, held in before.items()
    }
    assert after == {
        place: held
        for place, held in without.items()
        # Who had this field alone is refused: no field is left that anyone explained.
        if held or place in after
    }


@given(people, policies, notices, st.data())
def test_a_person_without_consent_is_missing_and_nobody_else_changes(
    house, persons, allowed, explained, data
):
    gone = data.draw(st.integers(0, len(persons)))
    house.rulebook = rules(allowed, explained)
    before = released(house, persons)

    after = released(
        house, [(record, [] if at == gone else own) for at, (record, own) in enumerate(persons)]
    )

    assert after == {place: held for place, held in before.items() if place != gone}


@given(statements(), several, policies, notices, st.sets(st.sampled_from(RECIPIENTS), min_size=1))
def test_withdrawing_never_enlarges_what_leaves(one, others, allowed, explained, recipients):
    book = rules(allowed, explained)
    act = replace(one, versie=2, ontvangers=frozenset(recipients), ingetrokken_op=DAY)
    given_and_withdrawn = (
        Event(Gebeurtenis.GEGEVEN, 1, one),
        Event(Gebeurtenis.INGETROKKEN, 2, act),
    )
    after = state_of(given_and_withdrawn)

    for recipient in RECIPIENTS:
        for purpose in PURPOSES:
            had = book.entitlement([one, *others], recipient, purpose, DAY).velden
            has = book.entitlement([after, *others], recipient, purpose, DAY).velden
            assert all(_COARSE[has[name]] >= _COARSE[had[name]] for name in has)
            assert set(has) <= set(had)
            if recipient in recipients:
                alone = book.entitlement([after], recipient, purpose, DAY)
                assert not alone.velden


@given(several, policies, notices)
def test_the_gateway_holds_no_less_than_each_partner_may_have_and_no_more_than_all(
    consents, allowed, explained
):
    book = rules(allowed, explained)

    held = book.processor_entitlement(consents, DAY).velden

    per_partner = [
        book.entitlement(consents, recipient, purpose, DAY).velden
        for recipient in RECIPIENTS
        for purpose in PURPOSES
    ]
    finest = {
        name: min((each[name] for each in per_partner if name in each), key=_COARSE.__getitem__)
        for name in {name for each in per_partner for name in each}
    }
    assert dict(held) == ({**finest, "vNummer": Precisie.VOLLEDIG} if finest else {})


# What crosses in a coarser precision

_IND, _GATEWAY = Viewer("IND", DAY, b"sleutel"), Viewer(PROCESSOR, DAY, b"andere sleutel")
_DOCUMENT = documents()["casussamenvatting"]
precisions = st.fixed_dictionaries(
    {name: st.sampled_from(sorted(allowed)) for name, allowed in SUPPORTED.items()}
)


def wire_of(record: Casussamenvatting) -> dict[str, str | None]:
    """All of a record as a register gives it: its reason too, which leaves in groups only."""
    whole = dict.fromkeys(SUPPORTED)
    return whole | samenvatting_schema(DAY).dump(record)


@given(samenvattingen(whole=True), precisions, st.data())
def test_whatever_a_node_may_send_the_gateway_can_read_and_may_hold(record, allowed, data):
    shared = data.draw(st.sets(st.sampled_from(sorted(SUPPORTED))))
    allowed = {name: allowed[name] for name in shared} | {"vNummer": Precisie.VOLLEDIG}

    sent = filter_fields(wire_of(record), allowed, _GATEWAY, None)

    assert samenvatting_schema(DAY).load(sent)
    assert Draft202012Validator(_DOCUMENT).is_valid(sent)
    assert exceeding(seal(a_label(), sent), allowed, _GATEWAY) == ()
    assert filter_fields(sent, allowed, _GATEWAY, None) == sent


@given(samenvattingen(whole=True), precisions, precisions)
def test_a_partner_gets_the_same_whatever_another_partner_lets_the_gateway_hold(
    record, mine, another
):
    """But an age group, of which a year leaves two open: then that is what is said of it."""
    union = {name: finer(mine[name], another[name]) for name in SUPPORTED}
    union["vNummer"] = Precisie.VOLLEDIG
    whole = wire_of(record)

    held = filter_fields(whole, union, _GATEWAY, None)
    told = filter_fields(held, mine, _IND, CASUS)

    expected = filter_fields(whole, mine, _IND, CASUS)
    if told["geboortedatum"] == Leeftijdsgroep.ONBEKEND:
        expected["geboortedatum"] = told["geboortedatum"]
    assert told == expected


@given(births, st.integers(0, 400), st.sampled_from([4, 7]))
def test_knowing_less_of_a_birth_date_gives_the_same_age_group_or_none(birth, later, length):
    viewer = Viewer("IND", DAY + timedelta(days=later), b"")

    groups = [coarsen(Precisie.LEEFTIJDSGROEP, birth[:known], viewer) for known in (10, length)]

    assert groups[1] in (groups[0], Leeftijdsgroep.ONBEKEND)


@given(st.text(), st.sampled_from(sorted(SUPPORTED)), st.sampled_from(Precisie))
def test_no_text_makes_coarsening_fail_and_doing_it_twice_is_doing_it_once(value, name, precisie):
    """Dates apart: whatever looks like one was read as one before."""
    if value[:4].isdecimal():
        value = f"x{value}"

    once = coarsen_field(name, precisie, value, _IND, CASUS)

    assert coarsen_field(name, precisie, once, _IND, CASUS) == once


# Encryption

_RING = KeyRing({1: Epoch.of(1, bytes(32))}, bytes(32))
_KEYS = CasusKeys(CASUS, bytes(range(32)), bytes(range(1, 33)))
wire = st.dictionaries(
    st.sampled_from(sorted(SUPPORTED)), st.none() | st.text(st.characters(codec="utf-8"))
)


def inside(sealed: Sealed) -> dict[str, str | None]:
    return dict(open_sealed(sealed))


@given(wire, st.integers(1, 2**31))
def test_what_is_encrypted_is_decrypted_to_the_same(record, versie):
    label = a_label(versie=versie)

    blob = _KEYS.encrypt(seal(label, record), "stand", versie)

    assert inside(_KEYS.decrypt(blob, "stand", label)) == record


@given(wire, wire)
def test_a_change_is_decrypted_to_the_same(old, new):
    blob = _KEYS.encrypt_change(seal(a_label(), old), seal(a_label(), new), 1)

    was, now = _KEYS.decrypt_change(blob, a_label())

    assert (inside(was), inside(now)) == (old, new)


@given(st.integers(-1, 2**62), st.sampled_from(RECIPIENTS))
def test_a_cursor_is_read_to_the_place_that_was_hidden(place, recipient):
    assert _RING.read_position(recipient, _RING.hide_position(recipient, place)) == place
