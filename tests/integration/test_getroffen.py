"""After a breach: whom a recipient got something of, and what (AVG-17); questions to the log."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from marshmallow import ValidationError

from gateway.paging import Page
from gateway.refusals import InvalidRequestError
from gateway.services.logvragen import answer_logvraag
from gateway.services.wissingen import erase_casus
from privacy.clock import utc_text
from tests.builders import a_consent, a_samenvatting, an_item, people, without_avim
from tests.integration.reporting import NUMBER, OFFICER, lived_through
from tests.world import World, bronhouder


def ask(world: World, page: Page | None = None, **asked: Any) -> dict[str, Any]:
    return answer_logvraag(world.parts, OFFICER, asked, page or Page())


def affected(world: World, ontvanger: str, van: datetime, tot: datetime) -> dict[str, Any]:
    period = {"van": utc_text(van), "tot": utc_text(tot)}
    return ask(world, vorm="getroffen", ontvanger=ontvanger, **period)["getroffen"]


def test_all_persons_and_fields_that_a_recipient_got_between_two_moments(world: World):
    """AVG-17."""
    begun = world.now
    mine = an_item(
        samenvatting=without_avim(a_samenvatting()),
        toestemmingen=[a_consent(ontvangers=["IND"])],
    )
    avim = an_item(
        samenvatting=a_samenvatting(vNummer="0000000001"),
        toestemmingen=[a_consent(ontvangers=["AVIM"])],
    )
    [casus, other] = world.casus(mine, avim)
    overleg = world.frozen(casus, other)
    packs = {partner: world.pack(partner, overleg) for partner in ("IND", "AVIM")}
    world.now += timedelta(hours=1)
    later = world.now
    world.feed("IND")

    first = affected(world, "IND", begun, later)
    both = affected(world, "IND", begun, later + timedelta(hours=1))

    [person] = first["personen"]
    [item] = packs["IND"]
    assert person["casusId"] == casus
    assert person["bronhouder"] == "sndvu"
    assert person["casusreferentie"] == item["casusreferentie"]
    assert set(person["velden"]) == set(item["samenvatting"])
    assert person["verstrekkingen"] == 1
    assert both["personen"][0]["verstrekkingen"] > 1
    assert (first["gewist"], first["onleesbaar"]) == ([], 0)
    assert NUMBER not in json.dumps(both)


def test_each_field_stands_in_the_finest_precision_in_which_it_left(world: World):
    begun = world.now
    [casus] = world.casus(an_item())
    overleg = world.frozen(casus)
    world.pack("AVIM", overleg)

    [person] = affected(world, "AVIM", begun, begun + timedelta(days=1))["personen"]

    regel = next(each for each in world.entries() if each.get("velden"))
    assert person["velden"] == regel["velden"]


def test_that_it_was_asked_and_of_whom_is_in_the_log_first(world: World):
    affected(world, "IND", world.now, world.now + timedelta(days=1))

    entry = world.entries()[-1]

    assert (entry["soort"], entry["ontvanger"]) == ("lek_onderzocht", "IND")
    assert (entry["organisatie"], entry["client"]) == ("utrecht", "fg")


@pytest.mark.parametrize("missing", ["ontvanger", "van", "tot"])
def test_whom_it_concerns_is_asked_of_one_recipient_and_a_whole_period(embedded: World, missing):
    asked = {"ontvanger": "IND", "van": "2026-01-01T00:00:00Z", "tot": "2026-02-01T00:00:00Z"}
    del asked[missing]

    with pytest.raises(ValidationError) as refused:
        ask(embedded, vorm="getroffen", **asked)

    assert list(refused.value.messages) == [missing]


@pytest.mark.parametrize(
    "more",
    [
        {"soort": "weigering"},
        {"organisatie": "sndvu"},
        {"doel": "casusoverleg"},
        {"trace": "ab" * 16},
        {"pseudoniem": "ab" * 16},
    ],
)
def test_nothing_can_be_asked_that_would_leave_people_out(embedded: World, more):
    asked = {"ontvanger": "IND", "van": "2026-01-01T00:00:00Z", "tot": "2026-02-01T00:00:00Z"}

    with pytest.raises(ValidationError) as refused:
        ask(embedded, vorm="getroffen", **asked, **more)

    assert list(refused.value.messages) == list(more)


def test_it_is_what_the_log_says_counted_by_another_hand(world: World):
    """AVG-17: each entry of the log by which something left, and none beside it."""
    begun = world.now
    lived_through(world)
    others = world.casus(*people(3, start=60))
    erased = UUID(others[0])
    world.feed("IND")
    receipt = erase_casus(world.parts, bronhouder("sndvu"), erased)
    end = begun + timedelta(days=1)

    told = affected(world, "IND", begun, end)

    counted: dict[str, list[dict[str, Any]]] = {}
    for regel in world.entries():
        if (regel["soort"], regel.get("ontvanger")) == ("verstrekking", "IND"):
            counted.setdefault(regel["pseudoniem"], []).append(regel)
    gone = {each["pseudoniem"]: each for each in told["gewist"]}
    assert receipt["pseudoniem"] in gone
    by_times = sorted((each["verstrekkingen"], sorted(each["velden"])) for each in told["personen"])
    for name, each in gone.items():
        assert each["verstrekkingen"] == len(counted.pop(name))
    assert by_times == sorted(
        (len(each), sorted({name for regel in each for name in regel.get("velden", {})}))
        for each in counted.values()
    )
    assert len(by_times) > 3


# The log itself


def test_reading_the_log_by_one_entry_at_a_time_comes_to_an_end(embedded: World):
    """Each page that is read is an entry more: only what stood there at the first is told."""
    embedded.casus(an_item())
    size = embedded.installed + len(embedded.entries())

    seen, page = [], Page(None, 1)
    for _ in range(size + 2):
        told = ask(embedded, page)
        seen += [each["index"] for each in told["auditregels"]]
        if told["volgende"] is None:
            break
        page = Page(told["volgende"], 1)

    assert seen == list(range(size))


def test_the_log_is_read_in_pages_and_each_entry_once(world: World):
    [*casussen] = world.casus(*people(5))
    world.pack("IND", world.frozen(*casussen))
    wanted = [
        number
        for number, each in enumerate(world.entries(), world.installed)
        if each.get("ontvanger") == "IND" and each["soort"] == "verstrekking"
    ]

    seen, page = [], Page(None, 2)
    while True:
        told = ask(world, page, ontvanger="IND", soort="verstrekking")
        seen += [each["index"] for each in told["auditregels"]]
        if told["volgende"] is None:
            break
        page = Page(told["volgende"], 2)

    assert seen == wanted
    assert len(seen) == 5


def test_an_entry_is_told_as_it_stands(world: World):
    world.casus(an_item())

    told = ask(world, soort="casus_aangenomen")["auditregels"]

    assert [each["regel"] for each in told] == [
        world.entries()[each["index"] - world.installed] for each in told
    ]


def test_reading_the_log_is_logged_before_anything_is_told(world: World):
    """BIO2 8.15: by whom; and not what was asked, which could name someone."""
    told = ask(world, pseudoniem="ab" * 16)

    entry = world.entries()[-1]
    assert told["auditregels"] == []
    assert entry == {
        "v": 1,
        "soort": "log_gelezen",
        "organisatie": "utrecht",
        "client": "fg",
        "tijd": entry["tijd"],
        "trace": OFFICER.trace_id,
    }


def test_a_cursor_of_another_list_is_none_here(embedded: World):
    with pytest.raises(InvalidRequestError):
        ask(embedded, Page("ab" * 20))
