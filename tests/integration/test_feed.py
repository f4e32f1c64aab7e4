"""The feed: pages that are full, cursors that tell nothing, items that stay what they were."""

from uuid import UUID

import pytest
from sqlalchemy import update

from gateway.refusals import ForbiddenError, InvalidRequestError
from gateway.services.mutaties import disclose_page
from privacy.errors import IntegrityError
from privacy.store import tables
from privacy.store.engine import writing
from schemas.terms import Doel
from tests.builders import a_consent, a_samenvatting, an_item, people, without_avim
from tests.world import World, ketenpartner

LATER = "2020-04-01T09:00:00Z"


def ids(items) -> list[str]:
    return [item.get("mutatieId") or item["terugroepingId"] for item in items]


@pytest.fixture
def five(world: World) -> World:
    """Five people, each told of as an aanmelding and an instroom: ten items."""
    world.casus(*people(5))
    return world


@pytest.mark.parametrize("limiet", [1, 3, 10])
def test_every_page_is_full_but_the_last_and_nothing_is_told_twice(five, limiet):
    pages = five.pages("IND", limiet=limiet)

    sizes = [len(page["items"]) for page in pages]
    assert sizes[:-1] == [limiet] * (len(pages) - 1)
    assert 0 < sizes[-1] <= limiet
    assert ids(item for page in pages for item in page["items"]) == ids(five.feed("IND"))


def test_reading_again_gives_the_same_items_under_the_same_ids(five):
    assert five.feed("IND", limiet=3) == five.feed("IND", limiet=100)


def test_a_page_that_was_asked_for_twice_is_the_same_twice(five):
    na = five.page("IND", limiet=3)["volgende"]

    assert five.page("IND", na, 3)["items"] == five.page("IND", na, 3)["items"]


def test_no_two_partners_get_an_item_under_the_same_id(five):
    found = [ids(five.feed(partner)) for partner in ("IND", "DT&V", "AVIM")]

    assert len({name for names in found for name in names}) == 30


def test_the_end_of_the_feed_is_an_empty_page_with_a_cursor(five):
    end = five.cursor("IND")

    page = five.page("IND", end)

    assert (page["items"], page["meer"]) == ([], False)
    assert page["volgende"] != end


def test_what_comes_after_the_end_is_found_from_its_cursor(five):
    end = five.cursor("IND")

    five.casus(*people(1, start=6))

    assert [item["soort"] for item in five.feed("IND", end)] == ["aanmelding", "instroom"]


def test_a_cursor_does_not_show_whether_something_passed_that_may_not_be_known(world):
    of_ind = an_item(
        samenvatting=without_avim(a_samenvatting()), toestemmingen=[a_consent(ontvangers=["IND"])]
    )
    before = world.cursor("AVIM")
    world.casus(of_ind)

    page = world.page("AVIM", before)

    assert (page["items"], page["meer"]) == ([], False)
    assert len(page["volgende"]) == len(before)


@pytest.mark.parametrize("column", ["stand", "verandering"])
def test_damage_to_what_a_partner_may_not_know_holds_up_nothing_of_theirs(world, column):
    of_ind = an_item(
        samenvatting=without_avim(a_samenvatting()), toestemmingen=[a_consent(ontvangers=["IND"])]
    )
    [casus] = world.casus(of_ind)
    other = {**of_ind["samenvatting"], "geslacht": "V"}
    world.casus({**of_ind, "standVan": LATER, "samenvatting": other})
    world.casus(*people(1, start=6))
    told = {partner: world.feed(partner) for partner in ("DT&V", "AVIM")}
    held = tables.mutatie.c
    with writing(world.parts.engine) as tx:
        damaged = update(tables.mutatie).where(
            held.casus_id == UUID(casus), held[column].is_not(None)
        )
        assert tx.execute(damaged.values({column: b"\x01" + bytes(60)})).rowcount

    assert {partner: world.feed(partner) for partner in ("DT&V", "AVIM")} == told
    with pytest.raises(IntegrityError):
        world.feed("IND")


def test_the_same_place_never_has_the_same_cursor(five):
    assert five.cursor("IND") != five.cursor("IND")


