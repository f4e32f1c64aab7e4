"""Erasing a casus: final, told to whoever got it, and the log still verifies (AVG 17, 19)."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, inspect, select, text

from gateway.idempotency import Idempotency
from gateway.refusals import ConflictError, NotFoundError
from gateway.services.beperkingen import restrict_casus
from gateway.services.bewaren import keep_terms
from gateway.services.bewaringstoetsen import answer_toets
from gateway.services.casussen import find_casussen, show_casus
from gateway.services.overleggen import show_overleg
from gateway.services.recall_state import list_recalls
from gateway.services.terugroepingen import confirm_terugroeping
from gateway.services.toestemmingen import show_toestemming
from gateway.services.wissingen import erase_casus
from privacy.log.search import entries_of
from privacy.store import tables
from privacy.store.engine import reading
from privacy.store.terugroepingen import terugroeping
from tests.builders import a_consent, a_samenvatting, an_item, people
from tests.world import FIRST_DAY, TRACE, World, bronhouder, gemeente, ketenpartner

NUMBER = a_samenvatting()["vNummer"]
ORG = bronhouder("sndvu")


def erase(world: World, casus: str, key: Idempotency | None = None) -> dict[str, object]:
    return erase_casus(world.parts, ORG, UUID(casus), key)


def row_of(world: World, casus: str) -> dict[str, object]:
    with reading(world.parts.engine) as tx:
        row = tx.execute(select(tables.casus).where(tables.casus.c.id == UUID(casus))).one()
    return row._asdict()


def count(world: World, table: object) -> int:
    with reading(world.parts.engine) as tx:
        return tx.execute(select(func.count()).select_from(table)).scalar_one()


def test_statement_20_after_erasing_nothing_of_the_person_answers_and_the_log_verifies(
    world: World,
):
    consent = a_consent(doelen=["aanmelding", "mutaties", "casusoverleg"])
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    overleg = world.frozen(casus)
    world.pack("AVIM", overleg)

    erase(world, casus)

    for gone in (
        lambda: show_casus(world.parts, ORG, UUID(casus)),
        lambda: show_toestemming(world.parts, ORG, UUID(consent["toestemmingId"])),
        lambda: world.withdraw(consent),
        lambda: world.give(casus, a_consent()),
        lambda: erase(world, casus),
    ):
        with pytest.raises(NotFoundError):
            gone()
    found = find_casussen(world.parts, ORG, {"vNummer": NUMBER})
    assert json.loads(found.body)["casussen"] == []
    assert world.pack("AVIM", overleg) == []
    assert world.told("DT&V") == []
    for caller in (ORG, gemeente()):
        assert show_overleg(world.parts, caller, overleg)["agendapunten"] == []
    again = world.overleg()
    [refused] = world.put_on_agenda(again, casus)
    assert refused["resultaat"] == "geweigerd"
    assert world.log_is_sound()


def test_of_an_erased_casus_the_tables_hold_no_ciphertext_and_no_consent(world: World):
    casus, other = world.casus(*people(2))
    world.frozen(casus)
    index = row_of(world, casus)["blind_index"]

    erase(world, casus)

    left = row_of(world, casus)
    assert left["blind_index"] != index
    assert len(left["blind_index"]) == len(index)
    for name in ("inhoud_sleutel", "spoor_sleutel", "vingerafdruk", "nummer", "ankers"):
        assert left[name] is None, name
    assert left["gedekt"] == {}
    with reading(world.parts.engine) as tx:
        outbox = tables.mutatie.c
        mine = select(outbox.stand, outbox.verandering).where(outbox.casus_id == UUID(casus))
        assert {tuple(each) for each in tx.execute(mine)} == {(None, None)}
        assert set(tx.execute(select(tables.toestemming.c.casus_id)).scalars()) == {UUID(other)}


def test_the_receipt_names_every_entry_of_the_log_and_no_other(world: World):
    casus, other = world.casus(*people(2))
    overleg = world.frozen(casus, other)
    world.pack("AVIM", overleg)
    world.feed("IND")
    show_casus(world.parts, ORG, UUID(casus))

    receipt = erase(world, casus)

    lines = dict(enumerate(world.entries(), start=world.installed))
    mine = [at for at, told in lines.items() if told.get("pseudoniem") == receipt["pseudoniem"]]
    assert receipt["logposities"] == mine
    soorten = Counter(lines[at]["soort"] for at in mine)
    # Told of to the municipality, to two partners and to its own organisation.
    assert soorten == {"casus_aangenomen": 1, "agendapunt": 1, "verstrekking": 4, "casus_gewist": 1}
    assert receipt["casusId"] == casus
    assert receipt["tijdvak"] == 1
    last = world.entries()[-1]
    assert (last["soort"], last["pseudoniem"]) == ("casus_gewist", receipt["pseudoniem"])
    with reading(world.parts.engine) as tx:
        found = entries_of(tx, [receipt["pseudoniem"]])
    assert [each.nummer for each in found] == mine
    packed = next(each for each in found if each.page and each.page.told["soort"] == "pakket")
    assert packed.nummer == packed.page.nummer - packed.page.told["onderdelen"] + packed.place


def test_whoever_ever_got_it_is_recalled_also_who_was_recalled_before(world: World):
    consent = a_consent()
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    at = {name: world.cursor(name) for name in ("AVIM", "IND")}
    [reference] = {item["casusreferentie"] for item in world.feed("AVIM")}
    world.withdraw(consent, ontvangers=["IND"])

    receipt = erase(world, casus)

    assert [each["ontvanger"] for each in receipt["terugroepingen"]] == ["AVIM", "IND"]
    due = (FIRST_DAY + timedelta(days=world.parts.settings.terugroepingstermijn)).isoformat()
    assert {each["uiterlijk"] for each in receipt["terugroepingen"]} == {due}
    [told] = world.feed("AVIM", at["AVIM"])
    assert (told["soort"], told["casusreferentie"]) == ("terugroeping", reference)
    assert world.told("IND", at["IND"]) == ["terugroeping", "terugroeping"]
    assert world.told("DT&V") == []


def test_references_stay_until_the_last_recall_is_confirmed_and_then_go(world: World):
    casus, _other = world.casus(*people(2))
    for name in ("AVIM", "IND"):
        world.feed(name)
    owed = erase(world, casus)["terugroepingen"]
    confirm(world, owed[0])
    keep_terms(world.parts, TRACE)
    between = count(world, terugroeping)

    confirm(world, owed[1])
    keep_terms(world.parts, TRACE)

    assert between == 2
    assert list_recalls(world.parts) == []
    assert count(world, terugroeping) == 0
    assert count(world, tables.casusreferentie) == 2


def test_in_the_end_no_table_ties_the_casus_to_its_entries_in_the_log(world: World):
    """By the numbers of its rows whoever knows the id would find its name in the log."""
    casus, other = world.casus(*people(2))
    world.frozen(casus)
    at = {name: world.cursor(name) for name in ("AVIM", "IND")}
    receipt = erase(world, casus)
    for name, before in at.items():
        assert world.told(name, before) == ["terugroeping"]
    for owed in receipt["terugroepingen"]:
        confirm(world, owed)

    keep_terms(world.parts, TRACE)

    told = [each["terugroepingId"] for each in receipt["terugroepingen"]]
    assert holding(world, [casus, receipt["pseudoniem"], *told]) == {"auditregel"}
    assert [world.told(name, before) for name, before in at.items()] == [[], []]
    assert len(world.feed("AVIM")) == 2, "of the other, from the start of the feed"
    assert holding(world, [other]) >= {"casus", "mutatie"}
    assert world.log_is_sound()


def holding(world: World, names: list[str]) -> set[str]:
    """The tables of which some row holds one of these names, with or without its dashes."""
    sought = [each.replace("-", "") for each in names]
    found = set()
    with reading(world.parts.engine) as tx:
        for table in inspect(tx).get_table_names():
            for row in tx.execute(text(f'SELECT * FROM "{table}"')):  # noqa: S608  our own names
                told = " ".join(map(_as_text, row)).replace("-", "")
                if any(each in told for each in sought):
                    found.add(table)
    return found


def _as_text(value: object) -> str:
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)


def confirm(world: World, owed: dict[str, str]) -> None:
    caller = ketenpartner(owed["ontvanger"])
    confirm_terugroeping(world.parts, caller, UUID(owed["terugroepingId"]))


def test_a_new_delivery_of_the_same_person_is_a_new_casus(world: World):
    """Also with the statements of before: nothing here knows that they are the same."""
    consent = a_consent()
    item = an_item(toestemmingen=[consent])
    [casus] = world.casus(item)
    [was] = {each["casusreferentie"] for each in world.feed("AVIM")}
    old = erase(world, casus)
    at = world.cursor("AVIM")

    [again] = world.casus(item)

    told = world.feed("AVIM", at)
    assert {each["casusreferentie"] for each in told}.isdisjoint({was})
    assert "aanmelding" in {each["soort"] for each in told}
    world.withdraw(consent)
    assert "terugroeping" in world.told("AVIM", at)
    assert again != casus
    assert erase(world, again)["pseudoniem"] != old["pseudoniem"]


def test_a_casus_of_another_organisation_is_as_one_that_does_not_exist(world: World):
    [casus] = world.casus(an_item(), by="sndvu")

    for asked in (UUID(casus), uuid4()):
        with pytest.raises(NotFoundError):
            erase_casus(world.parts, bronhouder("ander"), asked)

    assert row_of(world, casus)["gewist_op"] is None


def test_the_same_key_gets_the_same_receipt_again(world: World):
    [casus] = world.casus(an_item())
    key = Idempotency("sndvu-node", "sleutel-van-wissing", b"afdruk")

    first = erase(world, casus, key)

    assert erase(world, casus, key) == first


def test_content_that_is_gone_already_keeps_nobody_from_erasing(world: World):
    consent = a_consent()
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    world.feed("AVIM")
    world.withdraw(consent)

    receipt = erase(world, casus)

    assert [each["ontvanger"] for each in receipt["terugroepingen"]] == ["AVIM"]


@pytest.mark.parametrize("grond", ["juistheid", "bezwaar"])
def test_the_own_objection_of_a_person_does_not_stand_in_the_way_of_erasure(world: World, grond):
    """AVG 17 lid 1 c: the right to erasure is not blocked by a restriction that protected."""
    [casus] = world.casus(an_item())
    world.feed("AVIM")
    restrict_casus(world.parts, ORG, UUID(casus), {"grond": grond, "beperkt": True})

    receipt = erase(world, casus)

    assert [each["ontvanger"] for each in receipt["terugroepingen"]] == ["AVIM"]
    assert row_of(world, casus)["gewist_op"] is not None


@pytest.mark.parametrize("grond", ["onrechtmatig", "rechtsvordering"])
def test_what_a_person_wants_kept_is_not_erased(world: World, grond):
    """AVG 18 lid 1 b and c; also beside a ground that would not stand in the way."""
    [casus] = world.casus(an_item())
    for each in ("bezwaar", grond):
        restrict_casus(world.parts, ORG, UUID(casus), {"grond": each, "beperkt": True})

    with pytest.raises(ConflictError):
        erase(world, casus)

    assert row_of(world, casus)["gewist_op"] is None


def test_of_two_that_erase_at_once_one_gets_the_receipt(world: World):
    [casus] = world.casus(an_item())

    def one() -> str:
        try:
            return str(erase(world, casus)["pseudoniem"])
        except NotFoundError:
            return "onbekend"

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda _each: one(), range(2)))

    assert sorted(each == "onbekend" for each in outcomes) == [False, True]
    soorten = [entry["soort"] for entry in world.entries()]
    assert soorten.count("casus_gewist") == 1


def test_the_question_before_detention_is_answered_as_for_an_unknown_person(world: World):
    consent = a_consent(ontvangers=["AVIM"], doelen=["bewaringstoets"])
    item = an_item(
        samenvatting={"vNummer": NUMBER, "status": "in_begeleiding"}, toestemmingen=[consent]
    )
    [casus] = world.casus(item)
    asked = {"vNummer": NUMBER}
    before = answer_toets(world.parts, ketenpartner("AVIM"), asked)

    erase(world, casus)

    after = answer_toets(world.parts, ketenpartner("AVIM"), asked)
    told = [json.loads(each.body)["bewaringstoets"]["uitkomst"] for each in (before, after)]
    assert told == ["in_begeleiding", "niet_bekend"]
