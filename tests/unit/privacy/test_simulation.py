"""Two rulebooks over the same statements: what differs, and for whom."""

from datetime import UTC, date, datetime
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.consent import Statement, Weigering
from privacy.entitlement import Rulebook
from privacy.notice import Notices
from privacy.precision import SUPPORTED, coarser
from privacy.simulation import (
    MOST_EXAMPLES,
    Bekeken,
    Doelgevolg,
    Gevolg,
    Simulation,
    differences,
    with_policies,
)
from schemas.terms import Doel, Precisie
from tests.unit.privacy.examples import DAY, a_policy, a_rulebook, a_statement

VOL, JAAR, MAAND, JA_NEE = Precisie.VOLLEDIG, Precisie.JAAR, Precisie.MAAND, Precisie.JA_NEE
PAIR = ("IND", Doel.CASUSOVERLEG)
YEAR = a_rulebook({PAIR: {"geboortedatum": JAAR}}, {PAIR: {"geboortedatum": VOL, "naam": VOL}})
HELD = {"geboortedatum": VOL, "naam": VOL}


def simulated(*casussen: Bekeken, old: Rulebook = YEAR, **fields: Precisie) -> Doelgevolg:
    """The outcome for the conference of a policy that names these fields."""
    new = with_policies(old, [a_policy("IND", {Doel.CASUSOVERLEG: fields})])
    names = (f"voorbeeld {number}" for number in count())
    simulation = Simulation(old, new, DAY, lambda: next(names))
    for each in casussen:
        simulation.look_at(each)
    [found] = simulation.gevolgen
    return found


def a_casus(mens: bytes = b"1", held: dict[str, Precisie] = HELD, **statement: object) -> Bekeken:
    return Bekeken(mens, (a_statement(**statement),), held)


def only(found: Doelgevolg):
    [telling] = found.verschillen.values()
    return telling


@pytest.mark.parametrize(
    ("fields", "gevolgen"),
    [
        pytest.param({"geboortedatum": VOL}, {"geboortedatum": Gevolg.FIJNER}, id="finer"),
        pytest.param({"geboortedatum": JA_NEE}, {"geboortedatum": Gevolg.GROVER}, id="coarser"),
        pytest.param({}, {"geboortedatum": Gevolg.VERVALT}, id="left out"),
        pytest.param({"geboortedatum": JAAR, "naam": VOL}, {"naam": Gevolg.NIEUW}, id="added"),
    ],
)
def test_each_kind_of_difference_is_named(fields, gevolgen):
    found = simulated(**fields)

    assert {each.veld: each.gevolg for each in found.verschillen} == gevolgen


@given(st.sampled_from(sorted(SUPPORTED)), st.data())
def test_of_one_field_two_precisions_are_always_finer_or_coarser(name, data):
    van, naar = data.draw(st.permutations(sorted(SUPPORTED[name])))[:2]
    old = a_rulebook({PAIR: {name: van}})
    new = with_policies(old, [a_policy("IND", {Doel.CASUSOVERLEG: {name: naar}})])

    [found] = differences(old, new)

    assert found.gevolg is (Gevolg.GROVER if coarser(van, naar) is naar else Gevolg.FIJNER)


def test_a_purpose_that_the_new_policy_does_not_know_stops_with_all_its_fields():
    new = with_policies(YEAR, [a_policy("IND", {Doel.MRT: {"lijn": VOL}})])

    found = {(each.doel, each.veld): each.gevolg for each in differences(YEAR, new)}

    assert found == {
        (Doel.CASUSOVERLEG, "geboortedatum"): Gevolg.VERVALT,
        (Doel.MRT, "lijn"): Gevolg.NIEUW,
    }


def test_a_recipient_without_a_policy_today_gets_all_of_it_anew():
    new = with_policies(YEAR, [a_policy("GGD", {Doel.CASUSOVERLEG: {"lijn": VOL}})])

    [found] = differences(YEAR, new)

    assert (found.ontvanger, found.gevolg) == ("GGD", Gevolg.NIEUW)


def test_a_recipient_that_is_not_on_the_new_table_is_not_told_of():
    new = with_policies(YEAR, [a_policy("GGD", {})])

    assert differences(YEAR, new) == ()


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param({"laatste_dag": date(2020, 3, 31)}, id="expired"),
        pytest.param({"eerste_dag": date(2020, 4, 2)}, id="of tomorrow"),
        pytest.param({"ingetrokken_op": DAY}, id="withdrawn"),
        pytest.param({"uitgezonderd": frozenset({PAIR})}, id="withdrawn for this pair"),
        pytest.param({"geweigerd": True}, id="refused"),
        pytest.param({"gebrek": Weigering.TOLK_ONTBREEKT}, id="without an interpreter"),
        pytest.param({"gebrek": Weigering.VERTEGENWOORDIGER_ONTBREEKT}, id="not represented"),
        pytest.param({"ontvangers": frozenset({"AVIM"})}, id="for another recipient"),
        pytest.param({"doelen": frozenset({Doel.MRT})}, id="for another purpose"),
    ],
)
def test_a_consent_that_does_not_hold_counts_for_nobody(statement):
    found = simulated(a_casus(b"1"), a_casus(b"2", **statement), geboortedatum=VOL)

    assert found.mensen == only(found).gedekt == {b"1"}


