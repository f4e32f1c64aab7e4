from datetime import UTC, date, datetime

import pytest

from privacy.consent import Weigering
from privacy.entitlement import Rulebook
from privacy.errors import PolicyUnavailableError
from privacy.notice import Notices
from privacy.policy import Policies
from schemas.terms import Doel, Precisie
from tests.unit.privacy.examples import DAY, a_policy, a_rulebook, a_statement, new_id

VOL, JAAR, MAAND = Precisie.VOLLEDIG, Precisie.JAAR, Precisie.MAAND
OVERLEG, MUTATIES = Doel.CASUSOVERLEG, Doel.MUTATIES
IND, AVIM = frozenset({"IND"}), frozenset({"AVIM"})


def entitled(rules, *statements, recipient="IND", purpose=OVERLEG, day=DAY):
    return rules.entitlement(statements, recipient, purpose, day)


@pytest.mark.parametrize(
    ("policy", "notice", "leaves"),
    [
        pytest.param({"naam": VOL}, {"naam": VOL}, {"naam": VOL}, id="both name it"),
        pytest.param({"naam": VOL}, {}, {}, id="only the policy names it"),
        pytest.param({}, {"naam": VOL}, {}, id="only the notice names it"),
        pytest.param(
            {"geboortedatum": VOL},
            {"geboortedatum": JAAR},
            {"geboortedatum": JAAR},
            id="the notice is coarser",
        ),
        pytest.param(
            {"geboortedatum": JAAR},
            {"geboortedatum": MAAND},
            {"geboortedatum": JAAR},
            id="the policy is coarser",
        ),
    ],
)
def test_what_leaves_is_the_coarser_of_policy_and_notice(policy, notice, leaves):
    rules = a_rulebook({("IND", OVERLEG): policy}, {("IND", OVERLEG): notice})

    found = entitled(rules, a_statement())

    assert dict(found.velden) == leaves
    assert found.refusal is (None if leaves else Weigering.GEEN_VELD)


def test_of_two_statements_that_cover_the_finer_is_enough():
    allowed = {("IND", OVERLEG): {"geboortedatum": VOL, "lijn": VOL}}
    before = a_rulebook(allowed, {("IND", OVERLEG): {"geboortedatum": JAAR}})
    after = a_rulebook(allowed, versie="2020-2")
    both = {**before.notices.by_version, **after.notices.by_version}
    rules = Rulebook(before.policies, Notices(both))
    old, new = a_statement(), a_statement(toestemming_id=new_id(), verklaring="2020-2")

    assert dict(entitled(rules, old).velden) == {"geboortedatum": JAAR}
    assert dict(entitled(rules, old, new).velden) == {"geboortedatum": VOL, "lijn": VOL}
    assert entitled(rules, old, new).statements == (old, new)


def test_a_new_notice_does_not_widen_an_old_consent():
    rules = a_rulebook({("IND", OVERLEG): {"naam": VOL}}, versie="2031-1")

    found = entitled(rules, a_statement(verklaring="2019-1"))

    assert dict(found.velden) == {}
    assert found.refusal is Weigering.VERKLARING_ONBEKEND


@pytest.mark.parametrize(
    ("differs", "why"),
    [
        pytest.param({"ontvangers": AVIM}, Weigering.ANDERE_ONTVANGER, id="another recipient"),
        pytest.param({"doelen": frozenset({MUTATIES})}, Weigering.ANDER_DOEL, id="another purpose"),
        pytest.param({"laatste_dag": date(2020, 3, 31)}, Weigering.VERLOPEN, id="over"),
        pytest.param({"eerste_dag": date(2020, 4, 2)}, Weigering.NOG_NIET, id="not begun"),
        pytest.param({"ingetrokken_op": DAY}, Weigering.INGETROKKEN, id="withdrawn"),
    ],
)
def test_without_consent_nothing_leaves_and_the_reason_is_told(differs, why):
    rules = a_rulebook({("IND", OVERLEG): {"naam": VOL}})

    found = entitled(rules, a_statement(**differs))

    assert (dict(found.velden), found.refusal, found.statements) == ({}, why, ())


def test_a_recipient_without_a_policy_is_a_cause_in_the_system():
    rules = a_rulebook({("IND", OVERLEG): {"naam": VOL}})

    with pytest.raises(PolicyUnavailableError):
        entitled(rules, a_statement(ontvangers=AVIM), recipient="AVIM")


# The processor


TABLE = {
    ("IND", OVERLEG): {"vNummer": VOL, "geboortedatum": JAAR},
    ("IND", MUTATIES): {"vNummer": VOL, "lijn": VOL},
    ("AVIM", OVERLEG): {"naam": VOL, "geboortedatum": VOL},
}


@pytest.mark.parametrize(
    ("ontvangers", "doelen", "held"),
    [
        pytest.param(IND, {OVERLEG}, {"vNummer": VOL, "geboortedatum": JAAR}, id="one of each"),
        pytest.param(
            IND,
            {OVERLEG, MUTATIES},
            {"vNummer": VOL, "geboortedatum": JAAR, "lijn": VOL},
            id="both purposes",
        ),
        pytest.param(
            IND | AVIM,
            {OVERLEG},
            {"vNummer": VOL, "geboortedatum": VOL, "naam": VOL},
            id="both partners, in the finest precision",
        ),
        pytest.param(
            AVIM,
            {OVERLEG},
            {"vNummer": VOL, "geboortedatum": VOL, "naam": VOL},
            id="who may not have the V-nummer: the casus is found by it all the same",
        ),
        pytest.param(AVIM, {MUTATIES}, {}, id="a purpose for which nothing leaves"),
        pytest.param(frozenset({"COA"}), {OVERLEG}, {}, id="a partner that is not known"),
    ],
)
def test_the_gateway_holds_the_union_of_what_consented_partners_may_have(ontvangers, doelen, held):
    statement = a_statement(ontvangers=ontvangers, doelen=frozenset(doelen))

    found = a_rulebook(TABLE).processor_entitlement([statement], DAY)

    assert dict(found.velden) == held
    assert found.refusal is (None if held else Weigering.GEEN_TOESTEMMING)


def test_the_gateway_holds_nothing_on_a_consent_that_is_over():
    found = a_rulebook(TABLE).processor_entitlement([a_statement()], date(2020, 5, 1))

    assert (dict(found.velden), found.refusal) == ({}, Weigering.GEEN_TOESTEMMING)


# Review


def test_one_policy_past_its_review_date_stops_all():
    policies = Policies(
        {
            "IND": a_policy("IND", {}, review=date(2027, 1, 1)),
            "AVIM": a_policy("AVIM", {}, review=date(2026, 1, 1)),
        }
    )

    policies.require_in_force(datetime(2026, 1, 1, 23, 59, tzinfo=UTC))
    with pytest.raises(PolicyUnavailableError, match="AVIM"):
        policies.require_in_force(datetime(2026, 1, 2, tzinfo=UTC))


def test_no_policy_at_all_stops_all():
    with pytest.raises(PolicyUnavailableError):
        Policies({}).require_in_force(datetime(2026, 1, 1, tzinfo=UTC))
