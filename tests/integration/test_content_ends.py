"""Content goes with the last consent, in the commit that ends it (design 8)."""

import json
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select

from gateway.services.beperkingen import restrict_casus
from gateway.services.bewaren import keep_terms
from gateway.services.casussen import show_casus
from gateway.services.lapses import record_lapses
from privacy.consent_changes import as_delivered, consents_text
from privacy.dossier import Dossier
from privacy.entitlement import Rulebook
from privacy.policy import Policies
from privacy.store import tables
from privacy.store.dossiers import Lock, load_by_id
from privacy.store.engine import reading, writing
from privacy.store.rulebooks import mark_for_recipient
from privacy.vault import CasusKeys
from tests.builders import a_consent, a_samenvatting, an_item, people
from tests.world import FIRST_DAY, TRACE, World, bronhouder


def kept(world: World, casus: str) -> dict[str, object]:
    """What the tables hold of a casus that only its content key opens."""
    with reading(world.parts.engine) as tx:
        row = tx.execute(select(tables.casus).where(tables.casus.c.id == UUID(casus))).one()
        outbox = tables.mutatie
        full = select(func.count(outbox.c.stand) + func.count(outbox.c.verandering))
        count = tx.execute(full.where(outbox.c.casus_id == UUID(casus))).scalar_one()
    return {"sleutel": row.inhoud_sleutel is not None, "stand": row.stand_nummer, "rijen": count}


NOTHING = {"sleutel": False, "stand": None, "rijen": 0}


def dossier_of(world: World, casus: str) -> Dossier:
    with reading(world.parts.engine) as tx:
        return load_by_id(tx, world.parts.keys, [UUID(casus)], Lock.NONE)[UUID(casus)]


def digests(world: World, casus: str) -> tuple[bytes | None, CasusKeys]:
    found = dossier_of(world, casus)
    return found.vingerafdruk, found.keys


def kinds(world: World) -> list[str]:
    return [entry["soort"] for entry in world.entries()]


def shown(world: World, casus: str) -> dict[str, object]:
    told = json.loads(show_casus(world.parts, bronhouder("sndvu"), UUID(casus)).body)
    return told["casus"].get("samenvatting")


def test_a_withdrawal_destroys_the_content_in_the_same_commit(world: World):
    consent = a_consent()
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    begun = kept(world, casus)

    world.withdraw(consent)

    assert begun["sleutel"]
    assert kept(world, casus) == NOTHING
    last = world.entries()[-1]
    assert (last["soort"], last["organisatie"]) == ("inhoud_vernietigd", "sndvu")
    assert last["trace"] == TRACE
    assert shown(world, casus) is None
    assert world.log_is_sound()


def test_a_delivery_that_names_the_consent_no_more_destroys_the_content(world: World):
    [casus] = world.casus(an_item())

    item = an_item(casusId=casus, samenvatting=None, toestemmingen=[])
    world.push(item | {"standVan": "2020-04-01T09:00:00Z"})

    assert kept(world, casus) == NOTHING


def test_a_consent_that_expires_takes_the_content_with_it(world: World):
    [casus] = world.casus(an_item())
    world.go_to(date(2021, 1, 1))

    record_lapses(world.parts, TRACE)

    assert kept(world, casus) == NOTHING
    assert kinds(world)[-2:] == ["grondslag_vervallen", "inhoud_vernietigd"]


def test_as_long_as_one_consent_is_left_the_content_stays(world: World):
    first, second = a_consent(), a_consent(laatsteDag="2021-12-31")
    [casus] = world.casus(an_item(toestemmingen=[first, second]))

    world.withdraw(first)

    assert kept(world, casus)["sleutel"]
    assert "inhoud_vernietigd" not in kinds(world)


def test_a_later_consent_with_a_delivery_begins_with_a_key_that_is_new(world: World):
    consent = a_consent()
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    at = world.cursor("AVIM")
    world.withdraw(consent)
    new = a_consent(eersteDag="2020-04-03")
    world.go_to(FIRST_DAY + timedelta(days=2))

    again = an_item(toestemmingen=[consent, new], samenvatting=a_samenvatting(lijn="2"))
    [answer] = world.push(again | {"standVan": "2020-04-03T08:00:00Z"})

    assert (answer["resultaat"], answer["casusId"]) == ("aangenomen", casus)
    assert kept(world, casus)["rijen"] == 1
    told = world.feed("AVIM", at)
    assert [item["soort"] for item in told][:2] == ["terugroeping", "aanmelding"]
    assert world.summaries("AVIM", world.frozen(casus))[0]["naam"] == "Ngọc Farahani"


def test_a_consent_alone_brings_nothing_back(world: World):
    consent = a_consent()
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    overleg = world.frozen(casus)
    world.withdraw(consent)
    world.go_to(FIRST_DAY + timedelta(days=2))

    world.give(casus, a_consent(eersteDag="2020-04-03"))

    assert kept(world, casus) == NOTHING
    [item] = world.pack("AVIM", overleg)
    assert "samenvatting" not in item
    assert shown(world, casus) is None


def test_what_was_delivered_before_is_not_taken_for_content_again(world: World):
    consent = a_consent()
    item = an_item(toestemmingen=[consent])
    [casus] = world.casus(item)
    world.withdraw(consent)

    world.push(item)

    assert kept(world, casus) == NOTHING