@pytest.mark.parametrize(
    "na",
    [
        pytest.param("", id="nothing"),
        pytest.param("00", id="too short"),
        pytest.param("z" * 88, id="no hexadecimals"),
        pytest.param("é", id="no ASCII"),
        pytest.param("0" * 88, id="made up"),
    ],
)
def test_a_cursor_that_was_made_up_is_refused(embedded, na):
    with pytest.raises(InvalidRequestError):
        embedded.page("IND", na)


def test_a_cursor_of_another_recipient_is_refused(five):
    with pytest.raises(InvalidRequestError):
        five.page("IND", five.cursor("AVIM"))


def test_a_client_without_a_purpose_of_the_feed_is_refused(five):
    with pytest.raises(ForbiddenError):
        disclose_page(five.parts, ketenpartner("IND", [Doel.CASUSOVERLEG]), None, 100)


@pytest.mark.parametrize(
    ("doelen", "told"),
    [
        pytest.param([Doel.AANMELDING], b'"soort":"aanmelding"', id="aanmelding"),
        pytest.param([Doel.MUTATIES], b'"soort":"instroom"', id="mutaties"),
    ],
)
def test_a_client_gets_the_items_of_its_own_purposes(five, doelen, told):
    body = disclose_page(five.parts, ketenpartner("IND", doelen), None, 100).body

    assert body.count(b'"soort":"aanmelding"') + body.count(b'"soort":"instroom"') == 5
    assert body.count(told) == 5


def test_consent_that_goes_between_two_pages_takes_its_items_and_no_others(world):
    consents = [a_consent() for _ in range(3)]
    world.casus(
        *(
            an_item(samenvatting=a_samenvatting(vNummer=f"{at:010d}"), toestemmingen=[consent])
            for at, consent in enumerate(consents)
        )
    )
    first = world.page("IND", limiet=3)

    world.withdraw(consents[1])

    rest = world.feed("IND", first["volgende"])
    numbers = [item.get("samenvatting", {}).get("vNummer") for item in rest]
    assert [item["soort"] for item in rest] == ["aanmelding", "instroom", "terugroeping"]
    assert numbers == ["0000000002", "0000000002", None]


def test_every_page_is_proven_by_one_entry_and_one_for_each_item(five):
    before = len(five.entries())

    page = five.page("IND", limiet=3)

    added = five.entries()[before:]
    assert [entry["soort"] for entry in added] == ["verstrekking"] * 3 + ["pagina"]
    assert added[-1]["onderdelen"] == len(page["items"]) == 3


def test_the_fields_of_a_mutation_are_those_that_changed(world):
    consent = a_consent()
    world.casus(an_item(toestemmingen=[consent]))
    end = world.cursor("IND")

    left = a_samenvatting(
        naam="Ngoc Farahani",
        lijn="2",
        status="uitgestroomd",
        datumUitstroom="2020-03-30",
        uitstroomreden="terugkeer",
    )
    world.casus(an_item(standVan=LATER, samenvatting=left, toestemmingen=[consent]))

    doorstroom, uitstroom = world.feed("IND", end)
    assert (doorstroom["soort"], doorstroom["velden"]) == ("doorstroom", {"lijn": "2"})
    assert uitstroom["velden"] == {
        "datumUitstroom": "2020-03-30",
        "uitstroomreden": "terugkeer",
        "status": "uitgestroomd",
    }
    assert set(uitstroom["samenvatting"]) == {"vNummer", "bronhouder"}


def test_a_change_of_what_the_feed_does_not_show_is_not_told(world):
    consent = a_consent()
    world.casus(an_item(toestemmingen=[consent]))
    ends = {partner: world.cursor(partner) for partner in ("IND", "AVIM")}

    renamed = a_samenvatting(naam="Ngoc Farahani", geboortedatum="1988-01-01", nationaliteit="0110")
    world.casus(an_item(standVan=LATER, samenvatting=renamed, toestemmingen=[consent]))

    assert [world.feed(partner, end) for partner, end in ends.items()] == [[], []]
