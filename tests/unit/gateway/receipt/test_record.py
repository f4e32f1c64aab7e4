"""The record of a receipt: what was agreed, and how it stands on a day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.receipt.record import STANDING, Stand
from privacy.consent import Weigering, pairs_of
from privacy.consent_events import Gebeurtenis
from privacy.entitlement import Rulebook
from privacy.notice import Notices
from privacy.policy import load_policies
from privacy.precision import coarser
from schemas.canonical import canonical
from schemas.terms import Doel, Precisie
from tests.unit.gateway.receipt.receipts import (
    DAY,
    NOTICE,
    NOTICES,
    ROOT,
    a_record,
    a_statement,
)

RULES = Rulebook(load_policies(ROOT / "privacy" / "pia"), NOTICES)
MARCH = date(2020, 3, 1)
RECALLED = datetime(2020, 2, 29, 23, 30, tzinfo=UTC)  # the next day, in Amsterdam


@pytest.mark.parametrize(
    ("other", "day", "stand"),
    [
        pytest.param({}, date(2020, 1, 1), Stand.GELDT, id="on its first day"),
        pytest.param({}, date(2020, 12, 31), Stand.GELDT, id="on its last day"),
        pytest.param({}, date(2019, 12, 31), Stand.NOG_NIET, id="the day before"),
        pytest.param({}, date(2021, 1, 1), Stand.VERLOPEN, id="the day after"),
        pytest.param({"ingetrokken_op": MARCH}, MARCH, Stand.INGETROKKEN, id="withdrawn"),
        pytest.param(
            {"ingetrokken_op": MARCH}, date(2020, 2, 29), Stand.GELDT, id="withdrawn tomorrow"
        ),
        pytest.param(
            {"ingetrokken_op": MARCH}, date(2022, 1, 1), Stand.INGETROKKEN, id="withdrawn long ago"
        ),
        pytest.param({"geweigerd": True}, MARCH, Stand.GEWEIGERD, id="refused"),
        pytest.param(
            {"gebrek": Weigering.TOLK_ONTBREEKT}, MARCH, Stand.TOLK_ONTBREEKT, id="no interpreter"
        ),
        pytest.param(
            {"gebrek": Weigering.VERTEGENWOORDIGER_ONTBREEKT},
            MARCH,
            Stand.VERTEGENWOORDIGER_ONTBREEKT,
            id="no representative",
        ),
    ],
)
def test_how_it_stands_follows_from_the_day(other, day, stand):
    assert a_record(a_statement(**other), day=day)["stand"] == stand


def test_what_the_register_no_longer_holds_is_told_apart_from_a_withdrawal():
    ended = a_statement(ingetrokken_op=MARCH)

    assert a_record(ended, laatste=Gebeurtenis.VERVALLEN)["stand"] == Stand.VERVALLEN


def test_a_recalled_notice_holds_nothing_up():
    recalled = Notices(NOTICES.by_version, {"2019-1": RECALLED})

    told = [a_record(a_statement(), notices=recalled, day=MARCH + timedelta(n)) for n in (0, 90)]

    assert told[0]["stand"] == Stand.UITLEG_TERUGGEROEPEN
    assert told[0]["sinds"] == MARCH.isoformat()
    assert told[1] == told[0]  # the same code on the paper, whenever it is printed


def test_what_was_given_on_a_notice_after_its_recall_never_counted():
    recalled = Notices(NOTICES.by_version, {"2019-1": RECALLED})

    told = a_record(a_statement(eerste_dag=DAY), notices=recalled)

    assert (told["stand"], told["sinds"]) == (Stand.UITLEG_TERUGGEROEPEN, DAY.isoformat())


def test_what_was_refused_later_is_gone_from_the_receipt():
    given_, later = a_statement(), date(2020, 2, 1)
    no_to_all = a_statement(toestemming_id=uuid4(), geweigerd=True, eerste_dag=later)
    no_to_avim = replace(no_to_all, ontvangers=frozenset({"AVIM"}))

    assert a_record(given_, no_to_all)["stand"] == Stand.LATER_GEWEIGERD
    left = [each["ontvanger"] for each in a_record(given_, no_to_avim)["ontvangers"]]
    assert left == ["DT&V", "IND"]


def test_it_tells_that_there_was_a_representative_and_never_who():
    told = a_record(a_statement(), vertegenwoordiger="Nidos, mw. De Vries")

    assert told["vertegenwoordigd"] is True
    assert b"Vries" not in canonical(told)


def _statements():
    first = st.dates(date(2019, 1, 1), date(2021, 1, 1))
    return st.builds(
        lambda recipients, purposes, day, length, gone: a_statement(
            ontvangers=recipients,
            doelen=purposes,
            eerste_dag=day,
            laatste_dag=day + timedelta(days=length),
            uitgezonderd=frozenset(gone) & pairs_of(recipients, purposes),
        ),
        st.frozensets(st.sampled_from(["IND", "DT&V", "AVIM"]), min_size=1),
        st.frozensets(st.sampled_from(Doel), min_size=1),
        first,
        st.integers(0, 700),
        st.lists(st.tuples(st.sampled_from(["IND", "DT&V", "AVIM"]), st.sampled_from(Doel))),
    )


@given(_statements(), st.dates(date(2019, 1, 1), date(2022, 12, 31)))
def test_whoever_may_get_a_field_today_stands_on_it_with_that_field_as_precisely(statement, day):
    record = a_record(statement, day=day)
    told = {
        (each["ontvanger"], Doel(purpose["doel"])): purpose["velden"]
        for each in record["ontvangers"]
        for purpose in each["doelen"]
    }
    for recipient in RULES.policies.recipients:
        for doel in Doel:
            leaves = RULES.entitlement((statement,), recipient, doel, day).velden
            if leaves:
                assert record["stand"] in STANDING
            for name, precisie in leaves.items():
                said = Precisie(told[recipient, doel][name])
                assert coarser(said, precisie) is precisie


@given(_statements(), st.dates(date(2019, 1, 1), date(2022, 12, 31)))
def test_con_04_it_only_changes_when_the_state_does(statement, day):
    one, other = a_record(statement, day=day), a_record(statement, day=day + timedelta(days=1))

    assert (one == other) is (one["stand"] == other["stand"])


def test_it_names_the_notice_that_was_read_by_version_and_digest():
    told = a_record(a_statement())

    assert (told["verklaring"], told["verklaringDigest"]) == ("2019-1", NOTICE.digest)
