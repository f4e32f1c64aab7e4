"""Consent given, narrowed, withdrawn and over: what partners get of it, on both databases."""

from datetime import date
from uuid import UUID

import pytest

from schemas.terms import Doel
from tests.builders import PARTNERS, a_consent, a_samenvatting, an_item, people, without_avim
from tests.world import World

V_NUMMER = a_samenvatting()["vNummer"]
LATER = "2020-04-01T09:00:00Z"
LATER_STILL = "2020-04-01T10:00:00Z"


@pytest.fixture
def consent():
    return a_consent()


@pytest.fixture
def known(world: World, consent) -> str:
    """One casus that every partner has had in its feed."""
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    for partner in PARTNERS:
        assert world.told(partner) == ["aanmelding", "instroom"]
    return casus


def test_each_partner_gets_its_own_fields_of_one_casus(world, known):
    overleg = world.frozen(known)

    packs = {partner: world.summaries(partner, overleg)[0] for partner in PARTNERS}

    assert packs["AVIM"]["naam"] == a_samenvatting()["naam"]
    assert packs["AVIM"]["geboortedatum"] == "1987-03-14"
    assert packs["IND"] == packs["DT&V"]
    assert packs["IND"]["geboortedatum"] == "1987"
    assert "naam" not in packs["IND"]
    assert packs["IND"]["bronhouder"] == "sndvu"


# Withdrawal


def test_a_pack_that_was_frozen_before_is_without_the_casus_at_once(world, consent, known):
    overleg = world.frozen(known)
    assert len(world.pack("IND", overleg)) == 1

    world.withdraw(consent)

    assert [world.pack(partner, overleg) for partner in PARTNERS] == [[], [], []]


def test_every_earlier_recipient_finds_a_recall_and_nothing_else(world, consent, known):
    ends = {partner: world.cursor(partner) for partner in PARTNERS}

    world.withdraw(consent)

    for partner in PARTNERS:
        [recall] = world.feed(partner, ends[partner])
        assert set(recall) == {
            "terugroepingId",
            "casusreferentie",
            "soort",
            "doelen",
            "uiterlijk",
        }
        assert recall["doelen"] == sorted(Doel)
        assert recall["uiterlijk"] == "2020-04-15"


def test_a_recall_names_the_casus_as_its_recipient_knows_it(world, consent, known):
    overleg = world.frozen(known)
    given = {p: world.pack(p, overleg)[0]["casusreferentie"] for p in PARTNERS}

    world.withdraw(consent)

    recalled = {p: world.feed(p)[-1]["casusreferentie"] for p in PARTNERS}
    assert recalled == given
    assert len(set(given.values())) == len(PARTNERS)


def test_who_never_got_the_casus_gets_no_recall(world, consent):
    world.casus(an_item(toestemmingen=[consent]))
    world.feed("IND")

    world.withdraw(consent)

    assert world.told("AVIM") == []
    assert world.told("IND") == ["terugroeping"]


def test_who_had_it_only_from_a_pack_gets_a_recall_too(world, consent):
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    world.pack("DT&V", world.frozen(casus))

    world.withdraw(consent)

    assert world.told("DT&V") == ["terugroeping"]


def test_withdrawing_for_one_recipient_leaves_the_others(world, consent, known):
    overleg = world.frozen(known)

    answer = world.withdraw(consent, ontvangers=["AVIM"])

    assert answer["ontvangers"] == ["DT&V", "IND"]
    assert world.pack("AVIM", overleg) == []
    assert len(world.pack("IND", overleg)) == 1
    assert world.told("IND") == ["aanmelding", "instroom"]
    assert world.told("AVIM") == ["terugroeping"]


def test_withdrawing_for_all_after_withdrawing_for_one_is_for_all(world, consent, known):
    overleg = world.frozen(known)
    world.withdraw(consent, ontvangers=["AVIM"])

    world.withdraw(consent)

    assert [world.pack(partner, overleg) for partner in PARTNERS] == [[], [], []]
    assert [world.told(partner) for partner in PARTNERS] == [["terugroeping"]] * 3


def test_withdrawing_twice_changes_nothing_more(world, consent, known):
    world.withdraw(consent)

    world.withdraw(consent)

    assert [world.told(partner) for partner in PARTNERS] == [["terugroeping"]] * 3


