"""What is read out of entries that a restore lost: what no node sends again, and nothing else."""

from datetime import UTC, datetime
from typing import Any

import pytest

from privacy.log.copy import Line
from privacy.log.entries import AuditEntry, Auditsoort, encode
from privacy.log.lost import LostDisclosure, LostRule, read_lost
from privacy.log.merkle import leaf_hash
from privacy.store.verloren import ABOUT_NOTICES, ENDING_POLICIES
from schemas.terms import Doel, Grondslag

NOW = datetime(2026, 5, 4, 22, 30, tzinfo=UTC)
DIGEST = "sha256:" + "ab" * 32
NAME = "7d0f3cb2-3d5e-4a6b-8a44-0c2f2c1f7a11:3"


def entry(soort: Auditsoort, **told: Any) -> AuditEntry:
    return AuditEntry(soort=soort, tijd=NOW, organisatie="sndvu", **told)


def lines(*entries: AuditEntry) -> list[Line]:
    texts = [encode(each) for each in entries]
    return [Line(at, leaf_hash(text), text) for at, text in enumerate(texts, 7)]


@pytest.mark.parametrize("soort", Auditsoort)
def test_an_entry_of_any_kind_with_nothing_in_it_is_no_reason_to_stop(soort):
    if soort in {Auditsoort.TOESTEMMING_INGETROKKEN, Auditsoort.VERSTREKKING}:
        told = {}
    else:
        told = {"beleid": DIGEST, "ontvanger": "IND"}

    found = read_lost(lines(entry(soort, **told)))

    assert (found.withdrawals, found.disclosures) == ([], [])


def test_the_store_calls_steps_as_the_log_does():
    assert {
        Auditsoort.BELEID_ACTIEF,
        Auditsoort.BELEID_INGETROKKEN,
        Auditsoort.VERKLARING_OPGENOMEN,
        Auditsoort.VERKLARING_TERUGGEROEPEN,
    } == {*ENDING_POLICIES, *ABOUT_NOTICES}


def test_that_a_policy_was_used_is_no_step_of_officers():
    assert read_lost(lines(entry(Auditsoort.BELEID_IN_GEBRUIK))).rules == []


def test_steps_are_read_in_their_order_with_their_number():
    found = read_lost(
        lines(
            entry(Auditsoort.VERKLARING_TERUGGEROEPEN, beleid=DIGEST, verklaringen=("2019-1",)),
            entry(Auditsoort.AANLEVERING),
            entry(Auditsoort.BELEID_ACTIEF, beleid=DIGEST, ontvanger="DT&V"),
        )
    )

    assert found.rules == [
        LostRule(7, "verklaring_teruggeroepen", DIGEST, "2019-1"),
        LostRule(9, "beleid_actief", DIGEST, "DT&V"),
    ]


def test_a_withdrawal_of_several_is_one_again_and_of_the_day_in_the_netherlands():
    def part(ontvanger: str, doel: Doel) -> AuditEntry:
        soort = Auditsoort.TOESTEMMING_INGETROKKEN
        return entry(soort, toestemmingen=(NAME,), ontvanger=ontvanger, doel=doel)

    [found] = read_lost(
        lines(part("IND", Doel.MRT), part("AVIM", Doel.MRT), part("IND", Doel.MUTATIES))
    ).withdrawals

    assert (found.bronhouder, found.versie) == ("sndvu", 3)
    assert found.ontvangers == ("AVIM", "IND")
    assert found.doelen == ("mrt", "mutaties")
    assert found.dag.isoformat() == "2026-05-05"


def test_only_what_left_on_consent_is_a_disclosure():
    def left(grondslag: Grondslag) -> AuditEntry:
        return entry(
            Auditsoort.VERSTREKKING,
            pseudoniem="ab" * 16,
            ontvanger="IND",
            doel=Doel.MUTATIES,
            grondslag=grondslag,
        )

    found = read_lost(lines(left(Grondslag.WETTELIJK), left(Grondslag.TOESTEMMING)))

    assert found.disclosures == [LostDisclosure("ab" * 16, "IND", "mutaties")]