def test_a_consent_on_a_recalled_notice_counts_for_nobody():
    recalled = Rulebook(
        YEAR.policies,
        Notices(YEAR.notices.by_version, {"2019-1": datetime(2020, 2, 3, tzinfo=UTC)}),
    )

    found = simulated(a_casus(), old=recalled, geboortedatum=VOL)

    assert (found.mensen, only(found).gedekt) == (set(), set())


def test_who_read_an_unknown_notice_agreed_and_is_not_covered():
    found = simulated(a_casus(verklaring="2031-9"), geboortedatum=VOL)

    assert (found.mensen, only(found).gedekt) == ({b"1"}, set())


def test_two_casussen_of_one_person_are_one_person():
    found = simulated(a_casus(b"1"), a_casus(b"1"), a_casus(b"2"), geboortedatum=VOL)

    assert found.mensen == only(found).gedekt == {b"1", b"2"}


@pytest.mark.parametrize(
    ("here", "wanted", "held"),
    [
        pytest.param({"geboortedatum": VOL}, {"geboortedatum": VOL}, True, id="here in full"),
        pytest.param({"geboortedatum": JAAR}, {"geboortedatum": VOL}, False, id="cut off"),
        pytest.param({"geboortedatum": MAAND}, {"geboortedatum": MAAND}, True, id="as fine"),
        pytest.param({}, {"geboortedatum": JAAR, "naam": VOL}, False, id="never sent"),
        pytest.param(
            {"naam": JA_NEE},
            {"geboortedatum": JAAR, "naam": Precisie.PSEUDONIEM},
            True,
            id="a pseudonym is made of presence alone",
        ),
        pytest.param({"geboortedatum": JAAR}, {"geboortedatum": JA_NEE}, True, id="coarser"),
        pytest.param({}, {}, True, id="what stops needs nothing"),
    ],
)
def test_what_has_to_be_sent_again_is_told(here, wanted, held):
    found = simulated(a_casus(held=here), **wanted)

    assert only(found).nog_te_sturen == (set() if held else {b"1"})


def test_what_a_register_knows_only_in_part_needs_not_be_sent_again():
    fields = {PAIR: {"geboortedatum": JAAR}, ("AVIM", Doel.CASUSOVERLEG): {"geboortedatum": VOL}}
    explained = {pair: {"geboortedatum": VOL} for pair in fields}
    old = a_rulebook(fields, explained)
    both = frozenset({"IND", "AVIM"})

    found = simulated(
        a_casus(held={"geboortedatum": JAAR}, ontvangers=both), old=old, geboortedatum=VOL
    )

    assert only(found).gedekt == {b"1"}
    assert not only(found).nog_te_sturen


def test_there_are_no_more_examples_than_someone_reads():
    found = simulated(*(a_casus(bytes([n])) for n in range(9)), geboortedatum=VOL)

    assert [each.naam for each in found.voorbeelden] == [
        f"voorbeeld {number}" for number in range(MOST_EXAMPLES)
    ]
    assert all(dict(each.velden) == {"geboortedatum": (JAAR, VOL)} for each in found.voorbeelden)


def test_whom_nothing_concerns_need_not_be_opened():
    new = with_policies(YEAR, [a_policy("IND", {})])
    simulation = Simulation(YEAR, new, DAY, str)
    other: Statement = a_statement(ontvangers=frozenset({"AVIM"}))

    assert simulation.concerns((a_statement(),))
    assert not simulation.concerns((other,))
    assert not simulation.concerns(())


precisies = st.sampled_from([None, VOL, MAAND, JAAR, Precisie.LEEFTIJDSGROEP, JA_NEE])
verklaringen = st.lists(precisies, min_size=1, max_size=3)


@given(precisies, precisies, verklaringen, st.lists(st.integers(0, 2), max_size=6))
def test_covered_is_who_would_get_another_precision_and_nobody_else(van, naar, explained, people):
    """Against a model: the coarser of policy and notice before, and after."""
    old = _with_notices(van, explained)
    new = with_policies(old, [a_policy("IND", {Doel.CASUSOVERLEG: _field(naar)})])
    simulation = Simulation(old, new, DAY, str)
    casussen = [(mens.to_bytes(), at % len(explained)) for at, mens in enumerate(people)]

    for mens, version in casussen:
        simulation.look_at(Bekeken(mens, (a_statement(verklaring=str(version)),), HELD))

    expected = {
        mens
        for mens, version in casussen
        if _lesser(van, explained[version]) is not _lesser(naar, explained[version])
    }
    found = [each for pair in simulation.gevolgen for each in pair.verschillen.values()]
    assert len(found) == (van is not naar)
    assert [each.gedekt for each in found] == [expected] * len(found)


def _with_notices(allowed: Precisie | None, explained: list[Precisie | None]) -> Rulebook:
    books = [
        a_rulebook({PAIR: _field(allowed)}, {PAIR: _field(each)}, versie=str(at))
        for at, each in enumerate(explained)
    ]
    notices = {name: each for book in books for name, each in book.notices.by_version.items()}
    return Rulebook(books[0].policies, Notices(notices))


def _field(precisie: Precisie | None) -> dict[str, Precisie]:
    return {} if precisie is None else {"geboortedatum": precisie}


def _lesser(one: Precisie | None, other: Precisie | None) -> Precisie | None:
    return None if one is None or other is None else coarser(one, other)