def test_a_register_that_does_not_know_of_a_withdrawal_does_not_undo_it(world, consent, known):
    overleg = world.frozen(known)
    world.withdraw(consent)

    changed = a_consent(toestemmingId=consent["toestemmingId"], laatsteDag="2021-12-31")
    world.push(an_item(standVan=LATER, casusId=known, samenvatting=None, toestemmingen=[changed]))

    assert [world.pack(partner, overleg) for partner in PARTNERS] == [[], [], []]


def test_what_was_withdrawn_here_no_longer_lets_the_gateway_hold_a_field(world, consent, known):
    world.withdraw(consent, ontvangers=["AVIM"])

    [result] = world.push(
        an_item(standVan=LATER, samenvatting=a_samenvatting(lijn="2"), toestemmingen=[consent])
    )

    assert result["resultaat"] == "geweigerd"
    assert {each["veld"] for each in result["problemen"]} == {"naam", "geboortedatum"}


def test_a_new_statement_after_a_withdrawal_counts(world, consent, known):
    overleg = world.frozen(known)
    world.withdraw(consent)
    world.pass_days(1)

    anew = a_consent(eersteDag=world.day.isoformat())
    world.push(an_item(standVan=LATER, toestemmingen=[consent, anew]))

    assert len(world.pack("IND", overleg)) == 1


@pytest.mark.parametrize("eerste_dag", ["2020-01-01", "2020-04-01"])
def test_a_withdrawn_statement_under_another_name_stays_withdrawn(
    world, consent, known, eerste_dag
):
    overleg = world.frozen(known)
    world.withdraw(consent)
    world.pass_days(1)

    renamed = a_consent(eersteDag=eerste_dag, tolk=False)
    world.push(an_item(standVan=LATER, samenvatting=None, casusId=known, toestemmingen=[renamed]))

    assert world.pack("IND", overleg) == []


def test_a_whole_withdrawal_holds_also_for_who_is_named_later(world):
    consent = a_consent(ontvangers=["IND"])
    summary = without_avim(a_samenvatting())
    [known] = world.casus(an_item(samenvatting=summary, toestemmingen=[consent]))
    overleg = world.frozen(known)
    world.withdraw(consent)

    wider = consent | {"ontvangers": ["IND", "AVIM"]}
    world.push(an_item(standVan=LATER, samenvatting=None, casusId=known, toestemmingen=[wider]))

    assert world.pack("AVIM", overleg) == []
    assert world.told("AVIM") == []


def test_a_casus_that_lapsed_on_another_replica_is_not_shown_by_one_that_is_a_day_behind(world):
    consent = a_consent(laatsteDag="2020-04-01")
    overleg = world.frozen(*world.casus(an_item(toestemmingen=[consent])))
    world.pass_days(1)
    world.feed("IND")
    world.pass_days(-1)

    assert world.pack("IND", overleg) == []


def test_what_was_delivered_a_day_ahead_is_told_when_that_day_has_come(world):
    world.pass_days(1)
    world.casus(an_item(toestemmingen=[a_consent(eersteDag=world.day.isoformat())]))
    world.pass_days(-1)
    before = world.feed("IND")
    cursor = world.cursor("IND")
    world.pass_days(1)

    assert before == []
    assert [each["soort"] for each in world.feed("IND", cursor)] == ["aanmelding", "instroom"]


def test_each_event_of_a_statement_has_its_own_version(world, consent, known):
    world.withdraw(consent, ontvangers=["AVIM"])
    changed = a_consent(toestemmingId=consent["toestemmingId"], laatsteDag="2021-12-31")
    summary = without_avim(a_samenvatting())
    world.push(an_item(standVan=LATER, samenvatting=summary, toestemmingen=[changed]))

    answer = world.withdraw(consent)

    versions = [
        name
        for entry in world.entries()
        if entry["soort"] in {"casus_aangenomen", "toestemming_ingetrokken"}
        for name in entry["toestemmingen"]
    ]
    assert versions == [f"{consent['toestemmingId']}:{number}" for number in (1, 2, 3, 4)]
    assert answer["versie"] == 4


# The register's own consent state


