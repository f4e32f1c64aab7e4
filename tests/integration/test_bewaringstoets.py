"""A refusal tells nothing: the question before detention, and an organisation's own casussen."""

import json
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError
from sqlalchemy import event

from gateway.caller import Caller
from gateway.refusals import ForbiddenError, NotFoundError
from gateway.services.bewaringstoetsen import answer_toets
from gateway.services.casussen import find_casussen, show_casus
from privacy.entitlement import Rulebook
from privacy.errors import (
    ErasedError,
    IntegrityError,
    KeysUnavailableError,
    PolicyUnavailableError,
)
from privacy.keys import Epoch, KeyRing
from privacy.log.commitment import opens
from privacy.notice import Notices
from privacy.policy import Policies
from privacy.store import tables
from privacy.store.engine import writing
from schemas.canonical import canonical
from schemas.faults import faults_of
from schemas.terms import Doel
from schemas.verzoeken import CasusvraagSchema
from tests.builders import a_consent, a_samenvatting, an_item
from tests.world import World, bronhouder, ketenpartner

TOETS = ["bewaringstoets"]
NUMBERS = {
    "in guidance": "0902224584",
    "unknown": "0000000001",
    "no consent for this purpose": "0000000002",
    "no consent for this recipient": "0000000003",
    "consent withdrawn": "0000000004",
    "consent over": "0000000005",
    "guidance ended": "0000000006",
    "not yet in guidance": "0000000007",
}
NOT_TOLD = [name for name in NUMBERS if name != "in guidance"]


def _ask(world: World, number: str, caller: Caller | None = None) -> dict[str, Any]:
    disclosure = answer_toets(world.parts, caller or ketenpartner("AVIM"), {"vNummer": number})
    told: dict[str, Any] = json.loads(disclosure.body)
    return told


def _item(number: str, *consents: dict[str, Any], **more: Any) -> dict[str, Any]:
    return an_item(samenvatting=_for_avim(number, **more), toestemmingen=list(consents))


def _for_avim(number: str, **more: Any) -> dict[str, Any]:
    """Only what AVIM may have for this purpose and the others may have between them."""
    return a_samenvatting(vNummer=number, **more)


def _consent(**more: Any) -> dict[str, Any]:
    """Consent to everything, detention included."""
    doelen = ["aanmelding", "mutaties", "casusoverleg", *TOETS]
    return a_consent(**({"doelen": doelen} | more))


@pytest.fixture
def people(world: World) -> World:
    """Of every kind one, and nobody of the kind `unknown`."""
    gone = _consent()
    ended = {"status": "uitgestroomd", "datumUitstroom": "2020-03-01", "uitstroomreden": "overig"}
    waiting = {"status": "aangemeld", "datumInstroom": None, "lijn": None}
    world.casus(
        _item(NUMBERS["in guidance"], _consent()),
        _item(NUMBERS["no consent for this purpose"], a_consent()),
        _item(
            NUMBERS["no consent for this recipient"],
            a_consent(),
            _consent(ontvangers=["IND"]),
        ),
        _item(NUMBERS["consent withdrawn"], gone),
        _item(NUMBERS["consent over"], _consent(laatsteDag="2020-04-01")),
        _item(NUMBERS["guidance ended"], _consent(), **ended),
        _item(NUMBERS["not yet in guidance"], _consent(), **waiting),
    )
    world.withdraw(gone)
    world.pass_days(1)
    _ask(world, NUMBERS["unknown"])  # what ended with the day is written down by the first to ask
    return world


def test_who_is_in_guidance_and_agreed_to_it_is_told(people: World):
    told = _ask(people, NUMBERS["in guidance"])["bewaringstoets"]

    assert told["uitkomst"] == "in_begeleiding"
    assert told.keys() == {"uitkomst", "ontvanger", "gemaaktOp"}


def test_one_of_several_casussen_is_enough(people: World):
    number = NUMBERS["guidance ended"]
    people.casus(_item(number, _consent()), by="seguro")

    assert _ask(people, number)["bewaringstoets"]["uitkomst"] == "in_begeleiding"


@pytest.mark.parametrize("kind", NOT_TOLD)
def test_every_other_answer_is_the_same_to_the_byte(people: World, kind: str):
    unknown, told = _ask(people, "9999999999"), _ask(people, NUMBERS[kind])

    assert told["bewaringstoets"]["uitkomst"] == "niet_bekend"
    assert _bytes(told) == _bytes(unknown)


def _bytes(told: dict[str, Any]) -> bytes:
    """Without what differs between any two answers: moment, index, and the salted digest."""
    told["bewaringstoets"].pop("gemaaktOp")
    bewijs = told["bewijs"]
    for name in ("index", "zout"):
        bewijs.pop(name)
    for name in ("tijd", "afdruk"):
        bewijs["regel"].pop(name)
    return canonical(told)