def test_no_digest_outlives_what_it_was_of(world: World):
    """Else who has a guess at the summary, and the key that stays, could see that it is right."""
    withdrawn, expired = a_consent(), a_consent()
    first, second = people(2)
    names = world.casus(
        first | {"toestemmingen": [withdrawn]}, second | {"toestemmingen": [expired]}
    )
    told = [digests(world, name) for name in names]

    world.withdraw(withdrawn)
    world.go_to(date(2021, 1, 1))
    record_lapses(world.parts, TRACE)

    for name, (digest, keys) in zip(names, told, strict=True):
        [now, _keys] = digests(world, name)
        assert now not in {digest, None, b""}
        consents = consents_text(as_delivered(dossier_of(world, name)))
        assert now == keys.fingerprint(None, consents)


def test_the_same_delivery_twice_is_the_same_also_where_it_ended_the_content(world: World):
    [casus] = world.casus(an_item())
    last = an_item(casusId=casus, samenvatting=None, toestemmingen=[])
    last["standVan"] = "2020-04-01T09:00:00Z"

    first, again = world.push(last)[0], world.push(last)[0]

    assert (first["resultaat"], again["resultaat"]) == ("aangenomen", "ongewijzigd")


def test_of_one_moment_a_summary_wins_also_where_the_other_ended_the_content(world: World):
    consent = a_consent()
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    moment = "2020-04-01T09:00:00Z"
    without = {"standVan": moment, "casusId": casus, "toestemmingen": []}
    full = an_item(casusId=casus, standVan=moment, toestemmingen=[consent])
    world.push(without)

    [answer] = world.push(full)

    assert answer["resultaat"] == "aangenomen"
    assert kept(world, casus)["rijen"] == 1


def test_lifting_a_restriction_destroys_what_no_consent_is_left_for(world: World):
    consent = a_consent()
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    restrict(world, casus, on=True)
    world.withdraw(consent)
    while_restricted = kept(world, casus)

    restrict(world, casus, on=False)

    assert while_restricted["sleutel"]
    assert kept(world, casus) == NOTHING
    assert kinds(world)[-2:] == ["beperking_opgeheven", "inhoud_vernietigd"]
    assert {entry["trace"] for entry in world.entries()[-2:]} == {TRACE}


def restrict(world: World, casus: str, *, on: bool) -> None:
    body = {"grond": "juistheid", "beperkt": on}
    restrict_casus(world.parts, bronhouder("sndvu"), UUID(casus), body)


def test_what_was_withdrawn_and_comes_under_another_name_brings_no_content_back(world: World):
    consent = a_consent()
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    world.withdraw(consent)
    renamed = a_consent()

    again = an_item(casusId=casus, toestemmingen=[consent, renamed])
    [answer] = world.push(again | {"standVan": "2020-04-01T09:00:00Z"})

    assert answer["resultaat"] == "geweigerd"
    assert [each["veld"] for each in answer["problemen"]] == ["samenvatting"]
    assert kept(world, casus) == NOTHING


def test_content_that_went_by_a_clock_that_ran_ahead_comes_back_with_the_next_delivery(
    world: World,
):
    consent = a_consent()
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    world.go_to(date(2021, 1, 1))
    record_lapses(world.parts, TRACE)
    world.go_to(FIRST_DAY)

    again = an_item(toestemmingen=[consent], standVan="2020-04-01T09:00:00Z")
    [answer] = world.push(again)

    assert answer["resultaat"] == "aangenomen"
    assert kept(world, casus)["rijen"] == 1


def test_a_policy_that_is_switched_off_ends_no_content_and_the_day_of_the_consent_does(
    embedded: World,
):
    [casus] = embedded.casus(an_item(toestemmingen=[a_consent()]))
    policies = embedded.parts.policies
    nobody = Policies({}, ever=policies.ever)
    embedded.under(Rulebook(nobody, embedded.parts.notices))
    with writing(embedded.parts.engine) as tx:
        mark_for_recipient(tx, "AVIM")
    record_lapses(embedded.parts, TRACE)
    switched_off = kept(embedded, casus)
    embedded.go_to(date(2021, 1, 1))

    record_lapses(embedded.parts, TRACE)
    overdue = kept(embedded, casus)
    keep_terms(embedded.parts, TRACE)

    assert switched_off["sleutel"]
    assert overdue["sleutel"]
    assert kept(embedded, casus) == NOTHING
    assert kinds(embedded)[-1] == "inhoud_vernietigd"


def test_of_a_casus_of_before_the_number_outlives_the_summary_that_told_it(world: World):
    consent = a_consent()
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    with writing(world.parts.engine) as tx:
        tx.execute(tables.casus.update().values(nummer=None))

    world.withdraw(consent)

    with reading(world.parts.engine) as tx:
        [dossier] = load_by_id(tx, world.parts.keys, [UUID(casus)], Lock.NONE).values()
        nummer = tx.execute(select(tables.casus.c.nummer)).scalar_one()
    index = dossier.keys.index_again(world.parts.keys, "sndvu", nummer)
    assert index == dossier.label.kenmerk