def test_a_statement_that_is_no_longer_delivered_has_ended(world, known):
    world.push(an_item(standVan=LATER, casusId=known, samenvatting=None, toestemmingen=[]))

    assert [world.told(partner) for partner in PARTNERS] == [["terugroeping"]] * 3


def test_narrowing_takes_one_partner_out_and_tells_the_others_nothing(world, consent, known):
    overleg = world.frozen(known)
    ends = {partner: world.cursor(partner) for partner in PARTNERS}

    narrowed = consent | {"ontvangers": ["IND", "DT&V"]}
    summary = without_avim(a_samenvatting())
    world.casus(an_item(standVan=LATER, samenvatting=summary, toestemmingen=[narrowed]))

    assert world.feed("IND", ends["IND"]) == []
    assert world.feed("DT&V", ends["DT&V"]) == []
    assert [item["soort"] for item in world.feed("AVIM", ends["AVIM"])] == ["terugroeping"]
    assert world.pack("AVIM", overleg) == []


def test_widening_tells_the_new_partner_from_now_on(world):
    first = a_consent(ontvangers=["IND"])
    summary = without_avim(a_samenvatting())
    world.casus(an_item(samenvatting=summary, toestemmingen=[first]))
    world.casus(
        an_item(standVan=LATER, samenvatting=summary | {"lijn": "2"}, toestemmingen=[first])
    )
    end = world.cursor("IND")

    world.casus(
        an_item(
            standVan=LATER_STILL,
            samenvatting=a_samenvatting(lijn="2"),
            toestemmingen=[first, a_consent(ontvangers=["AVIM"])],
        )
    )

    assert world.told("AVIM") == ["aanmelding", "instroom"]
    assert world.feed("IND", end) == []


def test_a_purpose_that_is_added_tells_nothing_of_before(world):
    told = a_consent(ontvangers=["IND"], doelen=["aanmelding"])
    all_of_it = a_consent(ontvangers=["DT&V"])
    summary = without_avim(a_samenvatting())
    world.casus(an_item(samenvatting=summary, toestemmingen=[told, all_of_it]))
    world.casus(
        an_item(
            standVan=LATER,
            samenvatting=summary | {"lijn": "2"},
            toestemmingen=[told, all_of_it],
        )
    )
    assert world.told("IND") == ["aanmelding"]

    more = a_consent(ontvangers=["IND"], doelen=["mutaties"])
    world.casus(
        an_item(
            standVan=LATER_STILL,
            samenvatting=summary | {"lijn": "2"},
            toestemmingen=[told, all_of_it, more],
        )
    )

    assert world.told("IND") == ["aanmelding", "instroom"]
    assert world.told("DT&V") == ["aanmelding", "instroom", "doorstroom"]


def test_two_statements_that_cover_the_same_leave_it_covered_when_one_is_withdrawn(world):
    first, second = a_consent(), a_consent()
    [casus] = world.casus(an_item(toestemmingen=[first, second]))
    world.feed("IND")

    world.withdraw(first)

    assert "terugroeping" not in world.told("IND")
    assert len(world.pack("IND", world.frozen(casus))) == 1


def test_a_consent_added_by_itself_stands_until_the_register_is_read_again(world, known, consent):
    mrt = a_consent(ontvangers=["IND"], doelen=["mrt"])
    same = an_item(toestemmingen=[consent])

    world.give(known, mrt)
    [retried] = world.push(same)
    overleg = world.overleg("mrt")
    world.put_on_agenda(overleg, known)
    world.freeze(overleg)
    assert retried["resultaat"] == "verouderd"
    assert len(world.pack("IND", overleg)) == 1

    [read_again] = world.push(same | {"standVan": LATER})

    assert read_again["resultaat"] == "aangenomen"
    assert world.pack("IND", overleg) == []


# Time


def test_consent_ends_by_itself_after_its_last_day(world):
    last = a_consent(laatsteDag="2020-04-20")
    [casus] = world.casus(an_item(toestemmingen=[last]))
    overleg = world.frozen(casus)

    world.go_to(date(2020, 4, 20))
    on_the_last_day = world.pack("IND", overleg)
    world.pass_days(1)

    assert len(on_the_last_day) == 1
    assert world.pack("IND", overleg) == []
    [recall] = world.feed("IND")
    assert (recall["soort"], recall["uiterlijk"]) == ("terugroeping", "2020-05-05")