@pytest.mark.parametrize("kind", NUMBERS)
def test_every_question_takes_as_many_entries_of_the_log(people: World, kind: str):
    before = len(people.entries())
    told = _ask(people, NUMBERS[kind])
    new = people.entries()[before:]

    assert len(new) == len(people.parts.settings.bronhouders) + 1
    assert told["bewijs"]["index"] == people.installed + before + len(new) - 1
    assert told["bewijs"]["regel"] == new[-1]
    assert new[-1]["onderdelen"] == len(new) - 1
    kinds = [each["soort"] for each in new]
    first = "verstrekking" if kind == "in guidance" else "weigering"
    assert kinds == [first, "weigering", "bewaringstoets"]
    assert people.log_is_sound()


def test_an_entry_that_leaves_names_no_casus_consent_or_field(people: World):
    for kind in NUMBERS:
        regel = _ask(people, NUMBERS[kind])["bewijs"]["regel"]

        assert not regel.keys() & {"pseudoniem", "toestemmingen", "velden", "reden", "verklaringen"}


def test_nobody_has_another_name_in_the_log_each_time(people: World):
    before = len(people.entries())
    for _ in range(3):
        _ask(people, NUMBERS["unknown"])
    names = [each["pseudoniem"] for each in people.entries()[before:] if "pseudoniem" in each]

    assert len(names) == len(set(names)) == 6


def test_the_log_says_of_whom_it_was_told_and_why_not(people: World):
    before = len(people.entries())
    for kind in ("in guidance", "consent withdrawn", "guidance ended"):
        _ask(people, NUMBERS[kind])
    of_sndvu = people.entries()[before::3]

    assert [each.get("reden") for each in of_sndvu] == [
        None,
        "toestemming_ingetrokken",
        "andere_stand",
    ]
    assert of_sndvu[0]["velden"] == {"status": "volledig"}


def test_the_salt_opens_the_digest_of_the_answer(people: World):
    told = _ask(people, NUMBERS["in guidance"])

    bewijs = told["bewijs"]
    opens(
        bewijs["regel"]["afdruk"], canonical(told["bewaringstoets"]), bytes.fromhex(bewijs["zout"])
    )


def test_the_same_statements_are_run_whatever_is_found(people: World):
    def statements(number: str) -> list[str]:
        seen: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            seen.append(statement)

        event.listen(people.parts.engine, "before_cursor_execute", note)
        _ask(people, number)
        event.remove(people.parts.engine, "before_cursor_execute", note)
        return seen

    expected = statements("9999999999")
    for kind, number in NUMBERS.items():
        assert statements(number) == expected, kind


# Causes in the system


def test_a_lapsed_policy_is_never_taken_for_not_in_guidance(people: World):
    lapsed = {
        name: replace(people.parts.policies.of(name), herzien_voor=date(2020, 1, 1))
        for name in people.parts.policies.recipients
    }
    people.under(Rulebook(Policies(lapsed), people.parts.notices))

    for number in NUMBERS.values():
        with pytest.raises(PolicyUnavailableError):
            _ask(people, number)


def test_a_casus_that_does_not_open_is_never_taken_for_not_in_guidance(people: World):
    with writing(people.parts.engine) as tx:
        tx.execute(tables.mutatie.update().values(stand=b"\x01" + bytes(60)))

    with pytest.raises(IntegrityError):
        _ask(people, NUMBERS["in guidance"])


def test_a_missing_key_is_never_taken_for_not_in_guidance(people: World):
    """Under another epoch's key the person has another index, and would not be found."""
    elsewhere = {2: Epoch.of(2, bytes(32))}
    people.parts = replace(people.parts, keys=KeyRing(elsewhere, bytes(32)))

    for number in NUMBERS.values():
        with pytest.raises(KeysUnavailableError):
            _ask(people, number)


def test_who_stands_in_two_casussen_of_one_organisation_gets_no_answer_by_chance(people: World):
    """What a roll-over of keys that broke off could leave; either may be the one to tell of."""
    number = NUMBERS["in guidance"]
    (other,) = people.casus(_item("0000000008", _consent()))
    ring = people.parts.keys
    both = {1: ring.current, 2: Epoch.of(2, bytes(32))}
    people.parts = replace(people.parts, keys=KeyRing(both, bytes(32)))
    index = people.parts.keys.blind_index("sndvu", number, 2)
    chosen = tables.casus.c.id == UUID(other)
    with writing(people.parts.engine) as tx:
        tx.execute(tables.casus.update().where(chosen).values(blind_index=index))

    with pytest.raises(IntegrityError):
        _ask(people, number)


def test_an_organisation_that_left_the_settings_is_still_looked_at(people: World):
    left = tuple(each for each in people.parts.settings.bronhouders if each.code != "sndvu")
    people.parts = replace(people.parts, settings=replace(people.parts.settings, bronhouders=left))

    assert _ask(people, NUMBERS["in guidance"])["bewaringstoets"]["uitkomst"] == "in_begeleiding"


