"""Terms from their anchors, to the day."""

from dataclasses import replace
from datetime import UTC, date, datetime
from types import MappingProxyType
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.consent import Statement, is_alive
from privacy.consent_events import Event, Gebeurtenis, states_of
from privacy.dossier import Dossier
from privacy.dpia.terms import Duur, iso_duration
from privacy.policy import Policies, Policy, PurposeRule
from privacy.retention import BESPREKING, Kept, last_day, later
from privacy.sealed import Label
from privacy.store.erasure import ENDED, UITSTROOM
from privacy.vault import CasusKeys
from schemas.terms import Doel, Grondslag

CASUS = UUID(int=1)
SAID = Statement(
    toestemming_id=UUID(int=2),
    versie=1,
    ontvangers=frozenset({"IND", "AVIM"}),
    doelen=frozenset({Doel.MUTATIES, Doel.CASUSOVERLEG}),
    eerste_dag=date(2020, 1, 1),
    laatste_dag=date(2020, 12, 31),
    verklaring="2019-1",
)
TERMS = {
    ("IND", Doel.MUTATIES): ("P1Y", "uitstroom"),
    ("IND", Doel.CASUSOVERLEG): ("P2Y", "laatste_bespreking"),
    ("AVIM", Doel.MUTATIES): ("P5Y", "uitstroom"),
}


def policies(terms=MappingProxyType(TERMS)) -> Policies:
    found: dict[str, dict[Doel, PurposeRule]] = {}
    for (name, doel), (term, anchor) in terms.items():
        rule = PurposeRule(doel, Grondslag.TOESTEMMING, "3.1", term, anchor, {})
        found.setdefault(name, {})[doel] = rule
    return Policies(
        {
            name: Policy(name, name, "dpia", date(2030, 1, 1), rules, f"sha256:{name}")
            for name, rules in found.items()
        }
    )


def dossier(*statements: Statement, soort: Gebeurtenis = Gebeurtenis.GEGEVEN) -> Dossier:
    events = tuple(Event(soort, at, each) for at, each in enumerate(statements))
    return Dossier(
        label=Label(CASUS, "sndvu", b"", 1),
        keys=CasusKeys(CASUS, None, bytes(32)),
        statements=states_of(events),
        events=events,
        stand_nummer=None,
        stand_van=datetime(2020, 2, 1, tzinfo=UTC),
        vingerafdruk=None,
        gedekt={},
    )


def kept_until(*got: str, said=(SAID,), terms=MappingProxyType(TERMS), **days: date) -> date | None:
    return last_day(dossier(*said), Kept(got, days), policies(terms))


WHEN = {ENDED: date(2020, 6, 1), UITSTROOM: date(2020, 5, 1), BESPREKING: date(2020, 4, 1)}


@pytest.mark.parametrize(
    ("got", "days", "until"),
    [
        pytest.param(["IND"], WHEN, date(2022, 4, 1), id="the longest term counts"),
        pytest.param(["AVIM"], WHEN, date(2025, 5, 1), id="of who got it alone"),
        pytest.param(["IND", "AVIM"], WHEN, date(2025, 5, 1), id="of all who got it"),
        pytest.param([], WHEN, date(2025, 5, 1), id="of nobody, what it was meant for"),
        pytest.param(
            ["IND"], {ENDED: date(2020, 6, 1)}, date(2022, 6, 1), id="an anchor never told"
        ),
        pytest.param(["IND"], {}, date(2022, 12, 31), id="no content ever: from the consents"),
        pytest.param(["DT&V"], WHEN, date(2025, 5, 1), id="a recipient that no statement names"),
    ],
)
def test_a_casus_is_kept_for_the_longest_term_of_who_got_it(got, days, until):
    assert kept_until(*got, **days) == until


def test_without_a_term_what_someone_got_is_never_let_go_by_itself():
    assert kept_until("IND", terms={}, **WHEN) is None


def test_without_a_term_what_nobody_got_is_kept_no_longer_than_the_consents():
    assert kept_until(terms={}, **WHEN) == WHEN[ENDED]


def test_a_refusal_is_kept_as_long_as_it_stands():
    refused = replace(SAID, laatste_dag=date(2021, 3, 1))
    found = dossier(refused, soort=Gebeurtenis.GEWEIGERD)

    assert last_day(found, Kept(()), policies({})) == date(2021, 3, 1)


@pytest.mark.parametrize(
    ("day", "term", "until"),
    [
        (date(2020, 2, 29), "P1Y", date(2021, 2, 28)),
        (date(2020, 1, 31), "P1M", date(2020, 2, 29)),
        (date(2020, 12, 31), "P2M", date(2021, 2, 28)),
        (date(2020, 1, 31), "P1M1D", date(2020, 3, 1)),
        (date(2020, 1, 1), "P2W", date(2020, 1, 15)),
        (date(2020, 1, 1), "P0D", date(2020, 1, 1)),
        (date(9990, 1, 1), "P90Y", date.max),
    ],
)
def test_a_term_ends_on_the_same_day_of_the_month_or_on_its_last(day, term, until):
    length = iso_duration(term)
    assert length is not None
    assert later(day, length) == until


@given(
    st.dates(date(1990, 1, 1), date(2060, 1, 1)),
    st.integers(0, 240),
    st.integers(0, 400),
    st.integers(0, 5),
)
def test_a_longer_term_never_ends_sooner(day, months, days, more):
    short, long = Duur(months, days), Duur(months + more, days + more)

    assert day <= later(day, short) <= later(day, long)


ALIVE = {
    "that counts today": (SAID, True),
    "that begins later": (replace(SAID, eerste_dag=date(2020, 8, 1)), True),
    "that is over": (replace(SAID, laatste_dag=date(2020, 5, 31)), False),
    "that was withdrawn": (replace(SAID, ingetrokken_op=date(2020, 6, 1)), False),
    "that is a refusal": (replace(SAID, geweigerd=True), False),
    "of which every pair was withdrawn": (replace(SAID, uitgezonderd=SAID.pairs), False),
    "that was refused since": (SAID, False),
}


@pytest.mark.parametrize(("statement", "alive"), ALIVE.values(), ids=ALIVE.keys())
def test_content_is_kept_for_a_consent(request, statement, alive):
    said = [statement]
    if "refused since" in request.node.name:
        said.append(replace(SAID, toestemming_id=UUID(int=3), geweigerd=True))

    assert is_alive(said, date(2020, 6, 1)) is alive