def test_an_end_that_nobody_asked_about_is_noticed_once(world):
    world.casus(*people(3))
    world.feed("IND")
    world.go_to(date(2021, 1, 1))

    first, second = world.told("IND"), world.told("IND")

    assert first == second == ["terugroeping"] * 3
    ended = [e for e in world.entries() if e["soort"] == "grondslag_vervallen"]
    assert len(ended) == 3


def test_a_statement_counts_no_longer_on_the_day_of_withdrawal(world):
    consent = a_consent(ingetrokkenOp="2020-04-01")

    [result] = world.push(an_item(toestemmingen=[consent]))

    assert result["resultaat"] == "geweigerd"


# Given anew


@pytest.fixture
def given_anew(world, consent, known) -> str:
    """IND was told, was recalled, and now may know again."""
    world.casus(
        an_item(standVan=LATER, samenvatting=a_samenvatting(lijn="2"), toestemmingen=[consent])
    )
    world.withdraw(consent)
    world.feed("IND")
    before = world.cursor("IND")
    world.pass_days(1)
    anew = a_consent(eersteDag=world.day.isoformat())
    world.casus(
        an_item(standVan=LATER_STILL, samenvatting=a_samenvatting(lijn="2"), toestemmingen=[anew])
    )
    return before


def test_who_may_know_again_is_told_as_of_now(world, given_anew):
    first, second = world.feed("IND", given_anew)

    assert (first["soort"], second["soort"]) == ("aanmelding", "instroom")
    assert second["velden"] == {}


def test_no_row_of_before_comes_back_when_the_feed_is_read_from_the_start(world, given_anew):
    assert world.told("IND") == ["terugroeping", "aanmelding", "instroom"]


def test_the_reference_of_a_casus_stays_the_same_when_it_is_given_anew(world, given_anew):
    references = {item["casusreferentie"] for item in world.feed("IND")}

    assert len(references) == 1


# Corrections and versions


def test_a_casus_id_lets_a_v_nummer_be_corrected(world, consent, known):
    end = world.cursor("IND")

    [result] = world.push(
        an_item(
            standVan=LATER,
            casusId=known,
            samenvatting=a_samenvatting(vNummer="0902224585"),
            toestemmingen=[consent],
        )
    )

    assert (result["resultaat"], result["casusId"]) == ("aangenomen", known)
    [told] = world.feed("IND", end)
    assert (told["soort"], told["velden"]) == ("correctie", {"vNummer": "0902224585"})
    [new] = world.push(an_item(standVan=LATER))
    assert (new["resultaat"], new["casusId"] == known) == ("aangenomen", False)


def test_a_frozen_pack_shows_the_version_of_the_moment_it_was_frozen(world, consent, known):
    overleg = world.frozen(known)

    world.casus(
        an_item(standVan=LATER, samenvatting=a_samenvatting(lijn="2"), toestemmingen=[consent])
    )

    assert [each["lijn"] for each in world.summaries("IND", overleg)] == ["1"]
    assert [each["lijn"] for each in world.summaries("IND", world.frozen(known))] == ["2"]


def test_freezing_again_changes_nothing(world, consent, known):
    overleg = world.overleg()
    world.put_on_agenda(overleg, known)
    first = world.freeze(overleg)
    world.casus(
        an_item(standVan=LATER, samenvatting=a_samenvatting(lijn="2"), toestemmingen=[consent])
    )

    second = world.freeze(overleg)

    assert second == first
    assert [each["lijn"] for each in world.summaries("IND", overleg)] == ["1"]


def test_a_casus_of_another_is_refused_for_the_agenda_like_an_unknown_one(world, known):
    overleg = world.overleg()
    unknown = str(UUID(int=1))

    [of_another, nobodys] = world.put_on_agenda(overleg, known, unknown, by="seguro")

    assert of_another | {"casusId": None} == nobodys | {"casusId": None}
    assert of_another["resultaat"] == "geweigerd"


def test_the_log_is_sound_after_all_that(world, known, given_anew):
    world.pack("IND", world.frozen(known))

    assert world.log_is_sound()
    assert world.entries()
