"""Retention as a job: what may not be kept any longer goes by itself, and that is recorded."""

import logging
from datetime import date
from uuid import UUID

from sqlalchemy import select, update

from gateway.services.beperkingen import restrict_casus
from gateway.services.bewaren import keep_terms
from gateway.services.wissingen import erase_casus
from privacy.entitlement import Rulebook
from privacy.policy import Policies
from privacy.store import tables
from privacy.store.engine import reading, writing
from tests.builders import a_consent, a_samenvatting, an_item, people
from tests.world import TRACE, World, bronhouder

OVER = date(2021, 1, 1)
FEED = ["aanmelding", "mutaties"]
LEFT = {"status": "uitgestroomd", "datumUitstroom": "2020-03-10", "uitstroomreden": "terugkeer"}


def there(world: World) -> set[str]:
    """The casussen that are not erased."""
    with reading(world.parts.engine) as tx:
        query = select(tables.casus.c.id).where(tables.casus.c.gewist_op.is_(None))
        return {str(each) for each in tx.execute(query).scalars()}


def run(world: World, day: date) -> tuple[int, int, int, int]:
    world.go_to(day)
    done = keep_terms(world.parts, TRACE, is_sure=True)
    assert done is not None
    return done.inhoud, done.gewist, done.zonder_termijn, done.onleesbaar


def test_what_is_left_goes_on_the_day_after_the_longest_term_of_who_got_it(world: World):
    """Two years for the casusoverleg; never discussed, so from the end of the last consent."""
    [casus] = world.casus(an_item())
    world.feed("IND")

    nothing = [run(world, day) for day in (OVER, date(2022, 1, 2), date(2023, 1, 1))]
    before = there(world)
    ended = run(world, date(2023, 1, 2))

    assert nothing == [(1, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0)]
    assert (before, ended, there(world)) == ({casus}, (0, 1, 0, 0), set())
    last = world.entries()[-1]
    assert (last["soort"], last["organisatie"]) == ("bewaartermijn_verstreken", "sndvu")
    assert last["trace"] == TRACE
    assert run(world, date(2023, 1, 3)) == (0, 0, 0, 0)
    assert world.log_is_sound()


def test_the_day_of_leaving_outlives_the_summary_that_told_it(world: World):
    consent = a_consent(doelen=FEED, ontvangers=["AVIM"])
    fields = {"vNummer": a_samenvatting()["vNummer"], **LEFT}
    results = world.push(an_item(samenvatting=fields, toestemmingen=[consent]))
    [casus] = [each["casusId"] for each in results]
    assert casus, results
    world.feed("AVIM")

    assert run(world, date(2021, 3, 10)) == (1, 0, 0, 0)
    assert run(world, date(2021, 3, 11)) == (0, 1, 0, 0)


def test_the_last_conference_counts_where_the_policy_says_so(world: World):
    fields = a_samenvatting()
    del fields["datumUitstroom"], fields["uitstroomreden"]
    consent = a_consent(doelen=["casusoverleg"])
    [casus] = world.casus(an_item(samenvatting=fields, toestemmingen=[consent]))
    world.go_to(date(2020, 5, 1))
    world.pack("IND", world.frozen(casus))
    world.go_to(OVER)

    assert run(world, date(2022, 5, 1)) == (1, 0, 0, 0)
    assert run(world, date(2022, 5, 2)) == (0, 1, 0, 0)


def test_as_long_as_a_consent_is_alive_nothing_goes(world: World):
    [casus] = world.casus(an_item())

    assert run(world, date(2020, 12, 31)) == (0, 0, 0, 0)
    assert there(world) == {casus}


def test_what_is_restricted_is_kept_whatever_its_term(world: World):
    casus, other = world.casus(*people(2))
    body = {"grond": "rechtsvordering", "beperkt": True}
    restrict_casus(world.parts, bronhouder("sndvu"), UUID(casus), body)
    run(world, OVER)

    run(world, date(2030, 1, 1))

    assert there(world) == {casus}
    assert other != casus


def test_a_casus_that_does_not_open_holds_up_no_other(world: World, caplog):
    casus, _other = world.casus(*people(2))
    run(world, OVER)
    with writing(world.parts.engine) as tx:
        damaged = update(tables.casus).where(tables.casus.c.id == UUID(casus))
        tx.execute(damaged.values(spoor_sleutel=b"\x01" + bytes(60)))

    assert run(world, date(2030, 1, 1)) == (0, 1, 0, 1)

    assert there(world) == {casus}
    told = [each for each in caplog.records if each.msg == "casus_onleesbaar"]
    assert [each.sleutels["aantal"] for each in told] == [1]


def test_what_no_policy_has_a_term_for_is_counted_and_kept(embedded: World, caplog):
    caplog.set_level(logging.INFO)
    [casus] = embedded.casus(an_item())
    embedded.feed("IND")
    run(embedded, OVER)
    nobody = Policies({}, ever=embedded.parts.policies.ever)
    embedded.under(Rulebook(nobody, embedded.parts.notices))

    assert run(embedded, date(2030, 1, 1)) == (0, 0, 1, 0)

    assert there(embedded) == {casus}
    told = {each.msg: each.sleutels["aantal"] for each in caplog.records if "bewaar" in each.msg}
    assert told == {"bewaartermijnen_nagegaan": 0, "bewaartermijn_onbekend": 1}


def test_of_a_casus_with_a_living_refusal_the_refusal_stays(world: World):
    refused = a_consent(besluit="geweigerd", laatsteDag="2022-12-31", ontvangers=["IND"])
    item = an_item(samenvatting=None, toestemmingen=[refused])
    [casus] = world.casus(an_item())
    world.push(item | {"casusId": casus, "standVan": "2020-04-01T09:00:00Z"})

    run(world, date(2022, 6, 1))

    assert there(world) == {casus}


def test_the_job_passes_over_what_was_erased(world: World):
    [casus] = world.casus(an_item())
    erase_casus(world.parts, bronhouder("sndvu"), UUID(casus))

    assert run(world, date(2030, 1, 1)) == (0, 0, 0, 0)