def test_a_casus_that_became_another_persons_meanwhile_is_not_told_of(people: World):
    """Found by its index, and corrected before it is held."""
    index = people.parts.keys.blind_index
    mine = tables.casus.c.blind_index == index("sndvu", NUMBERS["in guidance"])
    correction = tables.casus.update().where(mine).values(blind_index=index("sndvu", "0000000009"))
    corrected: list[Any] = []

    def correct(connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "inhoud_sleutel" in statement and not corrected:
            corrected.append(statement)
            connection.execute(correction)

    event.listen(people.parts.engine, "before_cursor_execute", correct)
    told = _ask(people, NUMBERS["in guidance"])
    event.remove(people.parts.engine, "before_cursor_execute", correct)

    assert corrected
    assert told["bewaringstoets"]["uitkomst"] == "niet_bekend"


def test_a_notice_that_is_lost_is_never_taken_for_not_in_guidance(people: World):
    people.under(Rulebook(people.parts.policies, Notices({})))

    with pytest.raises(PolicyUnavailableError):
        _ask(people, NUMBERS["in guidance"])


def test_consent_given_anew_counts_at_once(world: World):
    number, first = NUMBERS["in guidance"], _consent()
    (casus,) = world.casus(_item(number, first))
    world.withdraw(first)
    world.pass_days(1)
    new = _consent(eersteDag=world.day.isoformat())
    world.give(casus, new)

    # The summary went with the last consent. Until it comes again nobody says "not known".
    with pytest.raises(ErasedError):
        _ask(world, number)
    item = _item(number, first) | {"standVan": "2020-04-02T08:00:00Z"}
    world.push(item | {"toestemmingen": [first, new]})
    assert _ask(world, number)["bewaringstoets"]["uitkomst"] == "in_begeleiding"


def test_consent_without_a_summary_is_never_taken_for_not_in_guidance(people: World):
    with writing(people.parts.engine) as tx:
        tx.execute(tables.casus.update().values(stand_nummer=None))

    with pytest.raises(ErasedError):
        _ask(people, NUMBERS["in guidance"])


@pytest.mark.parametrize("kind", NUMBERS)
def test_a_client_without_the_purpose_gets_no_answer_about_anybody(people: World, kind: str):
    before = len(people.entries())

    with pytest.raises(ForbiddenError):
        _ask(people, NUMBERS[kind], ketenpartner("AVIM", [Doel.MUTATIES]))
    with pytest.raises(ForbiddenError):
        _ask(people, NUMBERS[kind], ketenpartner("IND"))
    assert len(people.entries()) == before


@given(
    number=st.one_of(
        st.text(max_size=30), st.integers(), st.none(), st.from_regex(r"[0-9]{9}|[0-9]{11}")
    )
)
@settings(max_examples=50)
def test_what_is_no_v_nummer_is_refused_by_rule_and_never_by_value(number: Any):
    if isinstance(number, str) and len(number) == 10 and number.isascii() and number.isdigit():
        return
    with pytest.raises(ValidationError) as refused:
        CasusvraagSchema().load({"vNummer": number})
    (fault,) = faults_of(refused.value)
    assert (fault.veld, fault.pointer) == ("vNummer", "/vNummer")


# An organisation's own casussen


def _find(world: World, number: str, by: str = "sndvu") -> bytes:
    return find_casussen(world.parts, bronhouder(by), {"vNummer": number}).body


def test_an_organisation_finds_its_own_casus_by_its_v_nummer(embedded: World):
    (casus,) = embedded.casus(an_item())

    told = json.loads(_find(embedded, "0902224584"))

    assert [each["casusId"] for each in told["casussen"]] == [casus]
    assert told["casussen"][0]["samenvatting"]["naam"] == "Ngọc Farahani"


def test_another_organisations_casus_is_found_as_one_that_does_not_exist(world: World):
    (casus,) = world.casus(an_item())
    before = len(world.entries())

    others, unknown = (_find(world, number, "seguro") for number in ("0902224584", "0000000001"))

    assert others == unknown == b'{"casussen":[]}'
    first, second = world.entries()[before:]
    assert first | {"afdruk": ""} == second | {"afdruk": ""}
    for name in (UUID(casus), uuid4()):
        with pytest.raises(NotFoundError):
            show_casus(world.parts, bronhouder("seguro"), name)
    first, second = world.entries()[-2:]
    assert first | {"afdruk": ""} == second | {"afdruk": ""}


def test_an_own_casus_stays_visible_when_consent_is_gone(world: World):
    consent = _consent()
    (casus,) = world.casus(an_item(toestemmingen=[consent]))
    world.withdraw(consent)

    told = json.loads(show_casus(world.parts, bronhouder("sndvu"), UUID(casus)).body)

    assert told["casus"]["casusId"] == casus
    assert "samenvatting" not in told["casus"]


def test_that_a_casus_was_looked_at_stands_in_the_log(embedded: World):
    (casus,) = embedded.casus(an_item())
    before = len(embedded.entries())

    show_casus(embedded.parts, bronhouder("sndvu"), UUID(casus))

    told, closing = embedded.entries()[before:]
    assert (told["soort"], told["grondslag"]) == ("verstrekking", "eigen")
    assert (closing["soort"], closing["onderdelen"]) == ("casus_ingezien", 1)
