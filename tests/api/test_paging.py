"""Lists in pages: nothing twice, nothing passed over, and nothing of what others have."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.app import create_app
from gateway.caller import Caller
from gateway.paging import MOST, USUAL, Page
from gateway.parties import Soort
from gateway.refusals import InvalidRequestError
from gateway.services.overleggen import (
    list_agendapunten,
    list_overleggen,
    plan_overleg,
    show_overleg,
)
from tests.api.world import Hands, Machine, add, machine, registered
from tests.builders import people
from tests.world import World, bronhouder, gemeente, ketenpartner

DAY = date(2020, 5, 1)
LIST = "/v1/overleggen"


@pytest.fixture
def world(installed_url: str, tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, installed_url)
    yield made
    made.close()


def plan(world: World, *days: int) -> list[str]:
    """A conference so many days after DAY, each."""
    bodies = [{"datum": (DAY + timedelta(days=n)).isoformat(), "soort": "lso"} for n in days]
    return [plan_overleg(world.parts, gemeente(), body)["overlegId"] for body in bodies]


def ids(page: dict[str, Any]) -> list[str]:
    return [each["overlegId"] for each in page["overleggen"]]


def walk(world: World, limiet: int, caller: Caller | None = None) -> list[dict[str, Any]]:
    pages = [list_overleggen(world.parts, caller or gemeente(), Page(None, limiet))]
    while pages[-1]["volgende"] is not None:
        asked = Page(pages[-1]["volgende"], limiet)
        pages.append(list_overleggen(world.parts, caller or gemeente(), asked))
    return pages


# Every item once


@pytest.mark.parametrize("limiet", [1, 2, 3, 7, 8, 500])
def test_every_conference_is_told_once_the_newest_day_first(world, limiet):
    planned = plan(world, 3, 1, 1, 1, 2, 5, 4)

    pages = walk(world, limiet)

    told = [each for page in pages for each in page["overleggen"]]
    assert sorted(each["overlegId"] for each in told) == sorted(planned)
    assert [each["datum"] for each in told] == sorted(
        (each["datum"] for each in told), reverse=True
    )
    assert {len(page["overleggen"]) for page in pages[:-1]} <= {limiet}
    assert pages[-1]["overleggen"]


def test_of_nothing_there_is_one_page_and_no_next(world):
    assert list_overleggen(world.parts, gemeente()) == {"overleggen": [], "volgende": None}


DAYS = st.lists(st.integers(-20, 20), max_size=4)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=DAYS, between=st.lists(DAYS, max_size=4), limiet=st.integers(1, 5))
def test_what_is_planned_meanwhile_moves_nothing_that_was_there(world, before, between, limiet):
    plan(world, *before)
    there = [each for page in walk(world, MOST) for each in ids(page)]

    told, page = [], Page(None, limiet)
    later = iter(between)
    while page is not None:
        found = list_overleggen(world.parts, gemeente(), page)
        told += ids(found)
        plan(world, *next(later, ()))
        page = Page(found["volgende"], limiet) if found["volgende"] else None

    assert len(told) == len(set(told))
    assert [each for each in told if each in set(there)] == there


# The agenda


@pytest.fixture
def agenda(world: World) -> UUID:
    """Ten items, by turns of two organisations."""
    overleg = world.overleg()
    for place in range(1, 11):
        by = ("sndvu", "seguro")[place % 2]
        world.put_on_agenda(overleg, *world.casus(*people(1, start=place), by=by), by=by)
    return overleg


def walk_agenda(world: World, overleg: UUID, caller: Caller, limiet: int) -> list[list[Any]]:
    page = list_agendapunten(world.parts, caller, overleg, Page(None, limiet))
    pages = [page["agendapunten"]]
    while page["volgende"] is not None:
        page = list_agendapunten(world.parts, caller, overleg, Page(page["volgende"], limiet))
        pages.append(page["agendapunten"])
    return pages


@pytest.mark.parametrize("limiet", [1, 3, 5, 500])
def test_each_gets_its_own_items_once_and_full_pages_of_them(world, agenda, limiet):
    whole = [each for page in walk_agenda(world, agenda, gemeente(), limiet) for each in page]
    own = walk_agenda(world, agenda, bronhouder("sndvu"), limiet)

    assert [each["nummer"] for each in whole] == list(range(1, 11))
    assert [len(page) for page in own] == [limiet] * (5 // limiet) + (
        [5 % limiet] if 5 % limiet else []
    )
    items = [each for page in own for each in page]
    assert {each["bronhouder"] for each in items} == {"sndvu"}
    assert all("nummer" not in each for each in items)


def test_the_agenda_inside_a_conference_is_its_first_page(world, agenda):
    for caller in (gemeente(), bronhouder("sndvu")):
        shown = show_overleg(world.parts, caller, agenda)
        first = list_agendapunten(world.parts, caller, agenda)
        assert shown["agendapunten"] == first["agendapunten"]
        assert shown["volgende"] is first["volgende"] is None
    assert "agendapunten" not in show_overleg(world.parts, ketenpartner("IND"), agenda)
    assert "volgende" not in show_overleg(world.parts, ketenpartner("IND"), agenda)


@pytest.mark.slow
def test_a_conference_with_more_than_a_hundred_items_leads_on_to_the_rest(world):
    overleg = world.overleg()
    world.put_on_agenda(overleg, *world.casus(*people(USUAL + 3)))

    for caller in (gemeente(), bronhouder("sndvu")):
        shown = show_overleg(world.parts, caller, overleg)
        rest = list_agendapunten(world.parts, caller, overleg, Page(shown["volgende"]))
        both = [*shown["agendapunten"], *rest["agendapunten"]]
        assert [len(shown["agendapunten"]), len(rest["agendapunten"])] == [USUAL, 3]
        assert len({each["agendapuntId"] for each in both}) == USUAL + 3
        assert rest["volgende"] is None


# A cursor tells nothing, and is nobody else's


def test_a_cursor_is_another_text_each_time_and_always_of_one_length(world):
    plan(world, *range(-9, 9))

    cursors = [walk(world, limiet)[0]["volgende"] for limiet in (1, 1, 5, 9, 17)]

    assert len(set(cursors)) == len(cursors)
    assert len({len(each) for each in cursors}) == 1


def test_a_cursor_of_the_agenda_does_not_tell_how_many_items_of_others_it_passed(world, agenda):
    own = list_agendapunten(world.parts, bronhouder("sndvu"), agenda, Page(None, 1))["volgende"]
    last = list_agendapunten(world.parts, bronhouder("sndvu"), agenda, Page(None, 4))["volgende"]

    assert len(own) == len(last)


def other_readers(world: World, overleg: UUID) -> dict[str, tuple[Caller, UUID]]:
    mine = bronhouder("sndvu")
    return {
        "another organisation": (bronhouder("seguro"), overleg),
        "the municipality": (gemeente(), overleg),
        "another client of mine": (replace(mine, client_id="sndvu-ander"), overleg),
        "another conference": (mine, world.overleg()),
    }


def test_a_cursor_is_of_one_client_and_one_list(world, agenda):
    mine = bronhouder("sndvu")
    cursor = list_agendapunten(world.parts, mine, agenda, Page(None, 1))["volgende"]
    assert list_agendapunten(world.parts, mine, agenda, Page(cursor, 1))["agendapunten"]

    for caller, overleg in other_readers(world, agenda).values():
        with pytest.raises(InvalidRequestError):
            list_agendapunten(world.parts, caller, overleg, Page(cursor, 1))
    with pytest.raises(InvalidRequestError):
        list_overleggen(world.parts, mine, Page(cursor, 1))


def test_a_cursor_of_a_feed_is_no_cursor_of_a_list(world):
    feed = world.parts.keys.hide_position("IND", 3)

    with pytest.raises(InvalidRequestError):
        list_overleggen(world.parts, ketenpartner("IND"), Page(feed))


@given(text=st.from_regex(r"[A-Za-z0-9_-]{1,200}", fullmatch=True))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_other_text_is_a_cursor(world, text):
    with pytest.raises(InvalidRequestError):
        list_overleggen(world.parts, gemeente(), Page(text))


# Over HTTP


@pytest.fixture
def chair(world: World) -> Machine:
    known = machine("gemeente", Hands())
    add(world.parts, registered(known, "utrecht", Soort.GEMEENTE))
    return known


@pytest.fixture
def web(world: World):
    return create_app(world.parts).test_client()


def test_a_client_walks_by_na_and_limiet_of_the_url(world, web, chair):
    planned = plan(world, *range(5))

    told, path = [], f"{LIST}?limiet=2"
    while path:
        answer = chair.call(web, "GET", path).get_json()
        assert set(answer) == {"overleggen", "volgende"}
        told += ids(answer)
        path = answer["volgende"] and f"{LIST}?na={answer['volgende']}&limiet=2"

    assert sorted(told) == sorted(planned)


def test_without_limiet_a_page_has_a_hundred_items_at_most(world, web, chair):
    plan(world, *range(USUAL + 1))

    assert len(chair.call(web, "GET", LIST).get_json()["overleggen"]) == USUAL
    assert len(chair.call(web, "GET", f"{LIST}?limiet=500").get_json()["overleggen"]) == USUAL + 1


@pytest.mark.parametrize(
    "query",
    [
        *("limiet=0", "limiet=501", "limiet=-1", "limiet=1.5", "limiet=", "limiet=%D9%A1"),
        *("na=", "na=x y", "na=00", f"na={'a' * 201}"),
        *("limiet=1&limiet=2", "pagina=2", "offset=10"),
    ],
)
def test_a_query_that_asks_for_no_page_is_refused(world, web, chair, query):
    overleg = world.overleg()

    for path in (LIST, f"{LIST}/{overleg}/agendapunten"):
        assert chair.call(web, "GET", f"{path}?{query}").status_code == 400


def test_the_agenda_of_an_unknown_conference_is_not_there(web, chair):
    answer = chair.call(web, "GET", f"{LIST}/{UUID(int=7)}/agendapunten")

    assert answer.status_code == 404


def test_a_partner_reads_no_agenda(world, web):
    known = machine("ind", Hands())
    add(world.parts, registered(known, "IND", Soort.KETENPARTNER))

    assert known.call(web, "GET", f"{LIST}/{world.overleg()}/agendapunten").status_code == 403
