"""A statement without the interpreter or the representative that it needed is kept, and never
counts; what outsiders see of it is what they see of nobody."""

from dataclasses import replace
from typing import Any

import pytest

from tests.builders import a_consent, a_samenvatting, an_item
from tests.world import World

CHILD = "2010-05-04"
DOELEN = ["aanmelding", "mutaties", "casusoverleg"]
LACKING = {
    "tolk_ontbreekt": (a_samenvatting(), {"taal": "fa", "tolk": False}, "tolk"),
    "vertegenwoordiger_ontbreekt": (
        a_samenvatting(geboortedatum=CHILD),
        {},
        "vertegenwoordiger",
    ),
}


def speaking(world: World, *talen: str) -> None:
    """From now on the staff of every organisation speak these languages."""
    spoken = frozenset(talen) or None
    settings = world.parts.settings
    parties = tuple(replace(each, talen=spoken) for each in settings.bronhouders)
    world.parts = replace(world.parts, settings=replace(settings, bronhouders=parties))


@pytest.fixture
def dutch(world: World) -> World:
    speaking(world, "nl", "en")
    return world


def codes(result: dict[str, Any]) -> dict[str, str]:
    return {each["pointer"]: each["code"] for each in result["problemen"]}


def refusals(world: World) -> list[str]:
    return [each["reden"] for each in world.entries() if each.get("reden")]


@pytest.mark.parametrize("reason", LACKING)
def test_31_a_consent_that_lacks_something_is_kept_and_covers_nothing(dutch: World, reason):
    summary, lacking, field = LACKING[reason]

    [result] = dutch.push(
        an_item(samenvatting=summary, toestemmingen=[a_consent(doelen=DOELEN, **lacking)])
    )

    assert result["resultaat"] == "geweigerd"
    assert codes(result) == {
        f"/items/0/toestemmingen/0/{field}": reason,
        "/items/0/samenvatting": "geen_toestemming",
    }
    overleg = dutch.frozen(result["casusId"])
    assert dutch.pack("AVIM", overleg) == []
    assert reason in refusals(dutch)


@pytest.mark.parametrize("reason", LACKING)
def test_31_beside_a_consent_that_counts_it_adds_nothing(dutch: World, reason):
    summary, lacking, _ = LACKING[reason]
    agreed = a_consent(ontvangers=["AVIM"], doelen=DOELEN, vertegenwoordiger="ouder")
    lacks = a_consent(ontvangers=["IND"], doelen=DOELEN, **lacking)
    [casus] = dutch.casus(an_item(samenvatting=summary, toestemmingen=[agreed, lacks]))

    overleg = dutch.frozen(casus)

    assert [each["vNummer"] for each in dutch.summaries("AVIM", overleg)] == ["0902224584"]
    assert dutch.pack("IND", overleg) == []
    assert reason in refusals(dutch)


def test_without_the_setting_nobody_looks_for_an_interpreter(world: World):
    world.casus(an_item(toestemmingen=[a_consent(taal="fa", tolk=False)]))


def test_what_was_missing_only_by_a_setting_counts_once_it_is_delivered_again(dutch: World):
    item = an_item(toestemmingen=[a_consent(taal="fa", tolk=False)])
    dutch.push(item)

    speaking(dutch, "nl", "fa")
    [again] = dutch.push(item)

    assert again["resultaat"] == "aangenomen"
    assert "aanmelding" in dutch.told("AVIM")


def test_the_same_beside_another_consent_counts_once_it_is_delivered_again(dutch: World):
    agreed = a_consent(ontvangers=["AVIM"])
    lacks = a_consent(ontvangers=["IND"], taal="fa", tolk=False)
    item = an_item(toestemmingen=[agreed, lacks])
    dutch.casus(item)
    assert dutch.told("IND") == []

    speaking(dutch, "nl", "fa")
    dutch.casus(item)

    assert "aanmelding" in dutch.told("IND")


def test_a_statement_that_counted_is_never_held_to_a_later_setting(world: World):
    consent = a_consent(taal="fa", tolk=False)
    item = an_item(toestemmingen=[consent])
    world.casus(item)
    cursor = world.cursor("AVIM")

    speaking(world, "nl")
    [same] = world.push(item)
    [longer] = world.push(
        {
            **item,
            "standVan": "2020-04-01T09:00:00Z",
            "toestemmingen": [{**consent, "laatsteDag": "2021-12-31"}],
        }
    )

    assert (same["resultaat"], longer["resultaat"]) == ("ongewijzigd", "aangenomen")
    assert world.told("AVIM", cursor) == []


def test_a_statement_that_is_given_in_another_language_is_judged_anew(dutch: World):
    consent = a_consent(taal="nl", tolk=False)
    item = an_item(toestemmingen=[consent])
    dutch.casus(item)
    cursor = dutch.cursor("AVIM")

    dutch.push({**item, "toestemmingen": [{**consent, "taal": "fa"}]} | LATER)

    assert dutch.told("AVIM", cursor) == ["terugroeping"]


LATER = {"standVan": "2020-04-01T09:00:00Z"}


def test_a_child_stays_a_child_where_a_later_delivery_does_not_show_the_birth_date(dutch: World):
    lacks = a_consent(ontvangers=["IND"])
    agreed = a_consent(ontvangers=["AVIM"], vertegenwoordiger="voogd")
    item = an_item(samenvatting=a_samenvatting(geboortedatum=CHILD), toestemmingen=[lacks, agreed])
    dutch.casus(item)

    dutch.casus(item | LATER | {"samenvatting": a_samenvatting(geboortedatum=CHILD[:4])})

    assert dutch.told("IND") == []


def test_a_representative_who_is_named_later_makes_it_count(dutch: World):
    lacks = a_consent()
    item = an_item(samenvatting=a_samenvatting(geboortedatum=CHILD), toestemmingen=[lacks])
    dutch.push(item)

    [named] = dutch.push(item | LATER | {"toestemmingen": [lacks | {"vertegenwoordiger": "ouder"}]})

    assert named["resultaat"] == "aangenomen"
    assert "aanmelding" in dutch.told("IND")


@pytest.mark.parametrize("needed", ["vertegenwoordigerVereist", "curatele"])
def test_where_the_organisation_says_so_a_representative_is_asked_for_at_once(world: World, needed):
    alone = a_consent(**{needed: True})

    [refused] = world.push(an_item(toestemmingen=[alone]))
    [taken] = world.push(an_item(toestemmingen=[alone | {"vertegenwoordiger": "curator"}]))

    pointer = "/items/0/toestemmingen/0/vertegenwoordiger"
    assert codes(refused) == {pointer: "vertegenwoordiger_ontbreekt"}
    assert taken["resultaat"] == "aangenomen"


def test_what_lacks_something_is_told_to_no_other_organisation(dutch: World):
    item = an_item(toestemmingen=[a_consent(taal="fa", tolk=False)])
    dutch.push(item)

    [theirs] = dutch.push(an_item(), by="seguro")

    assert theirs["resultaat"] == "aangenomen"
